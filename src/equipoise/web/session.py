"""How long a session lasts, whether its owner has a second factor, and when he last proved who he is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from equipoise.store.models import Account
from equipoise.store.running import now

IDLE, LONGEST, PROVEN = timedelta(minutes=15), timedelta(hours=12), timedelta(minutes=5)
"""A session ends after so long without a request, and after so long in any case (S12); a proof of who one is holds so
long."""
_BEGUN, _SEEN = "session:begun", "session:seen"
_READING = frozenset({"GET", "HEAD"})


class SessionLimits:
    """Ends sessions that are too long or were left alone, so that the next person at the bedside starts anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Account) and _is_over(request, now()):
            logout(request)
            return _ended(request)
        return self.get_response(request)


def needs_second_factor(request: HttpRequest, account: Account) -> bool:
    """True until the account has a second factor; the accounts of a synthetic site do without."""
    return not account.is_demonstration and not is_mfa_enabled(account)


def has_just_proved(request: HttpRequest, account: Account) -> bool:
    """True if the person has logged in, or entered the password again, within the last minutes (ASVS 7.5.3)."""
    records = get_authentication_records(request, account)
    return bool(records) and datetime.now().timestamp() - records[-1]["at"] < PROVEN.total_seconds()  # noqa: DTZ005  # allauth's own clock


def prove_again(request: HttpRequest) -> HttpResponse:
    """Ask for the password, then show the page again on which the button is."""
    return redirect_to_login(request.get_full_path(), login_url="account_reauthenticate")


def make_second_factor() -> HttpResponse:
    return redirect("mfa_activate_totp")


def _is_over(request: HttpRequest, moment: datetime) -> bool:
    at = moment.timestamp()
    begun, seen = request.session.get(_BEGUN, at), request.session.get(_SEEN, at)
    if at - seen > IDLE.total_seconds() or at - begun > LONGEST.total_seconds():
        return True
    if _BEGUN not in request.session:
        request.session[_BEGUN] = at
    if at - seen > IDLE.total_seconds() / 15 or _SEEN not in request.session:
        request.session[_SEEN] = at  # once a minute is exact enough, and spares a write a request
        UserSession.objects.create_from_request(request)  # for the owner's list of sessions
    return False


def _ended(request: HttpRequest) -> HttpResponse:
    """Reading leads to the log-in and back; what was being written stays in the browser until one is back."""
    if request.method in _READING and "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    return render(request, "errors/session.html", status=401)
