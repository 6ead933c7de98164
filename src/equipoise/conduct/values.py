"""What later rooms read: the answers that count now, derived ones included, with the entry that each rests on."""

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.conduct.answer import Answer
from equipoise.conduct.checking import derived_answers, is_asked
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import Plan
from equipoise.conduct.point import Page, Point


@dataclass(frozen=True, slots=True)
class Value:
    """One data point as it counts now.

    Without `answer` it is not done, for `reason`.  `seq` is the entry that holds it; a derived one has the latest entry
    of its page.
    """

    point: Point
    answer: Answer | None
    seq: int
    reason: str = ""
    is_derived: bool = False


def values_of_participant(plan: Plan, participant: Participant) -> Iterator[Value]:
    """Every answered, not-done and derived data point of a participant, page by page in the order of first entry.

    A page of a form that an amendment has dropped keeps its answers; nothing more is derived from them.
    """
    for page, items in participant.pages.items():
        for item, past in items.items():
            current = past[-1]
            reason = "" if current.answer else current.reason
            yield Value(page.point(item), current.answer, current.seq, reason)
        if page.form in plan.forms:
            latest = max(past[-1].seq for past in items.values())
            for item, answer in derived_answers(plan.forms[page.form], participant.answers(page)).items():
                yield Value(page.point(item), answer, latest, is_derived=True)


def answer_at(plan: Plan, participant: Participant, encounter: str, item: str) -> Answer | None:
    """The answer that counts for an item at an encounter, derived or not; None where there is none.

    Item ids are unique in a definition.  Raises `KeyError` for an item that no form asks.
    """
    form = plan.forms[plan.form_of[item]]
    answers = participant.answers(Page(encounter, form.form.id))
    if item in form.derived:
        return derived_answers(form, answers).get(item)
    return answers.get(item)


def missing_points(plan: Plan, participant: Participant) -> tuple[Point, ...]:
    """The required items of started encounters that have neither an answer nor a word why not (missing pages)."""
    return tuple(
        page.point(item_id)
        for encounter in plan.definition.encounters
        if participant.started(encounter.id) is not None
        for page in (Page(encounter.id, form_id) for form_id in encounter.forms)
        for item_id in plan.forms[page.form].asked
        if plan.forms[page.form].items[item_id].required
        and item_id not in participant.pages.get(page, {})
        and is_asked(plan.forms[page.form], item_id, participant.answers(page))
    )
