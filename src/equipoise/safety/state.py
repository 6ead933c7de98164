"""Adverse events as a fold of the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from equipoise.ledger import Entry
from equipoise.safety.events import (
    AdverseEventFollowedUp,
    AdverseEventReported,
    Assessment,
    CandidateDeclined,
    CodeBreakAssessed,
    ExpeditedReportSent,
)
from equipoise.safety.words import ENDED
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class AssessedVersion:
    """One assessment of an event: the entry, who made it, and when the site knew what it says."""

    seq: int
    who: str
    recorded_at: datetime
    known_on: date
    assessment: Assessment
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """An adverse event with all its assessments, the one that counts last."""

    number: int
    participant: str
    versions: tuple[AssessedVersion, ...]
    reports: tuple[ExpeditedReportSent, ...] = ()

    @property
    def current(self) -> Assessment:
        return self.versions[-1].assessment

    @property
    def is_serious(self) -> bool:
        return bool(self.current.serious)

    @property
    def is_ongoing(self) -> bool:
        return self.current.outcome not in ENDED

    @property
    def worst_grade(self) -> int:
        """The highest grade that any assessment gave."""
        return max(version.assessment.grade for version in self.versions)


@dataclass
class SafetyState:
    """All adverse events by number, the graded results that are dealt with, as (participant, entry) pairs, and the code
    breaks that were assessed, by number."""

    adverse_events: dict[int, AdverseEvent] = field(default_factory=dict)
    numbers_of: dict[str, list[int]] = field(default_factory=dict)
    """Participant -> the numbers of the events."""
    settled_candidates: set[tuple[str, int]] = field(default_factory=set)
    assessed_breaks: dict[int, CodeBreakAssessed] = field(default_factory=dict)

    def apply(self, entry: Entry) -> None:
        """Take the next entry; entries of other rooms pass by."""
        handler = _HANDLERS.get(entry.type)
        if handler:
            handler(self, entry, entry.event)

    def events_of(self, participant: str) -> tuple[AdverseEvent, ...]:
        """A participant's adverse events in order."""
        return tuple(self.adverse_events[number] for number in self.numbers_of.get(participant, ()))

    def adverse_event(self, participant: str, number: int) -> AdverseEvent:
        """A participant's event of this number.  Raises `Refusal` if there is none."""
        found = self.adverse_events.get(number)
        if found is None or found.participant != participant:
            raise Refusal("ADVERSE-EVENT", "The participant has no such adverse event.", "Check the number.")
        return found


def _reported(state: SafetyState, entry: Entry, event: AdverseEventReported) -> None:
    version = AssessedVersion(entry.seq, entry.who, entry.recorded_at, event.known_on, event.assessment)
    state.adverse_events[event.adverse_event] = AdverseEvent(event.adverse_event, event.participant, (version,))
    state.numbers_of.setdefault(event.participant, []).append(event.adverse_event)
    if event.candidate is not None:
        state.settled_candidates.add((event.participant, event.candidate))


def _followed_up(state: SafetyState, entry: Entry, event: AdverseEventFollowedUp) -> None:
    version = AssessedVersion(entry.seq, entry.who, entry.recorded_at, event.known_on, event.assessment, event.reason)
    before = state.adverse_events[event.adverse_event]
    state.adverse_events[event.adverse_event] = replace(before, versions=(*before.versions, version))


def _declined(state: SafetyState, entry: Entry, event: CandidateDeclined) -> None:
    state.settled_candidates.add((event.participant, event.candidate))


def _report_sent(state: SafetyState, entry: Entry, event: ExpeditedReportSent) -> None:
    before = state.adverse_events[event.adverse_event]
    state.adverse_events[event.adverse_event] = replace(before, reports=(*before.reports, event))


def _break_assessed(state: SafetyState, entry: Entry, event: CodeBreakAssessed) -> None:
    state.assessed_breaks[event.number] = event


_HANDLERS: dict[str, Callable[[SafetyState, Entry, Any], None]] = {
    "adverse_event_reported": _reported,
    "adverse_event_followed_up": _followed_up,
    "candidate_declined": _declined,
    "expedited_report_sent": _report_sent,
    "code_break_assessed": _break_assessed,
}
