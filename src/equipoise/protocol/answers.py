"""From stored answers to what expressions read."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from equipoise.instruments.item import Item, ItemType
from equipoise.protocol.expression import DECIMALS, Value
from equipoise.vocabulary import Comparator, Refusal, Reported, as_decimal, reported_from_json

Answer: TypeAlias = bool | int | Decimal | str | date | datetime | Reported | Mapping[str, str] | None
"""An answer as it is held in memory, or as a ledger entry stores it (numbers as text, quantities as a map)."""

_NUMBERS = {ItemType.INTEGER, ItemType.DECIMAL}
_DIGITS = 24


def values_of(items: tuple[Item, ...], answers: Mapping[str, Answer]) -> dict[str, Value]:
    """Give what expressions may read: item id -> value, without the items that have no answer.

    A quantity is read in the item's first unit.  A quantity with a comparator has no value, since `<0.3` is no
    number, nor has one in a unit that cannot be converted: every expression that needs it is unknown.  Raises
    `Refusal` (rule `ANSWER`) for an answer that is not of the item's type; the sentence never repeats the answer.
    """
    given = ((item, answers.get(item.id)) for item in items)
    typed = {item.id: _value(item, answer) for item, answer in given if answer is not None and answer != ""}
    return {name: value for name, value in typed.items() if value is not None}


def _value(item: Item, answer: Answer) -> Value | None:
    try:
        if item.type is ItemType.REPORTED_QUANTITY:
            return _quantity(item, answer)
        if item.type is ItemType.BOOLEAN:
            return _truth(answer)
        if item.type in _NUMBERS:
            if isinstance(answer, bool) or not isinstance(answer, int | Decimal | str):
                raise TypeError
            return Decimal(answer)
        if isinstance(answer, date):  # a datetime is a date, too
            return answer.isoformat()
        if isinstance(answer, str):
            return answer
        raise TypeError
    except (TypeError, ValueError, KeyError, InvalidOperation):
        raise Refusal(
            "ANSWER", f"The answer to `{item.id}` is not of its type ({item.type}).", "Answer again."
        ) from None


def _truth(answer: Answer) -> bool:
    if isinstance(answer, bool):
        return answer
    return {"true": True, "false": False}[str(answer)]


def _quantity(item: Item, answer: Answer) -> Decimal | None:
    if isinstance(answer, Mapping):
        answer = reported_from_json(dict(answer))
    if not isinstance(answer, Reported):
        raise TypeError
    if answer.comparator is not Comparator.EXACT:
        return None
    if answer.unit == item.unit:
        return answer.value
    number = item.in_unit(answer.value, answer.unit)
    return None if number is None else round(as_decimal(number, _DIGITS), DECIMALS)
