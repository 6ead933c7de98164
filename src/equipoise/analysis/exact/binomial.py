"""Clopper-Pearson interval of a proportion."""

from fractions import Fraction
from numbers import Integral

from scipy.special import betaincinv

from equipoise.analysis.results import Interval
from equipoise.vocabulary import Refusal

LEVEL_95 = Fraction(95, 100)


def clopper_pearson(successes: int, trials: int, level: Fraction = LEVEL_95) -> Interval:
    """Exact interval of a binomial proportion: each limit leaves (1 - level)/2 in its own tail.

    lower = B(alpha/2; x, n - x + 1), upper = B(1 - alpha/2; x + 1, n - x), with B the beta quantile.
    Refuses counts outside 0..n.  Source: Clopper & Pearson 1934.
    """
    whole = isinstance(successes, Integral) and isinstance(trials, Integral)
    if not whole or not 0 <= successes <= trials or trials == 0:
        raise Refusal(
            "BINOMIAL-COUNT", "The count is no whole number from 0 to the number of trials.", "Check the counts."
        )
    tail = float(1 - level) / 2
    lower = 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, tail))
    upper = 1.0 if successes == trials else float(betaincinv(successes + 1, trials - successes, 1 - tail))
    return Interval(lower, upper, level, "Clopper-Pearson")
