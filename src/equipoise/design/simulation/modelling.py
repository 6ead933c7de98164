"""From a definition and a scenario to the arrays that trials are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from scipy import special

from equipoise.design.planning import Matrix
from equipoise.design.scenario import ChoiceModel, PresenceModel, QuantityModel, Scenario
from equipoise.design.simulation.trial_model import Floats, TrialModel
from equipoise.instruments.item import ItemType
from equipoise.protocol import StudyDefinition, asked_items
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.arms import Stratum
from equipoise.protocol.objectives import Endpoint, Rank
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class Place:
    """Where an endpoint's numbers stand in a model: item, baseline visit, outcome visit."""

    item: int
    baseline: int
    outcome: int


@dataclass(frozen=True)
class Modelled:
    """A study as a model: `places` of the endpoints that it draws, the ids of those that it does not, the visits after
    baseline (`courses`) that each endpoint has, and the level of each stratum by stratification factor (`factors`)."""

    model: TrialModel
    places: Mapping[str, Place]
    left_out: tuple[str, ...]
    courses: Mapping[str, tuple[int, ...]]
    factors: Mapping[str, tuple[int, ...]]


def model_of_study(
    definition: StudyDefinition, scenario: Scenario, standardised: float | None = None, only: str | None = None
) -> Modelled:
    """The model of a study under a scenario, with all its endpoints or `only` one of them.

    `standardised` is an effect in standard deviations of the primary endpoint's item, given to every arm but the
    reference arm, and to other items by their dependence on disease activity; it counts where the scenario names no
    effect at all.
    """
    drawable = _drawable(definition, scenario)
    endpoints = [each for each in definition.endpoints if each.id in drawable and only in (None, each.id)]
    if not endpoints:
        raise Refusal(
            "DESIGN-ENDPOINT", "No endpoint of this study is a number, or a yes or no.", "Name a primary endpoint."
        )
    items = _items(definition, scenario, endpoints)
    courses = {each.id: _course(definition, each) for each in endpoints}
    visits = _visits(definition, endpoints, courses)
    arms = tuple(arm.id for arm in definition.arms)
    worse = worsening(definition)
    models = [_quantity(definition, scenario, item) for item in items]
    progress = _progress(definition, visits)
    shifts = _Shifts(definition, scenario, dict(zip(items, models, strict=True)), standardised or 0.0)
    plan = scenario.planning
    smallest = {item: 10.0**-each.decimals for item, each in zip(items, models, strict=True)}
    floors = {each.item: smallest[each.item] for each in endpoints if each.scale == "log10"}  # zero has no logarithm
    activity = np.array([each.activity for each in models])
    model = TrialModel(
        items=items,
        arms=arms,
        typical=np.array([each.typical for each in models]),
        spread=np.array([each.spread for each in models]),
        log=np.array([each.scale == "log" for each in models]),
        decimals=np.array([each.decimals for each in models]),
        least=np.array([max(each.least, floors.get(item, -np.inf)) for item, each in zip(items, models, strict=True)]),
        most=np.array([each.most for each in models]),
        lowest=np.array([-np.inf if each.lowest is None else each.lowest for each in models]),
        highest=np.array([np.inf if each.highest is None else each.highest for each in models]),
        cut=np.array([_cut(definition, scenario, item) for item in items]),
        towards_worse=np.array([worse.get(item, 1.0) for item in items]),
        between_items=_factor(item_correlations(scenario, items, activity), "the endpoints"),
        between_visits=np.array([_factor(visit_correlations(scenario, item, len(visits)), item) for item in items]),
        shared=np.outer(progress, [shifts.shared(item) for item in items]),
        effect=np.array([np.outer(progress, [shifts.effect(item, arm) for item in items]) for arm in arms]),
        response=activity * plan.placebo_spread,
        entry=_entry(scenario, items, models),
        drift=plan.drift,
        leaving=(plan.leaving.completely_at_random, plan.leaving.at_random, plan.leaving.not_at_random),
        non_adherence=plan.non_adherence,
        progress=progress,
        strata=strata_shares(definition, scenario),
        prognosis=np.outer(_prognosis(definition, scenario), activity),
    )
    places = {
        each.id: Place(items.index(each.item), visits.index(each.baseline), visits.index(each.encounter))
        for each in endpoints
    }
    return Modelled(
        model,
        places,
        tuple(each.id for each in definition.endpoints if each.id not in places),
        {name: tuple(visits.index(visit) for visit in course) for name, course in courses.items()},
        _factors(definition),
    )


