"""Double entry: what two people entered independently, compared point by point.

Nothing is lost by a comparison: the first entry is the data, the second one stands beside it and only confirms it, or
differs until somebody has reconciled the two.  Free text is entered once: no two people write it alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from equipoise.conduct.answer import Answer
from equipoise.conduct.checking import is_asked
from equipoise.conduct.participant import Datum, Participant
from equipoise.conduct.plan import Plan, PlannedForm
from equipoise.conduct.point import Page, Point, page_of
from equipoise.conduct.words import Agreement
from equipoise.instruments.item import ItemType
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class Comparison:
    """One point of a form that is entered twice: the value that counts, the second person's, and how they agree."""

    point: Point
    first: Datum | None
    second: Datum | None
    agreement: Agreement


def doubled_items(form: PlannedForm) -> tuple[str, ...]:
    """The items of a form that a second person enters, too; none where the form is entered once."""
    if not form.form.double_entry:
        return ()
    return tuple(item for item in form.asked if form.items[item].type is not ItemType.TEXT)


def comparisons(plan: Plan, participant: Participant) -> Iterator[Comparison]:
    """Every point of the doubled forms that somebody has entered and that is asked, page by page."""
    for page in dict.fromkeys((*participant.pages, *participant.second)):
        if page.form in plan.forms:
            yield from compare_page(plan.forms[page.form], participant, page)


def compare_page(form: PlannedForm, participant: Participant, page: Page) -> Iterator[Comparison]:
    """The points of one page that somebody has entered and that the answers of its page ask."""
    answers, second = participant.answers(page), participant.second.get(page, {})
    for item in doubled_items(form):
        point = page.point(item)
        first = participant.current(point)
        if (first or item in second) and is_asked(form, item, answers):
            yield Comparison(point, first, second.get(item), _agreement(participant, point))


def second_answers(participant: Participant, page: Page) -> dict[str, Answer]:
    """What the second person may know of a page: the own answers, and those on which both agree by now."""
    found = {}
    for item, datum in participant.second.get(page, {}).items():
        point = page.point(item)
        settled = _agreement(participant, point) in {Agreement.AGREES, Agreement.RECONCILED}
        counts = participant.current(point) if settled else datum
        if counts is not None and counts.answer is not None:
            found[item] = counts.answer
    return found


def may_be_second(form: PlannedForm, participant: Participant, page: Page, who: str) -> bool:
    """True for a person who has entered nothing of a doubled page, or is its second person."""
    if not form.form.double_entry:
        return False
    first = {datum.who for past in participant.pages.get(page, {}).values() for datum in past}
    second = {datum.who for datum in participant.second.get(page, {}).values()}
    return who not in first and second <= {who}


def require_second(form: PlannedForm, participant: Participant, page: Page, who: str) -> None:
    """Refuse a second entry of a form that is entered once, or by who is not the page's second person."""
    if not form.form.double_entry:
        raise Refusal("SECOND-FORM", "This form is entered once.", "Correct an answer, with a reason.")
    if not may_be_second(form, participant, page, who):
        raise _other_person()


def require_first(participant: Participant, page: Page, who: str) -> None:
    """Refuse a first answer by the person who entered the page as the second one: it would confirm itself."""
    if any(datum.who == who for datum in participant.second.get(page, {}).values()):
        raise _other_person()


def same_answer(one: Answer | None, other: Answer | None) -> bool:
    """True if two answers say the same, however they were typed; two that were not done agree."""
    if one is None or other is None:
        return one is other
    return replace(one, typed=None) == replace(other, typed=None)


def _other_person() -> Refusal:
    return Refusal(
        "SECOND-SAME-PERSON", "One person does not enter a page both times.", "Another person makes the other entry."
    )


def _agreement(participant: Participant, point: Point) -> Agreement:
    """How two entries stand to each other.

    They agree once the point has held the second person's answer: what is corrected later has a reason of its own.
    """
    history = participant.history(point)
    second = participant.second.get(page_of(point), {}).get(point.item)
    if second is None:
        return Agreement.AWAITS_SECOND
    if not history:
        return Agreement.AWAITS_FIRST
    if point in participant.reconciled:
        return Agreement.RECONCILED
    return Agreement.AGREES if any(same_answer(each.answer, second.answer) for each in history) else Agreement.DIFFERS
