"""What the vault's event log says: how far the ceremony has come, what was signed, what was opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from equipoise.allocation.commitment import SEED_PARTIES, AllocationCommitment
from equipoise.allocation.entries import BreakReason, SlotDrawn
from equipoise.ledger import Entry
from equipoise.vocabulary import Role
from equipoise_vault.entries import (
    AlarmKind,
    AllocationReleased,
    CheckpointSigned,
    ClosedReportMade,
    CodeBroken,
    CommitmentTaken,
    DesignTaken,
    EnvelopeOpened,
    ListMade,
    MemberAdmitted,
    MemberLeft,
    PaperEnvelopeOpened,
    PaperEnvelopesCounted,
    PaperEnvelopesPrinted,
    ShareTaken,
    SlotDrawnHere,
    VaultCeremonyAbandoned,
    VaultCreated,
)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first time that somebody outside the pharmacy learned the arm of a slot (stratum, slot)."""

    place: tuple[int, int]
    reason: BreakReason
    at: datetime
    on_paper: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the committee: a public key, which counts once somebody has admitted it."""

    key: str
    is_admitted: bool = False


@dataclass
class VaultState:
    """The fold of the event log."""

    rehearsal: bool = False
    signing_key: str = ""
    envelope_key: str = ""
    roles_held: dict[str, frozenset[Role]] = field(default_factory=dict)
    """Person -> the roles in which they have acted here."""
    ceremony: int = 0
    design_digest: str = ""
    pharmacist_key: str = ""
    commitments: dict[Role, str] = field(default_factory=dict)
    shown: set[Role] = field(default_factory=set)
    commitment: AllocationCommitment | None = None
    signature: str = ""
    draws: list[SlotDrawn] = field(default_factory=list)
    """The draws of a live list, slot after slot."""
    signed: dict[int, str] = field(default_factory=dict)
    """The heads of the trial's ledger that were signed, seq -> hash."""
    opened_on: dict[date, set[tuple[int, int]]] = field(default_factory=dict)
    """Day in UTC -> the different slots that the pharmacist has opened; `broken_on` likewise for code breaks."""
    broken_on: dict[date, set[tuple[int, int]]] = field(default_factory=dict)
    breaks: dict[tuple[int, int], Broken] = field(default_factory=dict)
    """The slots whose code was ever broken, in that order."""
    alarms: list[datetime] = field(default_factory=list)
    """When more codes were broken in a day than an emergency explains."""
    members: dict[str, Member] = field(default_factory=dict)
    committee_data: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    """Digest -> when it was handed in, and of how many slots."""
    reports: int = 0
    paper_printed: int = 0
    paper_opened: set[tuple[int, int]] = field(default_factory=set)
    paper_intact: int | None = None
    """How many envelopes were counted as intact; None since the last one was opened."""
    is_in_use: bool = False
    """A slot was opened or drawn: the list cannot be given up any more."""
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
        """Take the next entry; what is sealed passes by."""
        self.roles_held[entry.who] = self.roles_held.get(entry.who, frozenset()) | {entry.role}
        if entry.type == "vault_committee_data_taken":
            self.committee_data[entry.event.digest] = (entry.recorded_at, entry.event.slots)
        if entry.type == "vault_member_registered":
            self.members[entry.who] = Member(entry.event.key)
        handler = _HANDLERS.get(entry.type)
        if handler:
            handler(self, entry.event)
        shown = {"vault_code_broken": self.broken_on, "vault_envelope_opened": self.opened_on}.get(entry.type)
        if shown is not None:
            shown.setdefault(entry.recorded_at.date(), set()).add((entry.event.stratum, entry.event.slot))
        if entry.type == "vault_code_broken":
            self.note_break(entry.event, entry.recorded_at, on_paper=False)
        if entry.type == "vault_alarm_raised" and entry.event.kind is AlarmKind.MANY_BREAKS:
            self.alarms.append(entry.recorded_at)

    def note_break(self, event: CodeBroken | PaperEnvelopeOpened, at: datetime, *, on_paper: bool) -> None:
        """Keep the first break of a slot."""
        place = (event.stratum, event.slot)
        self.breaks.setdefault(place, Broken(place, event.reason, at, on_paper))


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
    state.draws = []


def _slot_drawn(state: VaultState, event: SlotDrawnHere) -> None:
    state.draws.append(event.drawn)
    state.is_in_use = True


def _checkpoint_signed(state: VaultState, event: CheckpointSigned) -> None:
    state.signed[event.seq] = event.hash


def _slot_opened(state: VaultState, event: EnvelopeOpened | CodeBroken) -> None:
    state.is_in_use = True


def _paper_printed(state: VaultState, event: PaperEnvelopesPrinted) -> None:
    state.paper_printed = event.count
    state.paper_opened = set()
    state.paper_intact = None


def _paper_opened(state: VaultState, event: PaperEnvelopeOpened) -> None:
    state.paper_opened.add((event.stratum, event.slot))
    state.paper_intact = None
    state.is_in_use = True
    state.note_break(event, event.opened_at, on_paper=True)


def _paper_counted(state: VaultState, event: PaperEnvelopesCounted) -> None:
    state.paper_intact = event.intact


def _member_admitted(state: VaultState, event: MemberAdmitted) -> None:
    state.members[event.member] = Member(event.key, is_admitted=True)


def _member_left(state: VaultState, event: MemberLeft) -> None:
    state.members.pop(event.member, None)


def _report_made(state: VaultState, event: ClosedReportMade) -> None:
    state.reports = event.report


def _released(state: VaultState, event: AllocationReleased) -> None:
    state.is_released = True


_HANDLERS: dict[str, Callable[[VaultState, Any], None]] = {
    "vault_created": _created,
    "vault_design_taken": _design_taken,
    "vault_commitment_taken": _commitment_taken,
    "vault_share_taken": _share_taken,
    "vault_list_sealed": _list_made,
    "vault_ceremony_abandoned": _abandoned,
    "vault_slot_drawn": _slot_drawn,
    "vault_checkpoint_signed": _checkpoint_signed,
    "vault_envelope_opened": _slot_opened,
    "vault_code_broken": _slot_opened,
    "vault_member_admitted": _member_admitted,
    "vault_member_left": _member_left,
    "vault_closed_report_made": _report_made,
    "vault_paper_envelopes_printed": _paper_printed,
    "vault_paper_envelope_opened": _paper_opened,
    "vault_paper_envelopes_counted": _paper_counted,
    "vault_allocation_released": _released,
}
