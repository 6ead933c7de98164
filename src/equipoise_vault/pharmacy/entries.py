"""The records of kit accountability.  They name products, so each is sealed in the vault's ledger.

Units are whole containers (vials, ampoules); times are UTC; a consignment and an excursion count from 1.
Source: E6(R3) 2.10, 3.15.3; 21 CFR 312.57, 312.59, 312.62; EU GMP Annex 13 (two-step release).
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from equipoise.ledger import event
from equipoise_vault.pharmacy.words import ExcursionKind, RemovalKind, Unfit

# --- stock -----------------------------------------------------------------------------------------------------------


@event("consignment_received")
@dataclass(frozen=True, slots=True)
class ConsignmentReceived:
    """Units of one lot arrived and were put in quarantine at `place`."""

    consignment: int
    product: str
    maker: str
    lot: str
    expires_on: date
    quantity: int
    place: str
    received_at: datetime


@event("receipt_corrected")
@dataclass(frozen=True, slots=True)
class ReceiptCorrected:
    """The number of units received was another one than was entered."""

    consignment: int
    quantity: int
    reason: str


@event("certificate_test_recorded")
@dataclass(frozen=True, slots=True)
class CertificateTestRecorded:
    """One test of the lot's certificate, as printed there: limit, result, and whether it was met."""

    consignment: int
    test: str
    limit: str
    result: str
    tested_on: date
    is_met: bool


@event("consignment_released")
@dataclass(frozen=True, slots=True)
class ConsignmentReleased:
    """Released for use: first on the certificate (`is_second` false), then by another person for this trial."""

    consignment: int
    is_second: bool


@event("consignment_moved")
@dataclass(frozen=True, slots=True)
class ConsignmentMoved:
    """The whole consignment was put in another place of storage."""

    consignment: int
    place: str
    moved_at: datetime


@event("stock_set_aside")
@dataclass(frozen=True, slots=True)
class StockSetAside:
    """Units on the shelf that cannot be used any more and wait for destruction."""

    consignment: int
    quantity: int
    why: Unfit
    reason: str


@event("stock_counted")
@dataclass(frozen=True, slots=True)
class StockCounted:
    """Somebody counted: units of a consignment on the shelf and set aside, and the kits of it that are here."""

    consignment: int
    units: int
    kits: tuple[str, ...]


# --- cold chain ------------------------------------------------------------------------------------------------------


@event("temperature_log_read")
@dataclass(frozen=True, slots=True)
class TemperatureLogRead:
    """A logger's file for one place of storage was read; the file is kept under `digest`."""

    place: str
    digest: str
    readings: int
    began_at: datetime
    ended_at: datetime
    duplicates: int
    out_of_order: int
    unreadable: int


@event("excursion_found")
@dataclass(frozen=True, slots=True)
class ExcursionFound:
    """A consignment was outside its range, or unwatched; found again, it goes further than was known.

    `ended_at` is the first reading back in range, absent while it goes on.  `extreme_c` is absent for silence.
    """

    excursion: int
    consignment: int
    kind: ExcursionKind
    began_at: datetime
    last_at: datetime
    ended_at: datetime | None = None
    extreme_c: Decimal | None = None


@event("excursion_judged")
@dataclass(frozen=True, slots=True)
class ExcursionJudged:
    """Whether the consignment may still be used, who says so, and on what ground."""

    excursion: int
    is_usable: bool
    decided_by: str
    grounds: str


# --- kits ------------------------------------------------------------------------------------------------------------


@event("dose_requested")
@dataclass(frozen=True, slots=True)
class DoseRequested:
    """The masked side asks for a dose on a day; with `is_withdrawn`, it no longer does."""

    stratum: int
    slot: int
    dose: int
    day: date
    is_withdrawn: bool = False


@event("thaw_started")
@dataclass(frozen=True, slots=True)
class ThawStarted:
    """One unit was taken from a consignment for a pack number; of a product that is never frozen, as a dummy."""

    pack: str
    stratum: int
    slot: int
    dose: int
    consignment: int
    started_at: datetime
    spare_reason: str = ""


@event("thaw_ended")
@dataclass(frozen=True, slots=True)
class ThawEnded:
    pack: str
    ended_at: datetime


@event("dose_prepared")
@dataclass(frozen=True, slots=True)
class DosePrepared:
    """The dose was drawn, sleeved and labelled with its pack number."""

    pack: str
    volume_ml: Decimal
    prepared_at: datetime


@event("preparation_checked")
@dataclass(frozen=True, slots=True)
class PreparationChecked:
    """Another person compared pack number, slot, product and volume."""

    pack: str


@event("kit_handed_over")
@dataclass(frozen=True, slots=True)
class KitHandedOver:
    """The kit left the pharmacy; `to` is the staff code of who took it."""

    pack: str
    to: str
    handed_over_at: datetime


@event("kit_returned")
@dataclass(frozen=True, slots=True)
class KitReturned:
    """A kit that was not given came back."""

    pack: str
    returned_at: datetime
    reason: str


@event("kit_discarded")
@dataclass(frozen=True, slots=True)
class KitDiscarded:
    """A kit in preparation cannot be given and waits for destruction."""

    pack: str
    why: Unfit
    reason: str


# --- the end of units ------------------------------------------------------------------------------------------------


@event("removal_proposed")
@dataclass(frozen=True, slots=True)
class RemovalProposed:
    """One person says that units (set aside, or not found on the shelf) and kits leave the books."""

    removal: int
    kind: RemovalKind
    consignment: int
    quantity: int
    kits: tuple[str, ...]
    manner: str


@event("removal_witnessed")
@dataclass(frozen=True, slots=True)
class RemovalWitnessed:
    """Another person saw it."""

    removal: int
