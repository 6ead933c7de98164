"""The first page: how far the vault is, and what this person can do; style and language."""

from functools import cache
from importlib.resources import files

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language

from equipoise_vault.pages.acts import ask


def home(request: HttpRequest) -> HttpResponse:
    """Where the vault is: new, shares, locked or open.  Nothing on this page depends on an arm or on a code break."""
    return render(request, "vault/home.html", {"gate": ask(request, "gate")})


def language(request: HttpRequest) -> HttpResponse:
    """Take the language that was chosen, for this browser."""
    chosen = request.POST.get("language", "")
    response = redirect("home")
    if check_for_language(chosen) and chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
    return response


def style(request: HttpRequest) -> HttpResponse:
    """The one style sheet."""
    return HttpResponse(_style(), content_type="text/css; charset=utf-8")


@cache
def _style() -> str:
    return files("equipoise_vault.pages").joinpath("static/vault.css").read_text("utf-8")
