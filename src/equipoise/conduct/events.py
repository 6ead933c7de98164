"""The entries that the conduct of a trial writes.  An entry type is for ever; none can hold an arm."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from equipoise.conduct.answer import Answer
from equipoise.conduct.point import Page, Point
from equipoise.conduct.words import (
    DeviationKind,
    PromptStatus,
    ScreenFailure,
    TakenEntry,
    WithdrawalFrom,
    WithdrawalReason,
)
from equipoise.ledger import event
from equipoise.vocabulary import Role

# --- the trial -------------------------------------------------------------------------------------------------------


@event("trial_opened")
@dataclass(frozen=True, slots=True)
class TrialOpened:
    """The first entry of conduct.  `synthetic` marks a rehearsal, on every page and file that comes of it.

    `time_zone` (IANA name) is where the trial takes place: it says on which calendar day a moment falls.
    """

    study: str
    version: int
    study_digest: str
    synthetic: bool
    time_zone: str


@event("definition_amended")
@dataclass(frozen=True, slots=True)
class DefinitionAmended:
    """From here on the trial follows another version, whose parent is the version followed so far."""

    version: int
    study_digest: str
    parent_digest: str
    approved_on: date
    reason: str


@event("data_entry_closed")
@dataclass(frozen=True, slots=True)
class DataEntryClosed:
    """No entry that changes data is accepted after this one; a `final` closing is a database lock."""

    reason: str
    final: bool = False


@event("data_entry_reopened")
@dataclass(frozen=True, slots=True)
class DataEntryReopened:
    """The investigator has authorised changes to closed data; each of them is marked (A18, E6R3-3.16.2(e))."""

    reason: str


# --- delegation ------------------------------------------------------------------------------------------------------


@event("person_appointed")
@dataclass(frozen=True, slots=True)
class PersonAppointed:
    """A line of the delegation log: a person (the account's name), the role, the sites, the days, the training.

    No `sites` means all of them.  Source: E6R3-2.3.3; FDA Q&A 2024 Q15 (training before access).
    """

    appointment: int
    person: str
    role: Role
    sites: tuple[str, ...]
    starts_on: date
    until: date | None
    training: str
    trained_on: date


@event("appointment_ended")
@dataclass(frozen=True, slots=True)
class AppointmentEnded:
    """From this moment on the person no longer acts under this appointment."""

    appointment: int
    person: str
    reason: str


# --- recruitment -----------------------------------------------------------------------------------------------------


@event("participant_screened")
@dataclass(frozen=True, slots=True)
class ParticipantScreened:
    """A line of the screening log.  The number identifies the participant in the trial; no name enters it."""

    participant: str
    site: str
    on: date


@event("consent_given")
@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """Consent signed on paper: which text, in which language, who explained it, and the SHA-256 of the scan.

    `witness` is a staff code or initials, present where an impartial witness signed.
    Source: E6R3-2.8; the wet-ink signature that Indonesian practice requires.
    """

    participant: str
    version: str
    language: str
    explained_by: str
    signed_on: date
    scan: str
    witness: str | None = None


@event("criterion_decided")
@dataclass(frozen=True, slots=True)
class CriterionDecided:
    """One criterion: true if an inclusion criterion is fulfilled or an exclusion criterion applies."""

    participant: str
    criterion: str
    fulfilled: bool
    corrects: int | None = None
    reason: str | None = None


@event("eligibility_signed")
@dataclass(frozen=True, slots=True)
class EligibilitySigned:
    """The investigator's signature under all criteria; `decisions` is the digest of what was signed (S02)."""

    participant: str
    meaning: str
    decisions: str


@event("screening_failed")
@dataclass(frozen=True, slots=True)
class ScreeningFailed:
    """A screened person will not take part; `criteria` names those that stood in the way."""

    participant: str
    reason: ScreenFailure
    criteria: tuple[str, ...] = ()
    detail: str | None = None


@event("participant_enrolled")
@dataclass(frozen=True, slots=True)
class ParticipantEnrolled:
    """Enrolled, with the values of the stratification factors as signed at that moment (K13)."""

    participant: str
    on: date
    strata: tuple[str, ...] = ()


@event("participant_withdrawn")
@dataclass(frozen=True, slots=True)
class ParticipantWithdrawn:
    """A participant stops the doses, or the follow-up too."""

    participant: str
    stops: WithdrawalFrom
    reason: WithdrawalReason
    on: date
    detail: str | None = None


@event("participant_completed")
@dataclass(frozen=True, slots=True)
class ParticipantCompleted:
    """A participant has passed every planned encounter, attended or accounted for."""

    participant: str
    on: date


# --- encounters and doses --------------------------------------------------------------------------------------------


@event("encounter_started")
@dataclass(frozen=True, slots=True)
class EncounterStarted:
    """A planned encounter took place on `on`; `scheduled` is its planned date where day 1 was known."""

    participant: str
    encounter: str
    on: date
    scheduled: date | None = None


@event("encounter_missed")
@dataclass(frozen=True, slots=True)
class EncounterMissed:
    """A planned encounter did not take place and will not."""

    participant: str
    encounter: str
    reason: str


@event("pack_dispensed")
@dataclass(frozen=True, slots=True)
class PackDispensed:
    """The pack at the bedside was read and belongs to this participant's slot and dose; a spare has a reason."""

    participant: str
    dose: int
    pack: str
    spare_reason: str | None = None


@event("dose_administered")
@dataclass(frozen=True, slots=True)
class DoseAdministered:
    """A dose was given.  `dose` counts from 1; `volume_ml` is what was given, `body_site` where."""

    participant: str
    encounter: str
    dose: int
    pack: str
    given_at: datetime
    volume_ml: Decimal
    body_site: str


@event("dose_omitted")
@dataclass(frozen=True, slots=True)
class DoseOmitted:
    """A planned dose was not given and will not be."""

    participant: str
    encounter: str
    dose: int
    reason: str


# --- data ------------------------------------------------------------------------------------------------------------


@event("answer_captured")
@dataclass(frozen=True, slots=True)
class AnswerCaptured:
    """The first answer to a data point."""

    participant: str
    point: Point
    answer: Answer


@event("answer_not_done")
@dataclass(frozen=True, slots=True)
class AnswerNotDone:
    """The question was not, and will not be, answered."""

    participant: str
    point: Point
    reason: str


@event("answer_corrected")
@dataclass(frozen=True, slots=True)
class AnswerCorrected:
    """Another answer in place of the one that entry `corrects` holds; without `answer` it now counts as not done.

    `query` is the number of the query that led to it (A09).
    """

    participant: str
    point: Point
    corrects: int
    reason: str
    answer: Answer | None = None
    query: int | None = None


@event("check_prompted")
@dataclass(frozen=True, slots=True)
class CheckPrompted:
    """A soft check asked about the answers to `items` of one page (A08: the fact of the prompt is recorded)."""

    prompt: int
    participant: str
    check: str
    encounter: str
    form: str
    repetition: int
    items: tuple[str, ...]


@event("prompt_settled")
@dataclass(frozen=True, slots=True)
class PromptSettled:
    """The answer was confirmed with a reason, or changed so that the check no longer asks."""

    prompt: int
    participant: str
    outcome: PromptStatus
    reason: str


@event("answer_entered_again")
@dataclass(frozen=True, slots=True)
class AnswerEnteredAgain:
    """What a second person entered for a data point, without the first entry; without `answer` it was not done."""

    participant: str
    point: Point
    answer: Answer | None = None


@event("difference_reconciled")
@dataclass(frozen=True, slots=True)
class DifferenceReconciled:
    """A difference between the two entries of a data point has been compared with the source."""

    participant: str
    point: Point
    takes: TakenEntry
    reason: str


@dataclass(frozen=True, slots=True)
class FileDescription:
    """What a file is: the SHA-256 of its bytes, what they say it is, how many they are, and what people call it."""

    digest: str
    media_type: str
    size: int
    title: str


@event("file_attached")
@dataclass(frozen=True, slots=True)
class FileAttached:
    """A file stands beside a page of a form, or beside an adverse event."""

    participant: str
    file: FileDescription
    page: Page | None = None
    adverse_event: int | None = None


@event("file_retracted")
@dataclass(frozen=True, slots=True)
class FileRetracted:
    """A file was attached by mistake: it stays, and is not shown any more."""

    participant: str
    digest: str
    reason: str


# --- questions and departures ----------------------------------------------------------------------------------------


@event("query_raised")
@dataclass(frozen=True, slots=True)
class QueryRaised:
    """A question to the site about one data point, or about the participant's record."""

    query: int
    participant: str
    text: str
    point: Point | None = None


@event("query_answered")
@dataclass(frozen=True, slots=True)
class QueryAnswered:
    query: int
    participant: str
    text: str


@event("query_closed")
@dataclass(frozen=True, slots=True)
class QueryClosed:
    query: int
    participant: str
    reason: str


@event("deviation_recorded")
@dataclass(frozen=True, slots=True)
class DeviationRecorded:
    """A departure from the protocol, judged for its importance at the blind review."""

    deviation: int
    participant: str
    kind: DeviationKind
    on: date
    text: str
    encounter: str | None = None
