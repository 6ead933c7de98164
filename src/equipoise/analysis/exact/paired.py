"""Tests of paired differences: sign flips of the values, and of their ranks."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from equipoise.analysis.exact.integers import Recorded, computed_digits, doubled_midranks, scaled
from equipoise.analysis.exact.signs import sign_counter
from equipoise.analysis.exact.tails import threshold, two_sided_tails
from equipoise.analysis.results import Estimate, PValue, Sides, Tails, TestResult
from equipoise.vocabulary import Refusal

_ASSUMPTION = "each difference is as likely to have the other sign under the null hypothesis"


class Zeros(StrEnum):
    """What the signed-rank test does with differences of zero."""

    WILCOXON = "wilcoxon"
    """They are dropped before ranking (Wilcoxon 1945)."""
    PRATT = "pratt"
    """They are ranked, and their ranks are then left out (Pratt 1959)."""


def sign_flip_test(differences: Sequence[Recorded], *, sides: Sides = Sides.DISTANCE) -> TestResult:
    """Exact paired randomisation test of the mean difference, over all 2^n assignments of signs.

    `differences` in the data's units, zeros kept (they change nothing).  p = P(|M| >= |m|) with M the mean after
    random signs; its expectation is 0, so both two-sided conventions give the same number.
    Refuses non-finite values and data without a difference.  Source: Fisher 1935, section 21.
    """
    data = scaled(differences, "difference")
    _refuse_no_difference(data.integers)
    sizes = [abs(value) for value in data.integers]
    n, spread = len(sizes), sum(sizes)
    positive = sum(value for value in data.integers if value > 0)
    counted = _counted(sizes, positive, 1 << n, sides)
    mean = Fraction(2 * positive - spread, n) * data.unit
    return TestResult(
        "paired randomisation test (sign flips)",
        "mean difference",
        mean,
        counted.p,
        (("pairs", n),),
        counted.tails,
        Estimate("mean difference", mean),
        "all sign assignments equally likely",
        counted.engine,
        (_ASSUMPTION,),
        computed_digits(differences),
    )


def signed_rank_test(
    differences: Sequence[Recorded], *, zeros: Zeros = Zeros.WILCOXON, sides: Sides = Sides.DISTANCE
) -> TestResult:
    """Exact Wilcoxon signed-rank test with midranks for tied sizes; the statistic is W+, the positive rank sum.

    W+ = sum of the midranks of |d| over d > 0, in units of a rank.  Zeros are dropped (`Zeros.WILCOXON`) or ranked and
    then left out (`Zeros.PRATT`).  p counts all 2^m sign assignments of the m non-zero differences, two-sided by
    distance of W+ from its expectation. Refuses non-finite values and data without a difference.  Source: Wilcoxon
    1945; Pratt 1959.
    """
    data = scaled(differences, "difference")
    _refuse_no_difference(data.integers)
    kept = [value for value in data.integers if value or zeros is Zeros.PRATT]
    twice = doubled_midranks([abs(value) for value in kept])
    ranks = [rank for rank, value in zip(twice, kept, strict=True) if value]
    positive = sum(rank for rank, value in zip(twice, kept, strict=True) if value > 0)
    counted = _counted(ranks, positive, 1 << len(ranks), sides)
    dropped = len(data.integers) - len(ranks)
    note = f"{dropped} zero differences, {zeros.value} rule" if dropped else ""
    return TestResult(
        f"Wilcoxon signed-rank test, midranks, {zeros.value} rule for zeros",
        "W+",
        Fraction(positive, 2),
        counted.p,
        (("pairs", len(data.integers)), ("non-zero differences", len(ranks))),
        counted.tails,
        None,
        "all sign assignments equally likely",
        counted.engine,
        (_ASSUMPTION,),
        (*computed_digits(differences), *((note,) if note else ())),
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    p: PValue
    tails: Tails
    engine: str


def _counted(sizes: Sequence[int], positive: int, total: int, sides: Sides) -> _Counted:
    counts = sign_counter(sizes)

    def reaching(bound: Fraction, strictly: bool) -> int:
        return counts.at_least(threshold(bound, strictly))

    p, tails = two_sided_tails(reaching, Fraction(positive), Fraction(sum(sizes), 2), total, sides)
    return _Counted(p, tails, counts.engine)


def _refuse_no_difference(integers: Sequence[int]) -> None:
    if not any(integers):
        raise Refusal(
            "EXACT-TIED",
            "There is no difference other than zero, so the pairs cannot speak for or against a change.",
            "Report that nobody changed; a p-value would be 1 by definition.",
        )
