"""Breaking one code, and what has been broken; opened paper envelopes are entered here too."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.allocation.commitment import root_in_groups
from equipoise.allocation.entries import BreakReason
from equipoise.vocabulary import Json, Refusal
from equipoise_vault.pages.acts import Act, Context, Failed, acting_page, ask, do, refused, show
from equipoise_vault.pages.forms import Components, Happened, VerbForm, words
from equipoise_vault.pages.record import last_printed
from equipoise_vault.pages.root_words import in_words
from equipoise_vault.proof import is_proven

REASONS = [
    (BreakReason.EMERGENCY_TREATMENT.value, gettext_lazy("emergency: treatment depends on it")),
    (BreakReason.OVERDOSE.value, gettext_lazy("overdose")),
    (BreakReason.PREGNANCY.value, gettext_lazy("pregnancy")),
    (BreakReason.EXPEDITED_REPORT.value, gettext_lazy("expedited report to the authority")),
    (BreakReason.OTHER.value, gettext_lazy("other")),
]
_PACK = re.compile(r"\d[\d ]{2,23}")
_PLACE = re.compile(r"(\d{1,4})\s*/\s*(\d{1,6})")
_SLOT_HELP = gettext_lazy("As on the emergency card: 0000 / 000017")


class OfPlace(VerbForm):
    """An act on one slot."""

    place = words(gettext_lazy("Slot"), help_text=_SLOT_HELP)

    def clean_place(self) -> str:
        if not _PLACE.fullmatch(self.cleaned_data["place"].strip()):
            raise forms.ValidationError(_("A slot is two numbers, as on the card: 0000 / 000017."))
        return str(self.cleaned_data["place"])

    def body(self) -> dict[str, Json]:
        body = super().body()
        found = _PLACE.fullmatch(str(body.pop("place")).strip())
        assert found is not None, "clean_place has looked"
        return {**body, "stratum": int(found[1]), "slot": int(found[2])}


class BreakCode(Components, OfPlace):
    place = words(gettext_lazy("Slot, or pack number on the syringe"), help_text=_SLOT_HELP)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "—"), *REASONS])
    why = words(gettext_lazy("What happened, in a few words"))
    field_order = ("place", "reason", "why", "password", "code")

    def clean_place(self) -> str:
        given = str(self.cleaned_data["place"]).strip()
        if _PLACE.fullmatch(given) or _PACK.fullmatch(given):
            return given
        raise forms.ValidationError(_("Enter the slot, 0000 / 000017, or the pack number."))


class RecordOpened(OfPlace):
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "—"), *REASONS])
    why = words(gettext_lazy("What happened, in a few words"))
    opened_by = words(gettext_lazy("Opened by"))
    opened_at = Happened(label=gettext_lazy("Opened"))


BREAK = {
    "break_one": Act(gettext_lazy("Break this code"), BreakCode, gettext_lazy("The code is broken."), needs_token=True)
}
BREAKS = {
    "record_opened": Act(
        gettext_lazy("Enter an opened envelope"), RecordOpened, gettext_lazy("The opened envelope is on record.")
    )
}


def code_break(request: HttpRequest) -> HttpResponse:
    """One slot: reason, both components, then the arm with its proof, in the answer to this POST and nowhere else."""
    failed = None
    if request.method == "POST":
        try:
            posted = _with_slot(request)
        except Refusal as refusal:
            failed = Failed("break_one", request.POST, None, refusal)
        else:
            request.POST = posted
            outcome = do(request, "break_one", BREAK["break_one"])
            if not isinstance(outcome, Failed):
                return _revealed(request, outcome)
            failed = outcome
    return show(request, "vault/code_break.html", BREAK, dict, failed)


def breaks(request: HttpRequest) -> HttpResponse:
    """Which codes were broken, when and why; never what they said."""

    def look() -> Context:
        return {"notices": ask(request, "show_breaks"), "paper": ask(request, "show_paper")}

    try:
        timezone.activate(ZoneInfo(ask(request, "show_paper")["time_zone"]))
    except Refusal as refusal:
        return refused(request, refusal)
    return acting_page(request, "vault/breaks.html", BREAKS, look)


def _with_slot(request: HttpRequest) -> Any:
    """The posted form, with the slot in the place of a pack number."""
    posted = request.POST.copy()
    given = posted.get("place", "").strip()
    if _PACK.fullmatch(given) and not _PLACE.fullmatch(given):
        found = ask(request, "find_slot", pack=given.replace(" ", ""))
        posted["place"] = f"{found['stratum']:04d} / {found['slot']:06d}"
    return posted


def _revealed(request: HttpRequest, shown: Mapping[str, Any]) -> HttpResponse:
    stratum, slot = (int(part) for part in request.POST["place"].split("/"))
    public = shown.get("root") or shown["link"]
    printed, printed_on = last_printed()
    context = {
        "shown": shown,
        "slot": {"stratum": stratum, "slot": slot},
        "is_proven": is_proven(shown, (stratum, slot), public),
        "root_words": in_words(bytes.fromhex(public)),
        "root_groups": root_in_groups(public),
        "is_live": "link" in shown,
        "printed_on": printed_on,
        "is_as_printed": printed == public,
    }
    return render(request, "vault/revealed.html", context)
