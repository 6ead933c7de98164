"""Hodges-Lehmann estimates with limits from the exact rank tests."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.cost import Job, counter
from equipoise.analysis.exact.integers import Recorded, doubled_midranks, exact_all, refuse_all_tied
from equipoise.analysis.exact.reference import fixed_sizes
from equipoise.analysis.exact.signs import sign_counter
from equipoise.analysis.results import Estimate, Interval
from equipoise.vocabulary import Refusal

_MOST_CANDIDATES = 2_000_000
RankSum = Callable[[Fraction], int]


def hodges_lehmann(treated: Sequence[Recorded], control: Sequence[Recorded], *, level: Fraction = LEVEL_95) -> Estimate:
    """Shift between arms: the median of all differences treated - control, in the data's units.

    The limits are the differences nearest to the estimate that the Wilcoxon-Mann-Whitney test rejects one-sidedly at
    (1 - level)/2, by the exact distribution of the observed midranks (all subsets equally likely); infinite where it
    rejects none.  Refuses an empty arm, values that are all tied, and non-finite values.
    Source: Hodges & Lehmann 1963; Bauer 1972; with ties Hothorn & Munzel 2002, StatXact.
    """
    first, second = exact_all(treated, "treated value"), exact_all(control, "control value")
    if not first or not second:
        raise Refusal("EXACT-EMPTY", "One arm is empty, so there is nothing to compare.", "Check the analysis set.")
    _refuse_too_many(len(first) * len(second))
    k, n, ranks = len(first), len(first) + len(second), doubled_midranks(first + second)
    refuse_all_tied(ranks)

    def rank_sum(theta: Fraction) -> int:
        return sum(doubled_midranks([a - theta for a in first] + list(second))[:k])

    counts = counter(Job(fixed_sizes(n, k), ranks))
    total = counts.weights[k, 0]
    tails = (
        lambda w: Fraction(counts.at_least((k, 0), w), total),
        lambda w: 1 - Fraction(counts.at_least((k, 0), w + 1), total),
    )
    return _estimate("Hodges-Lehmann shift", sorted(a - b for a in first for b in second), rank_sum, tails, level)


def pseudomedian(differences: Sequence[Recorded], *, level: Fraction = LEVEL_95) -> Estimate:
    """Centre of symmetric differences: the median of all Walsh averages (d_i + d_j)/2 with i <= j, in their units.

    Limits as in `hodges_lehmann`, from the exact signed-rank distribution of the observed midranks of |d|.
    Refuses no data, differences that are all the same, and non-finite values.
    Source: Hodges & Lehmann 1963; Bauer 1972.
    """
    given = exact_all(differences, "difference")
    if not given:
        raise Refusal("EXACT-EMPTY", "There are no differences.", "Check the analysis set.")
    refuse_all_tied(doubled_midranks(given))
    _refuse_too_many(len(given) ** 2)

    def rank_sum(theta: Fraction) -> int:
        moved = [d - theta for d in given]
        ranks = doubled_midranks([abs(d) for d in moved])
        halves = sum(rank // 2 for rank, d in zip(ranks, moved, strict=True) if d == 0)
        return sum(rank for rank, d in zip(ranks, moved, strict=True) if d > 0) + halves

    counts, total = sign_counter(doubled_midranks([abs(d) for d in given])), 1 << len(given)
    tails = (
        lambda w: Fraction(counts.at_least(w), total),
        lambda w: 1 - Fraction(counts.at_least(w + 1), total),
    )
    walsh = sorted((a + b) / 2 for i, a in enumerate(given) for b in given[i:])
    return _estimate("pseudomedian", walsh, rank_sum, tails, level)


def _estimate(
    name: str,
    candidates: list[Fraction],
    rank_sum: RankSum,
    tails: tuple[Callable[[int], Fraction], Callable[[int], Fraction]],
    level: Fraction,
) -> Estimate:
    middle = len(candidates) // 2
    centre = candidates[middle] if len(candidates) % 2 else (candidates[middle - 1] + candidates[middle]) / 2
    steps, tail = sorted(set(candidates)), (1 - level) / 2
    rejected_below = _first(len(steps), lambda i: tails[0](rank_sum(steps[i])) > tail)
    rejected_above = _first(len(steps), lambda i: tails[1](rank_sum(steps[-1 - i])) > tail)
    lower = float("-inf") if rejected_below == 0 else steps[rejected_below - 1]
    upper = float("inf") if rejected_above == 0 else steps[len(steps) - rejected_above]
    return Estimate(name, centre, interval=Interval(lower, upper, level, "exact rank test"))


def _first(n: int, passes: Callable[[int], bool]) -> int:
    """The first index that passes, by bisection; n where none does."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if passes(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _refuse_too_many(pairs: int) -> None:
    if pairs > _MOST_CANDIDATES:
        raise Refusal("EXACT-COST", "There are too many pairs to list.", "Use the randomisation interval instead.")
