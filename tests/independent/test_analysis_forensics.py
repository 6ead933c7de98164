"""Forensic checks: worked anchors, genuine samples (no false alarm), and brute force over all samples."""

import random
from itertools import combinations_with_replacement
from statistics import mean, stdev

import numpy as np
import pytest
from scipy import stats

from equipoise.analysis import (
    Summary,
    baseline_balance,
    debit,
    feasible,
    grim,
    grim_power,
    grimmer,
    printed,
    stated_range,
    stated_tests,
    student_range,
    welch_range,
)
from equipoise.analysis.forensics.feasible import _reachable, pair_count

# n, range, mean, SD, GRIM, the pair of sum and sum of squares (None: impossible), a sample that prints so
ANCHORS = [
    (5, 0, 10, "4.20", "1.92", True, (21, 103), (1, 4, 5, 5, 6)),
    (5, 0, 10, "4.20", "1.95", True, None, None),
    (5, 0, 10, "4.40", "2.30", True, (22, 118), (1, 3, 6, 6, 6)),
    (5, 0, 10, "4.30", "1.10", False, None, None),
    (5, 0, 10, "9.80", "0.45", True, (49, 481), (9, 10, 10, 10, 10)),
    (5, 0, 10, "9.80", "0.50", True, None, None),
    (5, 0, 10, "5.00", "5.60", True, None, None),
    (5, 0, 10, "4.00", "0.70", True, None, None),
    (5, 0, 10, "4.00", "0.71", True, (20, 82), (3, 4, 4, 4, 5)),
    (15, 0, 32, "5.27", "3.24", True, (79, 563), None),
    (15, 0, 32, "5.27", "3.25", True, None, None),
    (15, 0, 32, "5.27", "3.26", True, (79, 565), None),
    (15, 0, 32, "5.20", "2.10", True, None, None),
    (15, 0, 32, "5.20", "2.11", True, (78, 468), None),
    (15, 0, 32, "6.07", "3.47", True, (91, 721), None),
    (15, 0, 32, "6.07", "3.48", True, None, None),
    (15, 0, 32, "6.07", "3.49", True, (91, 723), None),
]


@pytest.mark.parametrize(("n", "low", "high", "average", "sd", "by_grim", "pair", "sample"), ANCHORS)
def test_anchors(n: int, low: int, high: int, average: str, sd: str, by_grim: bool, pair, sample) -> None:
    assert grim(printed(average), n) is by_grim
    answer = feasible(printed(average), printed(sd), n, low, high)
    assert answer.possible is (pair is not None)
    for own in filter(None, (answer.witness, sample)):
        assert len(own) == n
        assert (sum(own), sum(value * value for value in own)) == pair
        assert (f"{mean(own):.2f}", f"{stdev(own):.2f}") == (average, sd)
        assert grimmer(printed(average), printed(sd), n)


def test_shares_of_random_tables_that_pass() -> None:
    """n = 15, 0 to 32: 16 % of random pairs pass GRIM, 6.5 % the complete check (a former simulation); 1 decimal: all.

    The exact share of means is 481 of 3,201, 15.0 % (1 - the power of 85 %; Brown & Heathers 2017).  2,000 pairs have a
    standard error of 0.8 points and print 16 % in one run of four; so do the 101 means of one unit with both its ends.
    """
    means = [f"{hundredths / 100:.2f}" for hundredths in range(3201)]
    passed = [average for average in means if grim(printed(average), 15)]
    assert len(passed) == 481
    assert sum(grim(printed(average), 15) for average in means[500:601]) == 16  # of 101: 15.8 %
    drawn = stats.binom(2_000, 481 / 3201)
    assert drawn.cdf(329) - drawn.cdf(309) > 0.24
    rng = random.Random(4)
    pairs = [(f"{rng.randint(200, 1200) / 100:.2f}", f"{rng.randint(100, 500) / 100:.2f}") for _ in range(2_000)]
    by_grim = [(average, sd) for average, sd in pairs if grim(printed(average), 15)]
    by_all = [pair for pair in by_grim if feasible(*map(printed, pair), 15, 0, 32).possible]
    for found, former in ((len(by_grim) / 2_000, 0.16), (len(by_all) / 2_000, 0.065)):
        assert abs(found - former) < 2 * (2 * former * (1 - former) / 2_000) ** 0.5
    assert all(grim(printed(f"{tenths / 10:.1f}"), 15) for tenths in range(321))
    coarse = [(f"{mean / 10:.1f}", f"{sd / 10:.1f}") for mean in range(20, 121, 3) for sd in range(10, 51, 3)]
    assert all(feasible(printed(average), printed(sd), 15, 0, 32).possible for average, sd in coarse)


