"""A study's design, examined: its own procedure, its own plan, its own assumptions, simulated and worked out."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from scipy import special

from equipoise.allocation.design import RandomisationDesign
from equipoise.allocation.predictability import Predictability, judge_design, of_design
from equipoise.allocation.procedures import Complete
from equipoise.analysis.many.claims import claims
from equipoise.analysis.many.minimised import Minimised
from equipoise.analysis.many.planned import PlannedSteps, contrasts, law_of, planned_steps
from equipoise.design.accrual import Course, forecast
from equipoise.design.assumptions import assumptions_of
from equipoise.design.design_report import DesignReport, HonestRow, Variation
from equipoise.design.forecast import Forecast
from equipoise.design.judging import WITHIN, Judged, judge_planning
from equipoise.design.nature import stream
from equipoise.design.planning import EntryRule
from equipoise.design.scenario import Scenario
from equipoise.design.sense import refuse_nonsense
from equipoise.design.simulation.criteria import Criterion
from equipoise.design.simulation.drawing import draw_strata
from equipoise.design.simulation.modelling import Modelled, entry_rule, model_of_study, primary_endpoint
from equipoise.design.simulation.operating import Rate
from equipoise.design.simulation.running import Outcome, Purpose, Work, Workers, simulate, true_effects
from equipoise.design.sizing import detectable, needed, power_by_effect, power_by_size, size_rows
from equipoise.protocol import StudyDefinition
from equipoise.vocabulary import Finding, Json, Refusal, Severity, digest

DEFAULT_EFFECT = 0.5
"""A medium effect in SDs (Cohen 1988), where a scenario names none."""
GUESSED = 2_000
"""Trials in which the next arm is guessed where no sum over lists says how often that succeeds."""
SHIFTS = (0.0, 1.0, 2.0)
"""Multiples of the assumed shared improvement at which the false claims are shown."""


@dataclass(frozen=True)
class Examined:
    """What is examined: a definition under a scenario with its sealed details, and how much work goes into it."""

    definition: StudyDefinition
    scenario: Scenario
    design: RandomisationDesign
    participants: int
    trials: int
    seed: int
    software: str


def examine_design(given: Examined, workers: Workers) -> DesignReport:
    """Simulate and work out everything that the design report says.  The same `given` gives the same report.

    Raises `Refusal` for a scenario that makes no sense, and for a list with other strata than the definition's.
    """
    definition, scenario = given.definition, given.scenario
    refuse_nonsense(definition, scenario)
    _refuse_other_strata(given)
    effects = planned_effects(scenario)
    modelled = model_of_study(definition, scenario, effects[0])
    rows, estimates, planned = _honest(given, modelled, workers)
    sizes = tuple(sorted({*scenario.planning.sizes, given.participants}))
    alpha, ratio = float(definition.analysis.alpha), _ratio(given.design)
    place = modelled.places[primary_endpoint(definition).id]
    correlation = round(float(modelled.model.between_visits[place.item, place.outcome, 0]), 6)
    restricted = _predictability(given, modelled)
    is_restricted = not isinstance(given.design.procedure, Complete)
    judged = Judged(definition, rows, is_restricted, given.participants, planned.left_out)
    return DesignReport(
        study=definition.id,
        label=definition.label,
        definition=unlinked(definition).digest,
        scenario=scenario_digest(scenario),
        scenario_name=scenario.name,
        software=given.software,
        seed=given.seed,
        trials=given.trials,
        participants=given.participants,
        effect=simulated_effect(scenario),
        correlation=correlation,
        assumptions=assumptions_of(definition, scenario, modelled),
        rows=rows,
        estimates=estimates.estimates,
        variations=_variations(given, workers),
        sizes=size_rows(sizes, effects, correlation, alpha, ratio),
        detectable=detectable(sizes, correlation, alpha, ratio),
        needed=needed(effects, correlation, alpha, scenario.planning.leaving.total, ratio),
        by_size=power_by_size(effects, given.participants, correlation, alpha, ratio),
        by_effect=power_by_effect(sizes, 2 * max(effects), correlation, alpha, ratio),
        predictability=(restricted.guess, restricted.certain, restricted.imbalance),
        supply=_supply(given, modelled),
        left_out=planned.left_out,
        findings=_findings(given, judged),
    )


def _predictability(given: Examined, modelled: Modelled) -> Predictability:
    law = law_of(given.definition, given.design, given.participants)
    if isinstance(law, Minimised):
        generator = stream(given.seed, 0, Purpose.GUESSING)
        return law.predictability(
            draw_strata(modelled.model.strata, (GUESSED, given.participants), generator), generator
        )
    return of_design(given.design, given.participants)


def _refuse_other_strata(given: Examined) -> None:
    levels = prod(len(stratum.levels) for stratum in given.definition.randomisation.strata)
    if levels != given.design.stratum_count and not given.design.is_live:  # minimisation has factors instead
        raise Refusal(
            "DESIGN-STRATA",
            f"The definition's levels make {levels} strata, and the randomisation details name "
            f"{given.design.stratum_count}.",
            "Write `stratum_names`, one for each combination of levels.",
        )


def _findings(given: Examined, judged: Judged) -> tuple[Finding, ...]:
    """On the plan, and on a randomisation that is easily guessed; heaviest first.  Its figures stand in any report."""
    guessed = judge_design(given.design, given.participants, len(given.definition.sites))
    found = [*judge_planning(judged), *(each for each in guessed if each.severity is not Severity.INFO)]
    return tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))


def planned_effects(scenario: Scenario) -> tuple[float, ...]:
    """The effects, in SDs, that power is stated for."""
    return tuple(each.standardised for each in scenario.planning.planned_effects) or (DEFAULT_EFFECT,)


def simulated_effect(scenario: Scenario) -> str:
    """The effect that whole trials are simulated with, as a column may be headed."""
    if scenario.effect or scenario.planning.effect:
        return "the effect assumed"
    return f"{planned_effects(scenario)[0]:g} SD"


def unlinked(definition: StudyDefinition) -> StudyDefinition:
    """The definition without its link to a design report, which is made from it."""
    return definition.model_copy(update={"design_report": None})


def scenario_digest(scenario: Scenario) -> str:
    """SHA-256 of a scenario, numbers as texts."""
    document = scenario.model_dump(mode="json")
    for later in ("strata", "prognosis"):
        if not document["planning"][later]:
            del document["planning"][later]  # scenarios from before the field keep their digest
    return digest(_texts(document))


def _texts(value: Any) -> Json:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {key: _texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_texts(each) for each in value]
    known: Json = value
    return known


def _ratio(design: RandomisationDesign) -> float:
    return design.shares[1] / design.shares[0]


def _honest(
    given: Examined, modelled: Modelled, workers: Workers
) -> tuple[tuple[HonestRow, ...], Outcome, PlannedSteps]:
    """The honest table, and how the estimates behave where there is an effect."""
    planned = planned_steps(given.definition, given.design, modelled, given.participants)
    names = {step.id for step in planned.steps}
    names |= {f"{family.id}.{member}" for family in planned.families for member in family.members}
    rows = claims(given.definition, frozenset(names))
    null = replace(
        _work(given, modelled, planned, {row.id: row.error for row in rows}), model=modelled.model.without_effect()
    )
    alternative = _work(given, modelled, planned, {row.id: row.success for row in rows})
    views = {step.id: step.view for step in planned.steps if step.id in planned.differences}
    with ThreadPoolExecutor(1) as beside:  # the first world waits for its compiled loops: they take a second to load
        truth = beside.submit(true_effects, modelled.model, views, given.seed)
        without = simulate(null, given.trials, workers)
        with_effect = simulate(replace(alternative, truth=truth.result()), given.trials, workers)
    return (
        tuple(
            HonestRow(row.id, row.plan, row.words, row.nominal, without.rates[row.id], with_effect.rates[row.id])
            for row in rows
        ),
        with_effect,
        planned,
    )


def _work(given: Examined, modelled: Modelled, planned: PlannedSteps, criteria: Mapping[str, Criterion]) -> Work:
    return Work(
        model=modelled.model,
        participants=given.participants,
        allocate=law_of(given.definition, given.design, given.participants),
        steps=planned.steps,
        families=planned.families,
        criteria=criteria,
        alpha=float(given.definition.analysis.alpha),
        seed=given.seed,
        truth={},
    )


def _supply(given: Examined, modelled: Modelled) -> Forecast:
    """Recruitment and packs, if people come, stay and take what they are given as the scenario says."""
    definition, scenario = given.definition, given.scenario
    behaviour, plan = scenario.behaviour, scenario.planning
    eligible = float(special.ndtr(-modelled.model.entry))
    course = Course(
        participants=given.participants,
        per_week=scenario.screened_per_week
        * (1 - behaviour.refuses_consent)
        * (1 - behaviour.fails_a_criterion)
        * eligible,
        dose_days=tuple(each.day for each in definition.dose_encounters()),
        last_day=max(each.day for each in definition.encounters),
        leaving=max(plan.leaving.total, behaviour.withdraws),
        missed=behaviour.misses_visit,
        lost=plan.lost_packs,
        experimental=tuple(experimental for experimental, _ in contrasts(definition)),
        strata=modelled.model.strata,
    )
    return forecast(
        course, law_of(definition, given.design, given.participants), plan.stock, stream(given.seed, 0, Purpose.ACCRUAL)
    )


def _variations(given: Examined, workers: Workers) -> tuple[Variation, ...]:
    """False claims for the primary endpoint without and with the entry rule, at several shared improvements."""
    definition, scenario = given.definition, given.scenario
    item = primary_endpoint(definition).item
    rule = entry_rule(scenario)
    stated = scenario.planning.improvement.get(item, 0.0) or 1.0
    found = []
    for size in sorted({*scenario.planning.sizes[:1], given.participants}):
        for least in (None, *([rule[1]] if rule and rule[0] == item else [])):
            for times in SHIFTS:
                improvement = stated * times
                other = _varied(scenario, item, least, improvement)
                within, between = _false_claims(replace(given, scenario=other, participants=size), workers)
                found.append(Variation(size, least, improvement, within, between))
    return tuple(found)


def _varied(scenario: Scenario, item: str, least: float | None, improvement: float) -> Scenario:
    entry = EntryRule(item=item, least=least if least is not None else float("-inf"))
    plan = scenario.planning.model_copy(
        update={"entry": entry, "improvement": {**scenario.planning.improvement, item: improvement}}
    )
    return scenario.model_copy(update={"planning": plan})


def _false_claims(given: Examined, workers: Workers) -> tuple[Rate | None, Rate | None]:
    """(paired test inside the arm, main comparison) of the primary endpoint when there is no effect."""
    definition = given.definition
    primary = primary_endpoint(definition).id
    modelled = model_of_study(definition, given.scenario, only=primary)
    planned = planned_steps(definition, given.design, modelled, given.participants)
    rows = claims(definition, frozenset(step.id for step in planned.steps))
    wanted = {each.id for each in definition.analysis.analyses if each.endpoint == primary}
    inside = {each.id for each in definition.analysis.analyses if each.method == WITHIN}
    deciding = {each.id for each in definition.analysis.analyses if each.role == "main"} - inside
    chosen = [row for row in rows if row.id in wanted & (inside | deciding)]
    steps = tuple(step for step in planned.steps if any(step.id.startswith(row.id) for row in chosen))
    work = _work(given, modelled, replace(planned, steps=steps, families=()), {row.id: row.error for row in chosen})
    rates = simulate(replace(work, model=modelled.model.without_effect()), given.trials, workers).rates
    first = {row.id in inside: rates[row.id] for row in reversed(chosen)}
    return first.get(True), first.get(False)
