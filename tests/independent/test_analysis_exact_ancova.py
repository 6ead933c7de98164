"""Randomisation tests adjusted for a covariate: confirmed counts, and plain enumeration with fractions."""

import random
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from analysis_vectors import A_CONTROL, A_TREATED, X_N30, close, sequences
from equipoise.analysis import (
    Budget,
    Reference,
    Resampling,
    ancova,
    ancova_randomisation_test,
    big_stick,
    complete,
    fixed_sizes,
    permuted_blocks,
    residual_randomisation_test,
)

SMALL = ([4, 6, 5, 7, 2, 7, 5, 6, 6, 9], [1] * 5 + [0] * 5, [5, 7, 6, 9, 4, 8, 6, 5, 7, 10])


def test_small_case() -> None:
    outcome, arms, baseline = SMALL
    adjusted = ancova_randomisation_test(outcome, arms, baseline)
    assert (adjusted.p.favourable, adjusted.p.total) == (10, 252)
    assert close(adjusted.statistic**0.5, "2.0642164536")
    assert residual_randomisation_test(outcome, arms, [baseline]).p.value == Fraction(10, 252)


def test_thirty_participants() -> None:
    arms = [1] * 15 + [0] * 15
    adjusted = ancova_randomisation_test(A_TREATED + A_CONTROL, arms, X_N30)
    assert (adjusted.p.favourable, adjusted.p.total) == (1458554, 155117520)
    assert close(adjusted.p, "0.0094028966")
    assert adjusted.exact
    residual = residual_randomisation_test(A_TREATED + A_CONTROL, arms, [X_N30])
    assert close(residual.p, "0.0084047502")


def statistic(y: list[Fraction], x: list[Fraction], z: tuple[int, ...]) -> Fraction | None:
    """t^2 of the arm in y ~ 1 + arm + x, up to a monotone map: explained over residual sum of squares."""
    n = len(y)
    mean = [Fraction(sum(v)) / n for v in (y, x, z)]
    yc, xc, zc = ([a - m for a in v] for v, m in zip((y, x, z), mean, strict=True))
    sxx = sum(a * a for a in xc)
    zr = [a - b * sum(p * q for p, q in zip(zc, xc, strict=True)) / sxx for a, b in zip(zc, xc, strict=True)]
    norm = sum(a * a for a in zr)
    return None if norm == 0 else sum(a * b for a, b in zip(zr, yc, strict=True)) ** 2 / norm


@pytest.mark.parametrize("seed", range(20))
def test_both_engines_against_plain_enumeration(seed: int) -> None:
    rng = random.Random(seed)
    reference: Reference = [fixed_sizes(8, 3), big_stick(8, 2), complete(7), permuted_blocks([4, 4])][seed % 4]
    n = reference.n
    everything = [(z, w) for z, w in sequences(reference) if 0 < sum(z) < n]
    y = [Fraction(rng.randint(0, 5)) for _ in range(n)]
    x = [Fraction(rng.randint(0, 4)) for _ in range(n)]
    arms = rng.choice(everything)[0]
    observed = statistic(y, x, arms) if len(set(x)) > 1 and len(set(y)) > 1 else None
    if observed is None:
        return
    found = [(statistic(y, x, z), w) for z, w in everything]
    truth = sum(w for s, w in found if s is not None and s >= observed) / sum(w for _, w in found)
    assert ancova_randomisation_test(y, arms, x, reference).p.value == truth
    if seed % 4 == 0:
        enumerated = ancova_randomisation_test(y, arms, x, reference, budget=Budget(0, 0))
        assert enumerated.engine == "complete enumeration"
        assert enumerated.p.value == truth


def test_statistic_is_the_t_of_ancova() -> None:
    outcome, arms, baseline = SMALL
    model = ancova(outcome, ["t" if z else "c" for z in arms], "c", {"x": baseline}).estimate("t - c")
    assert np.isclose(ancova_randomisation_test(outcome, arms, baseline).statistic, model.statistic**2)


def test_monte_carlo_says_so_and_brackets_the_truth() -> None:
    arms = [1, 0] * 15
    sampled = ancova_randomisation_test(
        A_TREATED + A_CONTROL, arms, X_N30, big_stick(30), resampling=Resampling(1999, 1)
    )
    assert not sampled.exact
    assert sampled.p.interval.lower < float(sampled.p) < sampled.p.interval.upper


def test_residuals_of_two_covariates() -> None:
    """Against least squares in floating point, over all subsets."""
    rng = random.Random(4)
    y, a, b = ([rng.randint(0, 9) for _ in range(9)] for _ in range(3))
    arms = [1, 1, 1, 1, 0, 0, 0, 0, 0]
    matrix = np.column_stack((np.ones(9), a, b))
    residual = y - matrix @ np.linalg.lstsq(matrix, np.array(y, float), rcond=None)[0]
    sums = np.array([residual[list(c)].sum() for c in combinations(range(9), 4)])
    observed = residual[:4].sum()
    count = int((abs(sums) >= abs(observed) - 1e-9).sum())
    assert residual_randomisation_test(y, arms, [a, b]).p.value == Fraction(count, 126)
