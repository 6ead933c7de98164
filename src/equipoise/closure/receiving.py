"""The receipt of the release: recorded once it was verified, and only for the lock that holds."""

from equipoise.closure.commands import ReceiveRelease
from equipoise.closure.events import ReleaseReceived
from equipoise.closure.trial import Trial
from equipoise.conduct import Situation
from equipoise.vocabulary import Refusal


def receive_release(now: Situation, trial: Trial, command: ReceiveRelease) -> tuple[ReleaseReceived]:
    """Record which opening was verified, for which lock; the pairing itself stays outside the ledger."""
    allocation, certificate = command.allocation, trial.closure.certificate
    if certificate is None:
        raise Refusal("RELEASE-LOCK", "The database is not locked.", "Lock it before the list is released.")
    if allocation.is_dummy:
        raise Refusal("RELEASE-DUMMY", "This is a dummy allocation.", "Read the vault's opening.")
    if allocation.certificate_digest != certificate.digest:
        raise Refusal("RELEASE-OTHER", "The list was released for another lock.", "Ask the vault for this lock.")
    return (ReleaseReceived(allocation.opening_digest, allocation.root, allocation.certificate_digest),)
