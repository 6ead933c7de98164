"""What may be asked at the end of a trial, in order: classify, decide, sign, lock, receive."""

from dataclasses import dataclass

from equipoise.closure.certificate import LockCertificate
from equipoise.closure.release import ReleasedAllocation
from equipoise.conduct import command
from equipoise.ledger import Signature
from equipoise.protocol.analysis_plan import SetId


@command("classify_deviation")
@dataclass(frozen=True, slots=True)
class ClassifyDeviation:
    deviation: int
    important: bool
    reason: str


@command("decide_membership")
@dataclass(frozen=True, slots=True)
class DecideMembership:
    """Decide who is in a set where the plan's rule cannot, or should not."""

    participant: str
    analysis_set: SetId
    included: bool
    reason: str


@command("sign_blind_review")
@dataclass(frozen=True, slots=True)
class SignBlindReview:
    """Sign the analysis sets on the data as they are now."""


@command("register_signing_key")
@dataclass(frozen=True, slots=True)
class RegisterSigningKey:
    """Bind one's own Ed25519 public key (hexadecimal) to one's name and role."""

    key: str


@command("lock_database")
@dataclass(frozen=True, slots=True)
class LockDatabase:
    """Lock with a certificate that two people have signed on the head of the ledger."""

    certificate: LockCertificate


@command("unlock_database")
@dataclass(frozen=True, slots=True)
class UnlockDatabase:
    """Authorise changes to locked data; the signature is over `unlock_record`."""

    reason: str
    signature: Signature


@command("receive_release")
@dataclass(frozen=True, slots=True)
class ReceiveRelease:
    """Record that the released list was received and verified."""

    allocation: ReleasedAllocation
