"""The home of a trial: where recruitment stands, what is to be done today, and what is late."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from equipoise.closure import Trial
from equipoise.conduct import QueryStatus, Stage
from equipoise.web.agenda import agenda_of
from equipoise.web.here import Here, TrialRequest
from equipoise.web.recruitment import recruitment_of
from equipoise.web.sight import sees_query
from equipoise.web.stock import stock_of
from equipoise.web.templatetags.study import day

_SHOWN = 12


@require_safe
def trial(request: TrialRequest, trial: str) -> HttpResponse:
    """The home of a trial, for the own sites."""
    here = request.here
    return render(request, "home.html", {**here.trial.look(lambda state: _home(here, state)), "shown": _SHOWN})


def _home(here: Here, trial: Trial) -> dict[str, object]:
    plan, today = here.trial.plan, here.trial.today()
    people = here.participants(trial.conduct)
    planned = plan.definition.planned_participants
    stages = Counter(each.stage for each in people)
    queries = [
        query
        for each in people
        for query in each.queries.values()
        if query.status is not QueryStatus.CLOSED and sees_query(plan, here.role, query)
    ]
    return {
        "study": plan.definition,
        "plan": plan,
        "stages": [(stage, stages[stage]) for stage in Stage if stages[stage]],
        "recruitment": recruitment_of(people, planned if isinstance(planned, int) else None, today, day),
        "agenda": agenda_of(here.trial.book, plan, trial, people, today),
        "queries": queries,
        "open_queries": sum(query.status is QueryStatus.OPEN for query in queries),
        "stock": stock_of(plan, trial.conduct),
        "serious": sum(
            event.is_serious and event.is_ongoing for each in people for event in trial.safety.events_of(each.number)
        ),
        "is_closed": trial.conduct.is_closed,
        "is_locked": trial.conduct.is_locked,
    }
