"""Blinding indices against their definitions, written naively, and their variance against resampled shares."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from equipoise.analysis.execution.guessing import bang_index, james_index

LEVEL = Fraction(95, 100)
TABLES = [((82, 25, 27, 29), 253), ((10, 5, 6, 9), 0), ((3, 3, 3, 3), 12), ((7, 0, 0, 8), 2), ((0, 4, 5, 1), 3)]


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


@pytest.mark.parametrize(("right", "wrong", "n"), [(82, 25, 277), (29, 27, 139), (3, 3, 9), (0, 4, 6)])
def test_bang_is_the_mean_of_scores_one_minus_one_and_zero(right, wrong, n):
    scores = [1] * right + [-1] * wrong + [0] * (n - right - wrong)
    found = bang_index(right, wrong, n, LEVEL)
    assert found.value == pytest.approx(np.mean(scores))
    assert found.standard_error == pytest.approx(np.std(scores) / math.sqrt(n))
    assert found.interval == pytest.approx(
        (max(-1, found.value - 1.959963985 * found.standard_error), found.value + 1.959963985 * found.standard_error)
    )


PUBLISHED = [
    # (right, wrong, do not know) of the treated and of the control arm; James: value, SE; Bang of each arm: value, SE
    ((82, 25, 170), (29, 27, 83), (0.7479275375, 0.02173739813), (0.20577617, 0.03523709), (0.01438849, 0.05382296)),
    ((48, 4, 330), (30, 22, 319), (0.8964143426, 0.01091757701), (0.11518325, 0.01793374), (0.02156334, 0.01940467)),
    ((94, 11, 289), (44, 52, 284), (0.8233895957, 0.01328663061), (0.21065990, 0.02374355), (-0.02105263, 0.02576147)),
    (
        (143, 14, 188),
        (57, 104, 175),
        (0.7051162892, 0.01594075041),
        (0.37391304, 0.03022915),
        (-0.13988095, 0.03698455),
    ),
]
"""CRISP (Bang 2004, table 7) and the SOX trial's investigators, coordinators and patients (Houweling, Clin Trials
2014;11:547-552, table 2), with the output of the R package BI 1.2.0 (R 4.2.2) on these tables."""


@pytest.mark.parametrize(("treated", "control", "james", "bang", "bang_of_control"), PUBLISHED)
def test_published_trials_give_what_the_r_package_of_the_authors_gives(treated, control, james, bang, bang_of_control):
    found = james_index((treated[0], treated[1], control[1], control[0]), treated[2] + control[2], LEVEL)
    assert (found.value, found.standard_error) == pytest.approx(james, abs=1e-9)
    for (right, wrong, unknown), expected in ((treated, bang), (control, bang_of_control)):
        index = bang_index(right, wrong, right + wrong + unknown, LEVEL)
        assert (index.value, index.standard_error) == pytest.approx(expected, abs=1e-7)


def test_the_published_rates_of_right_guesses():
    """Houweling 2014, abstract: 10.4 % of investigators, 17.8 % of coordinators, 29.4 % of patients were right."""
    rates = [(treated[0] + control[0]) / (sum(treated) + sum(control)) for treated, control, *_ in PUBLISHED[1:]]
    assert [round(100 * rate, 1) for rate in rates] == [10.4, 17.8, 29.4]
