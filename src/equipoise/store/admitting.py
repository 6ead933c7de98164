"""How people come to their accounts: invited by the administrator with a code that is good once, for a password."""

import hashlib
import hmac
from collections.abc import Callable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from equipoise.store.models import Account
from equipoise.vocabulary import Refusal

CODE_BYTES = 9
_NAME = "abcdefghijklmnopqrstuvwxyz0123456789.-"


def is_new_site() -> bool:
    """True while nobody has an account: then, and only then, there is a set-up."""
    return not Account.objects.exists()


def invite(username: str, display_name: str, entropy: Callable[[int], bytes], *, is_administrator: bool = False) -> str:
    """Make an account without a password; gives the code with which its owner sets one.  Raises `Refusal`.

    A user name is for one person and for ever (21 CFR 11.100(a)): a name that was ever used is refused.
    """
    name = username.strip().lower()
    if not 3 <= len(name) <= 64 or set(name) - set(_NAME):
        raise Refusal(
            "ACCOUNT-NAME", "A user name has 3 to 64 small letters, digits, dots or hyphens.", "Choose another."
        )
    if not display_name.strip() or len(display_name) > 120 or not display_name.isprintable():
        raise Refusal("ACCOUNT-PERSON", "The person's name is needed, in one line.", "Write it as on the badge.")
    if Account.objects.filter(username=name).exists():
        raise Refusal("ACCOUNT-TWICE", "This user name belongs to somebody, or did.", "Choose another.")
    account = Account.objects.create(
        username=name, display_name=display_name.strip(), is_administrator=is_administrator
    )
    return new_code(account, entropy)


def new_code(account: Account, entropy: Callable[[int], bytes]) -> str:
    """A fresh code for an account: its former password and code are good for nothing from now on."""
    code = entropy(CODE_BYTES).hex()
    account.set_unusable_password()
    account.code_digest = _digest(code)
    account.save()
    return code


def begin(username: str, code: str, password: str, again: str) -> Account:
    """Set the first password of an account with its code.  Raises `Refusal`, the same for every wrong name or code."""
    account = Account.objects.filter(username=username.strip().lower(), is_active=True).first()
    known = account.code_digest if account else ""
    if account is None or not known or not hmac.compare_digest(known, _digest(code.strip())):
        raise Refusal("ACCOUNT-CODE", "The user name and the code do not fit.", "Ask the administrator for a new code.")
    if password != again:
        raise Refusal("ACCOUNT-PASSWORD", "The two passwords differ.", "Write them again.")
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refusal(
            "ACCOUNT-PASSWORD", " ".join(error.messages), "Four words that you can remember are enough."
        ) from None
    account.set_password(password)
    account.code_digest = ""
    account.save()
    return account


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
