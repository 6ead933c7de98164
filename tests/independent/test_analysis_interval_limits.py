"""Confidence limits by inversion: published limits as fractions, and the inverted test itself beside them."""

import random
from fractions import Fraction

import pytest

from analysis_vectors import A_CONTROL, A_TREATED, B_CONTROL, B_TREATED, column, rows
from equipoise.analysis import (
    Rerun,
    Resampling,
    big_stick,
    complete,
    from_arms,
    permuted_blocks,
    randomisation_interval,
    randomisation_test,
)
from shared_data import needs_shared

TAIL = Fraction(25, 1000)
STEP = Fraction(1, 10**15)


def test_vector_a() -> None:
    """2.5 % of 155,117,520 is exactly 3,877,938: the count at either limit is 3877939, just outside 3877938."""
    values, arms = from_arms(A_TREATED, A_CONTROL)
    interval = randomisation_interval(values, arms)
    assert interval.lower == Fraction("-52.5722570555") / 8
    assert interval.upper == Fraction("-8.6701430951") / 8
    for theta, side, count in (
        (interval.lower, "greater", 3877939),
        (interval.lower - STEP, "greater", 3877938),
        (interval.upper, "less", 3877939),
        (interval.upper + STEP, "less", 3877938),
    ):
        shifted = [Fraction(v) - theta * z for v, z in zip(values, arms, strict=True)]
        assert getattr(randomisation_test(shifted, arms).tails, side) == Fraction(count, 155117520)


@needs_shared
def test_globulin() -> None:
    table = rows("globulin.csv")
    data = from_arms(column(table, "gfrac", group="group1"), column(table, "gfrac", group="group2"))
    interval = randomisation_interval(*data)
    assert (interval.lower, interval.upper) == (Fraction("-8.5"), Fraction("1.25"))


@pytest.mark.parametrize("seed", range(12))
def test_limits_are_where_the_test_stops_rejecting(seed: int) -> None:
    rng = random.Random(seed)
    reference = [big_stick(12, 2), complete(11), permuted_blocks([4, 4, 4, 4], used_in_last=2), None][seed % 4]
    n = reference.n if reference else 11
    while True:
        arms = [rng.randint(0, 1) for _ in range(n)]
        values = [rng.randint(0, 20) if seed % 2 else f"{rng.gauss(0, 3):.6f}" for _ in range(n)]
        if reference is None or 0 < sum(arms) < n:
            try:
                interval = randomisation_interval(values, arms, reference)
                break
            except Exception:  # an allocation that the procedure cannot give
                continue
    for limit, side, outside in ((interval.lower, "greater", -STEP), (interval.upper, "less", STEP)):
        if isinstance(limit, float):
            far = -(10**6) if outside < 0 else 10**6
            assert p_at(values, arms, reference, Fraction(far), side) > TAIL
        else:
            assert p_at(values, arms, reference, limit, side) > TAIL
            assert p_at(values, arms, reference, limit + outside, side) <= TAIL


def p_at(values, arms, reference, theta, side) -> Fraction:
    shifted = [Fraction(v) - theta * z for v, z in zip(values, arms, strict=True)]
    return getattr(randomisation_test(shifted, arms, reference).tails, side)


def test_sampled_limits_come_close_to_the_exact_ones() -> None:
    values, arms = from_arms(B_TREATED, B_CONTROL)
    exact = randomisation_interval(values, arms)
    sampled = randomisation_interval(
        values, arms, Rerun("shuffle", 30, lambda draw: draw.permutation(arms)), resampling=Resampling(4999, 7)
    )
    assert abs(sampled.lower - exact.lower) < Fraction(3, 10)
    assert abs(sampled.upper - exact.upper) < Fraction(3, 10)


def test_too_few_allocations_for_a_limit() -> None:
    interval = randomisation_interval([1, 2, 3, 4], [1, 1, 0, 0])
    assert (interval.lower, interval.upper) == (float("-inf"), float("inf"))
