"""Confidence limits by inverting exact tests of a shift, as exact fractions."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.cost import Budget, Job, counter
from equipoise.analysis.exact.counter import Counter
from equipoise.analysis.exact.graph import Key
from equipoise.analysis.exact.integers import Recorded, allocation_of, reduced, refuse_all_tied, scaled
from equipoise.analysis.exact.monte_carlo import Resampling, draw_allocations
from equipoise.analysis.exact.reference import Procedure, Rerun, complete, fixed_sizes
from equipoise.analysis.exact.tails import threshold
from equipoise.analysis.exact.two_sample import mean_difference, refuse_given_sizes, refuse_impossible
from equipoise.analysis.results import Interval, refuse_level
from equipoise.vocabulary import Refusal

Passing = Callable[[Fraction], bool]
INFINITE = float("inf")


def randomisation_interval(
    values: Sequence[Recorded],
    allocation: Sequence[int],
    reference: Procedure | None = None,
    *,
    level: Fraction = LEVEL_95,
    given_sizes: bool = False,
    budget: Budget | None = None,
    resampling: Resampling | None = None,
) -> Interval:
    """Interval for a shift between arms by inverting two one-sided randomisation tests, in the data's units.

    Model: each treated outcome is theta higher than it would have been under control.  With z the allocation,
    p(theta) is computed on values - theta z under the procedure that was used; the interval is the closed set where
    both one-sided p exceed (1 - level)/2.  For an allocation a, D_a(theta) >= D_z(theta) exactly where
    theta >= (D_z - D_a) / (1 - c_a), c_a being the difference in means of z under a: every limit is such a value,
    hence a fraction.  A limit is infinite where even the most extreme allocation does not have a small enough p.
    Refuses as `randomisation_test` does.  Source: Kempthorne & Doerfler 1969; Garthwaite 1996;
    Rosenberger & Lachin 2016, chapter 6.
    """
    refuse_level(level)
    data = scaled(values)
    arms = allocation_of(allocation, len(data.integers))
    refuse_all_tied(data.integers)
    procedure = reference or fixed_sizes(len(arms), sum(arms))
    scores, _, factor = reduced(data.integers)
    tail = (1 - level) / 2
    if isinstance(procedure, Rerun):
        refuse_given_sizes(given_sizes)
        low, high = _sampled_limits(scores, arms, procedure, tail, resampling)
        kind = "inverted randomisation test (Monte Carlo)"
    else:
        task = Job(procedure, scores, arms)
        refuse_impossible(task, arms)
        low, high = _exact_limits(_Shift(task, arms, counter(task, budget), given_sizes), tail)
        kind = "inverted exact randomisation test"
    unit = data.unit * factor
    return Interval(_in_units(low, unit), _in_units(high, unit), level, kind)


def sign_flip_interval(
    differences: Sequence[Recorded], *, level: Fraction = LEVEL_95, budget: Budget | None = None
) -> Interval:
    """Interval for the centre of symmetric differences by inverting two one-sided sign-flip tests, in their units.

    Flipping the signs of a set F of d - theta leaves the sum at least as large exactly where mean(d over F) <= theta
    (or F is empty): the limits are means of subsets.  Refuses non-finite values, no differences, and more than
    `budget`.  Source: Hartigan 1969; Garthwaite 1996.
    """
    refuse_level(level)
    data = scaled(differences, "difference")
    if not data.integers:
        raise Refusal("EXACT-EMPTY", "There is no difference to test.", "Check the analysis set.")
    scores, offset, factor = reduced(data.integers)
    n = len(scores)
    task = Job(complete(n), scores)
    counts = counter(task, budget)
    enough = (1 - level) / 2 * task.total

    def lower(theta: Fraction) -> bool:
        """More than the tail's share of the sets have a mean <= theta."""
        weight = sum(w - counts.at_least(key, threshold(theta * key[0], True)) for key, w in counts.weights.items())
        return weight > enough

    def upper(minus_theta: Fraction) -> bool:
        weight = 0
        for key in counts.weights:
            weight += counts.at_least(key, threshold(-minus_theta * key[0], False))
        return weight > enough

    reach = Fraction(max(scores) + 1)
    if enough < 1:
        return Interval(-INFINITE, INFINITE, level, "inverted sign-flip test")
    low, high = smallest_passing(lower, -reach, reach, n), -smallest_passing(upper, -reach, reach, n)
    return Interval(
        (offset + low * factor) * data.unit, (offset + high * factor) * data.unit, level, "inverted sign-flip test"
    )


def _in_units(limit: Fraction | float, unit: Fraction) -> Fraction | float:
    return limit * unit if isinstance(limit, Fraction) else limit


