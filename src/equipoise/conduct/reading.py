"""From what a person types to the answer that is stored, by the item's type.

A refusal never repeats what was typed, so that no participant's value reaches a log or another screen.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime

from equipoise.conduct.answer import Answer, Typed
from equipoise.conduct.plan import Plan
from equipoise.instruments.item import Item, ItemType
from equipoise.vocabulary import Comparator, Refusal, parse_reported, utc_text

_LONGEST_TEXT = 20_000
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_TRUTH = {"true": "true", "false": "false"}


def read_answer(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    """Read one typed answer.  Raises `Refusal` for what is no answer to this item, or lies in the future."""
    text = typed.text.strip()
    if not text:
        raise Refusal(
            "ANSWER-EMPTY", f"There is no answer to {item.id}.", "Answer it, or mark it as not done and say why."
        )
    return _READERS[item.type](plan, item, typed, moment)


def _choice(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    text = typed.text.strip()
    if text not in {code.value for code in item.codes}:
        raise _not_of_type(item, f"Choose one of: {', '.join(code.value for code in item.codes)}.")
    return Answer(text)


def _truth(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    value = _TRUTH.get(typed.text.strip())
    if value is None:
        raise _not_of_type(item, "Answer true or false.")
    return Answer(value)


def _integer(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    text = typed.text.strip()
    if not _INTEGER.fullmatch(text):
        raise _not_of_type(item, "Write a whole number, in digits.")
    return Answer(str(int(text)), unit=_unit(item, typed) or None)


def _decimal(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    unit = _unit(item, typed)
    reported = parse_reported(typed.text, unit or "1", three_decimals=typed.three_decimals)
    if reported.comparator is not Comparator.EXACT:
        raise _not_of_type(item, "Write the number alone.")
    return _number(f"{reported.value:f}", typed, unit)


def _quantity(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    unit = _unit(item, typed)
    reported = parse_reported(typed.text, unit, three_decimals=typed.three_decimals)
    if reported.comparator is not Comparator.EXACT and not item.comparator_allowed:
        raise _not_of_type(item, "Write the number alone.")
    return _number(f"{reported.value:f}", typed, unit, reported.comparator)


def _number(value: str, typed: Typed, unit: str, comparator: Comparator = Comparator.EXACT) -> Answer:
    written = None if typed.text == f"{comparator}{value}" else typed.text
    return Answer(value, comparator or None, unit or None, written)


def _unit(item: Item, typed: Typed) -> str:
    unit = typed.unit or item.unit
    if unit and unit not in item.units:
        raise Refusal("ANSWER-UNIT", f"{item.id} is not asked in this unit.", f"Units: {', '.join(item.units)}.")
    return unit


def _date(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    try:
        day = date.fromisoformat(typed.text.strip())
    except ValueError:
        raise _not_of_type(item, "Write the date as year-month-day, such as 2022-08-31.") from None
    if day > plan.local_date(moment):
        raise _in_future(item)
    return Answer(day.isoformat())


def _datetime(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    try:
        when = datetime.fromisoformat(typed.text.strip())
    except ValueError:
        raise _not_of_type(item, "Write it as 2022-08-31T14:30; without a zone it is local time.") from None
    when = when if when.tzinfo else when.replace(tzinfo=plan.zone)
    if when > moment:
        raise _in_future(item)
    return Answer(utc_text(when), typed=typed.text)


def _text(plan: Plan, item: Item, typed: Typed, moment: datetime) -> Answer:
    text = unicodedata.normalize("NFC", typed.text.strip())
    if len(text) > (item.max_length or _LONGEST_TEXT):
        raise _not_of_type(item, f"Use at most {item.max_length or _LONGEST_TEXT} characters.")
    if any(unicodedata.category(each) == "Cc" and each not in "\n\t" for each in text):
        raise _not_of_type(item, "Remove the characters that cannot be printed.")
    return Answer(text)


_READERS: Mapping[ItemType, Callable[[Plan, Item, Typed, datetime], Answer]] = {
    ItemType.CHOICE: _choice,
    ItemType.BOOLEAN: _truth,
    ItemType.INTEGER: _integer,
    ItemType.DECIMAL: _decimal,
    ItemType.REPORTED_QUANTITY: _quantity,
    ItemType.DATE: _date,
    ItemType.DATETIME: _datetime,
    ItemType.TEXT: _text,
}


def _not_of_type(item: Item, remedy: str) -> Refusal:
    return Refusal("ANSWER-TYPE", f"This is no answer to {item.id}.", remedy)


def _in_future(item: Item) -> Refusal:
    return Refusal("DATE-FUTURE", f"The answer to {item.id} lies in the future.", "Enter when it happened.")
