"""What a program reads of a trial: each address hands the state to one function of `showing`.

A list is answered as a list, never as a tuple: django-ninja takes a tuple of two for a status and its content.
"""

from collections.abc import Callable
from itertools import islice
from typing import Annotated, Any, TypeVar

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Query, Router

from equipoise.closure import Trial
from equipoise.conduct import LOG, Page
from equipoise.vocabulary import Refusal
from equipoise.web.api import nouns, showing
from equipoise.web.attached import hand_out
from equipoise.web.audit_trail import TrailEntry, visible_entries
from equipoise.web.csv_sheet import csv_sheet
from equipoise.web.here import TrialRequest
from equipoise.web.kept_files import MEDIA_TYPES

View = TypeVar("View", bound=Callable[..., Any])
router = Router()
_MOST = 500
_LARGEST = 2**31 - 1
From = Annotated[int, Query(0, ge=0, le=_LARGEST, description="How many to pass over.")]
Most = Annotated[int, Query(100, ge=1, le=_MOST, description="How many to give.")]
_TRIAL = "/trials/{slug:trial}"
_ONE = f"{_TRIAL}/participants/{{participant}}"


def _read(path: str, topic: str) -> Callable[[View], View]:
    """An address that is read: called as its function is, answered with what that returns."""

    def at(view: View) -> View:
        name = view.__name__
        answered = view.__annotations__["return"]
        router.get(path, response=answered, url_name=name, operation_id=name, tags=[topic])(view)
        return view

    return at


@router.get("/me", response=nouns.Me, url_name="me", operation_id="me", tags=["token"], summary="Whose token this is")
def me(request: HttpRequest) -> nouns.Me:
    """Whose token this is, and what it opens."""
    token, here = request.token, request.here  # type: ignore[attr-defined]  # set where the token is checked
    sites = None if here.sites is None else tuple(sorted(here.sites))
    return nouns.Me(here.actor.who, here.trial.slug, here.role, sites, token.expires_at)


@_read(_TRIAL, "trial")
def status(request: TrialRequest, trial: str) -> nouns.Status:
    """Where the trial stands: recruitment, what is due and late, open queries, for the own sites."""
    return request.here.trial.look(lambda state: showing.status(request.here, state))


@_read(f"{_TRIAL}/definition", "trial")
def definition(request: TrialRequest, trial: str) -> dict[str, Any]:
    """The study definition that the trial follows, without what the pharmacy alone may know."""
    shown = request.here.trial.plan.definition.model_dump(mode="json")
    for intervention in shown["interventions"]:
        intervention.pop("product", None)
    return shown


@_read(f"{_TRIAL}/participants", "participants")
def participants(request: TrialRequest, trial: str, start: From = 0, most: Most = 100) -> nouns.ParticipantList:
    """The participants of the own sites, in the order of their numbers."""
    here = request.here

    def look(state: Any) -> nouns.ParticipantList:
        people = here.participants(state.conduct)
        return nouns.ParticipantList(
            len(people), tuple(showing.line(here, each) for each in people[start : start + most])
        )

    return here.trial.look(look)


@_read(_ONE, "participants")
def participant(request: TrialRequest, trial: str, participant: str) -> nouns.ParticipantShown:
    """One participant: the steps on the way in, the visits, the doses, the end."""
    return request.here.trial.look(lambda state: showing.participant(state, participant))


@_read(f"{_ONE}/matrix", "participants")
def matrix(request: TrialRequest, trial: str, participant: str) -> list[nouns.RowShown]:
    """The schedule of activities: every encounter with its forms, and how far each is."""
    return list(request.here.trial.look(lambda state: showing.matrix(request.here, state, participant)))


@_read(f"{_ONE}/pages/{{slug:encounter}}/{{slug:form}}", "data")
def page(  # noqa: PLR0917  # the parts of the address
    request: TrialRequest,
    trial: str,
    participant: str,
    encounter: str,
    form: str,
    repetition: Annotated[int, Query(1, ge=1, le=_LARGEST)] = 1,
) -> nouns.PageShown:
    """One page of a form with its answers; `log` stands for the encounter of a form that belongs to none."""
    plan = request.here.trial.plan
    is_asked = plan.form(form).is_log if encounter == LOG else form in plan.encounter(encounter).forms
    if not is_asked:
        raise Refusal("PAGE-FORM", "This form is not asked at this encounter.", "Choose a form of the encounter.")
    where = Page(encounter, form, repetition)
    return request.here.trial.look(lambda state: showing.page(request.here, state, participant, where))


