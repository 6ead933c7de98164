"""Double entry: the second person's page of a form, and the list of what the two entries do not agree on."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from equipoise.closure import Trial
from equipoise.conduct import Agreement, EnterAgain, Page, Participant, Point, Reconcile, Typed, may
from equipoise.conduct.naming import entry_of_version
from equipoise.vocabulary import Refusal
from equipoise.web.entry import said_about
from equipoise.web.handling import Refused, hand_in, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.saving import with_iso_date
from equipoise.web.second_entry import Compared, compared, second_sheet
from equipoise.web.views.forms import around, page_at
from equipoise.web.views.participant import head_of


@require_http_methods(["GET", "HEAD", "POST"])
def second_entry(
    request: TrialRequest, *, trial: str, participant: str, encounter: str, form: str, repetition: int
) -> HttpResponse:
    """A page of a form as the second person enters it: all at once, and without the first entry."""
    here, page = request.here, page_at(request.here, encounter, form, repetition)
    if not here.trial.plan.form(form).form.double_entry:
        raise Http404
    typed: dict[str, Typed] = {}
    refusal: Refused | None = None
    if request.method == "POST":
        typed = _typed(here, page, request.POST)
        refusal = _enter_again(request, participant, page, typed)
        if refusal is None:
            return redirect("second_entry", trial, participant, encounter, form, repetition)

    def look(state: Trial) -> dict[str, object]:
        sheet = second_sheet(here, state, participant, page, typed)
        return {**around(here, state, participant, page), "sheet": sheet}

    context = {
        **here.trial.look(look),
        "page": page,
        "encounter": here.trial.plan.encounters.get(encounter),
        "marked": {name for name in here.trial.plan.form(form).asked if request.POST.get(f"{name}.not_done")},
    }
    return show(request, "second_entry.html", context, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def reconciliation(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """What two people entered for a participant, what is missing of it, and what differs."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = _reconcile(request, participant)
        if refusal is None:
            return redirect("reconciliation", trial=trial, participant=participant)

    def look(state: Trial) -> dict[str, object]:
        person = state.conduct.participant(participant)
        return {**head_of(here, state, participant), "compared": compared(here, person)}

    found = here.trial.look(look)
    every: tuple[Compared, ...] = found["compared"]  # type: ignore[assignment]  # as `look` has put it there
    context = {
        **found,
        "parts": [(each, [one for one in every if one.agreement is each]) for each in _ORDER],
        "forms": here.trial.plan.forms,
        "encounters": here.trial.plan.encounters,
        "may_reconcile": may(here.role, "reconcile"),
    }
    return show(request, "reconciliation.html", context, refusal)


_ORDER = (Agreement.DIFFERS, Agreement.AWAITS_SECOND, Agreement.AWAITS_FIRST, Agreement.RECONCILED)
"""What is listed: first what is to be done."""


def _typed(here: Here, page: Page, posted: QueryDict) -> dict[str, Typed]:
    """What stands in the fields of the sheet."""
    found = {}
    for item in here.trial.plan.form(page.form).asked:
        text = posted.get(item, "")
        if text.strip():
            found[item] = Typed(item, text, posted.get(f"{item}.unit", ""))
    return found


def _enter_again(request: TrialRequest, number: str, page: Page, typed: Mapping[str, Typed]) -> Refused | None:
    here, posted = request.here, request.POST
    form = here.trial.plan.form(page.form)
    not_done = tuple(item for item in form.asked if posted.get(f"{item}.not_done") and item not in typed)
    try:
        answers = tuple(with_iso_date(form, each) for each in typed.values())
        here.trial.do(here.actor, EnterAgain(number, page, answers, not_done), request=posted.get("request", "")[:64])
    except Refusal as refusal:
        sheet = here.trial.look(lambda state: second_sheet(here, state, number, page, typed))
        return Refused("enter_again", refusal.rule, *said_about(sheet, refusal), {})
    return None


def _reconcile(request: TrialRequest, number: str) -> Refused | None:
    """Carry out the choice between two entries, on the value that the screen showed."""
    here, place = request.here, request.POST.get("point", "")

    def look(state: Trial) -> tuple[Point, int] | None:
        person: Participant = state.conduct.participant(number)
        for each in compared(here, person):
            if each.point.text() == place:
                shown = request.POST.get("version", "")
                version = int(shown) if shown.isdecimal() and len(shown) < 10 else 0
                return each.point, entry_of_version(person, each.point, version)
        return None

    try:
        found = here.trial.look(look)
    except Refusal as refusal:
        return Refused("reconcile", refusal.rule, refusal.sentence, refusal.remedy, request.POST.dict())
    if found is None:
        raise Http404
    point, seq = found
    page = Page(point.encounter, point.form, point.repetition)
    return hand_in(request, {"reconcile": Reconcile}, participant=number, page=page, item=point.item, corrects=seq)
