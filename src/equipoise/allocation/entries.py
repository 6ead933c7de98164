"""Entry types of allocation.  None of them has a place for an arm: before release there is nothing here to leak."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from equipoise.allocation.commitment import AllocationCommitment
from equipoise.ledger import event
from equipoise.vocabulary import Role


class AnchorMedium(StrEnum):
    """Where the root stands outside this machine."""

    PROTOCOL_PAGE = "protocol_page"
    ETHICS_LETTER = "ethics_letter"
    PHARMACY_BINDER = "pharmacy_binder"
    MAIL = "mail"
    VERSION_CONTROL = "version_control"
    TIMESTAMP = "timestamp"
    REHEARSAL = "rehearsal"


@event("design_frozen")
@dataclass(frozen=True, slots=True)
class DesignFrozen:
    """The randomisation design is fixed; only its digest is told.  `ceremony` counts attempts from 1."""

    ceremony: int
    design_digest: str


@event("seed_committed")
@dataclass(frozen=True, slots=True)
class SeedCommitted:
    """One party is bound to a seed share that nobody has seen."""

    ceremony: int
    party: Role
    commitment: str


@event("ceremony_abandoned")
@dataclass(frozen=True, slots=True)
class CeremonyAbandoned:
    """The ceremony was given up before its list was used; the entry's reason says why."""

    ceremony: int


@event("list_sealed")
@dataclass(frozen=True, slots=True)
class ListSealed:
    """The list exists in the vault and can no longer be changed.  `signature` is the vault's, over the commitment."""

    ceremony: int
    commitment: AllocationCommitment
    signature: str


@event("pack_map_received")
@dataclass(frozen=True, slots=True)
class PackMapReceived:
    """The numbers of all packs, slot after slot: each slot's doses, then its spares."""

    root: str
    numbers: tuple[str, ...]


@event("anchor_recorded")
@dataclass(frozen=True, slots=True)
class AnchorRecorded:
    """The root was put where this machine cannot change it; `place` says where a reader finds it."""

    root: str
    medium: AnchorMedium
    place: str


@event("slot_assigned")
@dataclass(frozen=True, slots=True)
class SlotAssigned:
    """A participant has the next slot of a stratum; this is final.  Both count from 0."""

    participant: str
    stratum: int
    slot: int


@event("slot_drawn")
@dataclass(frozen=True, slots=True)
class SlotDrawn:
    """The vault has drawn the arm of a live list's slot for these factor levels; `leaf` commits to it without telling.

    `link` chains it to the draws before, from the sealed root on; `signature` is the vault's.
    """

    slot: int
    levels: tuple[str, ...]
    leaf: str
    link: str
    signature: str


@event("stratum_corrected")
@dataclass(frozen=True, slots=True)
class StratumCorrected:
    """A participant was randomised in the wrong stratum: the slot stays, and the analysis knows."""

    participant: str
    true_stratum: int


class BreakReason(StrEnum):
    """Why a code is broken: chosen from this list before the arm is shown (E6R3-4.1.4)."""

    EMERGENCY_TREATMENT = "emergency_treatment"
    OVERDOSE = "overdose"
    PREGNANCY = "pregnancy"
    EXPEDITED_REPORT = "expedited_report"
    OTHER = "other"


@event("code_broken")
@dataclass(frozen=True, slots=True)
class CodeBroken:
    """Somebody has learned the arm of one slot.  `number` counts from 1 in the vault; `participant` is absent for a
    slot that nobody has; `on_paper` says that a printed envelope was opened."""

    number: int
    stratum: int
    slot: int
    reason: BreakReason
    broken_at: datetime
    on_paper: bool
    participant: str | None = None


@event("break_alarm")
@dataclass(frozen=True, slots=True)
class BreakAlarm:
    """More codes were broken on one day than an emergency explains."""

    number: int
    raised_at: datetime


@event("pharmacy_account")
@dataclass(frozen=True, slots=True)
class PharmacyAccount:
    """Whether the pharmacy's reconciliation is closed; nothing of it by arm, product or lot."""

    is_closed: bool
