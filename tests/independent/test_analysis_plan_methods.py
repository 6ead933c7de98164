"""What the plan's execution prints against the same methods worked out by other means, from the same recorded texts."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from statistics import mean, stdev

import numpy as np
import pytest
from scipy import stats

from equipoise.allocation import Complete, RandomisationDesign
from equipoise.analysis.execution.bounds import order_scores, undecided_pairs
from equipoise.analysis.trial_data import Measurement
from equipoise.vocabulary import Comparator, Interval
from plan_world import planned, recorded, run, run_on

ROWS = [
    ("S", "8", "2"), ("P", "6", "6"), ("S", "9", "4"), ("P", "7", "5"), ("S", "4", "2"), ("P", "5", "4"),
    ("P", "12", "9"), ("S", "15", "6"), ("S", "3", "3"), ("P", "2", "4"), ("P", "9", "10"), ("S", "11", "5"),
]  # fmt: skip


def of(arm, place=None):
    rows = [[float(text) for text in row[1:]] for row in ROWS if row[0] == arm]
    return [row[1] - row[0] if place is None else row[place] for row in rows]


def test_ancova_is_the_least_squares_fit_of_the_normal_equations():
    found = run(planned({"method": "ancova"}), ROWS).results[0]
    x = np.array([[1.0, float(row[0] == "S"), float(row[1])] for row in ROWS])
    y = np.array([float(row[2]) - float(row[1]) for row in ROWS])
    b = np.linalg.solve(x.T @ x, x.T @ y)
    rest = y - x @ b
    se = (rest @ rest / (len(y) - 3) * np.linalg.inv(x.T @ x)[1, 1]) ** 0.5
    assert found.estimate == pytest.approx(b[1], rel=1e-12) and found.standard_error == pytest.approx(se, rel=1e-12)
    assert found.interval == pytest.approx((b[1] - 2.262157163 * se, b[1] + 2.262157163 * se), rel=1e-9)  # t, 9 df


def test_summaries_of_an_arm_are_those_of_the_standard_library():
    treated = run(planned({"method": "ancova"}), ROWS).results[0].arms[0]
    assert (treated.baseline_mean, treated.mean) == (pytest.approx(mean(of("S", 0))), pytest.approx(mean(of("S", 1))))
    assert (treated.sd, treated.change_sd) == (pytest.approx(stdev(of("S", 1))), pytest.approx(stdev(of("S"))))
    assert (treated.lower_quartile, treated.median, treated.upper_quartile) == (2.25, 3.5, 4.75)


def test_mann_whitney_counts_the_pairs_over_all_subsets():
    found = run(planned({"method": "mann_whitney"}), ROWS).results[0]
    changes = [float(row[2]) - float(row[1]) for row in ROWS]
    treated = [index for index, row in enumerate(ROWS) if row[0] == "S"]

    def distance(chosen):
        others = [i for i in range(12) if i not in chosen]
        u = sum((changes[i] > changes[j]) + (changes[i] == changes[j]) / 2 for i in chosen for j in others)
        return abs(u - 18)

    seen = [distance(chosen) >= distance(treated) for chosen in combinations(range(12), 6)]
    assert found.p_exact == Fraction(sum(seen), len(seen))
    assert found.estimate == pytest.approx(np.median([a - b for a in of("S") for b in of("P")]))


def test_mmrm_of_one_visit_and_imputation_of_nothing_are_ancova():
    study = planned(
        {"method": "ancova"}, {"method": "mmrm"}, {"method": "ancova", "missing": "multiple_imputation"},
        {"method": "ancova", "missing": "jump_to_reference"},
    )  # fmt: skip
    plain, *others = run(study, ROWS).results
    assert len(others) == 3
    for each in others:
        assert each.estimate == pytest.approx(plain.estimate, rel=1e-7)
        assert each.standard_error == pytest.approx(plain.standard_error, rel=1e-6)
        assert each.n == plain.n and each.entries == plain.entries


def test_incomplete_participants_count_where_the_method_uses_them():
    rows = [*ROWS, ("S", "10", None), ("P", "8", None), ("S", None, "3")]
    study = planned(
        {"method": "ancova"}, {"method": "mmrm"}, {"method": "ancova", "missing": "multiple_imputation"},
        {"method": "ancova", "missing": "copy_increments"},
    )  # fmt: skip
    results = run(study, rows)
    assert [sum(each.n.values()) for each in results.results] == [12, 12, 14, 14]
    assert [f.evidence for f in results.findings if f.rule == "PLAN-MISSING"] == [("P13", "P14"), ("P15",)]
    imputed, copied = results.results[2:]
    assert "100 imputations" in imputed.assumptions[0] and "copy" in copied.assumptions[0]
    for each in (imputed, copied):
        assert any(words.startswith("p: randomisation test after") for words in each.assumptions)
        assert any("9999 times again" in words for words in each.warnings) and each.p_exact is None
        assert abs(each.p - float(each.checks[0].removeprefix("p by Rubin's rules: "))) < 0.15


def test_where_there_are_more_than_two_arms_p_is_the_models_own_and_says_so():
    study = planned({"method": "ancova", "missing": "jump_to_reference"}, {"method": "proportional_odds"})
    data, allocation = recorded(study, {"mex_total": [*ROWS, ("S", "10", None)]})
    third = RandomisationDesign((*allocation.design.arms, "third"), Complete(), slots=13)
    imputed, odds = run_on(study, data, replace(allocation, design=third)).results
    assert "Rubin's rules" in imputed.warnings[-1] and "Wald's" in odds.warnings[-1]
    for each in (imputed, odds):
        assert not each.checks and not any("procedure:" in words for words in each.assumptions)
        assert (each.p <= 0.05) == (each.interval[0] * each.interval[1] > 0)
    assert odds.p == pytest.approx(2 * stats.norm.sf(abs(odds.estimate) / odds.standard_error), rel=1e-9)


def test_mmrm_uses_the_visits_between_baseline_and_the_endpoint():
    study = planned({"method": "mmrm"}, item="systolic", encounter="dose_02", unit="")
    generator = np.random.default_rng(3)
    data, allocation = recorded(study, {"systolic": [("SP"[n % 2], "120", None) for n in range(16)]})
    values = {}
    for number, person in enumerate(data.participants):
        level = generator.normal(120, 10)
        for when, encounter in enumerate(("baseline", "dose_01", "dose_02")):
            text = str(round(level + generator.normal(0, 4) - 5 * when * (number % 2 == 0)))
            if not (number in (3, 6) and when == 2):
                key = (person, encounter, "systolic")
                values[key] = Measurement(*key, Fraction(text), Comparator.EXACT, text, (10 * number + when,))
    found = run_on(study, replace(data, measurements=values, absences={}), allocation).results[0]
    assert found.n == {"secretome": 8, "placebo": 8}  # both who left after dose 1 count
    assert len(found.entries) == 46 and -25 < found.estimate < 5


def test_proportional_odds_of_two_values_is_the_odds_ratio_of_the_table():
    rows = [("S", "1", "2")] * 3 + [("S", "1", "5")] * 6 + [("P", "1", "2")] * 7 + [("P", "1", "5")] * 4
    rows = [(arm, str(2 * (n % 3)), after) for n, (arm, _, after) in enumerate(rows)]
    found = run(planned({"method": "proportional_odds"}, metric="value"), rows).results[0]
    assert found.unit == "log odds ratio"
    x = np.array([[1.0, float(row[0] == "S"), float(row[1])] for row in rows])
    y = np.array([float(row[2] == "5") for row in rows])
    b = np.zeros(3)
    for _ in range(50):  # Newton's method for the logistic model, which two values make of it
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    assert found.estimate == pytest.approx(b[1], rel=1e-6)
    assert found.p_exact is not None, "p is that of the score statistic under the procedure"
    assert 0.5 < found.p / float(found.checks[0].removeprefix("Wald's p, asymptotic: ")) < 2


@pytest.mark.parametrize("seed", range(30))
def test_order_scores_count_certain_orders(seed):
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(9):
        number = Fraction(int(generator.integers(0, 6)))
        kind = generator.integers(0, 4)
        values.append(
            [Interval(number, number), Interval(number, number), Interval(None, number, high_included=False),
             Interval(number, None, low_included=bool(generator.integers(2)))][kind]
        )  # fmt: skip

    def below(a, b):
        if a.high is None or b.low is None:
            return False
        return a.high < b.low or (a.high == b.low and not (a.high_included and b.low_included))

    assert order_scores(values) == tuple(sum(below(b, a) - below(a, b) for b in values) for a in values)
    open_pairs = sum(
        not (below(a, b) or below(b, a) or (a == b and a.low == a.high)) for a, b in combinations(values, 2)
    )
    assert undecided_pairs(values) == open_pairs
