"""The vault's key: each holder takes the own share once, and gives it again when the vault must be opened."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from equipoise.vocabulary import Refusal
from equipoise_vault.pages.acts import Act, Answer, Context, Failed, ask, do, show
from equipoise_vault.pages.forms import VerbForm, words
from equipoise_vault.pages.frame import account_of
from equipoise_vault.pages.qr import qr_code


class OfferShare(VerbForm):
    share = forms.CharField(
        label=_("Your key share"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class ConfirmShare(VerbForm):
    check = words(_("The last four characters of the share on your paper"))


class TakeShare(VerbForm):
    """Nothing to fill in."""


ACTS = {
    "take_share": Act(_("Show my share"), TakeShare, _("")),
    "confirm_share": Act(_("I have it on paper"), ConfirmShare, _("Your share is confirmed and is not shown again.")),
    "offer_share": Act(_("Give my share"), OfferShare, _("Your share was taken.")),
}


def key(request: HttpRequest) -> HttpResponse:
    """Where the vault is, and this holder's next step; the share itself is in the answer to a POST alone."""
    failed, share = None, ""
    if request.method == "POST":
        name = request.POST.get("act", "")
        outcome: Answer | Failed = do(request, name, ACTS[name]) if name in ACTS else {}
        failed = outcome if isinstance(outcome, Failed) else None
        share = "" if isinstance(outcome, Failed) else str(outcome.get("share", ""))
        if failed is not None and name == "confirm_share":
            share = _again(request)

    def look() -> Context:
        gate = ask(request, "gate")
        mine = account_of(request).role
        return {
            "gate": gate,
            "has_confirmed": mine in gate["confirmed"],
            "has_offered": mine in gate["offered"],
            "share": share,
            "qr": qr_code(share) if share else "",
        }

    return show(request, "vault/key.html", ACTS, look, failed)


def _again(request: HttpRequest) -> str:
    """The share once more, for a holder who has misread it."""
    try:
        return str(ask(request, "take_share")["share"])
    except Refusal:
        return ""
