"""Signatures of people on the site: a key that is made anew from the password, and a lock that waits for its second.

The private key is kept nowhere.  It follows from the password, the name and the installation's secret, so that neither
a copy of the database nor a copy of the ledger is enough to guess at it; whoever gets another password, or has one set
by somebody else, has another key, which the ledger does not know until it is registered there (11.200(a)(3)).
"""

import hmac
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from equipoise.closure import LockCertificate, LockStatement, certify, read_certificate
from equipoise.ledger import Signature
from equipoise.store.installation import Installation
from equipoise.store.models import Trial, WaitingSignature

_COST = {"n": 1 << 15, "r": 8, "p": 1}
"""A tenth of a second and 32 MiB for each guess (RFC 7914)."""


def signing_key(installation: Installation, username: str, password: str) -> Ed25519PrivateKey:
    """The person's own key; the password has been proved to be the account's."""
    salt = hmac.digest(installation.secret_key.encode(), b"equipoise signing key\n" + username.encode(), "sha256")
    return Ed25519PrivateKey.from_private_bytes(Scrypt(salt=salt, length=32, **_COST).derive(password.encode()))


def waiting_certificate(slug: str, expected: LockStatement) -> LockCertificate | None:
    """The oldest statement that was signed and still names the trial as it is, with all its signatures."""
    rows = WaitingSignature.objects.filter(trial__slug=slug).order_by("pk")
    found = [read_certificate(json.loads(row.certificate)) for row in rows]
    current = [each for each in found if each.statement.names_same(expected)]
    if not current:
        return None
    statement = current[0].statement
    return certify(statement, *(each.signatures[0] for each in current if each.statement == statement))


def add_waiting(slug: str, statement: LockStatement, signature: Signature) -> None:
    """Keep a person's signature until the lock; it takes the place of the one that the person gave before."""
    certificate = json.dumps(certify(statement, signature).as_json())
    WaitingSignature.objects.filter(trial__slug=slug, username=signature.who).delete()
    WaitingSignature.objects.create(trial=Trial.objects.get(slug=slug), username=signature.who, certificate=certificate)


def forget_waiting(slug: str) -> None:
    """The lock has its signatures, or another one begins."""
    WaitingSignature.objects.filter(trial__slug=slug).delete()
