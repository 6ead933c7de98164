"""Two proportions: Fisher's exact test, Boschloo's, and intervals for the risk difference."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

from equipoise.analysis.results import PValue, Sides, Tails, TestResult
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]
_MOST_FISHER = 10_000  # tables with the same margins that Fisher's test lists
_MOST_BOSCHLOO = 1_000_000  # outcomes (n1 + 1)(n0 + 1) that Boschloo's test holds in memory
_SAME = 1e-9  # probabilities closer than this, relatively, are equal


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Participants with an event, of all, per arm.  Refuses counts that are not whole or outside 0..n, an empty arm."""

    treated_events: int
    treated: int
    control_events: int
    control: int

    def __post_init__(self) -> None:
        counts = (self.treated_events, self.treated, self.control_events, self.control)
        if not all(isinstance(count, Integral) for count in counts):
            raise Refusal("BINOMIAL-COUNT", "A count of participants is not a whole number.", "Check the counts.")
        if self.treated < 1 or self.control < 1:
            raise Refusal("EXACT-EMPTY", "One arm is empty, so there is nothing to compare.", "Check the analysis set.")
        if not (0 <= self.treated_events <= self.treated and 0 <= self.control_events <= self.control):
            raise Refusal("BINOMIAL-COUNT", "A count lies outside 0 to the size of its arm.", "Check the counts.")

    @property
    def sizes(self) -> tuple[tuple[str, int], ...]:
        """Arm names with their numbers of participants."""
        return (("treated", self.treated), ("control", self.control))


def fisher_test(table: TwoByTwo, *, sides: Sides = Sides.PROBABILITY) -> TestResult:
    """Fisher's exact test of equal risks, conditional on both margins; exact fractions.

    P(x) = C(n1, x) C(n0, m - x) / C(n, m).  Two-sided `Sides.PROBABILITY` adds all tables that are no more probable
    than the observed one (compared as integers); `DISTANCE` and `DOUBLED` as everywhere.  The statistic is the
    sample odds ratio.  Refuses other definitions, an empty arm, counts outside their
    arm, more than 10,000 tables.
    Source: Fisher 1935; Agresti 2002, section 3.5.
    """
    m = table.treated_events + table.control_events
    low, high = max(0, m - table.control), min(m, table.treated)
    if high - low > _MOST_FISHER:
        raise Refusal("EXACT-COST", "There are too many events to list all tables.", "Use Pearson's chi-square test.")
    weight = _hypergeometric_weights(table, m, low, high)
    total, observed = sum(weight.values()), table.treated_events
    centre = Fraction(m * table.treated, table.treated + table.control)
    greater = sum(w for x, w in weight.items() if x >= observed)
    less = sum(w for x, w in weight.items() if x <= observed)
    far = [(w, abs(x - centre)) for x, w in weight.items()]
    distance = sum(w for w, d in far if d >= abs(observed - centre))
    beyond = sum(w for w, d in far if d > abs(observed - centre))
    counts = {
        Sides.PROBABILITY: sum(w for w in weight.values() if w <= weight[observed]),
        Sides.DISTANCE: distance,
        Sides.DOUBLED: min(total, 2 * min(greater, less)),
        Sides.GREATER: greater,
        Sides.LESS: less,
    }
    if sides not in counts:
        raise Refusal("EXACT-SIDES", "This two-sided definition does not fit the test.", "Use probability or distance.")
    return TestResult(
        "Fisher's exact test",
        "odds ratio",
        _odds_ratio(table),
        PValue(Fraction(counts[sides], total), sides, True, counts[sides], total),
        table.sizes,
        Tails(
            Fraction(distance, total),
            Fraction(counts[Sides.DOUBLED], total),
            Fraction(greater, total),
            Fraction(less, total),
            Fraction(distance + beyond, 2 * total),
        ),
        reference="both margins fixed",
        engine="hypergeometric weights",
        assumptions=("independent participants",),
    )


def _hypergeometric_weights(table: TwoByTwo, m: int, low: int, high: int) -> dict[int, int]:
    """C(n1, x) C(n0, m - x) for x from `low` to `high`, each from the one before."""
    weight = math.comb(table.treated, low) * math.comb(table.control, m - low)
    found = {}
    for x in range(low, high + 1):
        found[x] = weight
        weight = weight * (table.treated - x) * (m - x) // ((x + 1) * (table.control - m + x + 1))
    return found


