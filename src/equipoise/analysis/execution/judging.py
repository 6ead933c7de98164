"""What the data hold that the plan does not foresee: every case is a finding, none a silent drop (ICH E9 5.3, 5.7)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from equipoise.analysis.execution.cases import Cases
from equipoise.analysis.harms_data import HarmsData
from equipoise.closure import ReleasedAllocation
from equipoise.protocol import StudyDefinition
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.objectives import Rank
from equipoise.vocabulary import Finding, Refusal, Severity

_E9 = ("ICH E9 5.2 and 5.3",)


def judge_cases(cases: Cases, arms: Sequence[str]) -> Iterator[Finding]:
    """Who is missing, and which values were reported below or above a limit."""
    name, place = cases.endpoint.name.text(), cases.endpoint.id
    whole = len(cases.complete) + len(cases.missing)
    for what in dict.fromkeys(each.what for each in cases.missing):
        gone = [each for each in cases.missing if each.what == what]
        why = ", ".join(f"{reason} {count}" for reason, count in Counter(each.why for each in gone).most_common())
        yield Finding(
            "PLAN-MISSING",
            Severity.WARNING,
            place,
            f"{name}: the {what} is missing for {len(gone)} of {whole} participants of the "
            f"{cases.analysis.analysis_set.replace('_', ' ')} ({_by_arm(Counter(e.arm for e in gone), arms)}; {why}).",
            "Read how robust the result is against what these participants may have had.",
            evidence=tuple(each.participant for each in gone),
            sources=_E9,
        )
    if sum(cases.below_limit.values()):
        yield Finding(
            "PLAN-BELOW",
            Severity.INFO,
            place,
            f"{name}, values below a detection limit: {sum(cases.below_limit.values())} "
            f"({_by_arm(cases.below_limit, arms)}); methods for numbers take "
            f"{_BELOW[cases.analysis.below_limit]} instead, methods for ranks the order alone.",
            why="The plan's rule for values below a limit.",
        )
    if sum(cases.above_limit.values()):
        yield Finding(
            "PLAN-ABOVE",
            Severity.WARNING,
            place,
            f"{name}: {sum(cases.above_limit.values())} values above a limit ({_by_arm(cases.above_limit, arms)}), "
            "for which the plan has no rule; they enter as the limit itself, the least that is known.",
            "Give the plan a rule, or have the samples diluted and measured again.",
        )

    if sum(cases.converted.values()):
        yield Finding(
            "PLAN-UNIT",
            Severity.INFO,
            place,
            f"{name}: {sum(cases.converted.values())} values were reported in another unit than {cases.item.unit} "
            f"({_by_arm(cases.converted, arms)}) and enter converted, as exact fractions.",
            "Check that unit and number belong together on the reports.",
        )


_BELOW = {"half_limit": "half the limit", "limit": "the limit", "ranks": "no number"}


def judge_refusal(analysis: Analysis, place: str, refusal: Refusal) -> Finding:
    """A planned analysis that these data do not allow: its reason stands where its result would have stood."""
    return Finding(
        "PLAN-NOT-RUN",
        Severity.ERROR if analysis.role == "main" else Severity.WARNING,
        place,
        f"This analysis ({analysis.method.replace('_', ' ')}) was not run. {refusal.sentence}",
        refusal.remedy,
        evidence=(refusal.rule,),
    )


def judge_within_arm(analyses: Iterable[Analysis]) -> Iterator[Finding]:
    """The registered tests inside an arm compare nothing."""
    ids = tuple(each.id for each in analyses if each.method == "paired_t_within_arm")
    if ids:
        yield Finding(
            "PLAN-WITHIN",
            Severity.WARNING,
            "analysis.analyses",
            "The registered paired test looks at one arm at a time and does not compare the arms: no conclusion about "
            "the intervention may rest on it.",
            "Read the comparison of the arms beside it.",
            evidence=ids,
            why="With two arms and no effect at all, the chance that just one is significant can reach one half.",
            sources=("Bland JM, Altman DG. Trials 2011;12:264 (PMC3286439)",),
        )


def judge_plan(definition: StudyDefinition, strata: int) -> Iterator[Finding]:
    """What the plan itself leaves open: endpoints without an analysis, strategies without data, strata left out."""
    planned = {analysis.endpoint for analysis in definition.analysis.analyses}
    for endpoint in definition.endpoints:
        if endpoint.id not in planned and endpoint.rank is not Rank.SAFETY:
            yield Finding(
                "PLAN-ENDPOINT",
                Severity.WARNING,
                endpoint.id,
                f"{endpoint.name.text()} is an endpoint ({endpoint.rank}) for which no analysis is planned.",
                "It is described at most; plan its analysis in the next version.",
                sources=("ICH E9 2.2.2",),
            )
    yield from _strategies(definition)
    if strata > 1 and any(each.method == "ancova" for each in definition.analysis.analyses):
        yield Finding(
            "PLAN-STRATA",
            Severity.WARNING,
            "randomisation.strata",
            f"Randomisation was stratified ({strata} strata); a model that leaves the strata out has intervals "
            "that are too wide. Randomisation tests follow the strata.",
            "Name the stratification factors among the covariates.",
            sources=("ICH E9 5.7", "EMA guideline on adjustment for baseline covariates, 2015"),
        )


def _strategies(definition: StudyDefinition) -> Iterator[Finding]:
    answered = {analysis.estimand for analysis in definition.analysis.analyses}
    for estimand in definition.estimands:
        for event in estimand.intercurrent_events:
            if estimand.id in answered and event.strategy != "treatment_policy":
                yield Finding(
                    "PLAN-STRATEGY",
                    Severity.INFO,
                    estimand.id,
                    f"The estimand handles “{event.event}” by the strategy {event.strategy.replace('_', ' ')}; the "
                    "plan names no data that show this event, so values enter as they were recorded.",
                    "Check the participants concerned by hand.",
                    sources=("ICH E9(R1) A.3.2",),
                )


def judge_sets(sets: Mapping[str, Sequence[str]], arm_of: Mapping[str, str], arms: Sequence[str]) -> Iterator[Finding]:
    """Who was randomised and is not in a set, by planned arm: exclusions can undo what randomisation did."""
    for name, members in sets.items():
        kept = frozenset(members)
        out = [participant for participant in arm_of if participant not in kept]
        if out:
            yield Finding(
                "PLAN-EXCLUDED",
                Severity.INFO,
                f"analysis.sets.{name}",
                f"{len(out)} of {len(arm_of)} randomised participants are not in the {name.replace('_', ' ')} "
                f"({_by_arm(Counter(arm_of[each] for each in out), arms)}), as decided while everybody was masked.",
                evidence=tuple(out),
                sources=("ICH E9 5.2",),
            )


def judge_received(allocation: ReleasedAllocation) -> Iterator[Finding]:
    """Participants who received another arm than planned: analysed as planned for efficacy, as received for safety."""
    other = [
        participant
        for participant, arm in allocation.planned_arm.items()
        if allocation.actual_arm[participant] not in (None, arm)
    ]
    if other:
        yield Finding(
            "PLAN-RECEIVED",
            Severity.WARNING,
            "analysis.sets",
            f"{len(other)} participants received most doses from another arm than planned; the full analysis set keeps "
            "them in the planned arm, the safety set in the arm they received.",
            evidence=tuple(other),
            sources=("ICH E9 5.2.1 and 6.3",),
        )


def judge_harms(harms: HarmsData) -> Iterator[Finding]:
    """Events that began before day 1 are no consequence of what was given; grades that no limit allows are not zero."""
    ungraded = Counter(each.term for each in harms.grades if each.worst is None)
    if ungraded:
        yield Finding(
            "PLAN-GRADES",
            Severity.INFO,
            "adverse_events",
            f"{len(ungraded)} CTCAE terms could not be graded for everybody: a limit of the laboratory, or a value, is "
            "missing, or a < leaves the grade open.",
            "Record the laboratory's own reference limits.",
            evidence=tuple(f"{term}: {count} participants" for term, count in sorted(ungraded.items())),
            why="A grade that the data do not give is no grade 0.",
            sources=("CTCAE v5.0",),
        )
    if harms.before_day_one:
        yield Finding(
            "PLAN-EARLY-EVENT",
            Severity.INFO,
            "adverse_events",
            f"{len(harms.before_day_one)} entries are about adverse events that began before day 1; they are in the "
            "ledger and not counted by arm.",
            evidence=tuple(f"entry {entry}" for entry in harms.before_day_one),
            sources=("ICH E9 glossary, treatment emergent",),
        )


def _by_arm(counts: Mapping[str, int], arms: Sequence[str]) -> str:
    return ", ".join(f"{arm} {counts.get(arm, 0)}" for arm in arms)
