"""What may be asked of a running trial.  A command is what a person intends; the ledger keeps what came of it."""

from dataclasses import dataclass
from datetime import date, datetime

from equipoise.conduct.answer import Typed
from equipoise.conduct.command import command
from equipoise.conduct.events import FileDescription
from equipoise.conduct.point import Page, Point
from equipoise.conduct.words import DeviationKind, ScreenFailure, TakenEntry, WithdrawalFrom, WithdrawalReason
from equipoise.vocabulary import Role

# --- the trial -------------------------------------------------------------------------------------------------------


@command("open_trial")
@dataclass(frozen=True, slots=True)
class OpenTrial:
    """Bind the ledger to the study definition; `synthetic` marks a rehearsal for ever."""

    synthetic: bool


@command("amend_definition")
@dataclass(frozen=True, slots=True)
class AmendDefinition:
    """Follow the version that the plan at hand holds, from now on."""

    approved_on: date
    reason: str


@command("close_data_entry")
@dataclass(frozen=True, slots=True)
class CloseDataEntry:
    reason: str


@command("reopen_data_entry")
@dataclass(frozen=True, slots=True)
class ReopenDataEntry:
    """The investigator authorises changes to closed data (A18)."""

    reason: str


# --- delegation ------------------------------------------------------------------------------------------------------


@command("appoint")
@dataclass(frozen=True, slots=True)
class Appoint:
    """Put a person (an account's name) on the delegation log; no `sites` means all of them.

    `training` names the training record that was seen, and `trained_on` its date.
    """

    person: str
    role: Role
    sites: tuple[str, ...]
    starts_on: date
    training: str
    trained_on: date
    until: date | None = None


@command("end_appointment")
@dataclass(frozen=True, slots=True)
class EndAppointment:
    """End an appointment at once, by its number in the log."""

    appointment: int
    reason: str


# --- recruitment -----------------------------------------------------------------------------------------------------


@command("screen")
@dataclass(frozen=True, slots=True)
class Screen:
    """Enter a person in the screening log of a site; the answer is the participant's number."""

    site: str
    on: date