def boschloo_test(table: TwoByTwo, *, sides: Sides = Sides.PROBABILITY) -> TestResult:
    """Boschloo's unconditional test: Fisher's p as the statistic, its tail maximised over the common risk.

    p = max over pi of P(Fisher p <= observed | pi), with Fisher's two-sided p (`Sides.PROBABILITY`, the default), his
    one-sided p, or twice the smaller one-sided result (`DOUBLED`).  The level is guaranteed, the power never below
    Fisher's.  The maximum is found on a grid of 2,001 risks and refined, to about 10 digits, so `exact` is False.
    Counts of participants; refuses other two-sided definitions, an empty arm, counts outside their arm, and
    more than 1,000,000 outcomes.
    Source: Boschloo 1970; Mehrotra, Chan & Berger 2003.
    """
    if sides not in (Sides.PROBABILITY, Sides.DOUBLED, Sides.GREATER, Sides.LESS):
        raise Refusal("EXACT-SIDES", "This two-sided definition does not fit the test.", "Use probability or doubled.")
    if (table.treated + 1) * (table.control + 1) > _MOST_BOSCHLOO:
        raise Refusal("EXACT-COST", "The arms are too large for Boschloo's test.", "Use Fisher's exact test.")
    kinds = (Sides.GREATER, Sides.LESS) if sides is Sides.DOUBLED else (sides,)
    tails = {kind: _boschloo_tail(table, kind) for kind in kinds}
    least = min(tails, key=lambda kind: tails[kind])
    return TestResult(
        "Boschloo's exact unconditional test",
        "Fisher p",
        fisher_test(table, sides=least).p.value,
        PValue(min(1.0, len(kinds) * tails[least]), sides, False),
        table.sizes,
        reference="two independent binomials, common risk maximised out",
        assumptions=("independent participants",),
        warnings=("the maximum over the common risk is numerical, to about 10 digits",),
    )


def _odds_ratio(table: TwoByTwo) -> Fraction | float:
    cross = (
        (table.treated_events * (table.control - table.control_events)),
        (table.control_events * (table.treated - table.treated_events)),
    )
    if cross[1] == 0:
        return float("nan") if cross[0] == 0 else float("inf")
    return Fraction(*cross)


def _boschloo_tail(table: TwoByTwo, kind: Sides) -> float:
    n1, n0 = table.treated, table.control
    fisher = np.empty((n1 + 1, n0 + 1))
    for m in range(n1 + n0 + 1):
        xs = np.arange(max(0, m - n0), min(m, n1) + 1)
        weights = np.exp(log_choose(n1, xs) + log_choose(n0, m - xs) - log_choose(n1 + n0, np.array([m])))
        if kind is Sides.GREATER:
            tail = np.cumsum(weights[::-1])[::-1]
        elif kind is Sides.LESS:
            tail = np.cumsum(weights)
        else:
            tail = (weights * (weights <= weights[:, None] * (1 + _SAME))).sum(axis=1)
        fisher[xs, m - xs] = tail
    region = fisher <= fisher[table.treated_events, table.control_events] * (1 + _SAME)
    x, y = np.meshgrid(np.arange(n1 + 1), np.arange(n0 + 1), indexing="ij")
    return _largest_over_risk(region, x + y, log_choose(n1, x) + log_choose(n0, y), n1 + n0)


def log_choose(n: int, x: NDArray[np.int64]) -> Floats:
    """log C(n, x)."""
    return np.asarray(gammaln(n + 1.0) - gammaln(x + 1.0) - gammaln(n - x + 1.0))


def _largest_over_risk(region: NDArray[np.bool_], events: NDArray[np.int64], log_ways: Floats, n: int) -> float:
    """max over pi of sum over the region of ways x pi^events (1 - pi)^(n - events)."""
    totals = np.arange(n + 1.0)
    most = log_choose(n, np.arange(n + 1))  # all ways of a total: what is left of a region is a share of them
    share = np.bincount(events[region], weights=np.exp((log_ways - most[events])[region]), minlength=n + 1)
    with np.errstate(divide="ignore"):
        log_total = np.log(share) + most

    def tail(risks: Floats) -> Floats:
        logs = log_total + xlogy(totals, risks[:, None]) + xlog1py(n - totals, -risks[:, None])
        return np.asarray(np.exp(logs).sum(axis=1))

    return refined_maximum(tail, 0.0, 1.0)


def refined_maximum(
    function: Callable[[Floats], Floats], low: float, high: float, points: int = 2001, *, enough: float = 1.0
) -> float:
    """Maximum, at most 1, of a smooth function over an interval: a grid, then finer grids around its best point.

    The search ends at the first value above `enough`, where it matters only whether there is one.
    """
    first, last, best = low, high, 0.0
    for _ in range(6):
        grid = np.linspace(low, high, points)
        values = function(grid)
        at = int(values.argmax())
        best = max(best, float(values[at]))
        if best > enough:
            break
        step = (high - low) / (points - 1)
        low, high, points = max(first, grid[at] - step), min(last, grid[at] + step), 41
    return min(best, 1.0)
