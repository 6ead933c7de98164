"""What the API answers with: frozen nouns, each a schema of the OpenAPI by the same name."""

from dataclasses import dataclass
from datetime import date, datetime

from equipoise.conduct import (
    Agreement,
    Answer,
    DeviationKind,
    Page,
    PromptStatus,
    QueryStatus,
    Stage,
    WithdrawalFrom,
    WithdrawalReason,
)
from equipoise.conduct.progress import Progress
from equipoise.safety import Assessment
from equipoise.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Me:
    """Whose token this is, and what it opens."""

    account: str
    trial: str
    role: Role
    sites: tuple[str, ...] | None
    """The sites of the role; null means all of them."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TaskDue:
    """A visit that is due or late, or, with `form`, a form of a held visit that is late."""

    participant: str
    encounter: str
    form: str
    progress: Progress
    until: date | None


@dataclass(frozen=True, slots=True)
class Status:
    """Where the trial stands, for the own sites."""

    trial: str
    title: str
    is_synthetic: bool
    is_closed: bool
    is_locked: bool
    today: date
    stages: dict[str, int]
    screened: int
    randomised: int
    planned: int | None
    open_queries: int
    ongoing_serious_events: int
    slots_left: int | None
    due: tuple[TaskDue, ...]
    late: tuple[TaskDue, ...]
    late_forms: tuple[TaskDue, ...]


@dataclass(frozen=True, slots=True)
class ParticipantLine:
    """One line of the list of participants."""

    number: str
    site: str
    stage: Stage
    screened_on: date
    randomised_on: date | None
    next_encounter: str | None
    next_window: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class ParticipantList:
    """A part of the list; `count` is how many there are in all."""

    count: int
    participants: tuple[ParticipantLine, ...]


@dataclass(frozen=True, slots=True)
class ConsentShown:
    version: str
    language: str
    explained_by: str
    signed_on: date
    scan: str
    witness: str | None


@dataclass(frozen=True, slots=True)
class EncounterShown:
    """An encounter that was held, or missed with a reason."""

    encounter: str
    held_on: date | None
    missed_because: str | None


@dataclass(frozen=True, slots=True)
class DoseShown:
    """A dose that was given, or omitted with a reason."""

    dose: int
    pack: str | None
    given_at: datetime | None
    volume_ml: str | None
    body_site: str | None
    omitted_because: str | None


@dataclass(frozen=True, slots=True)
class WithdrawalShown:
    stops: WithdrawalFrom
    reason: WithdrawalReason
    on: date
    detail: str | None


@dataclass(frozen=True, slots=True)
class DeviationShown:
    """A departure from the protocol; `important` is null until the blind review has classified it."""

    number: int
    participant: str
    kind: DeviationKind
    on: date
    text: str
    encounter: str | None
    important: bool | None


@dataclass(frozen=True, slots=True)
class ParticipantShown:
    """One participant: the steps on the way in, the visits, the doses, the end."""

    number: str
    site: str
    stage: Stage
    screened_on: date
    consents: tuple[ConsentShown, ...]
    criteria: dict[str, bool]
    eligibility_signed_by: str | None
    eligibility_signed_at: datetime | None
    enrolled_on: date | None
    slot: str | None
    """Stratum and slot, as on the paper envelopes: `0000 / 000017`."""
    randomised_on: date | None
    encounters: tuple[EncounterShown, ...]
    doses: tuple[DoseShown, ...]
    deviations: tuple[DeviationShown, ...]
    withdrawals: tuple[WithdrawalShown, ...]
    completed_on: date | None


@dataclass(frozen=True, slots=True)
class CellShown:
    """One form at one encounter; of a hidden one the role sees no answer."""

    form: str
    progress: Progress
    open_queries: int
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """One encounter of the schedule of activities."""

    encounter: str
    progress: Progress
    planned: date | None
    window: tuple[date, date] | None
    held_on: date | None
    is_next: bool
    dose: int | None
    dose_progress: Progress | None
    forms: tuple[CellShown, ...]


@dataclass(frozen=True, slots=True)
class ValueShown:
    """One value that an item held; without `answer` it counted as not done."""

    recorded_at: datetime
    who: str
    role: Role
    answer: Answer | None
    reason: str


@dataclass(frozen=True, slots=True)
class PromptShown:
    """A question that a soft check asked."""

    name: str
    check: str
    items: tuple[str, ...]
    status: PromptStatus
    reason: str


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One item of a page.  `version` counts the values it has held; a correction names the one that it corrects."""

    item: str
    label: str
    type: str
    units: tuple[str, ...]
    codes: tuple[str, ...]
    is_asked: bool
    version: int
    answer: Answer | None
    not_done_because: str | None


@dataclass(frozen=True, slots=True)
class PageShown:
    """One page of a form, as the role sees it; `derived` is computed from the answers that count now."""

    participant: str
    encounter: str
    form: str
    repetition: int
    items: tuple[ItemShown, ...]
    derived: dict[str, str]
    prompts: tuple[PromptShown, ...]
    is_writable: bool


@dataclass(frozen=True, slots=True)
class TrailShown:
    """Every value that one data point held."""

    encounter: str
    form: str
    item: str
    repetition: int
    values: tuple[ValueShown, ...]


@dataclass(frozen=True, slots=True)
class ComparedShown:
    """Two entries of a data point; no answer is told while one of the two people has not entered it.

    `version` names the value that counts, for `reconcile`; without an answer the point was not done.
    """

    encounter: str
    form: str
    item: str
    repetition: int
    agreement: Agreement
    version: int
    first: Answer | None
    second: Answer | None
    reason: str


@dataclass(frozen=True, slots=True)
class AttachmentShown:
    """A file beside a page of a form, or beside an adverse event; what was retracted says why."""

    digest: str
    title: str
    media_type: str
    size: int
    page: Page | None
    adverse_event: int | None
    attached_by: str
    attached_at: datetime
    retracted: str


@dataclass(frozen=True, slots=True)
class QueryShown:
    name: str
    participant: str
    point: str | None
    text: str
    raised_by: str
    raised_at: datetime
    status: QueryStatus
    answer: str
    closing_reason: str


@dataclass(frozen=True, slots=True)
class AdverseEventShown:
    """An adverse event with every assessment, the one that counts last."""

    number: int
    participant: str
    is_serious: bool
    is_ongoing: bool
    assessments: tuple[Assessment, ...]


@dataclass(frozen=True, slots=True)
class AppointmentShown:
    """A line of the delegation log."""

    number: int
    person: str
    role: Role
    sites: tuple[str, ...]
    starts_on: date
    until: date | None
    training: str
    trained_on: date
    appointed_by: str
    appointed_at: datetime
    ended_at: datetime | None
    end_reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a command wrote: the kinds of its entries, in order; none if there was nothing to do."""

    participant: str | None
    entries: tuple[str, ...]
