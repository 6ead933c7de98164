"""The vault's own event log: what was asked, by whom, and what was done.  No arm, nonce, share or key is ever in it."""

from dataclasses import dataclass

from equipoise.allocation.commitment import AllocationCommitment
from equipoise.ledger import event
from equipoise.vocabulary import Role


@event("vault_created")
@dataclass(frozen=True, slots=True)
class VaultCreated:
    """A vault began.  Public keys in hexadecimal: Ed25519 for signatures, X25519 for envelopes."""

    rehearsal: bool
    signing_key: str
    envelope_key: str


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
    """A physician is about to see one slot's arm in an emergency; the entry's reason says why."""

    stratum: int
    slot: int


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
