"""A page of a form as it is drawn: every item with its value, its state and what stands against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext

from equipoise.closure import Trial
from equipoise.conduct import (
    Answer,
    Datum,
    Page,
    Participant,
    PlannedForm,
    Prompt,
    PromptStatus,
    QueryStatus,
    derived_answers,
    is_asked,
    may,
)
from equipoise.conduct.naming import prompt_name, sees_prompt
from equipoise.conduct.progress import open_items
from equipoise.conduct.sight import sees, sees_point
from equipoise.instruments.item import Item, ItemType, Label
from equipoise.instruments.library import grouped_index
from equipoise.vocabulary import Refusal
from equipoise.web.here import Here
from equipoise.web.refusals import in_words
from equipoise.web.requests import new_request

_MEX = "mex_sledai"


@dataclass(frozen=True, slots=True)
class Field:
    """One item on the screen.

    `value` and `unit` are what the fields hold, `version` how many values the point has held; `state` is one of `empty,
    saved, not_done, asks, reason, conflict, refused`.  `rule`, `sentence` and `remedy` say what stands against what was
    typed.
    No number here counts over the whole trial: it would tell of answers that are hidden.
    """

    item: Item
    name: str
    kind: str
    value: str
    unit: str
    version: int
    datum: Datum | None
    state: str
    prompts: tuple[tuple[str, Label | str], ...] = ()
    queries: int = 0
    is_shown: bool = True
    heading: Label | None = None
    rule: str = ""
    sentence: str = ""
    remedy: str = ""
    reason: str = ""
    request: str = ""
    is_writable: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its fields, the derived items, how many are open."""

    page: Page
    form: PlannedForm
    fields: tuple[Field, ...]
    derived: tuple[tuple[Item, Answer], ...]
    score: tuple[str, str, str] | None
    open: int
    is_writable: bool
    number: str

    @property
    def answered(self) -> int:
        return sum(field.datum is not None for field in self.fields if field.is_shown)

    @property
    def asked(self) -> int:
        return sum(field.is_shown for field in self.fields)


KINDS = {
    ItemType.CHOICE: "choice",
    ItemType.BOOLEAN: "boolean",
    ItemType.INTEGER: "number",
    ItemType.DECIMAL: "number",
    ItemType.REPORTED_QUANTITY: "number",
    ItemType.DATE: "date",
    ItemType.DATETIME: "datetime",
    ItemType.TEXT: "text",
}


def sheet_of(here: Here, trial: Trial, number: str, page: Page) -> Sheet:
    """Draw one page of a participant for the role that looks at it; what it may not see is not there."""
    form, participant = here.trial.plan.form(page.form), trial.conduct.participant(number)
    answers = participant.answers(page)
    seen = [form.items[item] for item in form.asked if sees(here.role, form.items[item])]
    headings = _headings(form)
    is_writable = may(here.role, "capture") and not trial.conduct.is_closed
    sees_all = all(sees(here.role, item) for item in form.items.values())
    derived = derived_answers(form, answers) if sees_all and answers else {}
    return Sheet(
        page=page,
        form=form,
        fields=tuple(replace(field_of(here, participant, page, item), heading=headings.get(item.id)) for item in seen),
        derived=tuple((form.items[each], answer) for each, answer in derived.items()),
        score=_score(derived) if _MEX in form.form.uses else None,
        open=len(open_items(form, participant, page)),
        is_writable=is_writable,
        number=number,
    )


def field_of(here: Here, participant: Participant, page: Page, item: Item) -> Field:
    """One item as the ledger has it."""
    form, answers = here.trial.plan.form(page.form), participant.answers(page)
    past = participant.pages.get(page, {}).get(item.id, ())
    datum = past[-1] if past else None
    asking = tuple(
        each
        for each in participant.prompts.values()
        if each.page == page
        and item.id in each.items
        and each.status is PromptStatus.OPEN
        and sees_prompt(here.trial.plan, here.role, each)
    )
    return Field(
        item=item,
        name=item.id,
        kind=KINDS[item.type],
        value=written(datum, item, here.trial.plan.zone),
        unit=(datum.answer.unit if datum and datum.answer else None) or item.unit,
        version=len(past),
        datum=datum,
        state="empty" if datum is None else "not_done" if datum.answer is None else "asks" if asking else "saved",
        prompts=tuple((prompt_name(participant, each), _question(form, each)) for each in asking),
        queries=sum(
            query.point == page.point(item.id) and query.status is not QueryStatus.CLOSED
            for query in participant.queries.values()
        ),
        is_shown=is_asked(form, item.id, answers) or datum is not None,
        request=new_request(),
        is_writable=may(here.role, "capture"),
    )


def against(field: Field, state: str, typed: Mapping[str, str], sentence: str, remedy: str = "") -> Field:
    """The field with what was typed still in it, and what stands against it."""
    return replace(
        field,
        state=state,
        value=typed.get("value", ""),
        unit=typed.get("unit") or field.unit,
        reason=typed.get("reason", ""),
        sentence=sentence,
        remedy=remedy,
        request=new_request() if state != "conflict" else field.request,
    )


def dependants(form: PlannedForm, item: str) -> Sequence[str]:
    """The items whose being asked rests on this one."""
    return [each for each, shown_if in form.shown_if.items() if item in shown_if.names]


def visible(here: Here, page: Page, item: str) -> bool:
    """True if the role sees this item of a page."""
    return sees_point(here.trial.plan, here.role, page.point(item))


def written(datum: Datum | None, item: Item, zone: ZoneInfo) -> str:
    """What the field holds: what was typed, or the stored value in the field's own shape."""
    if datum is None or datum.answer is None:
        return ""
    answer = datum.answer
    if item.type is ItemType.DATETIME:
        moment: datetime = answer.moment()
        return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return answer.typed or f"{answer.comparator or ''}{answer.value}"


def said_about(sheet: Sheet, refusal: Refusal) -> tuple[str, str]:
    """A refusal about a page in the reader's language, its items and checks by their own wordings."""
    language, sentence = (get_language() or "en")[:2], refusal.sentence
    for planned in sheet.form.checks:
        message = planned.check.message
        sentence = sentence.replace(message.text(), message.text(language))
    worded = Refusal(refusal.rule, sentence, refusal.remedy)
    return in_words(worded, {each.name: each.item.label for each in sheet.fields})


def _question(form: PlannedForm, prompt: Prompt) -> Label | str:
    for planned in form.checks:
        if planned.check.id == prompt.check:
            return planned.check.message
    if prompt.check.startswith("shown_if."):
        return gettext("This item has an answer and is not asked any more.")
    return gettext("This value is unusual.")


def _headings(form: PlannedForm) -> dict[str, Label]:
    """Where a group of an index begins: its first item -> the group's name."""
    if _MEX not in form.form.uses:
        return {}
    index = grouped_index(_MEX)
    return {
        index.prefix + group.descriptors[0].id: Label(
            en=f"{group.label.text('en')} ({group.weight})", id=f"{group.label.text('id')} ({group.weight})"
        )
        for group in index.groups
    }


def _score(derived: Mapping[str, Answer]) -> tuple[str, str, str] | None:
    """Total, lowest and highest possible MEX-SLEDAI; the total is empty while a group is undecided."""
    prefix = grouped_index(_MEX).prefix
    total, low, high = (derived.get(prefix + part) for part in ("total", "lowest", "highest"))
    if low is None or high is None:
        return None
    return (total.value if total else "", low.value, high.value)
