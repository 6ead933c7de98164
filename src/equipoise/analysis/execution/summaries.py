"""How one arm did: exact sums, rounded once to what a table shows."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from equipoise.analysis.analysis_results import ArmSummary
from equipoise.analysis.execution.cases import Case


def mean(values: Sequence[Fraction]) -> float | None:
    """The arithmetic mean, None of nobody."""
    return float(sum(values, Fraction(0)) / len(values)) if values else None


def standard_deviation(values: Sequence[Fraction]) -> float | None:
    """The standard deviation with divisor n - 1, None of fewer than two."""
    n = len(values)
    if n < 2:
        return None
    total = sum(values, Fraction(0))
    return math.sqrt((sum((value * value for value in values), Fraction(0)) - total * total / n) / (n - 1))


def quantile(values: Sequence[Fraction], share: Fraction) -> float | None:
    """A quantile by linear interpolation (Hyndman & Fan, Am Stat 1996;50:361-365, definition 7); None of nobody."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def summary_of_cases(arm: str, cases: Iterable[Case]) -> ArmSummary:
    """One arm of an analysis, on its scale; a statistic is None where a value is known by its order alone."""
    given = tuple(cases)
    after = known_numbers(case.outcome for case in given)
    before = known_numbers(case.baseline for case in given)
    change = known_numbers(case.change for case in given)
    low, middle, high = (quantile(after, Fraction(quarter, 4)) for quarter in (1, 2, 3))
    return ArmSummary(
        arm=arm,
        n=len(given),
        baseline_mean=mean(before),
        baseline_sd=standard_deviation(before),
        mean=mean(after),
        sd=standard_deviation(after),
        median=middle,
        lower_quartile=low,
        upper_quartile=high,
        change_mean=mean(change),
        change_sd=standard_deviation(change),
    )


def known_numbers(values: Iterable[Fraction | None]) -> tuple[Fraction, ...]:
    """The values if all are numbers; nothing if one of them is not."""
    given = tuple(values)
    return tuple(value for value in given if value is not None) if None not in given else ()
