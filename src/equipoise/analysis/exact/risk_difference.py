"""Intervals for a difference of two proportions, from exact to Wald."""

import math
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, xlog1py, xlogy

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.two_by_two import TwoByTwo, log_choose, refined_maximum
from equipoise.analysis.results import Estimate, Interval
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]


class RiskInterval(StrEnum):
    """How an interval for a risk difference is made; p1 treated, p0 control."""

    EXACT = "exact unconditional"
    """Inverts two one-sided score tests, tails maximised over the nuisance risk (Chan & Zhang 1999)."""
    SCORE = "Miettinen-Nurminen score"
    """Score test with restricted maximum likelihood and factor n/(n-1) (Miettinen & Nurminen 1985)."""
    NEWCOMBE = "Newcombe hybrid score"
    """Wilson limits combined by squares (Newcombe 1998, method 10)."""
    AGRESTI_CAFFO = "Agresti-Caffo"
    """Wald after one event and one non-event are added per arm (Agresti & Caffo 2000)."""
    WALD = "Wald"
    """p1 - p0 +- z sqrt(p1 q1/n1 + p0 q0/n0): too short in small trials; for comparison only."""


_MOST_TABLES = 40_000  # outcomes (n1 + 1)(n0 + 1) up to which the exact interval is computed


def risk_difference(
    table: TwoByTwo, *, method: RiskInterval = RiskInterval.EXACT, level: Fraction = LEVEL_95
) -> Estimate:
    """Risk difference p1 - p0 (treated - control, a proportion) with an interval by the chosen method.

    The methods are those of `RiskInterval`; the exact one is the set of d with both one-sided p(d) > (1 - level)/2,
    where p(d) = max over p0 of P(Z_d at least as extreme | p0 + d, p0) and Z_d is the score statistic.
    Refuses an exact interval for more than 40,000 possible outcomes, and says which method to take.
    Source: Chan & Zhang 1999; Miettinen & Nurminen 1985; Newcombe 1998; Agresti & Caffo 2000.
    """
    p1, p0 = (
        Fraction(table.treated_events, table.treated),
        Fraction(table.control_events, table.control),
    )
    z = float(ndtri((1 + float(level)) / 2))
    if method is RiskInterval.EXACT:
        if (table.treated + 1) * (table.control + 1) > _MOST_TABLES:
            raise Refusal(
                "EXACT-COST",
                "The arms are too large for the exact unconditional interval.",
                "Use the Miettinen-Nurminen score interval, which is accurate at this size.",
            )
        limits = _exact_limits(table, (1 - float(level)) / 2)
    else:
        limits = _CLOSED[method](table, z)
    se = math.sqrt(float(p1 * (1 - p1) / table.treated + p0 * (1 - p0) / table.control))
    return Estimate("risk difference", p1 - p0, se, interval=Interval(*limits, level, method.value))


def score_statistic(x1: Floats, n1: int, x0: Floats, n0: int, delta: float) -> Floats:
    """Miettinen-Nurminen score: (p1 - p0 - delta) / sqrt((v1/n1 + v0/n0) n/(n - 1)), v at the restricted maximum.

    The restricted estimate of p0 solves the cubic of Miettinen & Nurminen 1985, appendix; arrays broadcast.
    """
    n = n1 + n0
    x1, x0 = np.broadcast_arrays(np.asarray(x1, dtype=float), np.asarray(x0, dtype=float))
    l3 = float(n)
    l2 = (n1 + 2 * n0) * delta - n - (x1 + x0)
    l1 = (n0 * delta - n - 2 * x0) * delta + x1 + x0
    l0 = x0 * delta * (1 - delta)
    q = l2**3 / (27 * l3**3) - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    root = np.sqrt(np.maximum(l2**2 / (9 * l3**2) - l1 / (3 * l3), 0))
    p = np.where(q >= 0, root, -root)
    cubed = np.where(p == 0, 1.0, p**3)
    angle = (math.pi + np.arccos(np.clip(q / cubed, -1, 1))) / 3
    r0 = np.clip(2 * p * np.cos(angle) - l2 / (3 * l3), max(0.0, -delta), min(1.0, 1 - delta))
    r1 = np.clip(r0 + delta, 0, 1)
    variance = (r1 * (1 - r1) / n1 + r0 * (1 - r0) / n0) * n / (n - 1)
    gap = x1 / n1 - x0 / n0 - delta
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 1e-15, gap / np.sqrt(np.maximum(variance, 0)), np.copysign(np.inf, gap))
    return np.where(np.abs(gap) < 1e-12, 0.0, z)


