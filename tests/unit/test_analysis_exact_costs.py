"""The cost model: visible, ordered, and the test takes the first engine that fits."""

import random

import pytest

from equipoise.analysis import (
    Budget,
    big_stick,
    exact_costs,
    fixed_sizes,
    permuted_blocks,
    randomisation_test,
)
from equipoise.vocabulary import Refusal

RNG = random.Random(1)
REAL = [f"{RNG.gauss(0, 1):.10f}" for _ in range(30)]
WHOLE = [(i * 7) % 13 for i in range(30)]
ARMS = [1, 0] * 15


@pytest.mark.parametrize(
    ("values", "reference", "engine"),
    [
        (REAL, fixed_sizes(30, 15), "meet in the middle"),
        (WHOLE, fixed_sizes(30, 15), "shift algorithm"),
        (WHOLE, big_stick(30), "tables over the sum"),
        (REAL, big_stick(30), "meet in the middle over the procedure"),
        (WHOLE, permuted_blocks([2] * 15), "tables over the sum"),
    ],
)
def test_the_engine_fits_the_data(values, reference, engine: str) -> None:
    costs = exact_costs(values, reference)
    assert costs[0].engine == engine
    assert [cost.seconds for cost in costs] == sorted(cost.seconds for cost in costs)
    assert randomisation_test(values, ARMS, reference).engine == engine


def test_a_small_budget_takes_another_engine_or_refuses() -> None:
    costs = exact_costs(WHOLE, big_stick(30))
    least = min(cost.bytes for cost in costs)
    frugal = next(cost.engine for cost in costs if cost.bytes == least)
    assert randomisation_test(WHOLE, ARMS, big_stick(30), budget=Budget(bytes=least)).engine == frugal
    with pytest.raises(Refusal, match="budget"):
        randomisation_test(WHOLE, ARMS, big_stick(30), budget=Budget(bytes=least - 1))


def test_more_than_62_bits_of_allocations_stay_exact() -> None:
    """240 participants: the weights need several primes; the total is C(4, 2)^60."""
    values = [(i * 31) % 17 for i in range(240)]
    result = randomisation_test(values, [1, 0, 0, 1] * 60, permuted_blocks([4] * 60))
    assert result.p.total == 6**60
    assert result.exact
    assert result.tails.greater + result.tails.less > 1
