"""Adverse events: reported, followed up, declined as candidates, reported onwards.  The investigator decides."""

from equipoise.conduct import Situation
from equipoise.conduct.situation import require_text
from equipoise.safety.clock import is_expedited
from equipoise.safety.commands import (
    DeclineCandidate,
    FollowUpAdverseEvent,
    RecordExpeditedReport,
    ReportAdverseEvent,
)
from equipoise.safety.events import (
    AdverseEventFollowedUp,
    AdverseEventReported,
    Assessment,
    CandidateDeclined,
    ExpeditedReportSent,
)
from equipoise.safety.state import SafetyState
from equipoise.safety.words import ENDED, Outcome, Seriousness
from equipoise.vocabulary import Refusal


def report_adverse_event(
    now: Situation, safety: SafetyState, command: ReportAdverseEvent
) -> tuple[AdverseEventReported]:
    """Report an event from the signed consent on (E6R3-2.7.2; ICH E2A)."""
    participant = now.participant(command.participant)
    now.not_in_future(command.known_on)
    _check(now, command.assessment)
    if command.known_on < command.assessment.started_on:
        raise Refusal("AE-KNOWN", "The event was known before it started.", "Check both dates.")
    if command.candidate is not None and (participant.number, command.candidate) in safety.settled_candidates:
        raise Refusal("AE-CANDIDATE", "This result is dealt with already.", "Follow up the event that it led to.")
    number = len(safety.adverse_events) + 1
    return (AdverseEventReported(number, participant.number, command.known_on, command.assessment, command.candidate),)


def follow_up_adverse_event(
    now: Situation, safety: SafetyState, command: FollowUpAdverseEvent
) -> tuple[AdverseEventFollowedUp]:
    """Put a new assessment beside the old ones, with the reason."""
    before = safety.adverse_event(command.participant, command.adverse_event)
    now.not_in_future(command.known_on)
    _check(now, command.assessment)
    if command.known_on < before.versions[-1].known_on:
        raise Refusal("AE-KNOWN", "More was known of this event by that day.", "Enter when the new facts were known.")
    if command.assessment == before.current:
        raise Refusal("AE-SAME", "Nothing is new in this assessment.", "Change what is new, or leave it.")
    reason = require_text(command.reason, "reason")
    return (AdverseEventFollowedUp(before.number, before.participant, command.known_on, command.assessment, reason),)


def decline_candidate(now: Situation, safety: SafetyState, command: DeclineCandidate) -> tuple[CandidateDeclined]:
    """Say that a graded result is no adverse event, and why: it is not offered again."""
    participant = now.participant(command.participant)
    if (participant.number, command.candidate) in safety.settled_candidates:
        raise Refusal("AE-CANDIDATE", "This result is dealt with already.", "Nothing more is needed.")
    if not any(past[-1].seq == command.candidate for _, past in participant.points()):
        raise Refusal("AE-CANDIDATE", "No current result stands in that entry.", "Choose a result that is offered.")
    reason = require_text(command.reason, "reason")
    return (CandidateDeclined(participant.number, command.term, command.candidate, reason),)


def record_expedited_report(
    now: Situation, safety: SafetyState, command: RecordExpeditedReport
) -> tuple[ExpeditedReportSent]:
    """Record that a serious, unexpected, related event was reported onwards."""
    event = safety.adverse_event(command.participant, command.adverse_event)
    now.not_in_future(command.sent_on)
    if not any(is_expedited(version.assessment) for version in event.versions):
        raise Refusal("AE-EXPEDITED", "This event needs no expedited report.", "Assess it first.")
    if command.sent_on < event.versions[0].known_on:
        raise Refusal("AE-KNOWN", "This date lies before the event was known.", "Check the date.")
    recipient = require_text(command.recipient, "recipient")
    return (ExpeditedReportSent(event.number, event.participant, command.sent_on, recipient),)


def _check(now: Situation, given: Assessment) -> None:
    """Refuse an assessment that contradicts itself."""
    require_text(given.term, "term")
    now.not_in_future(given.started_on)
    if given.grade not in range(1, 6):
        raise Refusal("AE-GRADE", "A CTCAE grade is 1 to 5.", "Choose a grade.")
    if len({given.grade == 5, given.outcome is Outcome.FATAL, Seriousness.DEATH in given.serious}) > 1:
        raise Refusal("AE-DEATH", "Grade 5, a fatal outcome and death as criterion go together.", "Enter all three.")
    if given.serious and given.expectedness is None:
        raise Refusal("AE-EXPECTED", "A serious event needs its expectedness.", "Compare with the brochure.")
    if given.ended_on is not None:
        now.not_in_future(given.ended_on)
        if given.ended_on < given.started_on:
            raise Refusal("AE-DATES", "The event ends before it starts.", "Check both dates.")
    if (given.ended_on is not None) != (given.outcome in ENDED):
        raise Refusal("AE-OUTCOME", "An end date belongs to an event that is over.", "Check outcome and end.")