def _score_limits(table: TwoByTwo, z: float) -> tuple[float, float]:
    def statistic(delta: float) -> float:
        x1, x0 = np.array(table.treated_events), np.array(table.control_events)
        return float(score_statistic(x1, table.treated, x0, table.control, delta))

    estimate = table.treated_events / table.treated - table.control_events / table.control
    lower = _crossing(lambda d: statistic(d) <= z, -1.0, estimate)
    return lower, -_crossing(lambda d: statistic(-d) >= -z, -1.0, -estimate)


def _exact_limits(table: TwoByTwo, tail: float) -> tuple[float, float]:
    n1, n0 = table.treated, table.control
    x1, x0 = np.arange(n1 + 1.0)[:, None], np.arange(n0 + 1.0)[None, :]
    ways1, ways0 = log_choose(n1, np.arange(n1 + 1)), log_choose(n0, np.arange(n0 + 1))

    def reaches(delta: float, sign: float) -> bool:
        """The maximised one-sided p at this difference exceeds the tail's share."""
        z = sign * score_statistic(x1, n1, x0, n0, delta)
        region = (z >= z[table.treated_events, table.control_events] - 1e-9).astype(float)

        def p_value(risks: Floats) -> Floats:
            first, second = _binomial(n1, ways1, risks + delta), _binomial(n0, ways0, risks)
            return np.asarray(((first @ region) * second).sum(axis=1))

        return refined_maximum(p_value, max(0.0, -delta), min(1.0, 1 - delta), 201, enough=tail) > tail

    estimate = table.treated_events / n1 - table.control_events / n0
    lower = _crossing(lambda d: reaches(d, 1.0), -1.0, estimate)
    return lower, -_crossing(lambda d: reaches(-d, -1.0), -1.0, -estimate)


def _crossing(inside: Callable[[float], bool], low: float, high: float) -> float:
    """Where a difference enters the interval, searching from `low` up to the estimate; `low` itself if it is inside."""
    if inside(low):
        return low
    while high - low > 1e-10:
        middle = (low + high) / 2
        if inside(middle):
            high = middle
        else:
            low = middle
    return (low + high) / 2


def _binomial(n: int, log_ways: Floats, risks: Floats) -> Floats:
    x, p = np.arange(n + 1.0), np.clip(risks, 0, 1)[:, None]
    return np.asarray(np.exp(log_ways + xlogy(x, p) + xlog1py(n - x, -p)))


def _newcombe(table: TwoByTwo, z: float) -> tuple[float, float]:
    p1, p0 = table.treated_events / table.treated, table.control_events / table.control
    l1, u1 = wilson(table.treated_events, table.treated, z)
    l0, u0 = wilson(table.control_events, table.control, z)
    return p1 - p0 - math.hypot(p1 - l1, u0 - p0), p1 - p0 + math.hypot(u1 - p1, p0 - l0)


def wilson(events: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's score limits of one proportion for the normal quantile z (Wilson 1927)."""
    p = events / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    centre, scale = p + z * z / (2 * n), 1 + z * z / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def _wald(x1: float, n1: float, x0: float, n0: float, z: float) -> tuple[float, float]:
    p1, p0 = x1 / n1, x0 / n0
    half = z * math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    return p1 - p0 - half, p1 - p0 + half


_CLOSED: dict[RiskInterval, Callable[[TwoByTwo, float], tuple[float, float]]] = {
    RiskInterval.SCORE: _score_limits,
    RiskInterval.NEWCOMBE: _newcombe,
    RiskInterval.AGRESTI_CAFFO: lambda t, z: _wald(
        t.treated_events + 1, t.treated + 2, t.control_events + 1, t.control + 2, z
    ),
    RiskInterval.WALD: lambda t, z: _wald(t.treated_events, t.treated, t.control_events, t.control, z),
}
