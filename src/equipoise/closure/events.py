"""The entries of closure.  Even here no entry pairs a participant with an arm: the opening does, outside the ledger."""

from dataclasses import dataclass

from equipoise.closure.certificate import LockCertificate
from equipoise.ledger import Signature, event
from equipoise.protocol.analysis_plan import SetId


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a randomised participant is in an analysis set, and on what ground.

    `decided_by` is a person, or empty where the plan's own rule decided.
    """

    participant: str
    analysis_set: SetId
    included: bool
    ground: str
    decided_by: str = ""


@event("deviation_classified")
@dataclass(frozen=True, slots=True)
class DeviationClassified:
    """Whether a deviation is important: might it affect the data, or the rights or safety of a participant (ICH E3)."""

    deviation: int
    participant: str
    important: bool
    reason: str


@event("membership_decided")
@dataclass(frozen=True, slots=True)
class MembershipDecided:
    """The reviewers decided otherwise than the plan's rule, or where the rule could not."""

    membership: Membership


@event("blind_review_signed")
@dataclass(frozen=True, slots=True)
class BlindReviewSigned:
    """Who is in which analysis set, on the data that `data_digest` names; `meaning` says if this was decided masked."""

    data_digest: str
    memberships: tuple[Membership, ...]
    meaning: str


@event("signing_key_registered")
@dataclass(frozen=True, slots=True)
class SigningKeyRegistered:
    """The Ed25519 public key (hexadecimal) with which the person of this entry signs, in the role of this entry."""

    key: str


@event("database_locked")
@dataclass(frozen=True, slots=True)
class DatabaseLocked:
    certificate: LockCertificate


@event("database_unlocked")
@dataclass(frozen=True, slots=True)
class DatabaseUnlocked:
    """The investigator authorised changes to locked data (A18); `certificate_digest` names the lock that ends."""

    certificate_digest: str
    reason: str
    signature: Signature


@event("release_received")
@dataclass(frozen=True, slots=True)
class ReleaseReceived:
    """The opened list was verified against its commitment; `opening_digest` names the document that holds it."""

    opening_digest: str
    root: str
    certificate_digest: str
