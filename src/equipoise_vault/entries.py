"""The vault's own event log: what was asked, by whom, and what was done.  No arm, nonce, share or key is ever in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from equipoise.allocation.commitment import AllocationCommitment
from equipoise.allocation.entries import BreakReason, SlotDrawn
from equipoise.ledger import event
from equipoise.vocabulary import Role


@event("vault_created")
@dataclass(frozen=True, slots=True)
class VaultCreated:
    """A vault began.  Public keys in hexadecimal: Ed25519 for signatures, X25519 for envelopes."""

    rehearsal: bool
    signing_key: str
    envelope_key: str


@event("vault_opened")
@dataclass(frozen=True, slots=True)
class VaultOpened:
    """Two holders gave their key shares, and the vault can answer until its process ends."""

    holders: tuple[Role, ...]


@event("vault_design_taken")
@dataclass(frozen=True, slots=True)
class DesignTaken:
    """A ceremony began with a frozen design."""

    ceremony: int
    design_digest: str
    pharmacist_key: str


@event("vault_commitment_taken")
@dataclass(frozen=True, slots=True)
class CommitmentTaken:
    """A party was bound to a seed share."""

    party: Role
    commitment: str


@event("vault_share_taken")
@dataclass(frozen=True, slots=True)
class ShareTaken:
    """A party showed the seed share that it was bound to."""

    party: Role


@event("vault_list_sealed")
@dataclass(frozen=True, slots=True)
class ListMade:
    """The list was made, committed and put into envelopes."""

    commitment: AllocationCommitment
    signature: str


@event("vault_slot_drawn")
@dataclass(frozen=True, slots=True)
class SlotDrawnHere:
    """The next slot of a live list was drawn and put into envelopes; what the masked side may know of it."""

    drawn: SlotDrawn


@event("vault_ceremony_abandoned")
@dataclass(frozen=True, slots=True)
class VaultCeremonyAbandoned:
    """A ceremony was given up; its secrets are never used."""

    ceremony: int


@event("vault_checkpoint_signed")
@dataclass(frozen=True, slots=True)
class CheckpointSigned:
    """The head of the trial's ledger was signed."""

    seq: int
    hash: str


@event("vault_envelope_opened")
@dataclass(frozen=True, slots=True)
class EnvelopeOpened:
    """The pharmacist is about to see one slot's arm."""

    stratum: int
    slot: int


@event("vault_code_broken")
@dataclass(frozen=True, slots=True)
class CodeBroken:
    """A physician is about to see one slot's arm in an emergency; the entry's `why` says it in words."""

    stratum: int
    slot: int
    reason: BreakReason


class AlarmKind(StrEnum):
    """What looks like a search."""

    MANY_BREAKS = "many_breaks"
    UNEXPECTED_OPENING = "unexpected_opening"


@event("vault_alarm_raised")
@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """Something was opened that care does not explain."""

    kind: AlarmKind


@event("vault_reauthenticated")
@dataclass(frozen=True, slots=True)
class Reauthenticated:
    """The door has checked these components of the person of this entry, for one act."""

    act: str
    components: tuple[str, ...]


@event("vault_paper_envelopes_printed")
@dataclass(frozen=True, slots=True)
class PaperEnvelopesPrinted:
    """A set of paper envelopes, one per slot, is about to be printed."""

    count: int


@event("vault_paper_envelope_opened")
@dataclass(frozen=True, slots=True)
class PaperEnvelopeOpened:
    """A paper envelope was opened outside; entered afterwards, it counts as a code break."""

    stratum: int
    slot: int
    reason: BreakReason
    opened_at: datetime
    opened_by: str


@event("vault_paper_envelopes_counted")
@dataclass(frozen=True, slots=True)
class PaperEnvelopesCounted:
    """So many envelopes of the set are intact."""

    intact: int


@event("vault_member_registered")
@dataclass(frozen=True, slots=True)
class MemberRegistered:
    """A member of the committee gave the public key of this entry's person."""

    key: str


@event("vault_member_admitted")
@dataclass(frozen=True, slots=True)
class MemberAdmitted:
    """Somebody compared the key with its owner: reports may be sealed to it."""

    member: str
    key: str


@event("vault_member_left")
@dataclass(frozen=True, slots=True)
class MemberLeft:
    """No later report is sealed to this member."""

    member: str


@event("vault_committee_data_taken")
@dataclass(frozen=True, slots=True)
class CommitteeDataTaken:
    """The masked side handed in data for a closed report."""

    digest: str
    slots: int


@event("vault_closed_report_made")
@dataclass(frozen=True, slots=True)
class ClosedReportMade:
    """A closed report is about to be made of these data for these members; its labels are written nowhere."""

    report: int
    data_digest: str
    recipients: tuple[str, ...]


@event("vault_allocation_released")
@dataclass(frozen=True, slots=True)
class AllocationReleased:
    """The whole list is about to leave the vault, against this lock certificate, by these two holders."""

    certificate_digest: str
    holders: tuple[Role, ...]


@event("vault_verb_refused")
@dataclass(frozen=True, slots=True)
class VerbRefused:
    """Somebody asked for what is not granted."""

    door: str
    verb: str
    rule: str
