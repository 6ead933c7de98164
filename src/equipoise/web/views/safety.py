"""Adverse events of a participant: reported, followed up, and the expedited reports that were sent."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from equipoise.closure import Trial
from equipoise.conduct import may
from equipoise.conduct.sight import sees_point
from equipoise.instruments.library import ctcae
from equipoise.safety import (
    ActionTaken,
    AttachToAdverseEvent,
    Candidate,
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
from equipoise.web.handling import Refused, hand_in, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.views.attachments import attach, attached, retract
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
        refusal = _hand_in(request, participant)
        if refusal is None:
            return redirect("events", trial=trial, participant=participant)
    context = {
        **here.trial.look(lambda state: _events(here, state, participant)),
        "typed_serious": request.POST.getlist("serious"),
        "grades": [("1", ""), ("2", ""), ("3", ""), ("4", ""), ("5", "")],
        "serious": choices(Seriousness),
        "causality": choices(Causality),
        "expectedness": choices(Expectedness),
        "actions": choices(ActionTaken),
        "outcomes": choices(Outcome),
        "terms": {each.id: each.label for each in ctcae().all_terms()},
        "plan": here.trial.plan,
        "may_attach": may(here.role, "attach_to_adverse_event"),
        "may_report": may(here.role, "report_adverse_event"),
        "may_send": may(here.role, "record_expedited_report"),
        "today": here.trial.today(),
    }
    return show(request, "events.html", context, refusal)


def _hand_in(request: TrialRequest, number: str) -> Refused | None:
    """Carry out what the page was sent for; gives what stood against it."""
    match request.POST.get("command"):
        case "attach_to_adverse_event":
            return attach(request, AttachToAdverseEvent, participant=number)
        case "retract_file":
            return retract(request, number)
    known: dict[str, object] = {"participant": number}
    if request.POST.get("candidate"):
        known |= {"candidate": _candidate(request.here, number, request.POST["candidate"])}
    return hand_in(request, _COMMANDS, **known)


def _events(here: Here, trial: Trial, number: str) -> dict[str, object]:
    return {
        **head_of(here, trial, number),
        "events": trial.safety.events_of(number),
        "files_of": {
            each.number: attached(here, trial.conduct.participant(number), adverse_event=each.number)
            for each in trial.safety.events_of(number)
        },
        "candidates": _candidates(here, trial, number) if may(here.role, "decline_candidate") else {},
    }


def _candidates(here: Here, trial: Trial, number: str) -> dict[str, Candidate]:
    """The graded results that the role sees, by a name that counts nothing."""
    found = candidates(here.trial.plan, trial.safety, trial.conduct.participant(number))
    seen = (each for each in found if sees_point(here.trial.plan, here.role, each.point))
    return {f"{each.term}@{each.point.text()}": each for each in seen}


def _candidate(here: Here, number: str, name: str) -> int:
    found = here.trial.look(lambda state: _candidates(here, state, number).get(name))
    if found is None:
        raise Http404
    return found.seq
