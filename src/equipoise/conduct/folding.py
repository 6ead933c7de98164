"""How each entry changes the state: one function per entry type, each O(1) in the size of the trial."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from equipoise.allocation.entries import SlotAssigned
from equipoise.conduct import events as was
from equipoise.conduct.answer import Answer
from equipoise.conduct.delegation import Appointment
from equipoise.conduct.participant import (
    Attachment,
    CriterionDecision,
    Datum,
    EligibilitySignature,
    Participant,
    Prompt,
    Query,
)
from equipoise.conduct.point import Page, Point, page_of
from equipoise.conduct.stage import Stage
from equipoise.conduct.words import QueryStatus, WithdrawalFrom
from equipoise.ledger import Entry

if TYPE_CHECKING:
    from equipoise.conduct.trial_state import TrialState

# --- the trial -------------------------------------------------------------------------------------------------------


def _trial_opened(state: "TrialState", entry: Entry, event: was.TrialOpened) -> None:
    state.opened = event
    state.versions.append(event)


def _definition_amended(state: "TrialState", entry: Entry, event: was.DefinitionAmended) -> None:
    state.versions.append(event)


def _data_entry_closed(state: "TrialState", entry: Entry, event: was.DataEntryClosed) -> None:
    state.is_closed = True
    state.is_locked = event.final


def _data_entry_reopened(state: "TrialState", entry: Entry, event: was.DataEntryReopened) -> None:
    state.is_closed = False
    state.is_locked = False
    state.was_reopened = True


# --- delegation ------------------------------------------------------------------------------------------------------


def _person_appointed(state: "TrialState", entry: Entry, event: was.PersonAppointed) -> None:
    state.delegation[event.appointment] = Appointment(
        event.appointment,
        event.person,
        event.role,
        event.sites,
        event.starts_on,
        event.until,
        event.training,
        event.trained_on,
        entry.who,
        entry.recorded_at,
    )


def _appointment_ended(state: "TrialState", entry: Entry, event: was.AppointmentEnded) -> None:
    state.delegation[event.appointment] = replace(
        state.delegation[event.appointment],
        ended_at=entry.recorded_at,
        ended_by=entry.who,
        end_reason=event.reason,
    )


# --- recruitment -----------------------------------------------------------------------------------------------------


def _participant_screened(state: "TrialState", entry: Entry, event: was.ParticipantScreened) -> None:
    state.participants[event.participant] = Participant(event.participant, event.site, event.on)
    state.screened_at_site[event.site] = state.screened_at_site.get(event.site, 0) + 1


def _consent_given(state: "TrialState", entry: Entry, event: was.ConsentGiven) -> None:
    participant = state.participants[event.participant]
    participant.consents.append(event)
    state.scans[event.scan] = event.participant
    if participant.stage is Stage.SCREENED:
        participant.stage = Stage.CONSENTED


def _criterion_decided(state: "TrialState", entry: Entry, event: was.CriterionDecided) -> None:
    participant = state.participants[event.participant]
    participant.criteria[event.criterion] = CriterionDecision(entry.seq, event.fulfilled)


def _eligibility_signed(state: "TrialState", entry: Entry, event: was.EligibilitySigned) -> None:
    participant = state.participants[event.participant]
    participant.eligibility = EligibilitySignature(
        entry.who, entry.role, entry.recorded_at, event.meaning, event.decisions
    )
    participant.stage = Stage.ELIGIBLE


def _screening_failed(state: "TrialState", entry: Entry, event: was.ScreeningFailed) -> None:
    participant = state.participants[event.participant]
    participant.failure = event
    participant.stage = Stage.SCREEN_FAILED


def _participant_enrolled(state: "TrialState", entry: Entry, event: was.ParticipantEnrolled) -> None:
    participant = state.participants[event.participant]
    participant.enrolled_on = event.on
    participant.strata = event.strata
    participant.stage = Stage.ENROLLED


def _slot_assigned(state: "TrialState", entry: Entry, event: SlotAssigned) -> None:
    participant = state.participants[event.participant]
    participant.randomised_on = state.local_date(entry.recorded_at)
    participant.stage = Stage.RANDOMISED


def _participant_withdrawn(state: "TrialState", entry: Entry, event: was.ParticipantWithdrawn) -> None:
    participant = state.participants[event.participant]
    participant.withdrawals.append(event)
    if event.stops is WithdrawalFrom.FOLLOW_UP:
        participant.stage = Stage.WITHDRAWN


def _participant_completed(state: "TrialState", entry: Entry, event: was.ParticipantCompleted) -> None:
    participant = state.participants[event.participant]
    participant.completed_on = event.on
    participant.stage = Stage.COMPLETED


# --- encounters and doses --------------------------------------------------------------------------------------------


def _encounter(state: "TrialState", entry: Entry, event: was.EncounterStarted | was.EncounterMissed) -> None:
    state.participants[event.participant].encounters[event.encounter] = event


def _pack_dispensed(state: "TrialState", entry: Entry, event: was.PackDispensed) -> None:
    state.participants[event.participant].packs.setdefault(event.dose, []).append(event.pack)


def _dose(state: "TrialState", entry: Entry, event: was.DoseAdministered | was.DoseOmitted) -> None:
    state.participants[event.participant].doses[event.dose] = event


# --- data ------------------------------------------------------------------------------------------------------------


def _hold(
    state: "TrialState",
    entry: Entry,
    at: tuple[str, Point],
    answer: Answer | None,
    *,
    reason: str = "",
    corrects: int | None = None,
    query: int | None = None,
) -> None:
    number, point = at
    items = state.participants[number].pages.setdefault(page_of(point), {})
    datum = Datum(
        entry.seq, entry.recorded_at, entry.who, entry.role, answer, reason, corrects, query, state.was_reopened
    )
    items[point.item] = (*items.get(point.item, ()), datum)


def _answer_captured(state: "TrialState", entry: Entry, event: was.AnswerCaptured) -> None:
    _hold(state, entry, (event.participant, event.point), event.answer)


def _answer_not_done(state: "TrialState", entry: Entry, event: was.AnswerNotDone) -> None:
    _hold(state, entry, (event.participant, event.point), None, reason=event.reason)


def _answer_corrected(state: "TrialState", entry: Entry, event: was.AnswerCorrected) -> None:
    at = (event.participant, event.point)
    _hold(state, entry, at, event.answer, reason=event.reason, corrects=event.corrects, query=event.query)


def _answer_entered_again(state: "TrialState", entry: Entry, event: was.AnswerEnteredAgain) -> None:
    items = state.participants[event.participant].second.setdefault(page_of(event.point), {})
    items[event.point.item] = Datum(entry.seq, entry.recorded_at, entry.who, entry.role, event.answer)


def _difference_reconciled(state: "TrialState", entry: Entry, event: was.DifferenceReconciled) -> None:
    state.participants[event.participant].reconciled[event.point] = event


def _file_attached(state: "TrialState", entry: Entry, event: was.FileAttached) -> None:
    attachment = Attachment(event.file, event.page, event.adverse_event, entry.who, entry.recorded_at)
    state.participants[event.participant].attachments[event.file.digest] = attachment
    state.attached[event.file.digest] = event.participant


def _file_retracted(state: "TrialState", entry: Entry, event: was.FileRetracted) -> None:
    attachments = state.participants[event.participant].attachments
    attachments[event.digest] = replace(attachments[event.digest], retracted=event.reason)
    state.attached.pop(event.digest)


def _check_prompted(state: "TrialState", entry: Entry, event: was.CheckPrompted) -> None:
    page = Page(event.encounter, event.form, event.repetition)
    prompt = Prompt(event.prompt, entry.seq, event.participant, event.check, page, event.items)
    state.prompts[event.prompt] = event.participant
    state.participants[event.participant].prompts[event.prompt] = prompt


def _prompt_settled(state: "TrialState", entry: Entry, event: was.PromptSettled) -> None:
    prompts = state.participants[event.participant].prompts
    prompts[event.prompt] = replace(prompts[event.prompt], status=event.outcome, reason=event.reason)


# --- questions and departures ----------------------------------------------------------------------------------------


def _query_raised(state: "TrialState", entry: Entry, event: was.QueryRaised) -> None:
    query = Query(event.query, entry.seq, event.participant, event.point, event.text, entry.who, entry.recorded_at)
    state.queries[event.query] = event.participant
    state.participants[event.participant].queries[event.query] = query


def _query_answered(state: "TrialState", entry: Entry, event: was.QueryAnswered) -> None:
    queries = state.participants[event.participant].queries
    queries[event.query] = replace(queries[event.query], status=QueryStatus.ANSWERED, answer=event.text)


def _query_closed(state: "TrialState", entry: Entry, event: was.QueryClosed) -> None:
    queries = state.participants[event.participant].queries
    queries[event.query] = replace(queries[event.query], status=QueryStatus.CLOSED, closing_reason=event.reason)


def _deviation_recorded(state: "TrialState", entry: Entry, event: was.DeviationRecorded) -> None:
    state.deviations[event.deviation] = event.participant
    state.participants[event.participant].deviations[event.deviation] = event


HANDLERS: dict[str, Callable[["TrialState", Entry, Any], None]] = {
    "trial_opened": _trial_opened,
    "definition_amended": _definition_amended,
    "data_entry_closed": _data_entry_closed,
    "data_entry_reopened": _data_entry_reopened,
    "person_appointed": _person_appointed,
    "appointment_ended": _appointment_ended,
    "participant_screened": _participant_screened,
    "consent_given": _consent_given,
    "criterion_decided": _criterion_decided,
    "eligibility_signed": _eligibility_signed,
    "screening_failed": _screening_failed,
    "participant_enrolled": _participant_enrolled,
    "slot_assigned": _slot_assigned,
    "participant_withdrawn": _participant_withdrawn,
    "participant_completed": _participant_completed,
    "encounter_started": _encounter,
    "encounter_missed": _encounter,
    "pack_dispensed": _pack_dispensed,
    "dose_administered": _dose,
    "dose_omitted": _dose,
    "answer_captured": _answer_captured,
    "answer_not_done": _answer_not_done,
    "answer_corrected": _answer_corrected,
    "answer_entered_again": _answer_entered_again,
    "difference_reconciled": _difference_reconciled,
    "file_attached": _file_attached,
    "file_retracted": _file_retracted,
    "check_prompted": _check_prompted,
    "prompt_settled": _prompt_settled,
    "query_raised": _query_raised,
    "query_answered": _query_answered,
    "query_closed": _query_closed,
    "deviation_recorded": _deviation_recorded,
}
"""Entry type -> how it changes the state."""
