"""What a design is told about itself: a plan that does not compare arms, shares no alpha, or has no power."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from equipoise.design.design_report import HonestRow, Plan
from equipoise.design.simulation.modelling import primary_endpoint
from equipoise.protocol import StudyDefinition
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.objectives import Rank
from equipoise.vocabulary import Finding, Severity

POOR_POWER = 0.5
WITHIN = "paired_t_within_arm"
BY_PROCEDURE = frozenset({"randomisation_test", "rank_randomisation_test"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judgement rests on.  `is_restricted` says whether the procedure restricts which lists are possible;
    `left_out` are the analyses that were not simulated, each with the reason."""

    definition: StudyDefinition
    rows: Sequence[HonestRow]
    is_restricted: bool
    participants: int
    left_out: Mapping[str, str]


def judge_planning(judged: Judged) -> tuple[Finding, ...]:
    """The findings on a design, heaviest first."""
    found = [*_compares(judged), *_shares(judged), *_restriction(judged), *_power(judged), *_not_simulated(judged)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def _compares(judged: Judged) -> Iterator[Finding]:
    plan, rows = judged.definition.analysis, {row.id: row for row in judged.rows}
    primary = primary_endpoint(judged.definition).id
    inside = [each for each in plan.analyses if each.endpoint == primary and each.method == WITHIN]
    between = [each for each in _main(judged, primary) if each.method != WITHIN]
    for each in inside:
        decides = each.role == "main" or not between
        row = rows.get(each.id)
        numbers = (
            f" With no effect at all it is positive in {row.without_effect.share:.0%} of trials of "
            f"{judged.participants}, where {row.nominal:.1%} is believed."
            if row
            else ""
        )
        yield Finding(
            "DESIGN-WITHIN",
            Severity.ERROR if decides else Severity.WARNING,
            f"analysis.analyses.{each.id}",
            f"The paired test inside an arm does not compare the arms.{numbers}",
            "Let the comparison with the reference arm decide." if decides else "Conclude nothing from it.",
            why="It also holds selection of the ill, regression to the mean and whatever else happens to everybody.",
            sources=("Bland JM, Altman DG. Trials 2011;12:264 (PMC3286439)",),
        )


def _shares(judged: Judged) -> Iterator[Finding]:
    definition, rows = judged.definition, {row.id: row for row in judged.rows}
    ranks = {each.id: each.rank for each in definition.endpoints}
    main = [each for each in definition.analysis.analyses if each.role == "main"]
    primary = {each.endpoint for each in main if ranks[each.endpoint] is Rank.PRIMARY}
    every = {each.endpoint for each in main if ranks[each.endpoint] in (Rank.PRIMARY, Rank.SECONDARY)}
    unshared = definition.analysis.multiplicity == "none"
    if unshared and len(every) > 1:
        row = rows.get("all.none")
        rate = (
            f" With no effect at all, one of them is significant in {row.without_effect.share:.0%} of trials."
            if row
            else ""
        )
        yield Finding(
            "DESIGN-MULTIPLICITY",
            Severity.ERROR if len(primary) > 1 else Severity.WARNING,
            "analysis.multiplicity",
            f"{len(every)} endpoints are tested at the full alpha each.{rate}",
            "Share alpha: Holm's method, or max-T, which uses the correlation of the endpoints.",
            sources=("ICH E9 2.2.5", "Holm S. Scand J Stat 1979;6:65-70"),
        )
    registered = [row for row in judged.rows if row.id == "paired.1"]
    for row in registered:
        yield Finding(
            "DESIGN-MULTIPLICITY",
            Severity.WARNING,
            "analysis.analyses",
            f"As registered, several endpoints are tested without sharing alpha: with no effect at all, at least one "
            f"improves “significantly” in {row.without_effect.share:.0%} of trials.",
            "Conclude nothing from them.",
            sources=("ICH E9 2.2.5",),
        )


def _restriction(judged: Judged) -> Iterator[Finding]:
    if not judged.is_restricted:
        return
    primary = primary_endpoint(judged.definition).id
    planned = [each for each in judged.definition.analysis.analyses if each.endpoint == primary]
    decides = [each for each in planned if each.role == "main"]
    if not decides or any(each.method in BY_PROCEDURE for each in decides):
        return
    beside = any(each.method in BY_PROCEDURE for each in planned)
    yield Finding(
        "DESIGN-RESTRICTION",
        Severity.INFO if beside else Severity.WARNING,
        f"analysis.analyses.{decides[0].id}",
        "The main analysis does not use how the arms were allocated (blocks or another restriction)."
        + (" A randomisation test beside it does." if beside else ""),
        "" if beside else "Plan a randomisation test under the procedure that was used, at least beside it.",
        why="If the level drifts while participants are recruited, an analysis that ignores the blocks loses power; "
        "with little drift there is nothing to win.",
        sources=("ICH E9 5.7", "Rosenberger WF, Lachin JM. Randomization in Clinical Trials, 2nd ed. 2016, chapter 6"),
    )


def _power(judged: Judged) -> Iterator[Finding]:
    primary = primary_endpoint(judged.definition).id
    deciding = {each.id for each in _main(judged, primary)}
    for row in judged.rows:
        if row.plan is Plan.AS_DEFINED and row.id in deciding and row.with_effect.share < POOR_POWER:
            yield Finding(
                "DESIGN-POWER",
                Severity.WARNING,
                "planned_participants",
                f"With {judged.participants} participants the main analysis finds the effect planned for in "
                f"{row.with_effect.share:.0%} of trials: less often than a coin.",
                "Take more participants, or say that the trial is a pilot and tests nothing.",
                why="A trial without power asks people to take part in something that cannot answer.",
                sources=("ICH E9 3.5", "SPIRIT 2025 item 19"),
            )


def _not_simulated(judged: Judged) -> Iterator[Finding]:
    safety = {each.id for each in judged.definition.endpoints if each.rank is Rank.SAFETY}
    for each in judged.definition.analysis.analyses:
        if each.id in judged.left_out and each.endpoint not in safety:
            yield Finding(
                "DESIGN-NOT-SIMULATED",
                Severity.WARNING,
                f"analysis.analyses.{each.id}",
                f"The analysis {each.id} ({each.method.replace('_', ' ')}) was not simulated: "
                f"{judged.left_out[each.id]}.",
                "Its error rate and power are not in this report: model its items in the scenario, or work them out.",
            )


def _main(judged: Judged, endpoint: str) -> list[Analysis]:
    return [each for each in judged.definition.analysis.analyses if each.endpoint == endpoint and each.role == "main"]
