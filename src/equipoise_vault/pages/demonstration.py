"""Accounts of a demonstration: everything about them is on the sign-in page, since nothing there is secret."""

import time
from collections.abc import Callable

from django.contrib.auth.hashers import make_password

from equipoise_vault.pages.demonstration_names import NAMES, PASSWORD
from equipoise_vault.pages.models import Account
from equipoise_vault.pages.second_factor import SECRET_BYTES, STEP_SECONDS, code_at, new_secret


def make_accounts(entropy: Callable[[int], bytes]) -> None:
    """One account per role, and a second pharmacist; what there is already stays.

    They share one hash: it is made slow against guessing, and here there is nothing to guess.
    """
    missing = NAMES.keys() - set(Account.objects.values_list("name", flat=True))
    password = make_password(PASSWORD) if missing else ""
    for name in (each for each in NAMES if each in missing):
        Account.objects.create(
            name=name,
            full_name=name.removeprefix("demo.").replace("_", " "),
            role=NAMES[name].value,
            invited_by="demonstration",
            confirmed_by="demonstration",
            second_factor=new_secret(entropy(SECRET_BYTES)),
            password=password,
        )


def shown_accounts() -> list[tuple[str, str]]:
    """(name, a one-time code that was not used and lasts half a minute, if there is one), for the sign-in page."""
    now = int(time.time()) // STEP_SECONDS
    return [
        (account.name, _code(account, max(now, account.last_step + 1), now + 1))
        for account in Account.objects.filter(name__startswith="demo.")
    ]


def _code(account: Account, step: int, last: int) -> str:
    return code_at(account.second_factor, step * STEP_SECONDS) if step <= last else ""
