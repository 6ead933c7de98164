"""Two proportions within strata: Mantel-Haenszel estimate, Cochran-Mantel-Haenszel test, exact conditional test."""

import math
from collections.abc import Sequence
from fractions import Fraction

from scipy.special import ndtri

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.tails import two_sided_tails
from equipoise.analysis.exact.two_by_two import TwoByTwo
from equipoise.analysis.models.distributions import chi_square_upper
from equipoise.analysis.results import Estimate, Interval, Sides, TestResult
from equipoise.vocabulary import Refusal

_MOST_EVENTS = 500  # of the treated arm, over all strata, whose exact distribution is listed


def mantel_haenszel(strata: Sequence[TwoByTwo], *, level: Fraction = LEVEL_95) -> Estimate:
    """Common odds ratio = sum(a d / n) / sum(b c / n), with the Robins-Breslow-Greenland interval on the log scale.

    Refuses where no stratum has both an event and a non-event on opposite sides, so that the ratio is undefined.
    Source: Mantel & Haenszel 1959; Robins, Breslow & Greenland 1986.
    """
    cells = [_cells(table) for table in strata]
    r = [Fraction(a * d, a + b + c + d) for a, b, c, d in cells]
    s = [Fraction(b * c, a + b + c + d) for a, b, c, d in cells]
    p = [Fraction(a + d, a + b + c + d) for a, b, c, d in cells]
    top, bottom = sum(r, Fraction(0)), sum(s, Fraction(0))
    if top == 0 or bottom == 0:
        raise Refusal("TABLE-ZERO", "The common odds ratio is 0 or infinite.", "Use the exact conditional test.")
    variance = (
        sum(pi * ri for pi, ri in zip(p, r, strict=True)) / (2 * top**2)
        + sum(pi * si + (1 - pi) * ri for pi, ri, si in zip(p, r, s, strict=True)) / (2 * top * bottom)
        + sum((1 - pi) * si for pi, si in zip(p, s, strict=True)) / (2 * bottom**2)
    )
    se, ratio = math.sqrt(variance), top / bottom
    half = float(ndtri((1 + float(level)) / 2)) * se
    interval = Interval(float(ratio) * math.exp(-half), float(ratio) * math.exp(half), level, "log odds ratio, RBG")
    return Estimate("common odds ratio", ratio, se, interval=interval)


def cochran_mantel_haenszel(strata: Sequence[TwoByTwo]) -> TestResult:
    """Chi-square with 1 df: (sum(a - E a))^2 / sum V(a), hypergeometric moments, no continuity correction.

    p = P(chi-square >= x), two-sided by nature.  Refuses where no stratum has both outcomes in reach.  Source: Cochran
    1954; Mantel & Haenszel 1959.
    """
    gap, variance = Fraction(0), Fraction(0)
    for a, b, c, d in (_cells(table) for table in strata):
        n, m = a + b + c + d, a + c
        gap += a - Fraction((a + b) * m, n)
        if n > 1:
            variance += Fraction((a + b) * (c + d) * m * (n - m), n * n * (n - 1))
    if variance == 0:
        raise Refusal("TABLE-ZERO", "No stratum has both outcomes.", "Report the counts.")
    statistic = gap * gap / variance
    return TestResult(
        "Cochran-Mantel-Haenszel test",
        "chi-square",
        statistic,
        chi_square_upper(float(statistic), 1),
        _sizes(strata),
        reference="chi-square with 1 degree of freedom",
        assumptions=("independent participants", "same odds ratio in every stratum"),
    )


def exact_stratified_test(strata: Sequence[TwoByTwo], *, sides: Sides = Sides.DISTANCE) -> TestResult:
    """Exact conditional test of equal risks in every stratum: the sum of treated events, all margins fixed.

    Its distribution is the convolution of the strata's hypergeometric distributions, in whole counts; two-sided p =
    P(|X - E X| >= |x - E X|) unless told otherwise.  Refuses no strata, more than 500
    events to list, and `Sides` that do not fit.  Source: Gart 1970; Mehta, Patel & Gray 1985.
    """
    if not strata:
        raise Refusal("TABLE-ZERO", "There is no stratum, so there is nothing to compare.", "Check the analysis set.")
    if sum(min(t.treated_events + t.control_events, t.treated) for t in strata) > _MOST_EVENTS:
        raise Refusal("EXACT-COST", "There are too many events to list.", "Use the Cochran-Mantel-Haenszel test.")
    weights, observed, centre = {0: 1}, 0, Fraction(0)
    for table in strata:
        a, b, c, _ = _cells(table)
        m, low = a + c, max(0, a + c - table.control)
        ways = {
            x: math.comb(table.treated, x) * math.comb(table.control, m - x)
            for x in range(low, min(m, table.treated) + 1)
        }
        after: dict[int, int] = {}
        for total, weight in weights.items():
            for x, way in ways.items():
                after[total + x] = after.get(total + x, 0) + weight * way
        weights, observed = after, observed + a
        centre += Fraction(m * (a + b), table.treated + table.control)

    def reaching(bound: Fraction, strictly: bool) -> int:
        return sum(w for x, w in weights.items() if x > bound or (x == bound and not strictly))

    p, tails = two_sided_tails(reaching, Fraction(observed), centre, sum(weights.values()), sides)
    return TestResult(
        "exact stratified test of two proportions",
        "treated events",
        observed,
        p,
        _sizes(strata),
        tails,
        reference="all margins of every stratum fixed",
        engine="convolution of hypergeometric weights",
        assumptions=("independent participants",),
    )


def _cells(table: TwoByTwo) -> tuple[int, int, int, int]:
    """(treated events, treated without, control events, control without)."""
    return (
        table.treated_events,
        table.treated - table.treated_events,
        table.control_events,
        table.control - table.control_events,
    )


def _sizes(strata: Sequence[TwoByTwo]) -> tuple[tuple[str, int], ...]:
    return (
        ("treated", sum(table.treated for table in strata)),
        ("control", sum(table.control for table in strata)),
        ("strata", len(strata)),
    )
