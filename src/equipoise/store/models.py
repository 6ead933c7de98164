"""What the site keeps beside the ledgers: who may log in, and which trials there are.

Who may do what in a trial is not here: it stands in the delegation log of that trial's own ledger.
"""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; a user name is never given twice (S04), because an account is never removed."""

    def create(self, **fields: Any) -> "Account":
        """An account without a password cannot log in until its owner has set one."""
        password = fields.pop("password", None)
        account = self.model(**fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person who may log in.  `username` is what the ledger's entries name (21 CFR 11.100(a)).

    An administrator runs the site and has no role in any trial; `is_demonstration` exists in synthetic sites only.
    """

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="en")
    code_digest = models.CharField(max_length=64, default="", blank=True)
    """SHA-256 of the code with which the owner sets a first password; empty once that is done."""
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return self.display_name or self.username


class Trial(models.Model):
    """A trial that this installation runs; its folder and its ledger are named by the slug."""

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=300)
    synthetic = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class WaitingSignature(models.Model):
    """One signature under a lock statement that waits for another: a certificate that only its signer has signed.

    It is no entry: the ledger's head, which the statement names, must not move until the second person has signed.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=64)
    certificate = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("trial", "username"), name="one_waiting_signature"),)

    def __str__(self) -> str:
        return self.username
