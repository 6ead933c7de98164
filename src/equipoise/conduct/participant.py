"""One participant as the ledger tells it so far: steps, consent, encounters, doses and every answer with its past."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from equipoise.conduct.answer import Answer
from equipoise.conduct.events import (
    ConsentGiven,
    DeviationRecorded,
    DifferenceReconciled,
    DoseAdministered,
    DoseOmitted,
    EncounterMissed,
    EncounterStarted,
    FileDescription,
    ParticipantWithdrawn,
    ScreeningFailed,
)
from equipoise.conduct.point import Page, Point, page_of
from equipoise.conduct.stage import Stage
from equipoise.conduct.words import PromptStatus, QueryStatus, WithdrawalFrom
from equipoise.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Datum:
    """What a data point held from entry `seq` on; without `answer` it counted as not done.

    `changed_after_reopening` marks a change to data that had been closed (A18).
    """

    seq: int
    recorded_at: datetime
    who: str
    role: Role
    answer: Answer | None
    reason: str = ""
    corrects: int | None = None
    query: int | None = None
    changed_after_reopening: bool = False


@dataclass(frozen=True, slots=True)
class CriterionDecision:
    """The decision that counts for one criterion, and the entry that holds it."""

    seq: int
    fulfilled: bool


@dataclass(frozen=True, slots=True)
class EligibilitySignature:
    """Who signed the eligibility, when, with which meaning, over which decisions (S01, S02)."""

    who: str
    role: Role
    signed_at: datetime
    meaning: str
    decisions: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that a soft check asked on one page (A08)."""

    number: int
    seq: int
    participant: str
    check: str
    page: Page
    items: tuple[str, ...]
    status: PromptStatus = PromptStatus.OPEN
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the site and what became of it."""

    number: int
    seq: int
    participant: str
    point: Point | None
    text: str
    raised_by: str
    raised_at: datetime
    status: QueryStatus = QueryStatus.OPEN
    answer: str = ""
    closing_reason: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a page or an adverse event; `retracted` says why it is not shown any more."""

    file: FileDescription
    page: Page | None
    adverse_event: int | None
    who: str
    attached_at: datetime
    retracted: str = ""


@dataclass
class Participant:
    """The fold of one participant's entries.  For reading: only `TrialState.apply` changes it."""

    number: str
    site: str
    screened_on: date
    stage: Stage = Stage.SCREENED
    consents: list[ConsentGiven] = field(default_factory=list)
    criteria: dict[str, CriterionDecision] = field(default_factory=dict)
    eligibility: EligibilitySignature | None = None
    failure: ScreeningFailed | None = None
    enrolled_on: date | None = None
    strata: tuple[str, ...] = ()
    randomised_on: date | None = None
    encounters: dict[str, EncounterStarted | EncounterMissed] = field(default_factory=dict)
    packs: dict[int, list[str]] = field(default_factory=dict)
    """Dose number -> the packs dispensed for it, the last one last."""
    doses: dict[int, DoseAdministered | DoseOmitted] = field(default_factory=dict)
    pages: dict[Page, dict[str, tuple[Datum, ...]]] = field(default_factory=dict)
    """Page -> item -> every value the point ever held, the current one last (A04)."""
    second: dict[Page, dict[str, Datum]] = field(default_factory=dict)
    """Page -> item -> what the second person entered, where a form is entered twice."""
    reconciled: dict[Point, DifferenceReconciled] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    """Digest of a file -> where it is attached."""
    prompts: dict[int, Prompt] = field(default_factory=dict)
    queries: dict[int, Query] = field(default_factory=dict)
    deviations: dict[int, DeviationRecorded] = field(default_factory=dict)
    withdrawals: list[ParticipantWithdrawn] = field(default_factory=list)
    completed_on: date | None = None

    @property
    def consented_on(self) -> date | None:
        """The day of the first signed consent."""
        return self.consents[0].signed_on if self.consents else None

    def history(self, point: Point) -> tuple[Datum, ...]:
        """Every value of a data point in order; empty if it was never answered."""
        return self.pages.get(page_of(point), {}).get(point.item, ())

    def current(self, point: Point) -> Datum | None:
        """The value that counts now."""
        history = self.history(point)
        return history[-1] if history else None

    def answers(self, page: Page) -> dict[str, Answer]:
        """The current answers of a page by item; what is not done has none."""
        items = self.pages.get(page, {})
        return {item: past[-1].answer for item, past in items.items() if past[-1].answer is not None}

    def points(self) -> Iterator[tuple[Point, tuple[Datum, ...]]]:
        """Every answered point with its past, in the order of first entry."""
        for page, items in self.pages.items():
            for item, past in items.items():
                yield page.point(item), past

    def started(self, encounter: str) -> EncounterStarted | None:
        """The encounter as it took place, if it did."""
        found = self.encounters.get(encounter)
        return found if isinstance(found, EncounterStarted) else None

    def stopped(self, what: WithdrawalFrom) -> ParticipantWithdrawn | None:
        """The entry by which the participant stopped the doses (or the follow-up, which stops the doses too)."""
        for withdrawal in self.withdrawals:
            if withdrawal.stops in (what, WithdrawalFrom.FOLLOW_UP):
                return withdrawal
        return None