def smallest_passing(passes: Passing, low: Fraction, high: Fraction, denominator: int) -> Fraction:
    """The smallest theta that passes, where passing is monotone and the answer has at most this denominator.

    `low` must fail and `high` must pass.  Two fractions with denominators <= q differ by at least 1/q^2, so after
    bisection to that width the simplest fraction in the bracket is the only candidate.
    """
    width = Fraction(1, denominator * denominator)
    while high - low >= width:
        middle = (low + high) / 2
        if passes(middle):
            high = middle
        else:
            low = middle
    found = simplest_between(low, high)
    assert found.denominator <= denominator, "the limit is no attainable value"
    return found


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator in (low, high]."""
    floor = high.numerator // high.denominator
    if floor > low:
        return Fraction(floor)
    # Both ends lie in (floor, floor + 1): invert the fractional parts, which swaps the ends.
    inner = _simplest_right_open(1 / (high - floor), None if low == floor else 1 / (low - floor))
    return floor + 1 / inner


def _simplest_right_open(low: Fraction, high: Fraction | None) -> Fraction:
    """The fraction with the smallest denominator in [low, high), `None` being infinity."""
    ceiling = -(-low.numerator // low.denominator)
    if high is None or ceiling < high:
        return Fraction(ceiling)
    floor = ceiling - 1
    return floor + 1 / simplest_between(1 / (high - floor), 1 / (low - floor))


def _exact_limits(shift: "_Shift", tail: Fraction) -> tuple[Fraction | float, Fraction | float]:
    enough = tail * shift.total
    if shift.own >= enough:
        return -INFINITE, INFINITE
    low = _bracketed(lambda theta: shift.at_or_above(theta) > enough, shift)
    high = _bracketed(lambda minus: shift.at_or_below(-minus) > enough, shift)
    return low, -high


def _bracketed(passes: Passing, shift: "_Shift") -> Fraction:
    reach = shift.reach
    while passes(-reach) or not passes(reach):
        reach *= 2
    return smallest_passing(passes, -reach, reach, shift.denominator)


class _Shift:
    """Weights of the allocations that are at least as extreme as the observed one, for any shift theta.

    With K = k_a (n - k_a), D_a(theta) >= D_z(theta) reads S_a >= (K D_z + k_a T)/n - theta (1 - c_a) K / n; each key
    keeps that line as three integers (constant, slope, denominator).
    """

    def __init__(self, task: Job, arms: tuple[int, ...], counts: Counter, given_sizes: bool) -> None:
        n, k, total = len(arms), sum(arms), sum(task.scores)
        observed = mean_difference(task.scores, arms)
        self._counts = counts
        self._lines: dict[Key, tuple[int, int, int]] = {}
        self.total = self.own = 0
        self.denominator = 1
        for (ka, m), weight in counts.weights.items():
            if not 0 < ka < n or (given_sizes and ka != k):
                continue
            self.total += weight
            rest = ka * (n - ka) + ka * k - n * m  # (1 - c_a) K, an integer
            if rest == 0:
                self.own += weight
            else:
                self.denominator = max(self.denominator, k - m if ka == k else k * (n - k) * rest)
            constant, slope = (observed * ka * (n - ka) + ka * total) / n, Fraction(rest, n)
            common = math.lcm(constant.denominator, slope.denominator)
            self._lines[ka, m] = (int(constant * common), int(slope * common), common)
        self.reach = Fraction(max(task.scores) + 1)

    def at_or_above(self, theta: Fraction) -> int:
        """Weight of D_a(theta) >= D_z(theta)."""
        p, q = theta.numerator, theta.denominator
        return self._counts.reaching({key: -((b * p - a * q) // (c * q)) for key, (a, b, c) in self._lines.items()})

    def at_or_below(self, theta: Fraction) -> int:
        """Weight of D_a(theta) <= D_z(theta)."""
        p, q = theta.numerator, theta.denominator
        above = {key: (a * q - b * p) // (c * q) + 1 for key, (a, b, c) in self._lines.items()}
        return self.total - self._counts.reaching(above)


def _sampled_limits(
    scores: tuple[int, ...], arms: tuple[int, ...], procedure: Rerun, tail: Fraction, resampling: Resampling | None
) -> tuple[Fraction | float, Fraction | float]:
    """Order statistics of the values at which the drawn allocations pass the observed one."""
    chosen = resampling or Resampling()
    rows = draw_allocations(procedure, chosen)
    observed = mean_difference(scores, arms)
    crossings = sorted(
        (observed - mean_difference(scores, row)) / (1 - overlap)
        for row in rows.tolist()
        if (overlap := mean_difference(arms, row)) != 1
    )
    always = chosen.draws - len(crossings) + 1  # the drawn copies of the trial's own allocation, and itself
    needed = int(tail * (chosen.draws + 1)) + 1 - always  # the smallest count whose p exceeds the tail
    if needed <= 0 or needed > len(crossings):
        return -INFINITE, INFINITE
    return crossings[needed - 1], crossings[-needed]
