"""What is known of a value: a number, or a limit that it lies below or above; and what that leaves of an order."""

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


def lies_below(one: Interval, other: Interval) -> bool:
    """True if every value that `one` allows is smaller than every value that `other` allows."""
    if one.high is None or other.low is None:
        return False
    return one.high < other.low or (one.high == other.low and not (one.high_included and other.low_included))


def order_scores(values: Sequence[Interval]) -> tuple[int, ...]:
    """Each value's score: how many of the others certainly lie below it, minus how many certainly lie above it.

    Of numbers alone this is 2 midrank - (n + 1), so that the test on these scores is Wilcoxon's; a pair whose order is
    not known counts as tied.  Source: Gehan, Biometrika 1965;52:203-223; Mantel, Biometrics 1967;23:65-78.
    """
    return tuple(sum(lies_below(b, a) for b in values) - sum(lies_below(a, b) for b in values) for a in values)


def undecided_pairs(values: Sequence[Interval]) -> int:
    """How many pairs neither are equal numbers nor have an order that is known."""
    return sum(
        not (lies_below(a, b) or lies_below(b, a) or (a == b and a.low == a.high))
        for i, a in enumerate(values)
        for b in values[:i]
    )
