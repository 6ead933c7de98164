"""The first account of a new site, and the first password of an invited person."""

import hmac
import os

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from equipoise.store.admitting import begin as set_password
from equipoise.store.admitting import invite, is_new_site
from equipoise.store.models import Account
from equipoise.store.running import setup_code
from equipoise.vocabulary import Refusal
from equipoise.web.handling import refused

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Make the administrator's account, once, with the code from the terminal of the machine."""
    if not is_new_site() or not setup_code():
        raise Http404
    refusal = None
    if request.method == "POST":
        try:
            _require_code(request.POST.get("code", ""))
            name = request.POST.get("username", "")
            code = invite(name, request.POST.get("display_name", ""), os.urandom, is_administrator=True)
            try:
                return _enter(request, _begin(request, code))
            except Refusal:
                Account.objects.all().delete()  # nobody has used it yet: the set-up starts anew
                raise
        except Refusal as error:
            refusal = refused("setup", error, request.POST.dict())
    return render(request, "account/setup.html", {"refused": refusal}, status=422 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Set the first password with the administrator's code."""
    refusal = None
    if request.method == "POST":
        try:
            return _enter(request, _begin(request, request.POST.get("code", "")))
        except Refusal as error:
            refusal = refused("begin", error, {"username": request.POST.get("username", "")})
    return render(request, "account/begin.html", {"refused": refusal}, status=422 if refusal else 200)


def _begin(request: HttpRequest, code: str) -> Account:
    post = request.POST
    return set_password(post.get("username", ""), code, post.get("password", ""), post.get("again", ""))


def _enter(request: HttpRequest, account: Account) -> HttpResponse:
    login(request, account, backend=_BACKEND)
    return redirect("my_trials")


def _require_code(typed: str) -> None:
    if not hmac.compare_digest(typed.strip().encode(), setup_code().encode()):
        raise Refusal("SETUP-CODE", "That is not the code.", "It stands on the terminal where the site was started.")
