"""What is known of a value: a number, or a limit that it lies below or above; and what that leaves of an order."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from equipoise.analysis.trial_data import Measurement
from equipoise.vocabulary import Comparator, Interval


def known_of(measurement: Measurement) -> Interval:
    """The true values that a measurement allows, in the item's first unit."""
    value = measurement.value
    match measurement.comparator:
        case Comparator.EXACT:
            return Interval(value, value)
        case Comparator.BELOW | Comparator.AT_MOST:
            return Interval(None, value, high_included=measurement.comparator is Comparator.AT_MOST)
        case _:
            return Interval(value, None, low_included=measurement.comparator is Comparator.AT_LEAST)


def difference(after: Interval, before: Interval) -> Interval:
    """The changes `after - before` that two measurements allow."""
    low = None if after.low is None or before.high is None else after.low - before.high
    high = None if after.high is None or before.low is None else after.high - before.low
    return Interval(low, high, after.low_included and before.high_included, after.high_included and before.low_included)


def ratio(after: Interval, before: Interval) -> Interval:
    """The ratios `after / before` of two positive quantities; an open lower end is zero."""
    low = Fraction(0) if after.low is None or before.high is None else after.low / before.high
    high = None if after.high is None or not before.low else after.high / before.low
    return Interval(low, high, after.low_included and before.high_included, after.high_included and before.low_included)


End = tuple[Fraction, int]
"""An end of what is known, so that `upper(a) < lower(b)` says that every value of a lies below every value of b."""


def _upper(known: Interval) -> End | None:
    return None if known.high is None else (known.high, 0 if known.high_included else -1)


def _lower(known: Interval) -> End | None:
    return None if known.low is None else (known.low, 0 if known.low_included else 1)


def order_scores(values: Sequence[Interval]) -> tuple[int, ...]:
    """Each value's score: how many of the others certainly lie below it, minus how many certainly lie above it.

    Of numbers alone this is 2 midrank - (n + 1), so that the test on these scores is Wilcoxon's; a pair whose order is
    not known counts as tied.  Source: Gehan, Biometrika 1965;52:203-223; Mantel, Biometrics 1967;23:65-78.
    """
    uppers = sorted(end for end in map(_upper, values) if end is not None)
    lowers = sorted(end for end in map(_lower, values) if end is not None)
    return tuple(_below(uppers, _lower(each)) - _above(lowers, _upper(each)) for each in values)


def undecided_pairs(values: Sequence[Interval]) -> int:
    """How many pairs neither are equal numbers nor have an order that is known."""
    uppers = sorted(end for end in map(_upper, values) if end is not None)
    decided = sum(_below(uppers, _lower(each)) for each in values)
    equal = Counter(each.low for each in values if each.low is not None and each.low == each.high)
    return math.comb(len(values), 2) - decided - sum(math.comb(count, 2) for count in equal.values())


def _below(uppers: list[End], low: End | None) -> int:
    return 0 if low is None else bisect_left(uppers, low)


def _above(lowers: list[End], high: End | None) -> int:
    return 0 if high is None else len(lowers) - bisect_right(lowers, high)
