"""The second entry of a form, and the end of each difference between the two.

The second person sees nothing of the first entry, and no refusal here tells of it.  A value of the data changes by the
same rule as any correction; what stands gets the reason why it stands.
"""

from collections.abc import Mapping

from equipoise.conduct.capturing import open_item, page_form, put_in_place, soft_findings
from equipoise.conduct.checking import is_asked
from equipoise.conduct.commands import EnterAgain, Reconcile
from equipoise.conduct.doubling import compare_page, doubled_items, require_second, second_answers
from equipoise.conduct.events import (
    AnswerCorrected,
    AnswerEnteredAgain,
    CheckPrompted,
    DifferenceReconciled,
    PromptSettled,
)
from equipoise.conduct.participant import Datum
from equipoise.conduct.plan import PlannedForm
from equipoise.conduct.reading import read_answer
from equipoise.conduct.situation import Situation, require_text
from equipoise.conduct.words import Agreement, TakenEntry
from equipoise.vocabulary import Refusal


def enter_again(now: Situation, command: EnterAgain) -> tuple[AnswerEnteredAgain, ...]:
    """Enter items of a page a second time, by another person and without the first entry."""
    participant, page = now.participant(command.participant), command.page
    form = page_form(now, participant, page)
    require_second(form, participant, page, now.actor.who)
    items = (*(typed.item for typed in command.answers), *command.not_done)
    if not items or len(items) != len(set(items)):
        raise Refusal("SECOND-EMPTY", "Nothing was entered, or one item twice.", "Enter each item once.")
    for item in items:
        _require_due(now, form, participant.second.get(page, {}), item)
    typed = {each.item: read_answer(now.plan, form.items[each.item], each, now.moment) for each in command.answers}
    answers = {**second_answers(participant, page), **typed}
    for item in items:
        if not is_asked(form, item, answers):
            raise Refusal("SECOND-HIDDEN", f"{item} is not asked, given your answers.", "Compare with the source.")
    soft_findings(form, answers, typed)  # what a hard check refuses; the soft ones have asked about the first entry
    return tuple(AnswerEnteredAgain(participant.number, page.point(item), typed.get(item)) for item in items)


def reconcile(
    now: Situation, command: Reconcile
) -> tuple[AnswerCorrected | CheckPrompted | PromptSettled | DifferenceReconciled, ...]:
    """End a difference: the value stands, or the second person's takes its place, by the source and with a reason."""
    participant, page = now.participant(command.participant), command.page
    form = page_form(now, participant, page)
    item = open_item(now, form, command.item)
    point = page.point(item.id)
    found = next((each for each in compare_page(form, participant, page) if each.point == point), None)
    if found is None or found.agreement is not Agreement.DIFFERS or found.first is None or found.second is None:
        raise Refusal("RECONCILE-NONE", f"The two entries of {item.id} do not differ.", "Nothing is to be reconciled.")
    if found.first.seq != command.corrects:
        raise Refusal("CORRECTION-STALE", f"{item.id} was corrected meanwhile.", "Read the new value first.")
    reason = require_text(command.reason, "reason")
    ended = DifferenceReconciled(participant.number, point, command.takes, reason)
    if command.takes is TakenEntry.FIRST:
        return (ended,)
    return (*put_in_place(now, participant, point, found.first, found.second.answer, reason=reason), ended)


def _require_due(now: Situation, form: PlannedForm, held: Mapping[str, Datum], item: str) -> None:
    """Refuse an item that the role does not answer, that is entered once, or that has its second entry."""
    open_item(now, form, item)
    if item not in doubled_items(form):
        raise Refusal("SECOND-ITEM", f"{item} is entered once.", "Leave it to the first entry.")
    if item in held:
        raise Refusal("SECOND-TWICE", f"{item} has its second entry.", "A difference is reconciled, with a reason.")
