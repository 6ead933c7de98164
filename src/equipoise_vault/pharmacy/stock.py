"""What the pharmacy holds: consignments, kits, excursions and removals, as the records tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from equipoise_vault.pharmacy.entries import CertificateTestRecorded, ExcursionFound, ExcursionJudged, RemovalProposed
from equipoise_vault.pharmacy.words import KitStage


@dataclass(frozen=True, slots=True)
class Count:
    """What somebody found: `units` on the shelf and set aside where the books said `expected`, and kits by number."""

    units: int
    expected: int
    absent_kits: frozenset[str]
    surplus_kits: frozenset[str]

    @property
    def agrees(self) -> bool:
        return self.units == self.expected and not self.absent_kits and not self.surplus_kits


@dataclass(frozen=True, slots=True)
class Consignment:
    """Units of one lot from one delivery.

    `shelf` may be used, `set_aside` waits for destruction; `moved` is set by whatever changes a number after a count.
    `stays` lists (place of storage, since when).
    """

    number: int
    product: str
    maker: str
    lot: str
    expires_on: date
    received: int
    stays: tuple[tuple[str, datetime], ...]
    received_by: str
    shelf: int
    set_aside: int = 0
    destroyed: int = 0
    not_found: int = 0
    tests: Mapping[str, CertificateTestRecorded] = field(default_factory=dict)
    released_by: tuple[str, ...] = ()
    count: Count | None = None
    moved: bool = False

    @property
    def place(self) -> str:
        return self.stays[-1][0]

    def moves(self, **numbers: int) -> "Consignment":
        """The consignment with other numbers of units; the last count is history with that."""
        return replace(self, **numbers, moved=True)  # type: ignore[arg-type]  # every value is a number of units


@dataclass(frozen=True, slots=True)
class Kit:
    """A unit that was taken for a pack number, and how far it has come."""

    pack: str
    place: tuple[int, int]
    dose: int
    consignment: int
    stage: KitStage
    thaw_started_at: datetime
    thaw_ended_at: datetime | None = None
    prepared_by: str = ""
    handed_over_at: datetime | None = None
    spare_reason: str = ""


@dataclass(frozen=True, slots=True)
class Excursion:
    """An excursion as it was last found, and its verdict."""

    found: ExcursionFound
    verdict: ExcursionJudged | None = None

    @property
    def is_open(self) -> bool:
        """Nobody has judged it yet: the consignment stays in quarantine."""
        return self.verdict is None


@dataclass(frozen=True, slots=True)
class Removal:
    """Units on their way out of the books: proposed by one person, final when another has witnessed it."""

    proposed: RemovalProposed
    proposed_by: str
    is_witnessed: bool = False
