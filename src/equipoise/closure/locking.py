"""Lock and unlock: a statement that two people sign, on data that nobody can change without a trace."""

import re

from equipoise.closure.certificate import LockCertificate, LockStatement
from equipoise.closure.commands import LockDatabase, RegisterSigningKey, UnlockDatabase
from equipoise.closure.data_cut import cut_data
from equipoise.closure.events import DatabaseLocked, DatabaseUnlocked, SigningKeyRegistered
from equipoise.closure.obstacles import obstacles
from equipoise.closure.state import ClosureState
from equipoise.closure.trial import Trial
from equipoise.conduct import Actor, Situation
from equipoise.conduct.events import DataEntryClosed, DataEntryReopened
from equipoise.conduct.situation import require_text
from equipoise.ledger import Signature
from equipoise.vocabulary import Json, Refusal, Role, Severity, utc_text

_KEY = re.compile(r"[0-9a-f]{64}")


def register_signing_key(now: Situation, trial: Trial, command: RegisterSigningKey) -> tuple[SigningKeyRegistered]:
    """Bind a public key to the one who registers it; a key serves one person (11.100(a))."""
    if not _KEY.fullmatch(command.key):
        raise Refusal("KEY", "A public key has 64 hexadecimal digits in small letters.", "Copy it whole.")
    owners = {who for (who, _), key in trial.closure.keys.items() if key == command.key}
    if owners - {now.actor.who}:
        raise Refusal("KEY-OWNER", "This key belongs to another person.", "Create a key of your own.")
    return (SigningKeyRegistered(command.key),)


def prepare_lock(now: Situation, trial: Trial) -> LockStatement:
    """The statement to be signed, on the head of the ledger as it is.  Raises `Refusal` with what is in the way."""
    if trial.closure.certificate is not None:
        raise Refusal("LOCK-TWICE", "The database is locked already.", "Nothing more is needed.")
    errors = [finding for finding in obstacles(now.plan, trial) if finding.severity is Severity.ERROR]
    if errors:
        listed = "; ".join(f"{each.place}: {each.message}" for each in errors[:_LISTED])
        more = f" and {len(errors) - _LISTED} more" if len(errors) > _LISTED else ""
        raise Refusal("LOCK-OPEN", f"{len(errors)} items are in the way: {listed}{more}.", "Settle each of them.")
    cut = cut_data(now.plan, trial)
    if trial.closure.review is None or trial.closure.review.data_digest != cut.data_digest:
        raise Refusal("LOCK-REVIEW", "No blind review is signed on the data as they are now.", "Sign the review first.")
    return LockStatement(cut.study_digest, cut.ledger_seq, cut.ledger_hash, cut.data_digest, utc_text(now.moment))


_LISTED = 5


def lock_database(now: Situation, trial: Trial, command: LockDatabase) -> tuple[DatabaseLocked, DataEntryClosed]:
    """Lock, if two people with different roles have signed the statement that is true now (E6R3-4.2.6; M08)."""
    expected = prepare_lock(now, trial)
    certificate = command.certificate
    given = certificate.statement
    if not given.names_same(expected):
        raise Refusal("LOCK-STALE", "Something was entered after the statement was signed.", "Prepare and sign anew.")
    if given.locked_at > expected.locked_at:
        raise Refusal("LOCK-TIME", "The statement is dated in the future.", "Check the clock; prepare and sign anew.")
    _require_two_signatures(trial.closure, certificate)
    return (DatabaseLocked(certificate), DataEntryClosed("database lock", final=True))


def _require_two_signatures(closure: ClosureState, certificate: LockCertificate) -> None:
    signatures = certificate.signatures
    if len({each.who for each in signatures}) < 2 or len({each.role for each in signatures}) < 2:
        raise Refusal("LOCK-SIGNATURES", "Two people in two different roles sign a lock.", "Have it signed again.")
    for signature in signatures:
        require_genuine(closure, signature, certificate.statement.as_json())


def require_own_key(closure: ClosureState, actor: Actor, key: str) -> None:
    """Refuse to sign with a key (public, hexadecimal) that the ledger does not know as the actor's in this role."""
    if closure.keys.get((actor.who, actor.role)) != key:
        raise Refusal(
            "KEY-REGISTERED",
            "The ledger knows no signing key of yours in this role, or your password has changed since.",
            "Register your signing key, then sign.",
        )


def require_genuine(closure: ClosureState, signature: Signature, record: Json) -> None:
    """Refuse a signature that is not of this record, or not by the key that its signer registered (S02)."""
    registered = closure.keys.get((signature.who, signature.role))
    if registered is None or registered != signature.key or not signature.is_genuine(record):
        raise Refusal("SIGNATURE", "A signature does not fit the record or its signer's key.", "Sign it again.")


def unlock_record(certificate: LockCertificate, reason: str) -> Json:
    """What the investigator signs to unlock: the lock that ends, and why."""
    return {"unlock": certificate.digest, "reason": reason}


def unlock_database(
    now: Situation, trial: Trial, command: UnlockDatabase
) -> tuple[DatabaseUnlocked, DataEntryReopened]:
    """Open locked data again, on the investigator's own signature; every change from here on is marked (A18)."""
    certificate = trial.closure.certificate
    if certificate is None:
        raise Refusal("UNLOCK", "The database is not locked.", "Nothing needs to be unlocked.")
    reason = require_text(command.reason, "reason")
    signature = command.signature
    if (signature.who, signature.role) != (now.actor.who, Role.INVESTIGATOR):
        raise Refusal("UNLOCK-SIGNER", "The investigator who unlocks signs for it.", "Sign with your own key.")
    require_genuine(trial.closure, signature, unlock_record(certificate, reason))
    return (DatabaseUnlocked(certificate.digest, reason, signature), DataEntryReopened(reason))
