"""Risk ratio and odds ratio of two proportions, with log intervals."""

import math
from fractions import Fraction

from scipy.special import ndtri

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.two_by_two import TwoByTwo
from equipoise.analysis.results import Estimate, Interval
from equipoise.vocabulary import Refusal


def risk_ratio(table: TwoByTwo, *, level: Fraction = LEVEL_95) -> Estimate:
    """(x1/n1) / (x0/n0) with exp(log ratio +- z se), se^2 = 1/x1 - 1/n1 + 1/x0 - 1/n0.

    `se` is that of the log ratio.  Refuses an arm without events.  Source: Katz et al. 1978.
    """
    x1, x0 = table.treated_events, table.control_events
    _refuse_zero(x1, x0)
    ratio = Fraction(x1 * table.control, table.treated * x0)
    variance = Fraction(1, x1) - Fraction(1, table.treated) + Fraction(1, x0) - Fraction(1, table.control)
    return _estimate("risk ratio", ratio, variance, level, "log risk ratio (Katz)")


def odds_ratio(table: TwoByTwo, *, level: Fraction = LEVEL_95) -> Estimate:
    """a d / (b c) with exp(log ratio +- z se), se^2 = 1/a + 1/b + 1/c + 1/d.

    `se` is that of the log ratio.  Refuses a cell of zero.  Source: Woolf 1955.
    """
    a, c = table.treated_events, table.control_events
    b, d = table.treated - a, table.control - c
    _refuse_zero(a, b, c, d)
    variance = sum((Fraction(1, cell) for cell in (a, b, c, d)), Fraction(0))
    return _estimate("odds ratio", Fraction(a * d, b * c), variance, level, "log odds ratio (Woolf)")


def _estimate(name: str, ratio: Fraction, variance: Fraction, level: Fraction, method: str) -> Estimate:
    se = math.sqrt(variance)
    factor = math.exp(float(ndtri((1 + float(level)) / 2)) * se)
    return Estimate(name, ratio, se, interval=Interval(float(ratio) / factor, float(ratio) * factor, level, method))


def _refuse_zero(*cells: int) -> None:
    if 0 in cells:
        raise Refusal(
            "TABLE-ZERO", "A ratio cannot be formed with a count of zero.", "Use the risk difference and Fisher's test."
        )
