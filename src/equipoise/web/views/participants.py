"""Participants and the screening log of the own sites."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from equipoise.closure import Trial
from equipoise.conduct import Participant, Plan, QueryStatus, Screen, Stage, may
from equipoise.conduct.progress import encounter_progress, encounter_window, next_encounter
from equipoise.web.handling import hand_in, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.sight import sees_query

_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def participants(request: TrialRequest, trial: str) -> HttpResponse:
    """The list, a page at a time, with one way to screen the next person."""
    here, refusal = request.here, None
    if request.method == "POST":
        if not here.covers(request.POST.get("site", "")):
            raise Http404
        before = here.trial.look(lambda state: set(state.conduct.participants))
        refusal = hand_in(request, {"screen": Screen})
        if refusal is None:
            new = here.trial.look(lambda state: [n for n in state.conduct.participants if n not in before])
            return redirect("participant", trial=trial, participant=new[-1]) if new else redirect("participants", trial)
    try:
        start = max(0, int(request.GET.get("from", "0"))) // _PER_PAGE * _PER_PAGE
    except ValueError:
        start = 0
    wanted = request.GET.get("number", "").strip()[:20]
    stage = request.GET.get("stage", "")
    shown = here.trial.look(lambda state: _listed(here, state, wanted, stage, start))
    context = {
        **shown,
        "start": start,
        "wanted": wanted,
        "stage": stage,
        "stages": list(Stage),
        "may_screen": may(here.role, "screen"),
        "sites": [site for site in here.trial.plan.definition.sites if here.covers(site.id)],
        "today": here.trial.today(),
    }
    return show(request, "participants.html", context, refusal)


def _listed(here: Here, trial: Trial, wanted: str, stage: str, start: int) -> dict[str, object]:
    everybody = [
        each
        for each in here.participants(trial.conduct)
        if wanted in each.number and (not stage or each.stage.value == stage)
    ]
    page = everybody[start : start + _PER_PAGE]
    today = here.trial.today()
    return {
        "rows": [_line(here, each, today) for each in page],
        "count": len(everybody),
        "earlier": start - _PER_PAGE if start else None,
        "later": start + _PER_PAGE if start + _PER_PAGE < len(everybody) else None,
    }


def _line(here: Here, person: Participant, today: date) -> dict[str, object]:
    plan: Plan = here.trial.plan
    following = next_encounter(plan, person)
    return {
        "number": person.number,
        "stage": person.stage,
        "screened_on": person.screened_on,
        "randomised_on": person.randomised_on,
        "failure": person.failure,
        "next": following,
        "window": encounter_window(person, following) if following else None,
        "progress": encounter_progress(plan, person, following, today) if following else None,
        "queries": sum(
            query.status is QueryStatus.OPEN and sees_query(plan, here.role, query) for query in person.queries.values()
        ),
    }
