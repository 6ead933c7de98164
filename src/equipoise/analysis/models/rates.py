"""Event rates: one exact Poisson rate, and the exact ratio of two."""

import math
from fractions import Fraction
from numbers import Integral

from scipy.special import gammaincinv

from equipoise.analysis.exact.binomial import LEVEL_95, clopper_pearson
from equipoise.analysis.exact.integers import Recorded, exact
from equipoise.analysis.exact.tails import two_sided_tails
from equipoise.analysis.results import Estimate, Interval, Sides, TestResult
from equipoise.vocabulary import Refusal


def poisson_rate(events: int, exposure: Recorded, *, level: Fraction = LEVEL_95) -> Estimate:
    """Events per unit of exposure, with Garwood's exact interval.

    lower = G(alpha/2; x) / e, upper = G(1 - alpha/2; x + 1) / e, G the gamma quantile of that shape.
    Refuses negative counts and exposure that is not positive.  Source: Garwood 1936.
    """
    time = _exposure(events, exposure)
    tail = float(1 - level) / 2
    lower = 0.0 if events == 0 else float(gammaincinv(events, tail))
    upper = float(gammaincinv(events + 1, 1 - tail))
    interval = Interval(lower / float(time), upper / float(time), level, "Garwood")
    return Estimate("rate", events / time, interval=interval)


def rate_ratio_test(
    treated_events: int,
    treated_exposure: Recorded,
    control_events: int,
    control_exposure: Recorded,
    *,
    sides: Sides = Sides.DOUBLED,
    level: Fraction = LEVEL_95,
) -> TestResult:
    """Exact test that two Poisson rates are equal, with an exact interval for their ratio treated / control.

    Given the total m, treated events are binomial with share q = e1 / (e1 + e0): p is a fraction.  The default
    two-sided definition doubles the smaller tail and so agrees with the interval, Clopper-Pearson limits of the share
    carried over by ratio = s / (1 - s) x e0 / e1.  Refuses no events at all, and exposure that is not positive.
    Source: Przyborowski & Wilenski 1940; Breslow & Day 1987.
    """
    first, second = _exposure(treated_events, treated_exposure), _exposure(control_events, control_exposure)
    m = treated_events + control_events
    if m == 0:
        raise Refusal("RATE-EVENTS", "There is no event in either arm.", "Report the exposure.")
    share = first / (first + second)
    a, b = share.numerator, share.denominator - share.numerator
    weights = [math.comb(m, x) * a**x * b ** (m - x) for x in range(m + 1)]

    def reaching(bound: Fraction, strictly: bool) -> int:
        return sum(w for x, w in enumerate(weights) if x > bound or (x == bound and not strictly))

    p, tails = two_sided_tails(reaching, Fraction(treated_events), m * share, sum(weights), sides)
    limits = clopper_pearson(treated_events, m, level)
    scale = second / first
    interval = Interval(
        _ratio(float(limits.lower), scale), _ratio(float(limits.upper), scale), level, "conditional, Clopper-Pearson"
    )
    ratio = float("inf") if control_events == 0 else Fraction(treated_events, control_events) * scale
    return TestResult(
        "exact comparison of two Poisson rates",
        "rate ratio",
        ratio,
        p,
        (("events, treated", treated_events), ("events, control", control_events)),
        tails,
        Estimate("rate ratio", ratio, interval=interval),
        "binomial given the total number of events",
        "binomial weights",
        ("events of a participant occur independently of each other (no clustering)",),
    )


def _ratio(share: float, scale: Fraction) -> float:
    return float("inf") if share >= 1 else share / (1 - share) * float(scale)


def _exposure(events: int, exposure: Recorded) -> Fraction:
    time = exact(exposure, "exposure")
    if not isinstance(events, Integral) or events < 0 or time <= 0:
        raise Refusal(
            "RATE-EXPOSURE",
            "A count is negative or no whole number, or an exposure is not positive.",
            "Check the counts and the exposure.",
        )
    return time