@command("record_consent")
@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Record consent signed on paper.

    `scan` is the SHA-256 of the scanned page; `witness` is a staff code or initials, never a name.
    """

    participant: str
    version: str
    language: str
    explained_by: str
    signed_on: date
    scan: str
    witness: str = ""


@command("decide_criterion")
@dataclass(frozen=True, slots=True)
class DecideCriterion:
    """Decide one criterion; another decision than before needs a reason."""

    participant: str
    criterion: str
    fulfilled: bool
    reason: str = ""


@command("sign_eligibility")
@dataclass(frozen=True, slots=True)
class SignEligibility:
    participant: str


@command("fail_screening")
@dataclass(frozen=True, slots=True)
class FailScreening:
    participant: str
    reason: ScreenFailure
    detail: str = ""


@command("enrol")
@dataclass(frozen=True, slots=True)
class Enrol:
    participant: str


@command("randomise")
@dataclass(frozen=True, slots=True)
class Randomise:
    """Give the next slot.  Asked again, it changes nothing.

    `window_reason` says why, where an encounter before day 1 lies outside its window.
    """

    participant: str
    window_reason: str = ""


@command("correct_stratum")
@dataclass(frozen=True, slots=True)
class CorrectStratum:
    """Record the true values of the stratification factors; the slot is kept (M10)."""

    participant: str
    strata: tuple[str, ...]
    reason: str


@command("withdraw")
@dataclass(frozen=True, slots=True)
class Withdraw:
    participant: str
    stops: WithdrawalFrom
    reason: WithdrawalReason
    on: date
    detail: str = ""


@command("complete")
@dataclass(frozen=True, slots=True)
class Complete:
    participant: str
    on: date


# --- encounters and doses --------------------------------------------------------------------------------------------


@command("start_encounter")
@dataclass(frozen=True, slots=True)
class StartEncounter:
    """Record that a planned encounter takes place on `on`; outside its window it needs a reason."""

    participant: str
    encounter: str
    on: date
    window_reason: str = ""


@command("miss_encounter")
@dataclass(frozen=True, slots=True)
class MissEncounter:
    """Record that a planned encounter will not take place; its dose, if any, is omitted with it."""

    participant: str
    encounter: str
    reason: str


@command("dispense")
@dataclass(frozen=True, slots=True)
class Dispense:
    """Read a pack at the bedside, before anything is given; a spare needs a reason."""

    participant: str
    encounter: str
    pack: str
    spare_reason: str = ""


@command("administer_dose")
@dataclass(frozen=True, slots=True)
class AdministerDose:
    """Record a given dose.  What departs from the protocol (another pack, another volume) needs a reason."""

    participant: str
    encounter: str
    pack: str
    given_at: datetime
    volume_ml: str
    body_site: str
    deviation_reason: str = ""


@command("omit_dose")
@dataclass(frozen=True, slots=True)
class OmitDose:
    participant: str
    encounter: str
    reason: str


# --- data ------------------------------------------------------------------------------------------------------------


@command("capture")
@dataclass(frozen=True, slots=True)
class Capture:
    """Give first answers to items of one page; each becomes an entry of its own (A03)."""

    participant: str
    page: Page
    answers: tuple[Typed, ...]


@command("correct")
@dataclass(frozen=True, slots=True)
class Correct:
    """Put another answer in the place of the current one, which entry `corrects` holds.

    Without `answer` the point counts as not done.  `query` names the query that led here (A09).
    """

    participant: str
    page: Page
    item: str
    corrects: int
    reason: str
    answer: Typed | None = None
    query: int | None = None


@command("mark_not_done")
@dataclass(frozen=True, slots=True)
class MarkNotDone:
    """Say that items of a page were not and will not be answered; without `items`: all that are still open."""

    participant: str
    page: Page
    reason: str
    items: tuple[str, ...] = ()


@command("confirm_answer")
@dataclass(frozen=True, slots=True)
class ConfirmAnswer:
    """Say why an answer that a soft check asked about is right."""

    participant: str
    prompt: int
    reason: str


@command("enter_again")
@dataclass(frozen=True, slots=True)
class EnterAgain:
    """Enter items of a page a second time, without sight of the first entry; `not_done` are those without an answer."""

    participant: str
    page: Page
    answers: tuple[Typed, ...]
    not_done: tuple[str, ...] = ()


@command("reconcile")
@dataclass(frozen=True, slots=True)
class Reconcile:
    """Say which of two differing entries the source confirms; `corrects` is the entry of the value that counts now."""

    participant: str
    page: Page
    item: str
    corrects: int
    takes: TakenEntry
    reason: str


@command("attach_file")
@dataclass(frozen=True, slots=True)
class AttachFile:
    """Put a file beside a page of a form; its bytes have been kept under their hash."""

    participant: str
    page: Page
    file: FileDescription


@command("retract_file")
@dataclass(frozen=True, slots=True)
class RetractFile:
    """Say that a file was attached by mistake, and why."""

    participant: str
    digest: str
    reason: str


# --- questions and departures ----------------------------------------------------------------------------------------


@command("raise_query")
@dataclass(frozen=True, slots=True)
class RaiseQuery:
    participant: str
    text: str
    point: Point | None = None


@command("answer_query")
@dataclass(frozen=True, slots=True)
class AnswerQuery:
    query: int
    text: str


@command("close_query")
@dataclass(frozen=True, slots=True)
class CloseQuery:
    """Close a query; one that the site has not answered needs a reason."""

    query: int
    reason: str = ""


@command("record_deviation")
@dataclass(frozen=True, slots=True)
class RecordDeviation:
    participant: str
    kind: DeviationKind
    on: date
    text: str
    encounter: str | None = None
