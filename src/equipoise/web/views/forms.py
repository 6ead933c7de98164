"""Forms: a page of them, one item saved as one goes, and the history of one item."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from equipoise.closure import Trial
from equipoise.conduct import (
    AttachFile,
    ConfirmAnswer,
    Correct,
    MarkNotDone,
    Page,
    Typed,
    may,
    sees_form,
    trail_of,
)
from equipoise.conduct.naming import find_prompt, sees_prompt
from equipoise.conduct.point import LOG
from equipoise.vocabulary import Refusal
from equipoise.web.entry import Field, Sheet, against, dependants, said_about, sheet_of, visible
from equipoise.web.handling import Refused, hand_in, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.requests import new_request
from equipoise.web.saving import Conflict, NeedsReason, save_answer
from equipoise.web.second_entry import is_covered
from equipoise.web.views.asking import hand_in_about_query, named_query
from equipoise.web.views.attachments import attach, attached, retract
from equipoise.web.views.participant import head_of


@dataclass(frozen=True, slots=True)
class Place:
    """A page of one participant, as somebody has it open."""

    here: Here
    number: str
    page: Page

    def sheet(self) -> Sheet:
        return self.here.trial.look(lambda state: sheet_of(self.here, state, self.number, self.page))

    def field(self, item: str) -> Field:
        return next(each for each in self.sheet().fields if each.name == item)

    def prompt(self, name: str) -> int:
        """The number of a prompt that the role sees.  Raises `Refusal` if there is none of this name."""
        here = self.here

        def look(trial: Trial) -> int:
            participant = trial.conduct.participant(self.number)
            return find_prompt(here.trial.plan, participant, here.role, name).number

        return here.trial.look(look)

    def do(self, command: object, typed: Mapping[str, str]) -> None:
        self.here.trial.do(self.here.actor, command, request=typed["request"][:64])


@require_http_methods(["GET", "HEAD", "POST"])
def form_page(
    request: TrialRequest, *, trial: str, participant: str, encounter: str, form: str, repetition: int
) -> HttpResponse:
    """A page of a form.  Without JavaScript its one button saves every item that was filled or changed."""
    here, page = request.here, page_at(request.here, encounter, form, repetition)
    whole: Refused | None = None
    changed: dict[str, Field] = {}
    if request.method == "POST":
        match request.POST.get("command"):
            case "mark_not_done":
                whole = hand_in(request, {"mark_not_done": MarkNotDone}, participant=participant, page=page, items=())
            case "attach_file":
                whole = attach(request, AttachFile, participant=participant, page=page)
            case "retract_file":
                whole = retract(request, participant)
            case _:
                changed = _save_all(Place(here, participant, page), request.POST)
        if whole is None and not changed:
            return redirect("form_page", trial, participant, encounter, form, repetition)
    sheet = Place(here, participant, page).sheet()
    sheet = replace(sheet, fields=tuple(changed.get(field.name, field) for field in sheet.fields))
    context = {
        "sheet": sheet,
        "page": page,
        "encounter": here.trial.plan.encounters.get(encounter),
        "refused": whole,
        "request_id": new_request(),
        "is_uncovered": "uncovered" in request.GET,
        **here.trial.look(lambda state: around(here, state, participant, page)),
    }
    return render(request, "form.html", context, status=422 if whole or changed else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def item(
    request: TrialRequest, *, trial: str, participant: str, encounter: str, form: str, repetition: int, item: str
) -> HttpResponse:
    """One item: saved on its own from the page, or read with its whole past, its checks and its queries."""
    here, page = request.here, page_at(request.here, encounter, form, repetition)
    if item not in here.trial.plan.form(form).asked or not visible(here, page, item):
        raise Http404
    if request.method == "POST" and "command" not in request.POST:
        return _saved_alone(request, Place(here, participant, page), item)
    refusal = None
    if request.method == "POST":
        refusal = hand_in_about_query(request, participant, page.point(item))
        if refusal is None:
            return redirect(request.get_full_path())
    context = {
        **here.trial.look(lambda state: _history(here, state, participant, page, item)),
        "page": page,
        "item": here.trial.plan.form(form).items[item],
        "form": here.trial.plan.form(form).form,
        "encounter": here.trial.plan.encounters.get(encounter),
        "may_ask": may(here.role, "raise_query"),
        "may_answer": may(here.role, "answer_query"),
    }
    return show(request, "item_history.html", context, refusal)


def page_at(here: Here, encounter: str, form: str, repetition: int) -> Page:
    """The page of an address; one that the schedule does not have does not exist, nor has a form that is all hidden."""
    plan = here.trial.plan
    planned = plan.forms.get(form)
    if planned is None or repetition < 1 or (repetition > 1 and not planned.form.repeating):
        raise Http404
    is_there = planned.is_log if encounter == LOG else form in getattr(plan.encounters.get(encounter), "forms", ())
    page = Page(encounter, form, repetition)
    if not is_there or not any(visible(here, page, item) for item in planned.asked):
        raise Http404
    return page


def around(here: Here, trial: Trial, number: str, page: Page) -> dict[str, object]:
    """What stands around the page: whose it is, when the visit was, what comes before and after it."""
    person = trial.conduct.participant(number)
    started = person.started(page.encounter)
    encounter = here.trial.plan.encounters.get(page.encounter)
    forms = [each for each in (encounter.forms if encounter else ()) if visible_form(here, each)]
    place = forms.index(page.form) if page.form in forms else None
    repeated = sorted(
        each.repetition for each in person.pages if (each.encounter, each.form) == (page.encounter, page.form)
    )
    planned = here.trial.plan.forms[page.form]
    return {
        **head_of(here, trial, number),
        "held_on": started.on if started else None,
        "is_started": started is not None or page.encounter == LOG,
        "following": forms[place + 1] if place is not None and place + 1 < len(forms) else None,
        "forms": here.trial.plan.forms,
        "repetitions": repeated if planned.form.repeating else [],
        "another": repeated[-1] + 1 if planned.form.repeating and repeated else None,
        "is_covered": is_covered(here, person, page),
        "files": attached(here, person, page=page),
        "may_attach": may(here.role, "attach_file") and sees_form(here.role, planned),
    }


def visible_form(here: Here, form: str) -> bool:
    """True if the role sees anything of a form."""
    planned = here.trial.plan.forms[form]
    return any(here.role not in planned.items[item].restricted for item in planned.asked)


def _saved_alone(request: TrialRequest, place: Place, item: str) -> HttpResponse:
    """The answer to one saved item: the item as it is now, what depends on it, and the score."""
    stands = _save(place, item, request.POST)
    sheet = place.sheet()
    fields = {field.name: field for field in sheet.fields}
    also = [fields[each] for each in dependants(sheet.form, item) if each in fields]
    context = {
        "field": stands or fields[item],
        "also": also,
        "sheet": sheet,
        "page": place.page,
        "number": place.number,
        "is_saved": True,
    }
    state = stands.state if stands else "saved"
    status = {"saved": 200, "reason": 200, "conflict": 409}.get(state, 422)
    answer = render(request, "_saved.html", context, status=status)
    answer.headers["X-Item"] = item
    return answer


def _save_all(place: Place, posted: QueryDict) -> dict[str, Field]:
    """Save every item of a page that was sent; gives the fields against which something stands.

    A button inside an item means this item alone.
    """
    form = place.here.trial.plan.form(place.page.form)
    items = [each for each in form.asked if visible(place.here, place.page, each)]
    pressed = [each for each in items if posted.get(f"{each}.action")]
    stand = {}
    for each in pressed or items:
        found = _save(place, each, posted) if each in posted or each in pressed else None
        if found:
            stand[each] = found
    return stand


def _save(place: Place, item: str, posted: QueryDict) -> Field | None:
    """Do what was asked of one item; gives the field with what stands against it, or nothing."""
    parts = ("unit", "reason", "version", "request", "action", "not_done", "three")
    typed = {"value": posted.get(item, ""), **{part: posted.get(f"{item}.{part}", "") for part in parts}}
    try:
        match typed["action"].partition(":"):
            case ("confirm", _, prompt):
                reason = next(filter(None, posted.getlist(f"{item}.why")), "")
                place.do(ConfirmAnswer(place.number, place.prompt(prompt), reason), typed)
            case ("not_done", _, _):
                place.do(_not_done(place, item, typed["not_done"]), typed)
            case ("keep", _, _):
                pass
            case _:
                return _answer(place, item, typed)
    except Refusal as refusal:
        return _stand(place, item, typed, refusal)
    return None


def _not_done(place: Place, item: str, reason: str) -> object:
    point = place.page.point(item)
    current = place.here.trial.look(lambda state: state.conduct.participant(place.number).current(point))
    if current is None:
        return MarkNotDone(place.number, place.page, reason, (item,))
    return Correct(place.number, place.page, item, current.seq, reason)


def _answer(place: Place, item: str, typed: Mapping[str, str]) -> Field | None:
    shown = int(typed["version"]) if typed["version"].isdecimal() and len(typed["version"]) < 10 else 0
    if not typed["value"].strip() and not shown:
        return None  # nothing was there and nothing was typed
    outcome = save_answer(
        place.here,
        place.number,
        place.page,
        Typed(item, typed["value"], typed["unit"], typed["reason"], typed["three"] == "on"),
        based_on=shown,
        reason=typed["reason"],
        request=typed["request"][:64],
    )
    match outcome:
        case NeedsReason():
            return against(place.field(item), "reason", typed, gettext("This changes a saved answer: say why."))
        case Conflict():
            return against(place.field(item), "conflict", typed, gettext("Somebody saved another answer meanwhile."))
    return None


def _stand(place: Place, item: str, typed: Mapping[str, str], refusal: Refusal) -> Field:
    sheet = place.sheet()
    field = next(each for each in sheet.fields if each.name == item)
    return replace(against(field, "refused", typed, *said_about(sheet, refusal)), rule=refusal.rule)


def _history(here: Here, trial: Trial, number: str, page: Page, item: str) -> dict[str, object]:
    person, plan = trial.conduct.participant(number), here.trial.plan
    trail = trail_of(person, page.point(item))
    return {
        **head_of(here, trial, number),
        "trail": trail,
        "prompts": [each for each in trail.prompts if sees_prompt(plan, here.role, each)],
        "queries": [named_query(person, query) for query in trail.queries],
    }
