"""Kaplan-Meier estimate of survival, with its median."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.special import ndtri

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.integers import Recorded
from equipoise.analysis.results import Estimate, Interval
from equipoise.analysis.survival.follow_up import event_table, follow_up


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """S(t) just after each event time, with pointwise limits; `at_risk` and `events` at that time."""

    times: tuple[Fraction, ...]
    survival: tuple[Fraction, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    median: Estimate
    n: int
    method: str = "Kaplan-Meier, log-log limits"


def kaplan_meier(times: Sequence[Recorded], events: Sequence[int], *, level: Fraction = LEVEL_95) -> SurvivalCurve:
    """S(t) = product over event times of (1 - d/n), exact; Greenwood variance; log(-log S) limits.

    The median is the first time with S <= 1/2 (the midpoint of a flat stretch at exactly 1/2, as R's survival has
    it), and its limits those times at which the curve's limits reach 1/2 (Brookmeyer & Crowley 1982).  It is infinite
    where the curve stays above 1/2.  Refuses as `follow_up`.  Source: Kaplan & Meier 1958; Kalbfleisch & Prentice.
    """
    data = follow_up(times, events)
    table = event_table(data, [0] * len(data.times))
    d, r = table.events.tolist(), table.at_risk.tolist()
    survival, current = [], Fraction(1)
    for died, risk in zip(d, r, strict=True):
        current *= 1 - Fraction(died, risk)
        survival.append(current)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.array([float(v) for v in survival])
        greenwood = np.cumsum(table.events / (table.at_risk * (table.at_risk - table.events)))
        half = float(ndtri((1 + float(level)) / 2)) * np.sqrt(greenwood) / np.log(s)
        lower, upper = s ** np.exp(-half), s ** np.exp(half)
    lower, upper = np.where(s == 0, np.nan, lower), np.where(s == 0, np.nan, upper)
    limits = Interval(_reaches(table.times, lower), _reaches(table.times, upper), level, "Brookmeyer-Crowley, log-log")
    median = Estimate("median", _median(table.times, survival), interval=limits)
    return SurvivalCurve(
        table.times, tuple(survival), tuple(lower), tuple(upper), tuple(r), tuple(d), median, len(data.times)
    )


def _median(times: Sequence[Fraction], survival: Sequence[Fraction]) -> Fraction | float:
    half = Fraction(1, 2)
    for i, s in enumerate(survival):
        if s < half:
            return times[i]
        if s == half:
            return (times[i] + times[i + 1]) / 2 if i + 1 < len(times) else times[i]
    return float("inf")


def _reaches(times: Sequence[Fraction], limit: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Fraction | float:
    below = np.flatnonzero(limit <= 0.5)
    return times[int(below[0])] if len(below) else float("inf")
