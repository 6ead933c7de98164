"""What the vault's event log says: how far the ceremony has come, what was signed, what was opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from equipoise.allocation.commitment import SEED_PARTIES, AllocationCommitment
from equipoise.ledger import Entry
from equipoise.vocabulary import Role
from equipoise_vault.entries import (
    AllocationReleased,
    CheckpointSigned,
    CodeBroken,
    CommitmentTaken,
    DesignTaken,
    EnvelopeOpened,
    ListMade,
    ShareTaken,
    VaultCeremonyAbandoned,
    VaultCreated,
)


@dataclass
class VaultState:
    """The fold of the event log.

    `signed` holds the heads of the trial's ledger that were signed (seq -> hash); `broken_on` and `opened_on`
    the different slots whose code was broken, or that the pharmacist has opened, on a day in UTC; `is_in_use` says that
    a slot was opened, so that the list cannot be given up.
    """

    rehearsal: bool = False
    signing_key: str = ""
    envelope_key: str = ""
    ceremony: int = 0
    design_digest: str = ""
    pharmacist_key: str = ""
    commitments: dict[Role, str] = field(default_factory=dict)
    shown: set[Role] = field(default_factory=set)
    commitment: AllocationCommitment | None = None
    signature: str = ""
    signed: dict[int, str] = field(default_factory=dict)
    broken_on: dict[date, set[tuple[int, int]]] = field(default_factory=dict)
    opened_on: dict[date, set[tuple[int, int]]] = field(default_factory=dict)
    is_in_use: bool = False
    is_released: bool = False

    @property
    def is_bound(self) -> bool:
        """Both parties are bound to their shares."""
        return all(party in self.commitments for party in SEED_PARTIES)

    @property
    def has_seed(self) -> bool:
        """Both shares were shown."""
        return self.shown == set(SEED_PARTIES)

    def apply(self, entry: Entry) -> None:
        handler = _HANDLERS.get(entry.type)
        if handler:
            handler(self, entry.event)
        shown = {"vault_code_broken": self.broken_on, "vault_envelope_opened": self.opened_on}.get(entry.type)
        if shown is not None:
            shown.setdefault(entry.recorded_at.date(), set()).add((entry.event.stratum, entry.event.slot))


def _created(state: VaultState, event: VaultCreated) -> None:
    state.rehearsal = event.rehearsal
    state.signing_key = event.signing_key
    state.envelope_key = event.envelope_key


def _design_taken(state: VaultState, event: DesignTaken) -> None:
    state.ceremony = event.ceremony
    state.design_digest = event.design_digest
    state.pharmacist_key = event.pharmacist_key


def _commitment_taken(state: VaultState, event: CommitmentTaken) -> None:
    state.commitments[event.party] = event.commitment


def _share_taken(state: VaultState, event: ShareTaken) -> None:
    state.shown.add(event.party)


def _list_made(state: VaultState, event: ListMade) -> None:
    state.commitment = event.commitment
    state.signature = event.signature


def _abandoned(state: VaultState, event: VaultCeremonyAbandoned) -> None:
    state.design_digest = ""
    state.commitments = {}
    state.shown = set()
    state.commitment = None
    state.signature = ""


def _checkpoint_signed(state: VaultState, event: CheckpointSigned) -> None:
    state.signed[event.seq] = event.hash


def _slot_opened(state: VaultState, event: EnvelopeOpened | CodeBroken) -> None:
    state.is_in_use = True


def _released(state: VaultState, event: AllocationReleased) -> None:
    state.is_released = True


_HANDLERS: dict[str, Callable[[VaultState, Any], None]] = {
    "vault_created": _created,
    "vault_design_taken": _design_taken,
    "vault_commitment_taken": _commitment_taken,
    "vault_share_taken": _share_taken,
    "vault_list_sealed": _list_made,
    "vault_ceremony_abandoned": _abandoned,
    "vault_checkpoint_signed": _checkpoint_signed,
    "vault_envelope_opened": _slot_opened,
    "vault_code_broken": _slot_opened,
    "vault_allocation_released": _released,
}
