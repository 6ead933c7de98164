"""Saving one answer, so that none is ever lost: not by a double click, two tabs, two people or a dropped connection.

A save names the version that its screen showed: how many values the point had held.  Where there is a later one by now,
nothing is written and both values are shown.  A repeated request writes once.
"""

from dataclasses import dataclass, replace

from equipoise.closure import Trial
from equipoise.conduct import Answer, Capture, Correct, Datum, Page, PlannedForm, Prompt, PromptStatus, Typed
from equipoise.conduct.reading import read_answer
from equipoise.instruments.item import ItemType
from equipoise.vocabulary import Refusal
from equipoise.web.here import Here
from equipoise.web.intake import read_date


@dataclass(frozen=True, slots=True)
class Saved:
    """The value that counts now is what was sent; `prompts` are the soft checks that still ask about it."""

    datum: Datum
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class NeedsReason:
    """The item has an answer already: to put another in its place takes a reason (A07)."""

    current: Datum


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody has saved another value since the screen was drawn; what was sent is kept on the screen, not written."""

    current: Datum


Outcome = Saved | NeedsReason | Conflict


def save_answer(
    here: Here, number: str, page: Page, typed: Typed, *, based_on: int, reason: str = "", request: str = ""
) -> Outcome:
    """Save one answer as a first answer or as a correction.  Raises `Refusal` where a rule stands against it.

    `based_on` is how many values the point had held when the screen was drawn, 0 where it showed no answer.
    """
    typed = with_iso_date(here.trial.plan.form(page.form), typed)
    point = page.point(typed.item)
    past = here.trial.look(lambda state: state.conduct.participant(number).history(point))
    current = past[-1] if past else None
    if current is None:
        command: Capture | Correct = Capture(number, page, (replace(typed, reason=typed.reason or reason),))
    elif len(past) != based_on:
        if _is_same(here, page, typed, current):
            return _saved(here, number, page, typed.item)
        return Conflict(current)
    elif _is_same(here, page, typed, current):
        return _saved(here, number, page, typed.item)
    elif not reason.strip():
        _read(here, page, typed)  # what cannot be read is refused before a reason is asked for
        return NeedsReason(current)
    else:
        command = Correct(number, page, typed.item, current.seq, reason, replace(typed, reason=typed.reason or reason))
    try:
        here.trial.do(here.actor, command, request=request)
    except Refusal as refusal:
        return _after_a_race(here, number, page, typed, refusal)
    return _saved(here, number, page, typed.item)


def with_iso_date(form: PlannedForm, typed: Typed) -> Typed:
    """A date that was written day first, as the rules read it."""
    item = form.item(typed.item)
    if item.type is not ItemType.DATE or not typed.text.strip():
        return typed
    return replace(typed, text=read_date(typed.text, typed.item).isoformat())


def _after_a_race(here: Here, number: str, page: Page, typed: Typed, refusal: Refusal) -> Outcome:
    """Somebody was quicker between the look and the write: the same value is saved, another one is a conflict."""
    if refusal.rule not in {"ANSWER-TWICE", "CORRECTION-STALE"}:
        raise refusal
    current = here.trial.look(lambda state: state.conduct.participant(number).current(page.point(typed.item)))
    assert current is not None, "what was answered twice has an answer"
    return _saved(here, number, page, typed.item) if _is_same(here, page, typed, current) else Conflict(current)


def _read(here: Here, page: Page, typed: Typed) -> Answer:
    item = here.trial.plan.form(page.form).item(typed.item)
    return read_answer(here.trial.plan, item, typed, here.trial.now())


def _is_same(here: Here, page: Page, typed: Typed, current: Datum) -> bool:
    """True if what was sent reads as the answer that counts, however it was typed."""
    read = _read(here, page, typed)
    return current.answer is not None and replace(read, typed=None) == replace(current.answer, typed=None)


def _saved(here: Here, number: str, page: Page, item: str) -> Saved:
    def look(trial: Trial) -> Saved:
        participant = trial.conduct.participant(number)
        datum = participant.current(page.point(item))
        assert datum is not None, "what was saved is there"
        prompts = tuple(
            each
            for each in participant.prompts.values()
            if each.page == page and item in each.items and each.status is PromptStatus.OPEN
        )
        return Saved(datum, prompts)

    return here.trial.look(look)
