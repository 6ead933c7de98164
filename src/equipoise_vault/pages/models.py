"""An account of the vault: one person, one role for ever; made and renewed by two of the three holders.

Names are never used again: an account is ended, not removed (11.100(a)).
"""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from equipoise.vocabulary import Role


class Accounts(BaseUserManager["Account"]):
    """Accounts by name."""


class Account(AbstractBaseUser):
    """`invitation` is the SHA-256 of a code that the person has not used yet; `second_factor` the secret of the
    one-time codes, of which the steps up to `last_step` are used up."""

    name: "models.CharField[str, str]" = models.CharField(max_length=40, unique=True)
    full_name: "models.CharField[str, str]" = models.CharField(max_length=80)
    role: "models.CharField[str, str]" = models.CharField(max_length=24)
    invited_by: "models.CharField[str, str]" = models.CharField(max_length=40)
    confirmed_by: "models.CharField[str, str]" = models.CharField(max_length=40, blank=True)
    invitation: "models.CharField[str, str]" = models.CharField(max_length=64, blank=True)
    second_factor: "models.CharField[str, str]" = models.CharField(max_length=64, blank=True)
    last_step: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)
    is_ended: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = Accounts()

    class Meta:
        ordering = ("name",)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django reads it; here it follows from what is stored
        """Confirmed by a second holder, taken into use by its person, and not ended."""
        return bool(self.confirmed_by and not self.invitation and self.second_factor and not self.is_ended)

    @property
    def acts_as(self) -> Role:
        return Role(self.role)
