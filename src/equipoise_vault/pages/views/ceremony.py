"""The ceremony: freeze, commit, commit, reveal, reveal, seal; then one page to print and to put outside."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from equipoise.allocation.commitment import root_in_groups
from equipoise.allocation.design import read_design
from equipoise.allocation.predictability import judge_design
from equipoise.vocabulary import Json, Refusal
from equipoise_vault.pages.acts import Act, Context, acting_page, ask, show
from equipoise_vault.pages.forms import VerbForm, words
from equipoise_vault.pages.frame import account_of
from equipoise_vault.pages.qr import qr_code
from equipoise_vault.pages.record import RootPrinted, last_printed, note
from equipoise_vault.pages.root_words import in_words
from equipoise_vault.pages.told import told

_HEX = forms.TextInput({"autocomplete": "off", "spellcheck": "false", "size": 64})


class Freeze(VerbForm):
    design = forms.FileField(label=_("Randomisation details (randomisation.yaml or .json)"))
    study = forms.FileField(label=_("Study definition, canonical JSON, for the pharmacy"), required=False)
    pharmacist_key = forms.CharField(label=_("Pharmacist's own public key (optional)"), required=False, max_length=64)

    def body(self) -> dict[str, Json]:
        body: dict[str, Json] = {
            "design": _document(self.cleaned_data["design"]),
            "pharmacist_key": self.cleaned_data["pharmacist_key"],
        }
        if self.cleaned_data["study"]:
            body["study"] = _document(self.cleaned_data["study"])
        return body


class Commit(VerbForm):
    commitment = forms.CharField(label=_("Your commitment (64 digits)"), max_length=64, widget=_HEX)


class Reveal(VerbForm):
    share = forms.CharField(label=_("Your seed share (64 digits)"), max_length=64, widget=_HEX)


class Seal(VerbForm):
    """Nothing to fill in."""


class Abandon(VerbForm):
    why = words(_("Why it is given up"))


class Judge(forms.Form):
    """Look at a design before it is frozen."""

    design = forms.FileField(label=_("Randomisation details (randomisation.yaml or .json)"))
    participants = forms.IntegerField(label=_("Participants that are planned"), min_value=2, max_value=100_000)


ACTS = {
    "freeze": Act(_("Freeze the design"), Freeze, _("The design is frozen.")),
    "commit": Act(_("Commit"), Commit, _("You are bound to your seed share.")),
    "reveal": Act(_("Show the seed share"), Reveal, _("Your seed share was taken.")),
    "seal": Act(_("Seal the list"), Seal, _("The list is sealed. Print the page of commitments and put it outside.")),
    "abandon": Act(_("Give this ceremony up"), Abandon, _("The ceremony was given up.")),
}


def ceremony(request: HttpRequest) -> HttpResponse:
    """The six steps, where the ceremony is, and this party's next one."""
    judge, findings = Judge(), None
    if request.POST.get("act") == "judge":
        judge = Judge(request.POST, request.FILES)
        findings = _findings(judge)

    def look() -> Context:
        state = ask(request, "describe")
        mine = account_of(request).role
        step = _step(state)
        return {
            "state": state,
            "step": step,
            "mine": mine,
            "is_bound": mine in state["bound"],
            "has_shown": mine in state["shown"],
            "judge": judge,
            "findings": findings,
        }

    if request.POST.get("act") == "judge":
        return show(request, "vault/ceremony.html", ACTS, look)
    return acting_page(request, "vault/ceremony.html", ACTS, look)


def commitments(request: HttpRequest) -> HttpResponse:
    """One page to print: what is committed, the root in words, in digits and as a QR code, and where to put it."""

    def look() -> Context:
        sealed = ask(request, "sealed")
        commitment: Mapping[str, Any] = sealed["commitment"]
        strata = commitment.get("strata", [])
        if last_printed()[0] != commitment["root"]:
            account = account_of(request)
            note(RootPrinted(commitment["root"]), who=account.name, role=account.acts_as)
        return {
            "commitment": commitment,
            "strata": strata,
            "slots_in_all": commitment["slots"] * max(1, len(strata)),
            "packs_in_all": len(sealed["pack_numbers"]),
            "signature": sealed["signature"],
            "root_words": in_words(bytes.fromhex(commitment["root"])),
            "root_groups": root_in_groups(commitment["root"]),
            "qr": qr_code(commitment["root"]),
        }

    return show(request, "vault/commitments.html", {}, look)


def _step(state: Mapping[str, Any]) -> int:
    """How many of the six steps are done."""
    if state["is_sealed"]:
        return 6
    return (1 if state["design_digest"] else 0) + len(state["bound"]) + len(state["shown"])


def _findings(judge: Judge) -> list[Any]:
    if not judge.is_valid():
        return []
    try:
        design = read_design(_document(judge.cleaned_data["design"]))
        return list(judge_design(design, judge.cleaned_data["participants"]))
    except Refusal as refusal:
        judge.add_error("design", f"{told(refusal.sentence)} {told(refusal.remedy)}")
        return []


def _document(uploaded: "File[bytes]") -> dict[str, Any]:
    """A YAML or JSON file as an object.  Raises `Refusal` for anything else."""
    from ruamel.yaml import YAML  # noqa: PLC0415  # for these two files alone
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        text = uploaded.read().decode("utf-8")
        try:
            read = json.loads(text)
        except ValueError:
            read = YAML(typ="safe", pure=True).load(text)
    except (UnicodeDecodeError, YAMLError, RecursionError, ValueError):
        read = None
    if not isinstance(read, dict):
        raise Refusal("CEREMONY-FILE", "This file cannot be read.", "Choose the YAML or JSON file as it was written.")
    return read
