"""The entries of safety.  Masked: none can hold an arm."""

from dataclasses import dataclass
from datetime import date

from equipoise.ledger import event
from equipoise.safety.words import ActionTaken, Causality, Expectedness, Outcome, Seriousness
from equipoise.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the investigator says of an event, whole each time: a follow-up is a new assessment beside the old one.

    `grade` is a CTCAE grade, 1 to 5; `serious` holds the criteria that are met, none if the event is not serious;
    `expectedness` is judged for serious events.
    """

    term: str
    started_on: date
    grade: int
    causality: Causality
    action: ActionTaken
    outcome: Outcome
    serious: tuple[Seriousness, ...] = ()
    expectedness: Expectedness | None = None
    ended_on: date | None = None


@event("adverse_event_reported")
@dataclass(frozen=True, slots=True)
class AdverseEventReported:
    """An adverse event, with the day on which the site learnt of it.

    `candidate` names the entry whose grade led to it, if one did.
    """

    adverse_event: int
    participant: str
    known_on: date
    assessment: Assessment
    candidate: int | None = None


@event("adverse_event_followed_up")
@dataclass(frozen=True, slots=True)
class AdverseEventFollowedUp:
    """What is known of an adverse event now; the earlier assessments stay."""

    adverse_event: int
    participant: str
    known_on: date
    assessment: Assessment
    reason: str


@event("candidate_declined")
@dataclass(frozen=True, slots=True)
class CandidateDeclined:
    """The investigator decided that a graded result, held by entry `candidate`, is no adverse event."""

    participant: str
    term: str
    candidate: int
    reason: str


@event("code_break_assessed")
@dataclass(frozen=True, slots=True)
class CodeBreakAssessed:
    """What came of a broken code: whether it was needed, who knows the arm now, and what follows (E6R3-4.1.4)."""

    number: int
    was_needed: bool
    known_to: tuple[Role, ...]
    consequence: str
    participant: str | None = None


@event("expedited_report_sent")
@dataclass(frozen=True, slots=True)
class ExpeditedReportSent:
    """A serious, unexpected, related event was reported to an authority, committee or sponsor."""

    adverse_event: int
    participant: str
    sent_on: date
    recipient: str
