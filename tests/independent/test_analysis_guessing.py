"""Blinding indices against their definitions, written naively, and their variance against resampled shares."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from equipoise.analysis.execution.guessing import bang_index, james_index

LEVEL = Fraction(95, 100)
TABLES = [((82, 27, 25, 29), 253), ((10, 5, 6, 9), 0), ((3, 3, 3, 3), 12), ((7, 0, 0, 8), 2), ((0, 4, 5, 1), 3)]


def naive_james(cells, unknown):
    """James 1996: w = 0 right, 1/2 wrong, 1 not knowing; kappa of the observed disagreement to that by chance."""
    a, b, c, d = (Fraction(cell) for cell in cells)
    n = a + b + c + d + unknown
    not_knowing = Fraction(unknown) / n
    guess = {(0, 0): a, (0, 1): b, (1, 0): c, (1, 1): d}  # (arm, guess)
    weight = {pair: Fraction(int(pair[0] != pair[1]), 2) for pair in guess}
    observed = sum(weight[pair] * guess[pair] / n for pair in guess) / (1 - not_knowing)
    by_guess = [sum(guess[arm, answer] / n for arm in (0, 1)) for answer in (0, 1)]
    by_arm = [sum(guess[arm, answer] / n for answer in (0, 1)) for arm in (0, 1)]
    expected = (
        sum(weight[arm, answer] * by_guess[answer] * by_arm[arm] for arm, answer in itertools.product((0, 1), (0, 1)))
        / (1 - not_knowing) ** 2
    )
    kappa = (observed - expected) / expected
    return float((1 + not_knowing + (1 - not_knowing) * kappa) / 2)


@pytest.mark.parametrize(("cells", "unknown"), TABLES)
def test_james_is_his_definition(cells, unknown):
    assert james_index(cells, unknown, LEVEL).value == pytest.approx(naive_james(cells, unknown), rel=1e-12)


@pytest.mark.parametrize(("cells", "unknown"), TABLES[:3])
def test_its_standard_error_is_that_of_resampled_tables(cells, unknown):
    generator = np.random.default_rng(7)
    counts = np.array([*cells, unknown])
    n = int(counts.sum())
    scale = 100  # a larger table with the same shares, so that the large-sample variance is what is compared
    drawn = generator.multinomial(n * scale, counts / n, size=4_000)
    spread = np.std([naive_james(tuple(map(int, row[:4])), int(row[4])) for row in drawn]) * math.sqrt(scale)
    assert james_index(cells, unknown, LEVEL).standard_error == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize(
    ("cells", "unknown", "value"),
    [((5, 0, 0, 5), 0, 0.0), ((5, 5, 5, 5), 0, 0.5), ((0, 5, 5, 0), 0, 1.0), ((0, 0, 0, 0), 9, 1.0)],
)
def test_james_reaches_its_ends(cells, unknown, value):
    assert james_index(cells, unknown, LEVEL).value == pytest.approx(value)


def test_guesses_that_leave_nothing_to_compare_have_no_index():
    assert james_index((4, 0, 0, 0), 2, LEVEL) is None


@pytest.mark.parametrize(("right", "wrong", "n"), [(82, 27, 279), (29, 25, 137), (3, 3, 9), (0, 4, 6)])
def test_bang_is_the_mean_of_scores_one_minus_one_and_zero(right, wrong, n):
    scores = [1] * right + [-1] * wrong + [0] * (n - right - wrong)
    found = bang_index(right, wrong, n, LEVEL)
    assert found.value == pytest.approx(np.mean(scores))
    assert found.standard_error == pytest.approx(np.std(scores) / math.sqrt(n))
    assert found.interval == pytest.approx(
        (max(-1, found.value - 1.959963985 * found.standard_error), found.value + 1.959963985 * found.standard_error)
    )
