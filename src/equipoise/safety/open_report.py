"""The open report to the data monitoring committee: totals of the whole trial, nothing that could be split by arm."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from equipoise.conduct import Flow, Plan, QueryStatus, TrialState, flow_of, missing_points
from equipoise.conduct.words import DeviationKind
from equipoise.safety.clock import deadlines
from equipoise.safety.state import SafetyState


@dataclass(frozen=True, slots=True)
class TermCount:
    """One term: how many events, in how many participants, and the participants by their worst grade."""

    term: str
    events: int
    participants: int
    by_worst_grade: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What everybody may read while the trial runs; `seq` and `hash` name the entry up to which it counts."""

    study_digest: str
    synthetic: bool
    seq: int
    hash: str
    on: date
    flow: Flow
    terms: tuple[TermCount, ...]
    adverse_events: int
    participants_with_events: int
    serious_events: int
    fatal_events: int
    reports_overdue: int
    deviations: Mapping[DeviationKind, int]
    queries: Mapping[QueryStatus, int]
    missing_points: int


def open_report(plan: Plan, state: TrialState, safety: SafetyState, today: date) -> OpenReport:
    """Count the trial as a whole (E6R3-3.16; FDA guidance on data monitoring committees, open part)."""
    events = tuple(safety.adverse_events.values())
    return OpenReport(
        study_digest=state.study_digest,
        synthetic=state.is_synthetic,
        seq=state.seq,
        hash=state.hash,
        on=today,
        flow=flow_of(plan, state),
        terms=_by_term(safety),
        adverse_events=len(events),
        participants_with_events=len({event.participant for event in events}),
        serious_events=sum(event.is_serious for event in events),
        fatal_events=sum(event.worst_grade == 5 for event in events),
        reports_overdue=sum(each.is_overdue(today) for each in deadlines(plan.definition.monitoring, safety)),
        deviations=Counter(each.kind for each in state.all_deviations()),
        queries=Counter(query.status for query in state.all_queries()),
        missing_points=sum(len(missing_points(plan, each)) for each in state.participants.values()),
    )


def _by_term(safety: SafetyState) -> tuple[TermCount, ...]:
    worst: dict[str, dict[str, int]] = {}
    events: Counter[str] = Counter()
    for event in safety.adverse_events.values():
        term = event.current.term
        events[term] += 1
        grades = worst.setdefault(term, {})
        grades[event.participant] = max(grades.get(event.participant, 0), event.worst_grade)
    return tuple(
        TermCount(term, events[term], len(grades), Counter(grades.values())) for term, grades in sorted(worst.items())
    )
