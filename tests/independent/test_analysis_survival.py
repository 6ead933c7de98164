"""Time to event: Gehan's and Miller's published examples, R survival's values, lifelines, enumeration."""

import math
import random
import re
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter

from analysis_vectors import AML, close, column, rows
from equipoise.analysis import Ties, cox_model, exact_log_rank_test, kaplan_meier, log_rank_test
from equipoise.analysis.survival.follow_up import follow_up
from equipoise.analysis.survival.log_rank import log_rank_scores
from shared_data import needs_shared


def gehan() -> tuple[list[str], list[int], list[int], list[str]]:
    table = rows("gehan.csv")
    events, arms = [int(c) for c in column(table, "cens")], [int(t == "6-MP") for t in column(table, "treat")]
    return column(table, "time"), events, arms, column(table, "pair")


def aml() -> tuple[list[str], list[int], list[int]]:
    entries = [(value, i) for i, (_, text) in enumerate(AML) for value in text.split()]
    return [v.rstrip("+") for v, _ in entries], [int("+" not in v) for v, _ in entries], [i for _, i in entries]


def median(times, events, arms, arm) -> object:
    kept = [i for i, own in enumerate(arms) if own == arm]
    return kaplan_meier([times[i] for i in kept], [events[i] for i in kept]).median.value


def observed_minus_expected(times, events, arms) -> float:
    """Of the treated: the sum of their log-rank scores."""
    scores = log_rank_scores(follow_up(times, events))
    return float(sum(score for score, arm in zip(scores, arms, strict=True) if arm))


@needs_shared
def test_gehan() -> None:
    times, events, arms, pairs = gehan()
    plain = log_rank_test(times, events, arms)
    assert close(plain.statistic, "16.7929409892")
    assert close(plain.p, "4.16881e-5")
    excess = observed_minus_expected(times, events, arms)
    assert close(9 - excess, "19.250500948")
    assert close(21 + excess, "10.749499052")
    assert close(excess**2 / plain.statistic, "6.256960574")  # the variance
    assert close(log_rank_test(times, events, arms, strata=pairs).statistic, "10.7142857143")
    assert close(log_rank_test(times, events, arms, rho=1).statistic, "14.4571508187")
    assert (median(times, events, arms, 1), median(times, events, arms, 0)) == (23, 8)
    for ties, value, se in (
        (Ties.EFRON, "-1.57212514883", "0.412396717709"),
        (Ties.BRESLOW, "-1.50919141259", "0.409564406367"),
        (Ties.EXACT, "-1.62824395159", "0.433131296485"),
    ):
        estimate = cox_model(times, events, {"arm": arms}, ties=ties).estimate("arm")
        assert abs(estimate.value - float(value)) < 1e-9
        assert abs(estimate.se - float(se)) < 1e-9


def test_aml() -> None:
    times, events, arms = aml()
    result = log_rank_test(times, events, [1 - arm for arm in arms])
    assert close(result.statistic, "3.39638869898")
    assert close(result.p, "0.0653393220")
    assert dict(result.n)["events, treated"] == 7
    excess = observed_minus_expected(times, events, [1 - arm for arm in arms])
    assert close(7 - excess, "10.6893359923")
    assert close(11 + excess, "7.3106640077")
    assert (median(times, events, arms, 0), median(times, events, arms, 1)) == (31, 23)
    estimate = cox_model(times, events, {"arm": arms}).estimate("arm")
    assert close(estimate.value, "0.915532575015")
    assert close(estimate.se, "0.511934275172")


@needs_shared
def test_laryngoscope() -> None:
    table = rows("laryngoscope.csv")
    times = column(table, "total_intubation_time")
    events = [int(v) for v in column(table, "intubation_overall_S_F")]
    arms = [int(v) for v in column(table, "Randomization")]
    assert (round(float(median(times, events, arms, 1))), round(float(median(times, events, arms, 0)))) == (38, 26)
    result = log_rank_test(times, events, arms)
    assert close(result.statistic, "21.8020444")
    assert close(result.p, "3.0228e-6")
    estimate = cox_model(times, events, {"arm": arms}).estimate("arm")
    for value, printed in (
        (estimate.value, "0.3824209"),
        (estimate.interval.lower, "0.2524152"),
        (estimate.interval.upper, "0.5793858"),
    ):
        assert abs(math.exp(value) - float(printed)) < 2e-7  # lifelines stops its iteration in the seventh digit


