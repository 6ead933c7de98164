"""A synthetic person fills a page: what nature shows, typed by somebody who now and then mistypes a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import numpy as np

from equipoise.conduct import Actor, Answer, Page, Plan, PlannedForm, Typed
from equipoise.conduct.checking import is_asked
from equipoise.conduct.reading import read_answer
from equipoise.design import Life
from equipoise.instruments.item import Item, ItemType

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


def fill(plan: Plan, form: PlannedForm, sight: Sight) -> dict[str, str]:
    """The answers to all items that the page asks, item by item, as skip logic shows them."""
    written: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    for item in form.items.values():
        if item.derived is not None or not is_asked(form, item.id, answers):
            continue
        text = sight.shows(item)
        if text:
            written[item.id] = text
            answers[item.id] = read_answer(plan, item, Typed(item.id, text), sight.moment)
    return written


def mistype(form: PlannedForm, written: Mapping[str, str], luck: np.random.Generator, share: float) -> dict[str, str]:
    """What is typed instead of the truth: item -> a number with two neighbouring digits exchanged, where possible.

    One draw per number, whatever comes of it, so that a participant's luck does not depend on anybody's answers.
    """
    slips: dict[str, str] = {}
    for item_id, text in written.items():
        if form.items[item_id].type not in _NUMBERS:
            continue
        if luck.random() < share and (slip := _exchange(text)) != text and _is_possible(form.items[item_id], slip):
            slips[item_id] = slip
    return slips


def _exchange(text: str) -> str:
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    for first, second in pairwise(digits):
        if text[first] != text[second] and (first > 0 or text[second] != "0"):
            signs = list(text)
            signs[first], signs[second] = signs[second], signs[first]
            return "".join(signs)
    return text


def _is_possible(item: Item, text: str) -> bool:

    return item.allows(Decimal(text.lstrip("<>")), item.unit)
