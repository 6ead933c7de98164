"""Personal tokens: what a program shows instead of a password.  Each opens one trial in one role, until a day.

The token itself is shown once, when it is made; kept is its SHA-256 alone.  Source: ASVS 5.0 6.3.4, 11.5.1.
"""

import hashlib
from datetime import datetime, timedelta

from django.db import models

from equipoise.store.models import Account, Trial
from equipoise.vocabulary import Refusal, Role

TOKEN_BYTES = 32
LONGEST_DAYS = 180
MOST = 20
PREFIX = "equipoise_"


class PersonalToken(models.Model):
    """A token of an account; it opens nothing that the account itself may not open at that moment."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tokens")
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "store"

    def __str__(self) -> str:
        return self.name

    def holds_at(self, moment: datetime) -> bool:
        """True while it has neither expired nor been revoked, and its owner may log in."""
        return self.revoked_at is None and moment < self.expires_at and self.account.is_active


def make_token(
    account: Account, trial: Trial, role: Role, *, name: str, days: int, now: datetime, secret: bytes
) -> str:
    """Make a token of a name for some days and return it, the only time that it is seen.  Raises `Refusal`."""
    assert len(secret) >= TOKEN_BYTES, "a token is unguessable"
    if not name.strip():
        raise Refusal("TOKEN-NAME", "The token has no name.", "Say what it is for.")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal("TOKEN-DAYS", f"A token holds between 1 and {LONGEST_DAYS} days.", "Choose a number of days.")
    if sum(each.holds_at(now) for each in PersonalToken.objects.filter(account=account)) >= MOST:
        raise Refusal("TOKEN-MOST", f"An account has at most {MOST} tokens.", "Revoke one that is not needed.")
    token = PREFIX + secret.hex()
    PersonalToken.objects.create(
        account=account,
        trial=trial,
        role=role.value,
        name=name.strip()[:80],
        digest=digest_of(token),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token


def find_token(token: str, now: datetime) -> PersonalToken | None:
    """The token that was shown, if it holds now; nothing for any other text."""
    if len(token) != len(PREFIX) + 2 * TOKEN_BYTES:
        return None
    found = PersonalToken.objects.select_related("account", "trial").filter(digest=digest_of(token)).first()
    return found if found is not None and found.holds_at(now) else None


def revoke_token(account: Account, number: int, now: datetime) -> None:
    """End a token of one's own at once; what is not one's own, or has ended, is left alone."""
    PersonalToken.objects.filter(account=account, pk=number, revoked_at=None).update(revoked_at=now)


def digest_of(token: str) -> str:
    """The SHA-256 under which a token is kept: it has 256 random bits, so no slower hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
