"""What a page does with what was handed in: a command, or a sentence that says why not, with everything typed kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from equipoise.vocabulary import Refusal
from equipoise.web.here import TrialRequest
from equipoise.web.intake import read_command
from equipoise.web.refusals import in_words
from equipoise.web.requests import new_request


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that the rules refuse, in the reader's language, and what was typed with it."""

    command: str
    rule: str
    sentence: str
    remedy: str
    typed: Mapping[str, str]


def hand_in(request: TrialRequest, kinds: Mapping[str, type], **known: Any) -> Refused | None:
    """Carry out the command that a form names, if it is one of the page's; gives what stood against it.

    The hidden field `request` makes a second press of the same button harmless.
    """
    name = request.POST.get("command", "")
    fields = {key: request.POST.getlist(key) for key in request.POST if key != "password"}
    try:
        kind = kinds.get(name)
        if kind is None:
            raise Refusal("COMMAND", "This page cannot do that.", "Choose one of its buttons.")
        fitting = {key: value for key, value in known.items() if key in kind.__dataclass_fields__}  # type: ignore[attr-defined]  # commands are dataclasses
        command: object = read_command(kind, fields, request.here.trial.plan, **fitting)
        request.here.trial.do(request.here.actor, command, request=request.POST.get("request", "")[:64])
    except Refusal as refusal:
        return refused(name, refusal, {key: values[-1] for key, values in fields.items()})
    return None


def refused(command: str, refusal: Refusal, typed: Mapping[str, str]) -> Refused:
    """A refusal as a page shows it."""
    sentence, remedy = in_words(refusal)
    return Refused(command, refusal.rule, sentence, remedy, typed)


def show(request: TrialRequest, template: str, context: Mapping[str, Any], refusal: Refused | None) -> HttpResponse:
    """A page and its forms, each of which is a request of its own; with what stood against what was handed in."""
    filled = {**context, "refused": refusal, "request_id": new_request()}
    return render(request, template, filled, status=422 if refusal else 200)