def item_correlations(scenario: Scenario, items: tuple[str, ...], activity: Floats) -> Floats:
    """Correlations between the items at one visit (I x I)."""
    plan = scenario.planning
    if plan.endpoint_correlation is None:
        correlations = np.outer(activity, activity)
    else:
        correlations = np.full((len(items), len(items)), plan.endpoint_correlation)
    if plan.correlation_matrix is not None:
        for row, first in enumerate(plan.correlated_items):
            for column, second in enumerate(plan.correlated_items):
                if first in items and second in items:
                    correlations[items.index(first), items.index(second)] = plan.correlation_matrix[row][column]
    np.fill_diagonal(correlations, 1.0)
    return correlations


def visit_correlations(scenario: Scenario, item: str, visits: int) -> Floats:
    """Correlations of an item between visits (V x V)."""
    given: float | Matrix = scenario.planning.visit_correlation.get(item, scenario.visit_correlation)
    if isinstance(given, tuple):
        return np.array(given)
    correlations = np.full((visits, visits), given)
    np.fill_diagonal(correlations, 1.0)
    return correlations


def level_shares(stratum: Stratum, scenario: Scenario) -> dict[str, float]:
    """Level -> share of the participants, of one stratification factor; equal where the scenario says nothing."""
    given = given_shares(stratum, scenario)
    total = sum(given.get(level, 0.0) for level in stratum.levels)
    return {level: given.get(level, 0.0) / total if total else 1 / len(stratum.levels) for level in stratum.levels}


def given_shares(stratum: Stratum, scenario: Scenario) -> Mapping[str, float]:
    """The shares that the scenario's plan names, else those of the item itself; empty if it says nothing."""
    model = scenario.items.get(stratum.item)
    if stratum.item in scenario.planning.strata:
        return scenario.planning.strata[stratum.item]
    if isinstance(model, PresenceModel):
        return {model.present: model.share, model.absent: 1 - model.share}
    return model.shares if isinstance(model, ChoiceModel) else {}


def strata_shares(definition: StudyDefinition, scenario: Scenario) -> Floats:
    """The share of each stratum, in the order of the sealed list: the last factor runs fastest."""
    factors = [level_shares(each, scenario).values() for each in definition.randomisation.strata]
    return np.array([prod(shares) for shares in product(*factors)])


def _factors(definition: StudyDefinition) -> dict[str, tuple[int, ...]]:
    strata = definition.randomisation.strata
    levels = zip(*product(*(range(len(each.levels)) for each in strata)), strict=True)
    return dict(zip((each.item for each in strata), levels, strict=True))


def _prognosis(definition: StudyDefinition, scenario: Scenario) -> Floats:
    """What each stratum adds to latent activity; 0 in the mean over the participants."""
    given = scenario.planning.prognosis
    factors = [
        [-given.get(each.item, {}).get(level, 0.0) for level in each.levels] for each in definition.randomisation.strata
    ]
    added = np.array([sum(amounts) for amounts in product(*factors)], dtype=np.float64)
    return added - added @ strata_shares(definition, scenario)


class _Shifts:
    """How far the mean of an item moves by the last visit, on the scale that its spread is measured on."""

    def __init__(
        self, definition: StudyDefinition, scenario: Scenario, models: Mapping[str, QuantityModel], amount: float
    ) -> None:
        self.scenario, self.plan, self.models, self.amount = scenario, scenario.planning, models, amount
        self.worse = worsening(definition)
        self.primary, self.reference = primary_endpoint(definition).item, definition.analysis.reference_arm

    def shared(self, item: str) -> float:
        """What happens to everybody: improvement, and the mean response to injections of whatever kind."""
        fall = self.plan.placebo_response
        if item not in self.plan.improvement:
            return -self._of_activity(item, fall + self.scenario.shared_improvement)
        return -self._of_activity(item, fall) - self.worse.get(item, 1.0) * self.plan.improvement[item]

    def effect(self, item: str, arm: str) -> float:
        """What an arm does of its own; `amount` standard deviations where the scenario names no effect at all."""
        if item in self.plan.effect:
            return -self.worse.get(item, 1.0) * self.plan.effect[item].get(arm, 0.0)
        if self.plan.effect or self.scenario.effect:
            return -self._of_activity(item, self.scenario.effect.get(arm, 0.0))
        amount = 0.0 if arm == self.reference else self.amount
        if item == self.primary:
            return -self.worse[item] * self.models[item].spread * amount
        return -self._of_activity(item, amount)

    def _of_activity(self, item: str, fall: float) -> float:
        model = self.models[item]
        return model.spread * model.activity * fall


def worsening(definition: StudyDefinition) -> dict[str, float]:
    """Item -> the sign of worsening, as its first endpoint has it."""
    return {each.item: 1.0 if each.better == "lower" else -1.0 for each in reversed(definition.endpoints)}


def primary_endpoint(definition: StudyDefinition) -> Endpoint:
    """The first endpoint of the highest rank."""
    order = list(Rank)
    return min(definition.endpoints, key=lambda each: order.index(each.rank))


