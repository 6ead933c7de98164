"""Exact arithmetic at the door: recorded numbers become integers with a common unit, and stay exact."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Integral
from typing import TypeAlias

from equipoise.vocabulary import Refusal

Recorded: TypeAlias = int | str | Decimal | Fraction | float
"""A number as it was recorded.  Text and `Decimal` are exact as written.

A binary float is read by its shortest decimal text (`repr`), so 0.1 means one tenth and not the nearest
binary number; a computed float therefore carries up to 17 digits.  Round it to the recorded precision first.
"""


_COMPUTED = 16  # significant digits that a measurement does not have and a computed binary float does
_MOST_DIGITS = 60  # before or after the point: more than any measurement, and squares still fit binary floats


@dataclass(frozen=True, slots=True)
class Scaled:
    """Integers and the unit that turns them back: recorded value = integer x unit (no offset)."""

    integers: tuple[int, ...]
    unit: Fraction


def exact(value: Recorded, what: str = "value", position: int | None = None) -> Fraction:
    """One recorded number as a fraction.

    Refuses what is not a finite number, or has more than 60 digits before or after the point; the sentence names
    the position, never the content.
    """
    where = "" if position is None else f" number {position + 1}"
    try:
        if isinstance(value, Fraction):
            return value
        decimal = _decimal(value)
        digits = decimal.as_tuple().exponent
    except (ValueError, TypeError, InvalidOperation, OverflowError) as error:
        raise _no_number(what, where) from error
    if not isinstance(digits, int):
        raise _no_number(what, where)
    if decimal and (decimal.adjusted() >= _MOST_DIGITS or digits < -_MOST_DIGITS):
        raise Refusal(
            "EXACT-DIGITS",
            f"The {what}{where} has more than {_MOST_DIGITS} digits before or after the point.",
            "Check it, or give it in another unit.",
        )
    return Fraction(decimal)


def _decimal(value: Recorded) -> Decimal:
    """The number as written; text that is no number raises."""
    if isinstance(value, bool) or value is None:
        raise ValueError
    if isinstance(value, str):
        return Decimal(value.strip())
    if isinstance(value, Decimal):
        return value
    return Decimal(int(value)) if isinstance(value, Integral) else Decimal(repr(float(value)))


def _no_number(what: str, where: str) -> Refusal:
    return Refusal(
        "EXACT-NUMBER",
        f"The {what}{where} is not a finite number.",
        "Decide first how missing values and values below a detection limit are handled, then test again.",
    )


def exact_all(values: Iterable[Recorded], what: str = "value") -> tuple[Fraction, ...]:
    """Each recorded number as a fraction; refuses as `exact` does."""
    return tuple(exact(value, what, i) for i, value in enumerate(values))


def scaled(values: Iterable[Recorded], what: str = "value") -> Scaled:
    """Common integers: with L the least common denominator, integer = value x L and unit = 1/L."""
    fractions = exact_all(values, what)
    common = math.lcm(*(value.denominator for value in fractions)) if fractions else 1
    return Scaled(tuple(value.numerator * (common // value.denominator) for value in fractions), Fraction(1, common))


def computed_digits(values: Iterable[Recorded]) -> tuple[str, ...]:
    """A warning where values carry the digits of computed binary floats, so that ties may have been broken."""
    recorded = (int, str, Decimal, Fraction)
    if not any(not isinstance(v, recorded) and len(_decimal(v).as_tuple().digits) >= _COMPUTED for v in values):
        return ()
    return (
        "values carry 16 or more digits, as computed binary floats do: equal measurements may no longer be equal; "
        "give them as recorded (text or Decimal), or round them first",
    )


def reduced(integers: Sequence[int]) -> tuple[tuple[int, ...], int, int]:
    """(scores, offset, factor) with integer = offset + factor x score, smallest score 0, no common divisor."""
    offset = min(integers)
    factor = math.gcd(*(value - offset for value in integers)) or 1
    return tuple((value - offset) // factor for value in integers), offset, factor


def doubled_midranks(integers: Sequence[int] | Sequence[Fraction]) -> tuple[int, ...]:
    """Twice the midranks: a run of equal values at places a..b (from 1) gets a + b, always an integer."""
    order = sorted(range(len(integers)), key=lambda i: integers[i])
    ranks = [0] * len(integers)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and integers[order[end + 1]] == integers[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = start + end + 2
        start = end + 1
    return tuple(ranks)


def allocation_of(allocation: Sequence[int], n: int) -> tuple[int, ...]:
    """The allocation as 0 (control) and 1 (treated); refuses other codes, another length, or an empty arm."""
    arms = tuple(int(arm) if arm in (0, 1) else -1 for arm in allocation)
    if -1 in arms:
        raise Refusal("EXACT-ARM", "An allocation code is neither 0 nor 1.", "Code control as 0 and treated as 1.")
    if len(arms) != n:
        raise Refusal(
            "EXACT-LENGTH",
            f"There are {n} values but {len(arms)} allocations.",
            "Give one allocation for each value, in the same order.",
        )
    if sum(arms) in (0, n):
        raise Refusal("EXACT-EMPTY", "One arm is empty, so there is nothing to compare.", "Check the analysis set.")
    return arms


def refuse_all_tied(integers: Sequence[int]) -> None:
    """Refuses data in which every value is the same: no allocation can differ from another."""
    if len(set(integers)) == 1:
        raise Refusal(
            "EXACT-TIED",
            "All values are equal, so the data cannot speak for or against a difference.",
            "Report the common value; a p-value would be 1 by definition.",
        )
