"""The expedited clock: which events must be reported onwards, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta

from equipoise.protocol.study_definition import Monitoring
from equipoise.safety.events import Assessment
from equipoise.safety.state import AdverseEvent, SafetyState
from equipoise.safety.words import Causality, Expectedness, Seriousness

_GRAVE = frozenset({Seriousness.DEATH, Seriousness.LIFE_THREATENING})


@dataclass(frozen=True, slots=True)
class Deadline:
    """A report that is due.  `known_on` is day 0; `sent_on` is the first report from that day on."""

    adverse_event: int
    participant: str
    known_on: date
    due_on: date
    sent_on: date | None

    def is_overdue(self, today: date) -> bool:
        """True if it was sent late, or not at all by `today`."""
        return (self.sent_on or today) > self.due_on


def is_expedited(assessment: Assessment) -> bool:
    """True for a serious, unexpected event that may be related: a SUSAR (ICH E2A III.A)."""
    return (
        bool(assessment.serious)
        and assessment.causality is not Causality.UNRELATED
        and assessment.expectedness is Expectedness.UNEXPECTED
    )


def deadlines(monitoring: Monitoring, safety: SafetyState) -> tuple[Deadline, ...]:
    """Every expedited report that is or was due, earliest first.

    Calendar days from the day on which the site first knew: `fatal_report_days` for a fatal or life-threatening event,
    `serious_report_days` for any other; an event that turns grave later starts the shorter clock then.
    Source: ICH E2A III.B (7 and 15 days); the study definition may set others.
    """
    due = (deadline for event in safety.adverse_events.values() for deadline in _of(monitoring, event))
    return tuple(sorted(due, key=lambda each: (each.due_on, each.adverse_event)))


def _of(monitoring: Monitoring, event: AdverseEvent) -> tuple[Deadline, ...]:
    expedited = [version for version in event.versions if is_expedited(version.assessment)]
    grave = [version for version in expedited if _GRAVE & set(version.assessment.serious)]
    clocks = [(expedited[:1], monitoring.serious_report_days), (grave[:1], monitoring.fatal_report_days)]
    found = [_deadline(event, version.known_on, days) for versions, days in clocks for version in versions]
    same_day = len(found) == 2 and found[0].known_on == found[1].known_on
    return tuple(found[1:] if same_day else found)


def _deadline(event: AdverseEvent, known_on: date, days: int) -> Deadline:
    sent = min((report.sent_on for report in event.reports if report.sent_on >= known_on), default=None)
    return Deadline(event.number, event.participant, known_on, known_on + timedelta(days=days), sent)