def test_grim_and_debit_anchors() -> None:
    assert not grim(printed("5.19"), 28)
    assert not grim(printed("5.27"), 43)
    assert [round(total / 28, 2) for total in (145, 146)] == [5.18, 5.21]
    assert grim_power(15, 2) == printed("0.85").value
    assert grim_power(10, 1) == 0
    assert debit(printed("0.30"), printed("0.4702"), 20)
    assert debit(printed("0.45"), printed("0.5038"), 40)
    assert not debit(printed("0.30"), printed("0.49"), 20)


def test_table_sizes() -> None:
    assert pair_count(5, 10) == 1308
    assert sum(1 for _ in combinations_with_replacement(range(11), 5)) == 3003
    assert (len(_reachable(15, 32)[15]), pair_count(15, 32)) == (481, 548880)


def test_every_sample_of_five_is_possible_and_nothing_else() -> None:
    """All 3,003 samples of 5 from 0..10: what they print is possible; what none prints is not."""
    seen = {(f"{mean(sample):.2f}", f"{stdev(sample):.2f}") for sample in combinations_with_replacement(range(11), 5)}
    for average, sd in seen:
        assert feasible(printed(average), printed(sd), 5, 0, 10).possible
    rng = random.Random(1)
    for _ in range(300):
        average, sd = f"{rng.randint(0, 50) / 5:.2f}", f"{rng.randint(0, 550) / 100:.2f}"
        if (average, sd) not in seen:
            assert not feasible(printed(average), printed(sd), 5, 0, 10).possible


def test_no_false_alarm_in_genuine_samples() -> None:
    rng = random.Random(2)
    for _ in range(2_000):
        sample = [min(32, max(0, round(rng.gauss(6, 4)))) for _ in range(15)]
        average, sd = printed(f"{mean(sample):.2f}"), printed(f"{stdev(sample):.2f}")
        assert grim(average, 15)
        assert grimmer(average, sd, 15)
        assert feasible(average, sd, 15, 0, 32).possible


def test_p_values_against_scipy() -> None:
    first, second = (Summary(printed(m), printed(s), n) for m, s, n in (("5.27", "3.24", 15), ("7.9", "4.1", 14)))
    for compute, equal in ((student_range, True), (welch_range, False)):
        found = compute(first, second)
        reference = stats.ttest_ind_from_stats(5.27, 3.24, 15, 7.9, 4.1, 14, equal_var=equal).pvalue
        assert found.at_printed == pytest.approx(reference, rel=1e-12)
        assert found.low < found.at_printed < found.high
        generator = np.random.default_rng(0)
        for _ in range(200):
            numbers = [v for s in (first, second) for v in (s.mean, s.sd)]
            inside = [float(v.lower) + float(2 * v.half) * generator.random() for v in numbers]
            p = stats.ttest_ind_from_stats(inside[0], inside[1], 15, inside[2], inside[3], 14, equal_var=equal).pvalue
            assert found.low <= p <= found.high


