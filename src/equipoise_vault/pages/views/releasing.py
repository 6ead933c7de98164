"""Release: one holder proposes with the lock certificate and the own share, another completes it with theirs."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from equipoise.vocabulary import Json, Refusal
from equipoise_vault.pages.acts import Act, Context, Failed, acting_page, ask, do, show
from equipoise_vault.pages.forms import Components, VerbForm, hidden, words
from equipoise_vault.pages.frame import account_of

_SHARE = forms.TextInput({"autocomplete": "off", "spellcheck": "false"})


class Propose(Components, VerbForm):
    certificate = forms.FileField(label=_("Lock certificate (JSON)"))
    data_digest = forms.CharField(label=_("Digest of the data as they are now (64 digits)"), max_length=64)
    share = forms.CharField(label=_("Your key share"), max_length=120, widget=_SHARE)
    why = words(_("Why now (optional)"), required=False)
    field_order = ("certificate", "data_digest", "share", "why", "password", "code")

    def body(self) -> dict[str, Json]:
        return {**super().body(), "certificate": self._certificate()}

    def _certificate(self) -> dict[str, Any]:
        uploaded = self.cleaned_data["certificate"]
        uploaded.seek(0)
        try:
            read = json.loads(uploaded.read())
        except (ValueError, RecursionError):
            read = None
        if not isinstance(read, dict):
            raise Refusal("RELEASE-LOCK", "This is no lock certificate.", "Take the file that the lock has made.")
        return read


class Complete(Components, VerbForm):
    certificate_digest = hidden()
    share = forms.CharField(label=_("Your key share"), max_length=120, widget=_SHARE)
    field_order = ("share", "password", "code")


PROPOSE = {
    "propose_release": Act(
        _("Propose the release"), Propose, _("The release waits half an hour for the second holder."), needs_token=True
    )
}
COMPLETE = {"complete_release": Act(_("Release the list"), Complete, _(""), needs_token=True)}


def release(request: HttpRequest) -> HttpResponse:
    """What is proposed, and by whom; nothing is released on this page."""
    return acting_page(request, "vault/release.html", PROPOSE | COMPLETE, lambda: _look(request))


def opening(request: HttpRequest) -> HttpResponse:
    """The second holder's act; its answer is `opening.json`."""
    outcome = do(request, "complete_release", COMPLETE["complete_release"])
    if isinstance(outcome, Failed):
        return show(request, "vault/release.html", PROPOSE | COMPLETE, lambda: _look(request), outcome)
    text = json.dumps(outcome["opening"], sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="opening.json"'
    return response


def _look(request: HttpRequest) -> Context:
    shown = ask(request, "show_proposal")
    proposal = shown["proposal"]
    return {**shown, "is_mine": proposal is not None and proposal["by"] == account_of(request).name}
