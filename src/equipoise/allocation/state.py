"""What the ledger says of the allocation so far: a fold that knows slots and pack numbers, and no arm."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from equipoise.allocation.commitment import SEED_PARTIES, AllocationCommitment
from equipoise.allocation.design import PackPlan
from equipoise.allocation.entries import (
    AnchorRecorded,
    BreakAlarm,
    CeremonyAbandoned,
    CodeBroken,
    DesignFrozen,
    ListSealed,
    PackMapReceived,
    PharmacyAccount,
    SeedCommitted,
    SlotAssigned,
    SlotDrawn,
    StratumCorrected,
)
from equipoise.allocation.pack_map import PackMap, pack_map_from
from equipoise.ledger import Entry
from equipoise.vocabulary import Role


@dataclass
class AllocationState:
    """The fold.  A trial's state holds one of these and hands it every entry.

    `ceremony` counts from 1 (0: none begun); `slot_of` gives a participant's (stratum, slot);
    `used` counts the slots given per stratum; `true_stratum` holds corrections of a wrong stratum; `draws` are
    those of a live list, slot after slot; `breaks` the codes
    that were broken, by the vault's number; `is_account_closed` what the vault last said of the pharmacy's account.
    """

    ceremony: int = 0
    design_digest: str = ""
    seed_commitments: dict[Role, str] = field(default_factory=dict)
    commitment: AllocationCommitment | None = None
    pack_map: PackMap | None = None
    anchors: list[AnchorRecorded] = field(default_factory=list)
    slot_of: dict[str, tuple[int, int]] = field(default_factory=dict)
    used: dict[int, int] = field(default_factory=dict)
    true_stratum: dict[str, int] = field(default_factory=dict)
    draws: list[SlotDrawn] = field(default_factory=list)
    breaks: dict[int, CodeBroken] = field(default_factory=dict)
    alarms: int = 0
    is_account_closed: bool | None = None

    @property
    def is_committed(self) -> bool:
        """Both halves of the seed are bound."""
        return all(party in self.seed_commitments for party in SEED_PARTIES)

    @property
    def is_ready(self) -> bool:
        """A participant may be randomised: the list is sealed, its packs are numbered, and the root stands outside."""
        return self.commitment is not None and self.has_packs and bool(self.anchors)

    @property
    def has_packs(self) -> bool:
        """The pack map is here, or the trial numbers no packs."""
        return self.pack_map is not None or (self.commitment is not None and not self.commitment.packs_per_slot)

    def apply(self, entry: Entry) -> None:
        """Take one entry; entries of other rooms pass by."""
        handler = _HANDLERS.get(entry.type)
        if handler:
            handler(self, entry.event)


def _design_frozen(state: AllocationState, event: DesignFrozen) -> None:
    state.ceremony = event.ceremony
    state.design_digest = event.design_digest


def _seed_committed(state: AllocationState, event: SeedCommitted) -> None:
    state.seed_commitments[event.party] = event.commitment


def _ceremony_abandoned(state: AllocationState, event: CeremonyAbandoned) -> None:
    state.design_digest = ""
    state.seed_commitments = {}
    state.commitment = None
    state.pack_map = None
    state.anchors = []
    state.draws = []


def _list_sealed(state: AllocationState, event: ListSealed) -> None:
    state.commitment = event.commitment


def _pack_map_received(state: AllocationState, event: PackMapReceived) -> None:
    assert state.commitment is not None, "packs are numbered for a sealed list"
    state.pack_map = pack_map_from(PackPlan(state.commitment.doses, state.commitment.spares), event.numbers)


def _anchor_recorded(state: AllocationState, event: AnchorRecorded) -> None:
    state.anchors.append(event)


def _slot_assigned(state: AllocationState, event: SlotAssigned) -> None:
    state.slot_of[event.participant] = (event.stratum, event.slot)
    state.used[event.stratum] = event.slot + 1


def _slot_drawn(state: AllocationState, event: SlotDrawn) -> None:
    state.draws.append(event)


def _stratum_corrected(state: AllocationState, event: StratumCorrected) -> None:
    state.true_stratum[event.participant] = event.true_stratum


def _code_broken(state: AllocationState, event: CodeBroken) -> None:
    state.breaks[event.number] = event


def _break_alarm(state: AllocationState, event: BreakAlarm) -> None:
    state.alarms = max(state.alarms, event.number)


def _pharmacy_account(state: AllocationState, event: PharmacyAccount) -> None:
    state.is_account_closed = event.is_closed


_HANDLERS: dict[str, Callable[[AllocationState, Any], None]] = {
    "design_frozen": _design_frozen,
    "seed_committed": _seed_committed,
    "ceremony_abandoned": _ceremony_abandoned,
    "list_sealed": _list_sealed,
    "pack_map_received": _pack_map_received,
    "anchor_recorded": _anchor_recorded,
    "slot_assigned": _slot_assigned,
    "slot_drawn": _slot_drawn,
    "stratum_corrected": _stratum_corrected,
    "code_broken": _code_broken,
    "break_alarm": _break_alarm,
    "pharmacy_account": _pharmacy_account,
}
