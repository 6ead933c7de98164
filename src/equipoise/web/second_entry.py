"""Double entry as pages and programs show it: the second person's own sheet, and the comparison of the two entries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from equipoise.closure import Trial
from equipoise.conduct import (
    Agreement,
    Answer,
    Comparison,
    Page,
    Participant,
    Point,
    Typed,
    compare_page,
    comparisons,
    is_asked,
    may,
    may_be_second,
)
from equipoise.conduct.doubling import doubled_items, second_answers
from equipoise.conduct.naming import version_of
from equipoise.conduct.sight import sees, sees_point
from equipoise.instruments.item import Item
from equipoise.web.entry import KINDS, Field, Sheet, written
from equipoise.web.here import Here

_IN_THE_OPEN = frozenset({Agreement.DIFFERS, Agreement.RECONCILED, Agreement.AGREES})
"""Both people have entered the point: what they entered is no secret any more."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two entries of a data point; neither answer is told while one of the two people has not entered it."""

    point: Point
    agreement: Agreement
    version: int
    first: Answer | None
    second: Answer | None
    entered_by: tuple[str, str]
    reason: str


def compared(here: Here, person: Participant) -> tuple[Compared, ...]:
    """The doubled points of a participant that the role sees."""
    plan = here.trial.plan
    found = (each for each in comparisons(plan, person) if sees_point(plan, here.role, each.point))
    return tuple(_compared(person, each) for each in found)


def is_covered(here: Here, person: Participant, page: Page) -> bool:
    """True for a page whose first entry somebody who may still make the second one should not see."""
    form = here.trial.plan.forms[page.form]
    if not may(here.role, "enter_again") or not may_be_second(form, person, page, here.actor.who):
        return False
    return any(each.agreement is Agreement.AWAITS_SECOND for each in compare_page(form, person, page))


def second_sheet(here: Here, trial: Trial, number: str, page: Page, typed: Mapping[str, Typed]) -> Sheet:
    """The sheet of the second person: the own answers, and what was typed where it was refused."""
    form, person = here.trial.plan.form(page.form), trial.conduct.participant(number)
    fields = tuple(_fields(here, person, page, typed))
    is_due = may(here.role, "enter_again") and may_be_second(form, person, page, here.actor.who)
    open_fields = sum(field.datum is None for field in fields)
    return Sheet(page, form, fields, (), None, open_fields, is_due and not trial.conduct.is_closed, number)


def _fields(here: Here, person: Participant, page: Page, typed: Mapping[str, Typed]) -> Iterator[Field]:
    form, known = here.trial.plan.form(page.form), second_answers(person, page)
    held = person.second.get(page, {})
    for name in doubled_items(form):
        item: Item = form.items[name]
        if not sees(here.role, item) or not (name in held or is_asked(form, name, known)):
            continue
        datum, kept = held.get(name), typed.get(name)
        yield Field(
            item=item,
            name=name,
            kind=KINDS[item.type],
            value=kept.text if kept else written(datum, item, here.trial.plan.zone),
            unit=(kept.unit if kept else "") or item.unit,
            version=0,
            datum=datum,
            state="empty" if datum is None else "saved" if datum.answer else "not_done",
            is_writable=datum is None,
        )


def _compared(person: Participant, each: Comparison) -> Compared:
    is_open = each.agreement in _IN_THE_OPEN
    ended = person.reconciled.get(each.point)
    return Compared(
        point=each.point,
        agreement=each.agreement,
        version=version_of(person, each.point),
        first=each.first.answer if each.first and is_open else None,
        second=each.second.answer if each.second and is_open else None,
        entered_by=(each.first.who if each.first else "", each.second.who if each.second else ""),
        reason=ended.reason if ended else "",
    )
