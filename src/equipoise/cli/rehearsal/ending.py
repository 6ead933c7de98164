"""The end of a rehearsal: blind review, lock with two signatures, release by the vault, receipt."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from equipoise.cli.names import ANCHORS, OPENING
from equipoise.cli.rehearsal.cast import DATA_MANAGER, INVESTIGATOR, STATISTICIAN
from equipoise.cli.rehearsal.desk import Desk
from equipoise.cli.rehearsal.trial import Rehearsal
from equipoise.closure import (
    LOCK_MEANING,
    ClassifyDeviation,
    LockCertificate,
    LockDatabase,
    ReceiveRelease,
    RegisterSigningKey,
    SignBlindReview,
    certify,
    cut_data,
    prepare_lock,
    read_opening,
)
from equipoise.conduct import Actor, DeviationKind
from equipoise.ledger import Anchor, Signature, sign
from equipoise.vocabulary import Json, digest

_SIGNERS = (INVESTIGATOR, STATISTICIAN)
_MINOR = "SYNTHETIC: no influence on the primary endpoint is expected."
_IMPORTANT = "SYNTHETIC: less than the planned volume was given."


def end(rehearsal: Rehearsal, trial: Path) -> None:
    """Review masked, lock, release and receive; each step through the commands of the real trial.

    The opening, and a copy of the ledger's end, stay in the trial's folder.
    """
    desk, certificate = rehearsal.desk, lock(rehearsal)
    desk.book.ledger.add_checkpoint(rehearsal.vault.sign_checkpoint(desk.book.ledger.head()))
    opening = rehearsal.vault.release(certificate.as_json(), cut_data(desk.plan, desk.trial).data_digest)
    (trial / OPENING).write_text(opening, encoding="utf-8", newline="\n")
    allocation = read_opening(opening, desk.book.ledger.entries(), desk.state)
    (last,) = desk.do(STATISTICIAN, ReceiveRelease(allocation))
    desk.book.ledger.add_checkpoint(rehearsal.vault.sign_checkpoint((last.seq, last.hash)))
    anchor = Anchor(last.seq, last.hash, last.recorded_at.date(), "SYNTHETIC")
    (trial / ANCHORS).write_text(anchor.text() + "\n", encoding="utf-8", newline="\n")


def lock(rehearsal: Rehearsal) -> LockCertificate:
    """Review masked, and lock with two signatures; the list stays sealed."""
    _review(rehearsal.desk)
    return _lock(rehearsal.desk, rehearsal.part.seed)


def _review(desk: Desk) -> None:
    for number in desk.state.deviations:
        kind = next(
            each.kind for who in desk.state.participants.values() for n, each in who.deviations.items() if n == number
        )
        important = kind is DeviationKind.DOSING
        desk.do(STATISTICIAN, ClassifyDeviation(number, important, _IMPORTANT if important else _MINOR))
    desk.do(STATISTICIAN, SignBlindReview())


def _lock(desk: Desk, seed: int) -> LockCertificate:
    keys = {actor: _key(seed, actor) for actor in _SIGNERS}
    for actor, key in keys.items():
        desk.do(actor, RegisterSigningKey(key.public_key().public_bytes_raw().hex()))
    statement = prepare_lock(desk.situation(DATA_MANAGER), desk.trial)
    signatures = [_signed(desk, actor, key, statement.as_json()) for actor, key in keys.items()]
    certificate = certify(statement, *signatures)
    desk.do(DATA_MANAGER, LockDatabase(certificate))
    return certificate


def _signed(desk: Desk, actor: Actor, key: Ed25519PrivateKey, record: Json) -> Signature:
    public = key.public_key().public_bytes_raw().hex()
    return sign(record, actor.who, actor.role, LOCK_MEANING, desk.clock(), key=public, sign_bytes=key.sign)


def _key(seed: int, actor: Actor) -> Ed25519PrivateKey:
    """A signing key that is no secret: a rehearsal's, made from its seed."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digest(["rehearsal key", seed, actor.who])))
