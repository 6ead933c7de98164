"""Questions and departures over the trial: queries, and protocol deviations."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from equipoise.closure import Trial
from equipoise.conduct import (
    AnswerQuery,
    CloseQuery,
    DeviationKind,
    Query,
    QueryStatus,
    RaiseQuery,
    RecordDeviation,
    may,
)
from equipoise.web.handling import Refused, hand_in
from equipoise.web.here import Here, TrialRequest
from equipoise.web.requests import new_request
from equipoise.web.sight import sees_query
from equipoise.web.views.participant import head_of
from equipoise.web.words import choices

_QUERYING = {"answer_query": AnswerQuery, "close_query": CloseQuery}
_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def queries(request: TrialRequest, trial: str) -> HttpResponse:
    """The queries of the own sites, those first that wait for this role."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = _about_own_query(request)
        if refusal is None:
            return redirect("queries", trial=trial)
    wanted = request.GET.get("status", "")
    found = here.trial.look(lambda state: _queries(here, state, wanted))
    context = {
        "queries": found[:_SHOWN],
        "count": len(found),
        "status": wanted,
        "statuses": list(QueryStatus),
        **_may(here),
        "refused": refusal,
        "request_id": new_request(),
    }
    return render(request, "queries.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def participant_queries(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """The queries about one participant, and a new one about the whole record."""
    here, refusal = request.here, None
    if request.method == "POST":
        kinds = {"raise_query": RaiseQuery}
        is_new = request.POST.get("command") == "raise_query"
        refusal = hand_in(request, kinds, participant=participant, point=None) if is_new else _about_own_query(request)
        if refusal is None:
            return redirect("participant_queries", trial=trial, participant=participant)

    def look(state: Trial) -> dict[str, object]:
        mine = state.conduct.participant(participant).queries.values()
        seen = [query for query in mine if sees_query(here.trial.plan, here.role, query)]
        return {**head_of(here, state, participant), "queries": seen}

    context = {**here.trial.look(look), **_may(here), "refused": refusal, "request_id": new_request()}
    return render(request, "participant_queries.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def deviations(request: TrialRequest, trial: str) -> HttpResponse:
    """The deviations of the own sites, and a form to record one that the program could not see."""
    here, refusal = request.here, None
    if request.method == "POST":
        number = request.POST.get("participant", "")
        own = here.trial.look(lambda state: {each.number for each in here.participants(state.conduct)})
        kinds = {"record_deviation": RecordDeviation} if number in own else {}
        refusal = hand_in(request, kinds)
        if refusal is None:
            return redirect("deviations", trial=trial)

    def look(state: Trial) -> dict[str, object]:
        people = here.participants(state.conduct)
        found = [each for person in people for each in person.deviations.values()]
        return {
            "deviations": sorted(found, key=lambda each: -each.deviation),
            "important": dict(state.closure.important),
            "numbers": [person.number for person in people],
        }

    context = {
        **here.trial.look(look),
        "kinds": choices(DeviationKind),
        "encounters": here.trial.plan.encounters,
        "may_record": may(here.role, "record_deviation"),
        "today": here.trial.today(),
        "refused": refusal,
        "request_id": new_request(),
    }
    return render(request, "deviations.html", context, status=422 if refusal else 200)


def _about_own_query(request: TrialRequest) -> Refused | None:
    """Answer or close a query; one that the role does not see cannot be named."""
    seen = request.here.trial.look(lambda state: {str(each.number) for each in _queries(request.here, state, "")})
    return hand_in(request, _QUERYING if request.POST.get("query", "") in seen else {})


def _queries(here: Here, trial: Trial, status: str) -> list[Query]:
    first = QueryStatus.OPEN if may(here.role, "answer_query") else QueryStatus.ANSWERED
    found = [
        query
        for person in here.participants(trial.conduct)
        for query in person.queries.values()
        if sees_query(here.trial.plan, here.role, query) and (not status or query.status.value == status)
    ]
    order = [first, *(each for each in QueryStatus if each is not first)]
    return sorted(found, key=lambda each: (order.index(each.status), each.number))


def _may(here: Here) -> dict[str, bool]:
    return {"may_ask": may(here.role, "raise_query"), "may_answer": may(here.role, "answer_query")}
