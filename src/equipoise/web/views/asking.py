"""Questions and departures over the trial: queries, and protocol deviations."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from equipoise.closure import Trial
from equipoise.conduct import (
    AnswerQuery,
    CloseQuery,
    DeviationKind,
    Participant,
    Point,
    Query,
    QueryStatus,
    RaiseQuery,
    RecordDeviation,
    may,
)
from equipoise.conduct.naming import find_query, query_name
from equipoise.conduct.sight import visible_queries
from equipoise.vocabulary import Refusal
from equipoise.web.handling import Refused, hand_in, refused, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.views.participant import head_of
from equipoise.web.words import choices

_QUERYING = {"answer_query": AnswerQuery, "close_query": CloseQuery}


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query under a name that counts at one place of one participant, and so tells nothing of hidden ones."""

    name: str
    query: Query


def named_query(person: Participant, query: Query) -> NamedQuery:
    """A query with its name."""
    return NamedQuery(query_name(person, query), query)


_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def queries(request: TrialRequest, trial: str) -> HttpResponse:
    """The queries of the own sites, those first that wait for this role."""
    here, refusal = request.here, None
    if request.method == "POST":
        number = request.POST.get("participant", "")
        own = here.trial.look(lambda state: {each.number for each in here.participants(state.conduct)})
        if number not in own:
            raise Http404
        refusal = hand_in_about_query(request, number, None)
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
    }
    return show(request, "queries.html", context, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def participant_queries(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """The queries about one participant, and a new one about the whole record."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = hand_in_about_query(request, participant, None)
        if refusal is None:
            return redirect("participant_queries", trial=trial, participant=participant)

    def look(state: Trial) -> dict[str, object]:
        person = state.conduct.participant(participant)
        seen = visible_queries(here.trial.plan, person, here.role)
        return {**head_of(here, state, participant), "queries": [named_query(person, query) for query in seen]}

    context = {**here.trial.look(look), **_may(here)}
    return show(request, "participant_queries.html", context, refusal)


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
    }
    return show(request, "deviations.html", context, refusal)


def hand_in_about_query(request: TrialRequest, number: str, point: Point | None) -> Refused | None:
    """Raise a query about a participant, or answer or close one; one that the role does not see cannot be named."""
    if request.POST.get("command") == "raise_query":
        return hand_in(request, {"raise_query": RaiseQuery}, participant=number, point=point)
    here, name = request.here, request.POST.get("query", "")

    def look(trial: Trial) -> int:
        return find_query(here.trial.plan, trial.conduct.participant(number), here.role, name).number

    try:
        query = here.trial.look(look)
    except Refusal as refusal:
        return refused(request.POST.get("command", ""), refusal, request.POST.dict())
    return hand_in(request, _QUERYING, query=query)


def _queries(here: Here, trial: Trial, status: str) -> list[NamedQuery]:
    first = QueryStatus.OPEN if may(here.role, "answer_query") else QueryStatus.ANSWERED
    order = [first, *(each for each in QueryStatus if each is not first)]
    found = [
        named_query(person, query)
        for person in here.participants(trial.conduct)
        for query in visible_queries(here.trial.plan, person, here.role)
        if not status or query.status.value == status
    ]
    return sorted(found, key=lambda each: (order.index(each.query.status), each.query.raised_at))


def _may(here: Here) -> dict[str, bool]:
    return {"may_ask": may(here.role, "raise_query"), "may_answer": may(here.role, "answer_query")}
