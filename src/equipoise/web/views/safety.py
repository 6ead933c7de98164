"""Adverse events of a participant: reported, followed up, and the expedited reports that were sent."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from equipoise.closure import Trial
from equipoise.conduct import may
from equipoise.conduct.sight import sees_point
from equipoise.safety import (
    ActionTaken,
    Causality,
    DeclineCandidate,
    Expectedness,
    FollowUpAdverseEvent,
    Outcome,
    RecordExpeditedReport,
    ReportAdverseEvent,
    Seriousness,
    candidates,
)
from equipoise.web.handling import hand_in
from equipoise.web.here import Here, TrialRequest
from equipoise.web.requests import new_request
from equipoise.web.views.participant import head_of
from equipoise.web.words import choices

_COMMANDS = {
    "report_adverse_event": ReportAdverseEvent,
    "follow_up_adverse_event": FollowUpAdverseEvent,
    "decline_candidate": DeclineCandidate,
    "record_expedited_report": RecordExpeditedReport,
}


@require_http_methods(["GET", "HEAD", "POST"])
def events(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """All events of a participant with every assessment, and forms for what comes next."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = hand_in(request, _COMMANDS, participant=participant)
        if refusal is None:
            return redirect("events", trial=trial, participant=participant)
    context = {
        **here.trial.look(lambda state: _events(here, state, participant)),
        "refused": refusal,
        "typed_serious": request.POST.getlist("serious"),
        "grades": [("1", ""), ("2", ""), ("3", ""), ("4", ""), ("5", "")],
        "serious": choices(Seriousness),
        "causality": choices(Causality),
        "expectedness": choices(Expectedness),
        "actions": choices(ActionTaken),
        "outcomes": choices(Outcome),
        "may_report": may(here.role, "report_adverse_event"),
        "may_send": may(here.role, "record_expedited_report"),
        "today": here.trial.today(),
        "request_id": new_request(),
    }
    return render(request, "events.html", context, status=422 if refusal else 200)


def _events(here: Here, trial: Trial, number: str) -> dict[str, object]:
    plan, person = here.trial.plan, trial.conduct.participant(number)
    graded = candidates(plan, trial.safety, person) if may(here.role, "decline_candidate") else ()
    return {
        **head_of(here, trial, number),
        "events": trial.safety.events_of(number),
        "candidates": [each for each in graded if sees_point(plan, here.role, each.point)],
    }
