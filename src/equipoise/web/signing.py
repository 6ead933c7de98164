"""Signing on a page: whoever signs types the own password again, which makes the own key (11.200(a)(1))."""

from datetime import datetime

from allauth.account.adapter import get_adapter
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.views.decorators.debug import sensitive_variables

from equipoise.closure import Trial, require_own_key
from equipoise.ledger import Signature, sign
from equipoise.store.running import installation
from equipoise.store.signing import signing_key
from equipoise.vocabulary import Json, Refusal
from equipoise.web.here import TrialRequest


@sensitive_variables()
def own_key(request: TrialRequest) -> Ed25519PrivateKey:
    """The key of the person whose password is in the form; tries count as at the log-in.  Raises `Refusal`."""
    password = request.POST.get("password", "")
    if not get_adapter(request).reauthenticate(request.account, password):
        raise Refusal("PASSWORD", "This is not your password.", "Type it again. Nothing was signed.")
    return signing_key(installation(), request.account.username, password)


def public_part(key: Ed25519PrivateKey) -> str:
    """The public key as the ledger keeps it, in hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def signed(request: TrialRequest, key: Ed25519PrivateKey, record: Json, meaning: str, moment: datetime) -> Signature:
    """The person's signature under a record.  Raises `Refusal` where the ledger does not know the key."""
    here, public = request.here, public_part(key)

    def check(trial: Trial) -> None:
        require_own_key(trial.closure, here.actor, public)

    here.trial.look(check)
    return sign(record, here.actor.who, here.actor.role, meaning, moment, key=public, sign_bytes=key.sign)
