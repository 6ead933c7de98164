"""The page of one participant: the schedule of activities, what is next, the course so far, the numbers over time."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from equipoise.closure import Trial
from equipoise.conduct import (
    Agreement,
    Complete,
    MissEncounter,
    Page,
    Participant,
    QueryStatus,
    Stage,
    StartEncounter,
    Withdraw,
    WithdrawalFrom,
    WithdrawalReason,
    may,
)
from equipoise.conduct.point import LOG
from equipoise.conduct.sight import sees
from equipoise.vocabulary import Role
from equipoise.web.handling import hand_in, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.matrix import SYMBOLS, matrix_of
from equipoise.web.second_entry import compared
from equipoise.web.sight import sees_query
from equipoise.web.templatetags.study import say
from equipoise.web.timeline import timeline_of
from equipoise.web.trajectories import trajectories_of
from equipoise.web.words import choices

_COMMANDS = {
    "start_encounter": StartEncounter,
    "miss_encounter": MissEncounter,
    "withdraw": Withdraw,
    "complete": Complete,
}


@require_http_methods(["GET", "HEAD", "POST"])
def participant(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """Show a participant; start or miss an encounter, stop, or complete."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = hand_in(request, _COMMANDS, participant=participant)
        if refusal is None:
            return redirect("participant", trial=trial, participant=participant)
    context = {
        **here.trial.look(lambda state: _shown(here, state, participant)),
        "today": here.trial.today(),
        "stops": choices(WithdrawalFrom),
        "reasons": choices(WithdrawalReason),
        "symbols": SYMBOLS.items(),
        "titles": {name: say(form.form.title) for name, form in here.trial.plan.forms.items()},
        "day_prefix": gettext("day") + " ",
    }
    return show(request, "participant.html", context, refusal)


def head_of(here: Here, trial: Trial, number: str) -> dict[str, object]:
    """What every page about one participant shows on top."""
    person = trial.conduct.participant(number)
    slot = trial.conduct.allocation.slot_of.get(number)
    return {
        "number": number,
        "stage": person.stage,
        "slot": f"{slot[0]:04d} / {slot[1]:06d}" if slot else "",
        "is_randomised": person.randomised_on is not None,
        "has_consent": bool(person.consents),
    }


def _shown(here: Here, trial: Trial, number: str) -> dict[str, object]:
    plan, person = here.trial.plan, trial.conduct.participant(number)
    return {
        **head_of(here, trial, number),
        "randomised_on": person.randomised_on,
        "consented_on": person.consented_on,
        "matrix": matrix_of(plan, person, here.trial.today(), here.role),
        "timeline": timeline_of(plan, trial, person, here.role),
        "trajectories": trajectories_of(plan, person, here.role),
        "logs": _logs(here, person),
        "withdrawals": tuple(person.withdrawals),
        "queries": [
            query
            for query in person.queries.values()
            if query.status is not QueryStatus.CLOSED and sees_query(plan, here.role, query)
        ],
        "is_doubled": any(form.form.double_entry for form in plan.forms.values()),
        "differences": sum(each.agreement is Agreement.DIFFERS for each in compared(here, person)),
        "may_visit": may(here.role, "start_encounter"),
        "may_decide": may(here.role, "withdraw") and person.stage in {Stage.ENROLLED, Stage.RANDOMISED},
        "steps": _steps(here.role, person),
    }


def _logs(here: Here, person: Participant) -> list[dict[str, object]]:
    """The forms that are asked at no encounter, with the pages filled so far and the next empty one."""
    found = []
    for form in here.trial.plan.forms.values():
        if form.is_log and any(sees(here.role, form.items[item]) for item in form.asked):
            filled = sorted(
                page.repetition for page in person.pages if page.encounter == LOG and page.form == form.form.id
            )
            new = (filled[-1] + 1 if filled else 1) if form.form.repeating or not filled else None
            first = form.asked[0]
            pages = [(n, person.answers(Page(LOG, form.form.id, n)).get(first)) for n in filled]
            found.append({"form": form.form, "pages": pages, "first": form.items[first], "new": new})
    return found


def _steps(role: Role, person: Participant) -> list[tuple[str, str]]:
    """The next steps on the way to randomisation, as (route, command)."""
    following = {
        Stage.SCREENED: ("consent", "record_consent"),
        Stage.CONSENTED: ("eligibility", "decide_criterion"),
        Stage.ELIGIBLE: ("eligibility", "enrol"),
        Stage.ENROLLED: ("randomise", "randomise"),
    }.get(person.stage)
    return [following] if following and may(role, following[1]) else []