@pytest.mark.parametrize(
    ("sentence", "p", "fits"),
    [
        ("t(28) = 2.10, p = .045", 2 * stats.t.sf(2.1, 28), True),
        ("t(28) = −2.10, p = .025", 2 * stats.t.sf(2.1, 28), False),
        ("F(2, 45) = 3.10; p < .05", stats.f.sf(3.1, 2, 45), False),
        ("F(2, 45) = 3.30; p < .05", stats.f.sf(3.3, 2, 45), True),
        ("chi2(1) = 4.00, p = 0.046", stats.chi2.sf(4, 1), True),
        ("z = 1.96, p = .05", 2 * stats.norm.sf(1.96), True),
        ("r(28) = 0.40, p = .03", 2 * stats.t.sf(0.4 * (28 / (1 - 0.16)) ** 0.5, 28), True),
    ],
)
def test_sentences(sentence: str, p: float, fits: bool) -> None:
    (test,) = stated_tests(sentence)
    found = stated_range(test)
    assert found.at_printed == pytest.approx(p, rel=1e-9)
    assert test.p.admits(found.low, found.high) is fits


def test_what_is_no_test_is_passed_over() -> None:
    assert stated_tests("t(4.5.6) = 2.1, p = .04; t(..) = 2, p = .1; F(3) = 2, p = .1; t(0) = 2, p = .1") == ()


def test_balance_of_randomised_tables_is_uniform_enough_and_copies_stand_out() -> None:
    generator = np.random.default_rng(3)
    positions = []
    for seed in range(25):
        pairs = []
        for centre, spread in ((30, 8), (5, 3), (120, 15)):
            arms = [generator.normal(centre, spread, 15) for _ in range(2)]
            pairs.append(tuple(Summary(printed(f"{a.mean():.1f}"), printed(f"{a.std(ddof=1):.1f}"), 15) for a in arms))
        positions.append(baseline_balance(pairs, seed).at_least_as_alike)
    assert 0.3 < np.mean(positions) < 0.7
    same = Summary(printed("30.1"), printed("8.0"), 15)
    assert baseline_balance([(same, same)] * 4).at_least_as_alike < 0.005


@pytest.mark.parametrize("decimals", [6, 0])
def test_balance_by_chi_square_and_by_other_tables(decimals: int) -> None:
    """Printed finely, the sum of k squared normal equivalents is chi-square with k degrees of freedom.

    Printed coarsely it is not: tables drawn here, person by person, and compared by scipy's t tests.
    """
    generator = np.random.default_rng(5)
    table = [("30.4", "2.1", "31.2", "1.8"), ("5.2", "1.3", "4.9", "1.6"), ("11.7", "2.4", "12.6", "3.1")]
    pairs = []
    for each in table:
        m1, s1, m2, s2 = (printed(f"{float(number):.{decimals}f}") for number in each)
        pairs.append((Summary(m1, s1, 12), Summary(m2, s2, 10)))
    found = baseline_balance(pairs, 1)
    shown = [[float(v.value) for v in (a.mean, a.sd, b.mean, b.sd)] for a, b in pairs]
    observed = sum(squared_normal(*(np.array(value) for value in each)) for each in shown)
    if decimals:
        assert found.at_least_as_alike == pytest.approx(stats.chi2.cdf(observed, 3), abs=0.012)
        assert found.at_least_as_unlike == pytest.approx(stats.chi2.sf(observed, 3), abs=0.012)
        return
    total = np.zeros(8_000)
    for m1, s1, m2, s2 in shown:
        spread, centre = ((11 * s1**2 + 9 * s2**2) / 20) ** 0.5, (12 * m1 + 10 * m2) / 22
        people = [generator.normal(centre, spread, (8_000, n)) for n in (12, 10)]
        total += squared_normal(*(np.round(v) for arm in people for v in (arm.mean(axis=1), arm.std(axis=1, ddof=1))))
    assert found.at_least_as_alike == pytest.approx((total <= observed + 1e-9).mean(), abs=0.025)
    assert found.at_least_as_unlike == pytest.approx((total >= observed - 1e-9).mean(), abs=0.025)


def squared_normal(m1, s1, m2, s2):
    """The normal deviate with the same p-value as Student's t test of 12 against 10, squared."""
    return stats.norm.isf(stats.ttest_ind_from_stats(m1, s1, 12, m2, s2, 10).pvalue / 2) ** 2
