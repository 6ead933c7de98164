"""Amendments: another version of the study definition is handed in, compared in words, and followed from a day on."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from equipoise.conduct import AmendDefinition, may
from equipoise.protocol import StudyDefinition
from equipoise.protocol.change import Change, Weight
from equipoise.protocol.differences import diff_definitions
from equipoise.store.amending import amend, faults_of, laid_down, lay_down
from equipoise.vocabulary import Refusal, Severity
from equipoise.web.handling import refused, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.intake import read_command

_LARGEST = 2 << 20


@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request: TrialRequest, trial: str) -> HttpResponse:
    """List the versions; compare one that was handed in with the one that is followed; follow it."""
    here, refusal, draft = request.here, None, request.GET.get("version", "")
    if request.method == "POST":
        try:
            draft = _carry_out(request)
            return redirect(reverse("amendment", args=[trial]) + (f"?version={draft}" if draft else ""))
        except Refusal as found:
            draft = request.POST.get("version", "")
            refusal = refused(request.POST.get("command", ""), found, request.POST.dict())
    context = {
        "versions": here.trial.look(lambda state: tuple(state.conduct.versions)),
        "may_amend": may(here.role, "amend_definition"),
        **_compared(here, draft),
        "today": here.trial.today(),
    }
    return show(request, "amendment.html", context, refusal)


def _carry_out(request: TrialRequest) -> str:
    """Lay a version down, or follow one; gives the digest of what is to be compared.  Raises `Refusal`."""
    here, post = request.here, request.POST
    if post.get("command") == "lay_down":
        upload = request.FILES.get("file")
        if upload is None or not upload.size or upload.size > _LARGEST:
            raise Refusal("AMENDMENT-FILE", "This is no study definition.", "Choose the study.yaml of the new version.")
        return lay_down(here.trial, upload.read()).digest
    draft = laid_down(here.trial, post.get("version", ""))
    if post.get("command") != "amend_definition" or draft is None:
        raise Refusal("COMMAND", "This page cannot do that.", "Choose one of its buttons.")
    fields = {key: post.getlist(key) for key in post}
    command = read_command(AmendDefinition, fields, here.trial.plan)
    amend(here.trial, here.actor, draft, command, request=post.get("request", "")[:64])
    return ""


def _compared(here: Here, digest: str) -> Mapping[str, object]:
    """A version that was handed in beside the one that is followed; its changes, heaviest first."""
    draft = laid_down(here.trial, digest) if may(here.role, "amend_definition") else None
    if draft is None or draft.digest == here.trial.plan.digest:
        return {"draft": None}
    faults = faults_of(here.trial, draft)
    return {
        "draft": draft,
        "changes": _by_weight(here.trial.plan.definition, draft),
        "faults": faults,
        "may_follow": not any(each.severity is Severity.ERROR for each in faults),
    }


def _by_weight(before: StudyDefinition, after: StudyDefinition) -> Sequence[tuple[Weight, Sequence[Change]]]:
    changes = diff_definitions(before, after)
    return [(weight, list(found)) for weight, found in groupby(changes, key=lambda change: change.weight)]
