"""A synthetic person fills a page: what nature shows, typed by somebody who now and then mistypes a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

import numpy as np

from equipoise.conduct import Actor, Answer, Page, Plan, PlannedForm, Typed
from equipoise.conduct.checking import is_asked, judge_answers
from equipoise.conduct.reading import read_answer
from equipoise.design import Life
from equipoise.instruments.item import Item, ItemType
from equipoise.vocabulary import Severity

T = TypeVar("T")

_NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY})
SYNTHETIC_TEXT = "SYNTHETIC"


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A number that was typed wrongly, by whom, and what stands in the source document."""

    by: Actor
    participant: str
    page: Page
    item: str
    truth: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What a page is filled from: a life, the number of the encounter, how much treatment has passed, the arm."""

    life: Life
    encounter: int
    progress: float
    arm: str | None
    moment: datetime

    def shows(self, item: Item) -> str:
        """What is to be written for an item; empty where nothing is."""
        if item.type is ItemType.DATE:
            return self.moment.date().isoformat()
        if item.type is ItemType.DATETIME:
            return self.moment.isoformat()
        if item.type is ItemType.TEXT:
            return SYNTHETIC_TEXT if item.required else ""
        return self.life.answer(item, self.encounter, self.progress, self.arm)


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled page: what was written, how it reads, and the items that stay without an answer."""

    written: Mapping[str, str]
    answers: Mapping[str, Answer]
    unreadable: tuple[str, ...]


def fill(plan: Plan, form: PlannedForm, sight: Sight) -> Filled:
    """Answer all items that the page asks, as skip logic shows them.

    Nature draws each item by itself, so that now and then a hard check refuses the whole; the items that clash are
    then left out, as a person leaves out what cannot be read.
    """
    written: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    for item in form.items.values():
        if item.derived is not None or not is_asked(form, item.id, answers):
            continue
        text = sight.shows(item)
        if text:
            written[item.id] = text
            answers[item.id] = read_answer(plan, item, Typed(item.id, text), sight.moment)
    clashing = _impossible(form, answers)
    return Filled(_without(written, clashing), _without(answers, clashing), clashing)


def mistype(
    plan: Plan, form: PlannedForm, page: Filled, luck: np.random.Generator, *, share: float, moment: datetime
) -> dict[str, str]:
    """What is typed instead of the truth: item -> a number with two neighbouring digits exchanged, where possible.

    One draw per number, whatever comes of it, so that a participant's luck does not depend on anybody's answers.
    """
    slips: dict[str, str] = {}
    for item_id, text in page.written.items():
        item = form.items[item_id]
        if item.type not in _NUMBERS or luck.random() >= share or (slip := _exchange(text)) == text:
            continue
        misread = read_answer(plan, item, Typed(item_id, slip), moment)
        if not _impossible(form, {**page.answers, item_id: misread}):
            slips[item_id] = slip
    return slips


def _impossible(form: PlannedForm, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The items that a hard limit or a hard check of the page refuses."""
    errors = [finding for finding in judge_answers(form, answers, answers) if finding.severity is Severity.ERROR]
    return tuple(sorted({item for finding in errors for item in finding.evidence if item in answers}))


def _without(given: dict[str, T], left_out: tuple[str, ...]) -> dict[str, T]:
    return {item: part for item, part in given.items() if item not in left_out}


def _exchange(text: str) -> str:
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    for first, second in pairwise(digits):
        if text[first] != text[second] and (first > 0 or text[second] != "0"):
            signs = list(text)
            signs[first], signs[second] = signs[second], signs[first]
            return "".join(signs)
    return text
