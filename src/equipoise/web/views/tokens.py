"""The page of one's own tokens: what programs show in place of a password."""

import secrets

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from equipoise.store.models import Trial
from equipoise.store.running import now
from equipoise.store.tokens import LONGEST_DAYS, TOKEN_BYTES, PersonalToken, make_token, revoke_token
from equipoise.vocabulary import Refusal
from equipoise.web.access import MASKED, place_in
from equipoise.web.here import TrialRequest
from equipoise.web.refusals import in_words

_USUAL_DAYS = 30


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: TrialRequest) -> HttpResponse:
    """List one's tokens; make one, shown this once, or revoke one."""
    return _changed(request) if request.method == "POST" else _page(request)


@sensitive_variables("made")
def _changed(request: TrialRequest) -> HttpResponse:
    """Make or revoke; the access table lets in who has proved within the last minutes who it is."""
    revoked = request.POST.get("revoke", "")
    if revoked:
        if revoked.isascii() and revoked.isdecimal() and len(revoked) < 16:
            revoke_token(request.account, int(revoked), now())
        return redirect("tokens")
    try:
        made = _make(request)
    except Refusal as refusal:
        return _page(request, refused=in_words(refusal), status=422)
    return _page(request, made=made)


def _make(request: TrialRequest) -> str:
    slug, _, role = request.POST.get("place", "").partition("/")
    here = place_in(slug, request.account, role)
    if here is None or here.role.value != role or here.role not in MASKED:
        raise Refusal("TOKEN-PLACE", "You do not have this role in this trial.", "Choose one of the listed roles.")
    days = request.POST.get("days", "")
    return make_token(
        request.account,
        Trial.objects.get(slug=slug),
        here.role,
        name=request.POST.get("name", "").replace("\x00", ""),
        days=int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else 0,
        now=now(),
        secret=secrets.token_bytes(TOKEN_BYTES),
    )


def _page(
    request: TrialRequest, *, made: str = "", refused: tuple[str, str] | None = None, status: int = 200
) -> HttpResponse:
    mine = PersonalToken.objects.filter(account=request.account).select_related("trial", "account").order_by("-pk")
    places = [
        (f"{trial.slug}/{role.value}", trial.title, role)
        for trial in Trial.objects.order_by("title")
        if (here := place_in(trial.slug, request.account, None))
        for role in here.roles
    ]
    context = {
        "tokens": [(token, token.holds_at(now())) for token in mine],
        "places": places,
        "made": made,
        "refused": refused,
        "usual_days": _USUAL_DAYS,
        "longest_days": LONGEST_DAYS,
    }
    return render(request, "tokens.html", context, status=status)
