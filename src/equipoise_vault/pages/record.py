"""Who came to the vault's pages: a hash-chained ledger of its own, which can be written while the vault is locked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from equipoise.ledger import SqliteLedger, event
from equipoise.vocabulary import Role
from equipoise_vault.pages.place import ACCESS_FILE


@event("vault_account_changed")
@dataclass(frozen=True, slots=True)
class AccountChanged:
    """`change` is one of invited, confirmed, renewed, taken_into_use, ended; `declared` what the person stated."""

    account: str
    account_role: Role
    change: str
    declared: str = ""


@event("vault_signed_in")
@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person of this entry showed both components."""


@event("vault_signed_out")
@dataclass(frozen=True, slots=True)
class SignedOut:
    """The person of this entry left."""


@event("vault_sign_in_failed")
@dataclass(frozen=True, slots=True)
class SignInFailed:
    """Somebody failed to sign in; `account` is empty where there is none of that name."""

    account: str
    is_locked_out: bool


@event("vault_page_refused")
@dataclass(frozen=True, slots=True)
class PageRefused:
    """The person of this entry asked for a page that their role does not have."""

    route: str


@event("vault_root_printed")
@dataclass(frozen=True, slots=True)
class RootPrinted:
    """The page of commitments was shown with this root for the first time: from here on it may stand on paper."""

    root: str


@cache
def access_ledger() -> SqliteLedger:
    """The ledger beside the accounts."""
    folder: Path = settings.PLACE.folder
    return SqliteLedger.open(folder / ACCESS_FILE, lambda: datetime.now(UTC))


def note(what: object, *, who: str, role: Role) -> None:
    """Write one entry, durably, before anything else happens."""
    access_ledger().append([what], who=who, role=role)


def last_printed() -> tuple[str, str]:
    """The root that these pages gave to print last, and the day (UTC); both empty where they gave none.

    It is kept apart from the vault's own log, which the vault could rewrite with its list (attack K17).
    """
    printed = [entry for entry in access_ledger().entries() if entry.type == "vault_root_printed"]
    return (printed[-1].event.root, printed[-1].recorded_at.date().isoformat()) if printed else ("", "")
