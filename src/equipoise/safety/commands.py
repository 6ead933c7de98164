"""What may be asked of safety: the investigator decides, the program counts the days."""

from dataclasses import dataclass
from datetime import date

from equipoise.conduct import FileDescription, command
from equipoise.safety.events import Assessment
from equipoise.vocabulary import Role


@command("report_adverse_event")
@dataclass(frozen=True, slots=True)
class ReportAdverseEvent:
    """Report an event; `candidate` is the entry whose grade led to it."""

    participant: str
    known_on: date
    assessment: Assessment
    candidate: int | None = None


@command("follow_up_adverse_event")
@dataclass(frozen=True, slots=True)
class FollowUpAdverseEvent:
    participant: str
    adverse_event: int
    known_on: date
    assessment: Assessment
    reason: str


@command("attach_to_adverse_event")
@dataclass(frozen=True, slots=True)
class AttachToAdverseEvent:
    """Put a file beside an adverse event; its bytes have been kept under their hash."""

    participant: str
    adverse_event: int
    file: FileDescription


@command("decline_candidate")
@dataclass(frozen=True, slots=True)
class DeclineCandidate:
    """Say why a graded result is no adverse event."""

    participant: str
    term: str
    candidate: int
    reason: str


@command("assess_code_break")
@dataclass(frozen=True, slots=True)
class AssessCodeBreak:
    """Assess break `number`: was it needed, which roles know the arm now, what follows for participant and data."""

    number: int
    was_needed: bool
    known_to: tuple[Role, ...]
    consequence: str


@command("record_expedited_report")
@dataclass(frozen=True, slots=True)
class RecordExpeditedReport:
    participant: str
    adverse_event: int
    sent_on: date
    recipient: str
