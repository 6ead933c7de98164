"""What every page has around it: who is here, where they may go, what was just done; and the pages for errors."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from equipoise.vocabulary import Role
from equipoise_vault.pages.access import ROUTES
from equipoise_vault.pages.models import Account

SAID = "said"
ROLE_NAMES: Mapping[Role, Promise] = {
    Role.STATISTICIAN: _("statistician"),
    Role.PHARMACIST: _("pharmacist"),
    Role.QUALITY_OFFICER: _("quality officer"),
    Role.TREATING_PHYSICIAN: _("treating physician"),
    Role.DMC_MEMBER: _("data monitoring committee"),
}
_WAYS: Mapping[str, Promise] = {
    "home": _("Start"),
    "code_break": _("Break a code"),
    "doses": _("Today's doses"),
    "stock": _("Stock and cold chain"),
    "breaks": _("Broken codes"),
    "envelopes": _("Paper envelopes"),
    "ceremony": _("Ceremony"),
    "commitments": _("Commitments"),
    "committee": _("Committee"),
    "release": _("Release"),
    "key": _("Key shares"),
    "accounts": _("Accounts"),
}


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    user = getattr(request, "user", None)
    account = user if isinstance(user, Account) else None
    said = request.session.pop(SAID, "") if hasattr(request, "session") else ""
    match = request.resolver_match
    return {
        "account": account,
        "role_name": ROLE_NAMES[account.acts_as] if account else "",
        "ways": [(route, name) for route, name in _WAYS.items() if account and account.acts_as in _roles(route)],
        "here": match.url_name if match else "",
        "said": said,
        "is_demonstration": settings.PLACE.is_demonstration,
        "language": get_language(),
        "languages": settings.LANGUAGES,
    }


def say(request: HttpRequest, sentence: object) -> None:
    """Show a sentence on the next page."""
    request.session[SAID] = str(sentence)


def account_of(request: HttpRequest) -> Account:
    """The account that the keeper has let through."""
    assert isinstance(request.user, Account), "the keeper lets nobody else through"
    return request.user


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from these pages, or from a page that was open for too long."""
    return render(request, "vault/error.html", {"kind": "forged"}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or none for this role: the same answer."""
    return render(request, "vault/error.html", {"kind": "missing"}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read."""
    return render(request, "vault/error.html", {"kind": "unreadable"}, status=400)


def failed(request: HttpRequest) -> HttpResponse:
    """Our own fault: a sentence without internals (ASVS 16.5.1)."""
    return render(request, "vault/error.html", {"kind": "fault"}, status=500)


def _roles(route: str) -> frozenset[Role]:
    return ROUTES[route].roles or frozenset()