COLON = (Path(__file__).parent / "r" / "colon.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("event", "ratio"), [("recurrence", "0.599"), ("death", "0.689")])
def test_colon_cancer_of_moertel(event: str, ratio: str) -> None:
    """619 participants: recurrences 40 % fewer, deaths 33 %, adjusted (Ann Intern Med 1995); R survival unadjusted."""
    lines = re.findall(rf"^{event} ([01])((?:\s+\d+\+?)+)", COLON, re.MULTILINE)
    entries = [(int(arm), value) for arm, values in lines for value in values.split()]
    times, events = [value.rstrip("+") for _, value in entries], [int("+" not in value) for _, value in entries]
    estimate = cox_model(times, events, {"arm": [arm for arm, _ in entries]}).estimate("arm")
    theirs = re.search(rf"^! {event} (\S+) (\S+) (\S+)", COLON, re.MULTILINE).groups()
    assert len(entries) == 619
    assert close(math.exp(estimate.value), ratio)
    found = (math.exp(estimate.value), estimate.value, estimate.se)
    assert found == pytest.approx([float(value) for value in theirs], rel=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_curves_and_strata_against_lifelines(seed: int) -> None:
    import pandas as pd

    generator = np.random.default_rng(seed)
    n = 60
    arm, x = generator.integers(0, 2, n), generator.normal(size=n)
    times = np.ceil(generator.exponential(np.exp(-0.5 * arm - 0.3 * x) * 12))
    events, stratum = generator.integers(0, 2, n), generator.integers(0, 2, n)
    curve = kaplan_meier([int(t) for t in times], events.tolist())
    theirs = KaplanMeierFitter().fit(times, events)
    assert np.allclose([float(s) for s in curve.survival], theirs.predict([float(t) for t in curve.times]), atol=1e-12)
    limits = theirs.confidence_interval_survival_function_
    at = [float(t) for t in curve.times][:-1]
    assert np.allclose(curve.lower[:-1], limits.iloc[:, 0].loc[at], atol=1e-9)
    ours = cox_model(
        [int(t) for t in times],
        events.tolist(),
        {"arm": arm.tolist(), "x": x.tolist()},
        strata=[str(s) for s in stratum],
    )
    frame = pd.DataFrame({"t": times, "e": events, "arm": arm, "x": x, "s": stratum})
    fitted = CoxPHFitter().fit(frame, "t", "e", strata=["s"], fit_options={"precision": 1e-10})
    for name in ("arm", "x"):
        assert np.isclose(ours.estimate(name).value, fitted.params_[name], atol=1e-6)
        assert np.isclose(ours.estimate(name).se, fitted.standard_errors_[name], atol=1e-6)


def test_exact_log_rank_is_the_permutation_of_observed_minus_expected() -> None:
    """O - E from the risk sets themselves, for every subset."""
    rng = random.Random(2)
    times = [rng.randint(1, 6) for _ in range(9)]
    events = [rng.randint(0, 1) for _ in range(8)] + [1]

    def observed_minus_expected(treated: set[int]) -> Fraction:
        total = Fraction(0)
        for time in {t for t, e in zip(times, events, strict=True) if e}:
            risk = [i for i, t in enumerate(times) if t >= time]
            died = [i for i in risk if times[i] == time and events[i]]
            total += len([i for i in died if i in treated]) - Fraction(
                len(died) * len([i for i in risk if i in treated]), len(risk)
            )
        return total

    treated = {0, 2, 5, 7}
    arms = [int(i in treated) for i in range(9)]
    every = [observed_minus_expected(set(c)) for c in combinations(range(9), 4)]
    own = observed_minus_expected(treated)
    result = exact_log_rank_test(times, events, arms)
    assert result.statistic == own
    assert result.p.value == Fraction(sum(abs(v) >= abs(own) for v in every), 126)
