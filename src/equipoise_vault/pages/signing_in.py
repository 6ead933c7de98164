"""Signing in: name, password and one-time code at once, so that a failure does not tell which of them was wrong."""

import re
import time

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from equipoise_vault.pages.models import Account
from equipoise_vault.pages.second_factor import matching_step


class TwoComponents:
    """The backend behind `django-axes`, which counts failures and locks out."""

    def authenticate(self, request: HttpRequest | None, name: str, password: str, code: str) -> Account | None:
        """The account, if both components are right; the code is used up with that (ASVS 6.5.1)."""
        account = Account.objects.filter(name=name).first()
        if account is None or not account.is_active:
            make_password(password)  # as long as a check takes (ASVS 6.3.8)
            return None
        is_right = account.check_password(password)
        return account if uses_code(account, code) and is_right else None

    def get_user(self, user_id: int) -> Account | None:
        """The account of a web session; one that was ended or renewed is nobody any more."""
        account = Account.objects.filter(pk=user_id).first()
        return account if account is not None and account.is_active else None


def uses_code(account: Account, code: str) -> bool:
    """True if the code is right and was never used; two requests with one code: one of them."""
    step = matching_step(account.second_factor, code, int(time.time()), account.last_step)
    if step is None:
        return False
    with transaction.atomic():
        return bool(Account.objects.filter(pk=account.pk, last_step__lt=step).update(last_step=step))


class NoContextWords:
    """Refuses passwords that are made of the words of this place (ASVS 6.2.11)."""

    _WORDS = re.compile(r"equipoise|vault|pharmac|hospital|trial|placebo", re.IGNORECASE)

    def validate(self, password: str, user: Account | None = None) -> None:
        if len(self._WORDS.sub("", password)) < 8:
            raise ValidationError(_("This password is mostly made of words of this place."), code="context")

    def get_help_text(self) -> str:
        return _("At least 12 characters; a few words that do not belong together are good.")