def _drawable(definition: StudyDefinition, scenario: Scenario) -> frozenset[str]:
    """The endpoints that are compared and that the model can draw."""
    return frozenset(
        each.id
        for each in definition.endpoints
        if each.rank is not Rank.SAFETY and can_be_drawn(definition, scenario, each.item)
    )


def can_be_drawn(definition: StudyDefinition, scenario: Scenario, item: str) -> bool:
    """Whether an item is a number, or a yes or no, in the scenario."""
    asked = asked_items(definition)[item].item
    model = scenario.model_of(asked)
    return isinstance(model, QuantityModel) or (
        asked.type is ItemType.BOOLEAN and isinstance(model, PresenceModel) and 0 < model.share < 1
    )


def needs_course(analysis: Analysis) -> bool:
    """Whether an analysis uses participants without an outcome, and so every visit that they came to."""
    return analysis.method == "mmrm" or analysis.missing != "complete_cases"


def _items(definition: StudyDefinition, scenario: Scenario, endpoints: list[Endpoint]) -> tuple[str, ...]:
    """The items to draw; the entry item, or else that of the primary endpoint, comes first."""
    rule = entry_rule(scenario)
    first = rule[0] if rule else primary_endpoint(definition).item
    chosen = {each.id for each in endpoints}
    covariates = [
        name
        for each in definition.analysis.analyses
        if each.endpoint in chosen
        for name in each.covariates
        if can_be_drawn(definition, scenario, name)
    ]
    return tuple(dict.fromkeys([first, *(each.item for each in endpoints), *covariates]))


def entry_rule(scenario: Scenario) -> tuple[str, float] | None:
    """(item, least value) of the entry rule, if there is one."""
    if scenario.planning.entry is not None:
        return scenario.planning.entry.item, scenario.planning.entry.least
    if scenario.entry_item is None or scenario.entry_score is None:
        return None
    return scenario.entry_item, scenario.entry_score


def _quantity(definition: StudyDefinition, scenario: Scenario, item: str) -> QuantityModel:
    asked = asked_items(definition)
    if item not in asked:
        raise Refusal("SCENARIO-ITEM", f"The study asks no item `{item}`.", "Name an item of the study's forms.")
    model = scenario.model_of(asked[item].item)
    if isinstance(model, PresenceModel) and can_be_drawn(definition, scenario, item):
        return QuantityModel(typical=0, spread=1, scale="identity", activity=model.activity, decimals=6)
    if not isinstance(model, QuantityModel):
        raise Refusal("SCENARIO-ITEM", f"`{item}` is no number in this scenario.", "Model it as a quantity.")
    return model


def _cut(definition: StudyDefinition, scenario: Scenario, item: str) -> float:
    """The latent level above which a yes-or-no item is a yes; nan for a number."""
    model = scenario.model_of(asked_items(definition)[item].item)
    return float(special.ndtri(1 - model.share)) if isinstance(model, PresenceModel) else np.nan


def _course(definition: StudyDefinition, endpoint: Endpoint) -> tuple[str, ...]:
    """The visits after baseline that ask the endpoint's form, where an analysis needs them; else the endpoint's own."""
    if not any(needs_course(each) for each in definition.analysis.analyses if each.endpoint == endpoint.id):
        return (endpoint.encounter,)
    form = asked_items(definition)[endpoint.item].form.id
    order = [each.id for each in definition.encounters if form in each.forms]
    return tuple(order[order.index(endpoint.baseline) + 1 : order.index(endpoint.encounter) + 1])


def _visits(
    definition: StudyDefinition, endpoints: list[Endpoint], courses: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    wanted = {name for each in endpoints for name in (each.baseline, *courses[each.id])}
    return tuple(each.id for each in definition.encounters if each.id in wanted)


def _progress(definition: StudyDefinition, visits: tuple[str, ...]) -> Floats:
    """The share of the time from the first to the last visit that has passed at each."""
    days = [definition.encounter(visit).day for visit in visits]
    whole = max(1, days[-1] - days[0])
    return np.array([(day - days[0]) / whole for day in days])


def _entry(scenario: Scenario, items: tuple[str, ...], models: list[QuantityModel]) -> float:
    """The least latent value whose rounded report reaches the entry rule."""
    rule = entry_rule(scenario)
    if rule is None:
        return -np.inf
    model, least = models[0], rule[1]
    raw = least - 0.5 * 10.0**-model.decimals
    if model.scale == "log":
        return float(np.log(raw / model.typical) / model.spread) if raw > 0 else -np.inf
    return (raw - model.typical) / model.spread


def _factor(correlations: Floats, what: str) -> Floats:
    try:
        return np.asarray(np.linalg.cholesky(correlations), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise Refusal(
            "SCENARIO-CORRELATION",
            f"The correlations between {what} cannot all hold together (their matrix is not positive definite).",
            "Bring them nearer to each other.",
        ) from None
