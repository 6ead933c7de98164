"""The keeper holds the access table before any view runs; browsers and logs remember nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from equipoise_vault.pages.access import ROUTES
from equipoise_vault.pages.models import Account
from equipoise_vault.pages.record import PageRefused, note
from equipoise_vault.pages.settings import LIFETIME

Respond = Callable[[HttpRequest], HttpResponse]
BEGAN_AT = "began_at"


class Keeper:
    """Deny by default: no row, no page; another role, no page either, and the attempt is on record."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and _is_over(request):
            logout(request)
        return self._respond(request)

    def process_view(
        self, request: HttpRequest, view: object, positional: object, named: object
    ) -> HttpResponse | None:
        """Let the request through (None), or answer it here."""
        route = (request.resolver_match.url_name if request.resolver_match else None) or ""
        row = ROUTES.get(route)
        if row is None:
            raise Http404
        if row.roles is not None:
            account = request.user
            if not isinstance(account, Account):
                return redirect("sign_in")
            if account.acts_as not in row.roles:
                note(PageRefused(route), who=account.name, role=account.acts_as)
                raise Http404
        return None if request.method in row.methods else HttpResponseNotAllowed(sorted(row.methods))


class Headers:
    """On every answer, also of errors: nothing is kept by a browser or a proxy, and nobody measures what it may do."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._respond(request)
        response["Cache-Control"] = "no-store"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), interest-cohort=()"
        response["X-Frame-Options"] = "DENY"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


def _is_over(request: HttpRequest) -> bool:
    began = request.session.get(BEGAN_AT)
    return began is None or datetime.now(UTC) - datetime.fromisoformat(began) > LIFETIME
