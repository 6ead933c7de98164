"""Data capture: first answers, corrections, what was not done, and the confirmation of unusual answers.

Every item becomes an entry of its own (A03).  When a soft check asks, the original answer, the prompt and what came of
it are all recorded (A08, FDA Q13); a hard check lets nothing in.
"""

from collections.abc import Iterable, Mapping

from equipoise.conduct.answer import Answer, Typed
from equipoise.conduct.checking import is_asked, judge_answers
from equipoise.conduct.commands import Capture, ConfirmAnswer, Correct, MarkNotDone
from equipoise.conduct.doubling import require_first
from equipoise.conduct.events import AnswerCaptured, AnswerCorrected, AnswerNotDone, CheckPrompted, PromptSettled
from equipoise.conduct.participant import Datum, Participant, Prompt
from equipoise.conduct.plan import PlannedForm
from equipoise.conduct.point import LOG, Page, Point, page_of
from equipoise.conduct.reading import read_answer
from equipoise.conduct.sight import sees
from equipoise.conduct.situation import Situation, require_text
from equipoise.conduct.words import PromptStatus, QueryStatus
from equipoise.instruments.item import Item
from equipoise.vocabulary import Finding, Refusal, Severity


def capture(now: Situation, command: Capture) -> tuple[AnswerCaptured | CheckPrompted | PromptSettled, ...]:
    """Enter first answers on one page."""
    participant = now.participant(command.participant)
    form = page_form(now, participant, command.page)
    require_first(participant, command.page, now.actor.who)
    before = participant.answers(command.page)
    new: dict[str, Answer] = {}
    for typed in command.answers:
        item = open_item(now, form, typed.item)
        if typed.item in new or participant.current(command.page.point(typed.item)) is not None:
            raise Refusal("ANSWER-TWICE", f"{typed.item} is answered already.", "Correct the answer, with a reason.")
        new[typed.item] = read_answer(now.plan, item, typed, now.moment)
    if not new:
        raise Refusal("ANSWER-EMPTY", "There is no answer on this page.", "Answer at least one item.")
    after = {**before, **new}
    _require_asked(form, new, after)
    captured = [AnswerCaptured(participant.number, command.page.point(item), answer) for item, answer in new.items()]
    known = {prompt.check for prompt in _open_prompts(participant, command.page)}
    asking = [finding for finding in soft_findings(form, after, new) if finding.rule not in known]
    return (*captured, *_prompts(now, participant, command.page, asking, command.answers))


def correct(now: Situation, command: Correct) -> tuple[AnswerCorrected | CheckPrompted | PromptSettled, ...]:
    """Put another answer, or none, in the place of the current one; both stay readable (A04, A07)."""
    participant = now.participant(command.participant)
    form = page_form(now, participant, command.page)
    item = open_item(now, form, command.item)
    point = command.page.point(command.item)
    current = participant.current(point)
    if current is None:
        raise Refusal("CORRECTION-NONE", f"{command.item} has no answer yet.", "Capture it first.")
    if current.seq != command.corrects:
        raise Refusal("CORRECTION-STALE", f"{command.item} was corrected meanwhile.", "Read the new value first.")
    reason = require_text(command.reason, "reason")
    _require_query(now, command)
    answer = read_answer(now.plan, item, command.answer, now.moment) if command.answer else None
    if answer == current.answer:
        raise Refusal("CORRECTION-SAME", f"{command.item} would stay as it is.", "Nothing needs to be corrected.")
    typed = (command.answer,) if command.answer else ()
    return put_in_place(now, participant, point, current, answer, reason=reason, query=command.query, typed=typed)


def put_in_place(
    now: Situation,
    participant: Participant,
    point: Point,
    current: Datum,
    answer: Answer | None,
    *,
    reason: str,
    query: int | None = None,
    typed: tuple[Typed, ...] = (),
) -> tuple[AnswerCorrected | CheckPrompted | PromptSettled, ...]:
    """What the ledger takes when another answer, or none, takes the place of the current one.  Raises `Refusal`."""
    page = page_of(point)
    form, after = now.plan.form(page.form), participant.answers(page)
    after.pop(point.item, None)
    if answer is not None:
        after[point.item] = answer
        _require_asked(form, [point.item], after)
    asking = soft_findings(form, after, [point.item])
    corrected = AnswerCorrected(participant.number, point, current.seq, reason, answer, query)
    settled = [
        PromptSettled(prompt.number, participant.number, PromptStatus.CHANGED, reason)
        for prompt in _open_prompts(participant, page)
        if point.item in prompt.items
    ]
    return (corrected, *settled, *_prompts(now, participant, page, asking, typed))


