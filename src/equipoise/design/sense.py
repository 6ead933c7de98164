"""What no trial can be like: scenarios that are refused, with the reason and the nearest value that makes sense."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.design.correlation import is_positive_definite, nearest_correlations
from equipoise.design.planning import Leaving, Matrix, Planning
from equipoise.design.scenario import QuantityModel, Scenario
from equipoise.protocol import StudyDefinition, asked_items
from equipoise.protocol.model_faults import did_you_mean
from equipoise.protocol.objectives import Rank
from equipoise.vocabulary import Refusal

RAREST = 1e-4
"""An entry rule that fewer people meet than this share takes in nobody."""
MOST_LEAVING = 0.95
THIRDS = 0.002
"""Shares that add up to 1 but for this were rounded, such as three of 0.333."""


@dataclass(frozen=True, slots=True)
class Nonsense:
    """Something that cannot be: where it stands, why it cannot be, and the nearest that can."""

    place: str
    reason: str
    nearest: str


def refuse_nonsense(definition: StudyDefinition, scenario: Scenario) -> None:
    """Refuses the first thing in a scenario that cannot be so, for this study."""
    for found in nonsense(definition, scenario):
        raise Refusal("SCENARIO-SENSE", f"{found.place}: {found.reason}", f"The nearest that can be: {found.nearest}.")


def nonsense(definition: StudyDefinition, scenario: Scenario) -> Iterator[Nonsense]:
    """Everything in a scenario that cannot be so."""
    yield from _finite(scenario.model_dump(mode="python"), "")
    for item, model in scenario.items.items():
        if isinstance(model, QuantityModel):
            yield from _quantity(f"items.{item}", model)
    yield from _names(definition, scenario)
    yield from _strata(definition, scenario.planning)
    yield from _leaving(scenario.planning.leaving)
    yield from _correlations(definition, scenario)
    yield from _entry(scenario)


def _quantity(place: str, model: QuantityModel) -> Iterator[Nonsense]:
    if model.spread == 0:
        yield Nonsense(f"{place}.spread", "With a spread of 0 everybody is alike, and nothing can be tested.", "0.1")
    if model.scale == "log" and model.typical <= 0:
        yield Nonsense(f"{place}.typical", f"A median of {model.typical:g} has no logarithm.", "scale: identity")
    low, high = model.least, model.most
    if low >= high:
        yield Nonsense(f"{place}.least", f"Nothing lies between {low:g} and {high:g}.", f"least {high:g}, most {low:g}")
    elif not low <= model.typical <= high:
        nearest = min(max(model.typical, low), high)
        yield Nonsense(f"{place}.typical", f"{model.typical:g} lies outside {low:g}..{high:g}.", f"{nearest:g}")
    if model.lowest is not None and model.highest is not None and model.lowest >= model.highest:
        yield Nonsense(
            f"{place}.lowest",
            f"A laboratory that counts from {model.lowest:g} to {model.highest:g} counts nothing.",
            f"lowest {model.highest:g}, highest {model.lowest:g}",
        )


def _names(definition: StudyDefinition, scenario: Scenario) -> Iterator[Nonsense]:
    """Effects of arms and on items that the study does not have would be effects of nothing."""
    plan = scenario.planning
    arms, items = [arm.id for arm in definition.arms], list(asked_items(definition))
    by_arm = {f"planning.effect.{item}": tuple(effects) for item, effects in plan.effect.items()}
    for place, named in {"effect": tuple(scenario.effect), **by_arm}.items():
        yield from _unknown(place, "arm", named, arms)
    yield from _unknown("planning.effect", "item", tuple(plan.effect), items)
    yield from _unknown("planning.improvement", "item", tuple(plan.improvement), items)
    yield from _unknown("planning.visit_correlation", "item", tuple(plan.visit_correlation), items)
    yield from _unknown("planning.correlated_items", "item", plan.correlated_items, items)


def _unknown(place: str, kind: str, named: Sequence[str], known: list[str]) -> Iterator[Nonsense]:
    for name in named:
        if name not in known:
            nearest = did_you_mean(name, known, "").removeprefix("Did you mean ").rstrip("?") or known[0]
            yield Nonsense(place, f"The study has no {kind} `{name}`.", nearest)


def _strata(definition: StudyDefinition, plan: Planning) -> Iterator[Nonsense]:
    """Shares and prognoses of strata that the study has, in which everybody is in one level of each factor."""
    levels = {each.item: list(each.levels) for each in definition.randomisation.strata}
    for place, given in {"planning.strata": plan.strata, "planning.prognosis": plan.prognosis}.items():
        if given and not levels:
            yield Nonsense(place, "The study's randomisation is not stratified.", "this line left out")
            return
        yield from _unknown(place, "stratification factor", tuple(given), list(levels))
        for item, by_level in given.items():
            yield from _unknown(f"{place}.{item}", "level", tuple(by_level), levels.get(item, list(by_level)))
    for item in filter(levels.__contains__, plan.strata):
        yield from _shares(f"planning.strata.{item}", plan.strata[item], levels[item])


def _shares(place: str, shares: Mapping[str, float], levels: list[str]) -> Iterator[Nonsense]:
    missing, total = [level for level in levels if level not in shares], sum(shares.values())
    if missing or abs(total - 1) > THIRDS:
        reason = f"Nobody is in level `{missing[0]}`." if missing else f"The shares add up to {total:g}, not to 1."
        rest = max(1 - total, 0.0) / max(len(missing), 1) or 1 / len(levels)
        filled = {level: shares.get(level, rest) for level in levels}
        nearest = (f"{level}: {share / sum(filled.values()):.3g}" for level, share in filled.items())
        yield Nonsense(place, reason, ", ".join(nearest))


def _leaving(leaving: Leaving) -> Iterator[Nonsense]:
    total = leaving.total
    if total > MOST_LEAVING:
        reason = (
            f"{total:.0%} leave before the outcome: more than there are participants."
            if total > 1
            else f"{total:.0%} leave before the outcome, and nobody is left to compare."
        )
        parts = (leaving.completely_at_random, leaving.at_random, leaving.not_at_random)
        shares = [math.floor(100 * share * MOST_LEAVING / total) / 100 for share in parts]
        yield Nonsense("planning.leaving", reason, " + ".join(f"{share:g}" for share in shares))


def _correlations(definition: StudyDefinition, scenario: Scenario) -> Iterator[Nonsense]:
    plan = scenario.planning
    compared = [each for each in definition.endpoints if each.rank is not Rank.SAFETY]
    visits = len({name for each in compared for name in (each.baseline, each.encounter)})
    for item, given in plan.visit_correlation.items():
        place = f"planning.visit_correlation.{item}"
        if isinstance(given, tuple):
            yield from _matrix(place, given)
        elif given >= 1 or (visits > 2 and given <= -1 / (visits - 1)) or given <= -1:
            nearest = 0.99 if given >= 1 else math.ceil(-99 / (visits - 1)) / 100
            yield Nonsense(place, f"{visits} visits cannot all be correlated by {given:g}.", f"{nearest:g}")
    if scenario.visit_correlation >= 1:
        yield Nonsense("visit_correlation", "Visits that are perfectly correlated never change.", "0.99")
    common = plan.endpoint_correlation
    count = len({each.item for each in compared})
    if common is not None and (common >= 1 or common <= -1 / max(1, count - 1)):
        nearest = 0.99 if common >= 1 else math.ceil(-99 / max(1, count - 1)) / 100
        yield Nonsense(
            "planning.endpoint_correlation",
            f"{count} items cannot all be correlated by {common:g} with each other.",
            f"{nearest:g}",
        )
    if plan.correlation_matrix is not None:
        if len(plan.correlation_matrix) != len(plan.correlated_items):
            yield Nonsense(
                "planning.correlated_items",
                f"{len(plan.correlated_items)} items are named for a matrix of {len(plan.correlation_matrix)} rows.",
                "one name for each row",
            )
        yield from _matrix("planning.correlation_matrix", plan.correlation_matrix)


def _matrix(place: str, given: Matrix) -> Iterator[Nonsense]:
    size = len(given)
    if any(len(row) != size for row in given):
        yield Nonsense(place, "A correlation matrix has as many columns as rows.", f"{size} numbers in each row")
        return
    matrix = np.array(given)
    if not np.isfinite(matrix).all():
        return  # told already
    sound = (matrix == matrix.T).all() and (np.diag(matrix) == 1).all() and is_positive_definite(matrix)
    if not sound:
        reason = (
            "The matrix is not symmetric, or its diagonal is not 1."
            if (matrix != matrix.T).any() or (np.diag(matrix) != 1).any()
            else "The matrix is not positive definite: these correlations cannot all hold together."
        )
        rows = (", ".join(f"{value:g}" for value in row) for row in nearest_correlations(matrix))
        yield Nonsense(place, reason, "; ".join(f"[{row}]" for row in rows))


def _entry(scenario: Scenario) -> Iterator[Nonsense]:
    rule = scenario.planning.entry
    item, least = (rule.item, rule.least) if rule else (scenario.entry_item, scenario.entry_score)
    model = scenario.items.get(item or "")
    if least is None or not isinstance(model, QuantityModel) or not model.spread:
        return
    at = math.log(max(least, 1e-300) / model.typical) if model.scale == "log" else least - model.typical
    if special.ndtr(-at / model.spread) < RAREST:
        away = model.spread * special.ndtri(0.95)
        reached = model.typical * math.exp(away) if model.scale == "log" else model.typical + away
        yield Nonsense(
            "entry", f"Hardly anybody reaches {least:g} on {item}.", f"{reached:.3g}, which one in twenty reaches"
        )


_UNBOUNDED = frozenset({"least", "most"})


def _finite(value: object, place: str) -> Iterator[Nonsense]:
    """YAML can write `.nan` and `.inf`; only the limits of nature may be infinite."""
    if isinstance(value, float):
        unbounded = place.rpartition(".")[2] in _UNBOUNDED and not math.isnan(value)
        if not math.isfinite(value) and not unbounded:
            yield Nonsense(place, f"{value} is no number that anything can have.", "a number")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _finite(each, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _finite(each, f"{place}.{index}")