@_read(f"{_ONE}/trail", "data")
def trail(request: TrialRequest, trial: str, participant: str) -> list[nouns.TrailShown]:
    """Every value that every item of a participant has held."""
    return list(request.here.trial.look(lambda state: showing.trails(request.here, state, participant)))


@_read(f"{_ONE}/reconciliation", "data")
def reconciliation(request: TrialRequest, trial: str, participant: str) -> list[nouns.ComparedShown]:
    """What two people entered on the forms that are entered twice, and what is missing or differs."""
    return list(request.here.trial.look(lambda state: showing.reconciliation(request.here, state, participant)))


@_read(f"{_ONE}/attachments", "data")
def attachments(request: TrialRequest, trial: str, participant: str) -> list[nouns.AttachmentShown]:
    """The files beside forms and adverse events of a participant."""
    return list(request.here.trial.look(lambda state: showing.attachments(request.here, state, participant)))


@router.get(
    f"{_ONE}/attachments/{{digest}}",
    url_name="attachment",
    operation_id="attachment",
    tags=["data"],
    openapi_extra={"responses": {200: {"content": {kind: {} for kind in MEDIA_TYPES}}}},
)
def attachment(request: TrialRequest, trial: str, participant: str, digest: str) -> FileResponse:
    """One attached file, by the SHA-256 of its bytes."""
    return hand_out(request.here, participant, digest)


@_read(f"{_TRIAL}/queries", "queries and deviations")
def queries(request: TrialRequest, trial: str) -> list[nouns.QueryShown]:
    """The queries of the own sites."""
    return list(request.here.trial.look(lambda state: showing.queries(request.here, state)))


@_read(f"{_TRIAL}/deviations", "queries and deviations")
def deviations(request: TrialRequest, trial: str) -> list[nouns.DeviationShown]:
    """The deviations of the own sites, by participant."""
    return request.here.trial.look(
        lambda state: [
            showing.deviation(state, number)
            for person in request.here.participants(state.conduct)
            for number in person.deviations
        ]
    )


@_read(f"{_TRIAL}/adverse-events", "safety")
def adverse_events(request: TrialRequest, trial: str) -> list[nouns.AdverseEventShown]:
    """The adverse events of the own sites, with every assessment."""
    return list(request.here.trial.look(lambda state: showing.adverse_events(request.here, state)))


@_read(f"{_TRIAL}/delegation", "delegation")
def delegation(request: TrialRequest, trial: str) -> list[nouns.AppointmentShown]:
    """The delegation log."""
    return list(request.here.trial.look(showing.delegation))


@_read(f"{_TRIAL}/audit-trail", "trial")
def audit_trail(request: TrialRequest, trial: str, start: From = 0, most: Most = 100) -> list[TrailEntry]:
    """The audit trail as the role may read it, oldest first."""
    return list(_trail(request, start, start + most))


@router.get(
    f"{_TRIAL}/audit-trail.csv",
    url_name="audit_sheet",
    operation_id="audit_sheet",
    tags=["trial"],
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def audit_sheet(request: TrialRequest, trial: str) -> HttpResponse:
    """The whole audit trail as a table for a spreadsheet; no text in it becomes a formula (A13)."""
    rows = [
        (
            each.seq,
            each.recorded_at.isoformat(),
            each.who,
            each.role.value,
            each.type,
            each.participant,
            each.why,
            "; ".join(f"{name}: {value}" for name, value in each.body.items()),
        )
        for each in _trail(request)
    ]
    sheet = csv_sheet(("seq", "recorded_at", "who", "role", "type", "participant", "why", "content"), rows)
    answer = HttpResponse(sheet, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
    return answer


def _trail(request: TrialRequest, start: int = 0, end: int | None = None) -> tuple[TrailEntry, ...]:
    here = request.here

    def look(state: Trial) -> tuple[TrailEntry, ...]:
        return tuple(islice(visible_entries(here, state.conduct, here.trial.book.ledger.entries()), start, end))

    return here.trial.look(look)