def mark_not_done(now: Situation, command: MarkNotDone) -> tuple[AnswerNotDone, ...]:
    """Say that items were not answered and why; without items, all that the page still asks."""
    participant = now.participant(command.participant)
    form = page_form(now, participant, command.page)
    require_first(participant, command.page, now.actor.who)
    reason = require_text(command.reason, "reason")
    answers = participant.answers(command.page)
    held = participant.pages.get(command.page, {})
    for item in command.items:
        open_item(now, form, item)
        if item in held:
            raise Refusal("ANSWER-TWICE", f"{item} is answered already.", "Correct the answer, with a reason.")
    _require_asked(form, command.items, answers)
    items = command.items or tuple(
        item
        for item in form.asked
        if item not in held and is_asked(form, item, answers) and sees(now.actor.role, form.items[item])
    )
    if not items:
        raise Refusal("ANSWER-EMPTY", "Every item of this page has an answer.", "Nothing needs to be marked.")
    return tuple(AnswerNotDone(participant.number, command.page.point(item), reason) for item in items)


def confirm_answer(now: Situation, command: ConfirmAnswer) -> tuple[PromptSettled]:
    """Confirm an answer that a soft check asked about, with the reason why it is right."""
    participant = now.participant(command.participant)
    prompt = participant.prompts.get(command.prompt)
    if prompt is None or prompt.status is not PromptStatus.OPEN:
        raise Refusal("PROMPT-STATUS", "This prompt is not open.", "Nothing needs to be confirmed.")
    reason = require_text(command.reason, "reason")
    return (PromptSettled(prompt.number, participant.number, PromptStatus.CONFIRMED, reason),)


def page_form(now: Situation, participant: Participant, page: Page) -> PlannedForm:
    """The form of a page: asked at an encounter that has started, or a log form."""
    form = now.plan.form(page.form)
    if page.encounter == LOG:
        if not form.is_log:
            raise Refusal("PAGE-FORM", "This form is asked at an encounter.", "Choose its encounter.")
    elif page.form not in now.plan.encounter(page.encounter).forms:
        raise Refusal("PAGE-FORM", "This form is not asked at this encounter.", "Choose a form of the encounter.")
    elif participant.started(page.encounter) is None:
        raise Refusal("PAGE-ENCOUNTER", "This encounter has not started.", "Start the encounter first.")
    filled = sum(other.encounter == page.encounter and other.form == page.form for other in participant.pages)
    if page.repetition != 1 and not (form.form.repeating and 1 < page.repetition <= filled + 1):
        raise Refusal(
            "PAGE-REPETITION", "This page does not exist.", "Repeat a repeating form one page after the other."
        )
    return form


def open_item(now: Situation, form: PlannedForm, item_id: str) -> Item:
    """An item that a person in this role answers."""
    item = form.item(item_id)
    if item.derived is not None:
        raise Refusal("ANSWER-DERIVED", f"{item_id} is computed.", "Correct the answers from which it follows.")
    if not sees(now.actor.role, item):
        raise Refusal("ANSWER-MASKED", f"Your role does not see {item_id}.", "Somebody who may see it enters it.")
    return item


def _require_asked(form: PlannedForm, items: Iterable[str], answers: Mapping[str, Answer]) -> None:
    for item in items:
        if not is_asked(form, item, answers):
            raise Refusal(
                "ANSWER-HIDDEN",
                f"{item} is not asked, given the other answers.",
                "Check the answer that it depends on.",
            )


def soft_findings(form: PlannedForm, answers: Mapping[str, Answer], touched: Iterable[str]) -> list[Finding]:
    """What the soft checks ask about the touched items.  Raises `Refusal` where a hard one refuses the answers."""
    findings = judge_answers(form, answers, touched)
    refusing = [finding for finding in findings if finding.severity is Severity.ERROR]
    if refusing:
        sentences = " ".join(finding.message for finding in refusing)
        raise Refusal("CHECK-HARD", sentences, "Compare with the source, and enter what stands there.")
    return list(findings)


def _open_prompts(participant: Participant, page: Page) -> list[Prompt]:
    return [
        prompt for prompt in participant.prompts.values() if prompt.page == page and prompt.status is PromptStatus.OPEN
    ]


def _prompts(
    now: Situation, participant: Participant, page: Page, asking: list[Finding], answered: Iterable[Typed]
) -> list[CheckPrompted | PromptSettled]:
    """A prompt for each soft finding, confirmed at once where the person has given the reason beforehand."""
    reasons = {typed.item: typed.reason.strip() for typed in answered if typed.reason.strip()}
    events: list[CheckPrompted | PromptSettled] = []
    for number, finding in enumerate(asking, start=len(now.state.prompts) + 1):
        place = (page.encounter, page.form, page.repetition)
        events.append(CheckPrompted(number, participant.number, finding.rule, *place, finding.evidence))
        reason = next((reasons[item] for item in finding.evidence if item in reasons), "")
        if reason:
            reason = require_text(reason, "reason")
            events.append(PromptSettled(number, participant.number, PromptStatus.CONFIRMED, reason))
    return events


def _require_query(now: Situation, command: Correct) -> None:
    """A query that leads to a correction is this participant's, and not closed (A09)."""
    if command.query is None:
        return
    query = now.state.query(command.query)
    if query.participant != command.participant or query.status is QueryStatus.CLOSED:
        raise Refusal("CORRECTION-QUERY", "This query does not concern this answer.", "Name the open query.")
