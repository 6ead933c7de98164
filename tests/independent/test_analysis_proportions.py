"""Two proportions: published trials, Newcombe's table, scipy and statsmodels where they are right."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import boschloo_exact, fisher_exact
from statsmodels.stats.contingency_tables import StratifiedTable

from analysis_vectors import close, column, rows
from equipoise.analysis import (
    RiskInterval,
    Sides,
    TwoByTwo,
    boschloo_test,
    clopper_pearson,
    cochran_mantel_haenszel,
    exact_stratified_test,
    fisher_test,
    fixed_sizes,
    mantel_haenszel,
    odds_ratio,
    randomisation_test,
    risk_difference,
    risk_ratio,
    stratified,
)
from shared_data import needs_shared

INDO = TwoByTwo(27, 295, 52, 307)
STREP_DEATHS = TwoByTwo(4, 55, 14, 52)


@needs_shared
def test_indomethacin_trial() -> None:
    """27 of 295 against 52 of 307, P = 0.005 (Elmunzer 2012)."""
    table = rows("indo_rct.csv")
    counts = {
        arm: (len(column(table, "id", rx=arm, outcome="1_yes")), len(column(table, "id", rx=arm)))
        for arm in ("1_indomethacin", "0_placebo")
    }
    assert TwoByTwo(*counts["1_indomethacin"], *counts["0_placebo"]) == INDO
    assert close(fisher_test(INDO).p, "0.005339")
    strata = []
    for site in sorted({row["site"] for row in table}):
        events = [
            (len(column(table, "id", rx=arm, outcome="1_yes", site=site)), len(column(table, "id", rx=arm, site=site)))
            for arm in ("1_indomethacin", "0_placebo")
        ]
        strata.append(TwoByTwo(*events[0], *events[1]))
    assert close(mantel_haenszel(strata).value, "0.4993441")
    cmh = cochran_mantel_haenszel(strata)
    assert close(cmh.statistic, "7.5637076")
    assert close(cmh.p, "0.0059555")


def test_intervals_of_the_indomethacin_trial() -> None:
    for method, lower, upper in (
        (RiskInterval.WALD, "-0.1311774", "-0.0245340"),
        (RiskInterval.NEWCOMBE, "-0.1316210", "-0.0239910"),
        (RiskInterval.AGRESTI_CAFFO, "-0.1308268", "-0.0236630"),
    ):
        interval = risk_difference(INDO, method=method).interval
        assert close(interval.lower, lower)
        assert close(interval.upper, upper)
    assert close(risk_difference(INDO, method=RiskInterval.SCORE).value, "-0.0778557")


def test_ratios_of_the_indomethacin_trial() -> None:
    ratio = risk_ratio(INDO)
    assert close(ratio.value, "0.5403520")
    assert close(ratio.interval.lower, "0.3491932")
    assert close(ratio.interval.upper, "0.8361570")
    assert close(odds_ratio(INDO).value, "0.4940442")
    assert close(odds_ratio(INDO).se, "0.2528255")  # the logistic model's, with one indicator


def test_clopper_pearson() -> None:
    for events, n, lower, upper in ((27, 295, "0.0611840", "0.1303691"), (52, 307, "0.1291648", "0.2161137")):
        assert close(clopper_pearson(events, n).lower, lower)
        assert close(clopper_pearson(events, n).upper, upper)


@pytest.mark.parametrize(
    ("table", "score", "newcombe"),
    [
        ((56, 70, 48, 80), (0.0528, 0.3382), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1700, 0.8406), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0342, 0.8534), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0326, 0.1933), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1658, 0.2844), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2879, 0.2879), (-0.2775, 0.2775)),
        ((10, 10, 0, 20), (0.7156, 1.0000), (0.6791, 1.0000)),
        ((10, 10, 0, 10), (0.6636, 1.0000), (0.6075, 1.0000)),
    ],
)
def test_table_2_of_newcombe_1998(table, score, newcombe) -> None:
    """Methods 6 (Miettinen-Nurminen) and 10.  statsmodels 0.15 gives 0.0526, 0.3440 for the first row."""
    for method, printed in ((RiskInterval.SCORE, score), (RiskInterval.NEWCOMBE, newcombe)):
        interval = risk_difference(TwoByTwo(*table), method=method).interval
        assert (round(interval.lower, 4), round(interval.upper, 4)) == printed


@needs_shared
def test_streptomycin_trial() -> None:
    table = rows("strep_tb.csv")
    arms = {arm: column(table, "rad_num", arm=arm) for arm in ("Streptomycin", "Control")}
    deaths = TwoByTwo(*(v for arm in arms.values() for v in (arm.count("1"), len(arm))))
    better = TwoByTwo(*(v for arm in arms.values() for v in (arm.count("6"), len(arm))))
    improved = TwoByTwo(*(v for arm in arms.values() for v in (arm.count("6") + arm.count("5"), len(arm))))
    assert deaths == STREP_DEATHS
    assert close(fisher_test(deaths).p, "0.0089932")
    assert close(fisher_test(better).p, "6.7773e-7")
    assert close(fisher_test(improved).p, "2.2177e-4")
    newcombe = risk_difference(deaths, method=RiskInterval.NEWCOMBE)
    assert close(newcombe.value, "-0.1965035")
    assert close(newcombe.interval.lower, "-0.3368956")
    assert close(newcombe.interval.upper, "-0.0540779")


def test_boschloo_against_scipy_and_a_plain_grid() -> None:
    """scipy takes columns as samples.  A table laid out by rows gives 0.0065341, the answer to another question."""
    assert np.isclose(float(boschloo_test(STREP_DEATHS, sides=Sides.DOUBLED).p), 0.0074197105413504, rtol=1e-9)
    assert np.isclose(boschloo_exact([[4, 14], [51, 38]]).pvalue, 0.0074197105413504, rtol=1e-9)
    assert np.isclose(float(boschloo_test(TwoByTwo(4, 18, 51, 89), sides=Sides.DOUBLED).p), 0.0065341, atol=5e-8)
    large = boschloo_test(TwoByTwo(300, 650, 330, 650), sides=Sides.DOUBLED).p
    assert np.isclose(float(large), 0.10026319189153146, rtol=1e-9)  # scipy 1.17.1 with n = 64, in 15 s
    for table in ((3, 15, 9, 14), (0, 8, 5, 9), (2, 7, 2, 7)):
        ours = TwoByTwo(*table)
        cells = [[table[0], table[2]], [table[1] - table[0], table[3] - table[2]]]
        for sides, word in ((Sides.DOUBLED, "two-sided"), (Sides.GREATER, "greater"), (Sides.LESS, "less")):
            assert np.isclose(float(boschloo_test(ours, sides=sides).p), boschloo_exact(cells, alternative=word).pvalue)
        assert float(boschloo_test(ours).p) <= float(fisher_test(ours).p) + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_fisher_against_scipy(seed: int) -> None:
    generator = np.random.default_rng(seed)
    for _ in range(40):
        n1, n0 = generator.integers(1, 30, 2)
        a, c = generator.integers(0, n1 + 1), generator.integers(0, n0 + 1)
        table = TwoByTwo(int(a), int(n1), int(c), int(n0))
        result = fisher_test(table)
        for word, p in (("two-sided", result.p.value), ("greater", result.tails.greater), ("less", result.tails.less)):
            assert np.isclose(float(p), fisher_exact([[a, c], [n1 - a, n0 - c]], alternative=word).pvalue, atol=1e-12)


def test_exact_stratified_test_is_the_randomisation_test_of_the_counts() -> None:
    """A second route to the same number: 0/1 outcomes, subsets within strata."""
    strata = [TwoByTwo(3, 4, 1, 4), TwoByTwo(2, 5, 2, 3)]
    values = [1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0]
    arms = [1] * 4 + [0] * 4 + [1] * 5 + [0] * 3
    reference = stratified([(range(8), fixed_sizes(8, 4)), (range(8, 16), fixed_sizes(8, 5))])
    assert exact_stratified_test(strata).tails == randomisation_test(values, arms, reference).tails


@pytest.mark.parametrize("seed", range(4))
def test_common_odds_ratio_against_statsmodels(seed: int) -> None:
    generator = np.random.default_rng(seed)
    strata = [TwoByTwo(int(a), 20, int(c), 25) for a, c in generator.integers(1, 20, (4, 2))]
    cells = [
        np.array([[t.treated_events, 20 - t.treated_events], [t.control_events, 25 - t.control_events]]) for t in strata
    ]
    theirs, ours = StratifiedTable(cells), mantel_haenszel(strata)
    assert float(ours.value) == pytest.approx(theirs.oddsratio_pooled, rel=1e-12)
    assert (ours.interval.lower, ours.interval.upper) == pytest.approx(theirs.oddsratio_pooled_confint(), rel=1e-9)
    cmh = cochran_mantel_haenszel(strata)
    assert float(cmh.statistic) == pytest.approx(theirs.test_null_odds().statistic, rel=1e-9)


def test_exact_interval_covers_and_matches_its_test() -> None:
    """At the limits one tail is 2.5 %: recomputed from the definition on a fine grid of nuisance risks."""
    from scipy.stats import binom

    from equipoise.analysis.exact.risk_difference import score_statistic

    table = TwoByTwo(3, 15, 1, 14)
    interval = risk_difference(table).interval
    for limit, sign in ((interval.lower, 1), (interval.upper, -1)):
        x1, x0 = np.arange(16.0)[:, None], np.arange(15.0)[None, :]
        z = sign * score_statistic(x1, 15, x0, 14, limit)
        region = z >= z[3, 1] - 1e-9
        tails = [
            (binom.pmf(x1, 15, p + limit) * binom.pmf(x0, 14, p) * region).sum()
            for p in np.linspace(max(0, -limit), min(1, 1 - limit), 301)
        ]
        assert np.isclose(max(tails), 0.025, atol=2e-4) or max(tails) > 0.025
    assert risk_difference(TwoByTwo(0, 15, 0, 15)).interval.lower == pytest.approx(
        -risk_difference(TwoByTwo(0, 15, 0, 15)).interval.upper
    )


def test_counts_are_fractions() -> None:
    assert fisher_test(TwoByTwo(3, 3, 0, 3)).p.value == Fraction(2, 20)


@pytest.mark.parametrize(
    ("table", "listed"),
    [(INDO, (-0.1301616, -0.0244154)), (STREP_DEATHS, (-0.3143919, -0.0581204))],
)
def test_miettinen_nurminen_limits_solve_their_own_equation(table: TwoByTwo, listed: tuple[float, float]) -> None:
    """The limits as published: (d - D)^2 / V(D) = 3.8415 with V from the constrained likelihood, times n / (n - 1).

    The constrained risk is found here by maximising the likelihood itself.  `listed` is what statsmodels 0.15 gives
    (it also misses Newcombe's printed table above): at those limits the equation does not hold.
    """
    n1, n0 = table.treated, table.control
    x1, x0 = table.treated_events, table.control_events

    def chi_square(difference: float) -> float:
        def loss(risk: float) -> float:
            p1 = risk + difference
            parts = ((x1, p1), (n1 - x1, 1 - p1), (x0, risk), (n0 - x0, 1 - risk))
            return -sum(count * np.log(max(p, 1e-300)) for count, p in parts if count)

        bounds = (max(0.0, -difference), min(1.0, 1 - difference))
        p0 = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
        p1 = p0 + difference
        variance = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * (n1 + n0) / (n1 + n0 - 1)
        return (x1 / n1 - x0 / n0 - difference) ** 2 / variance

    interval = risk_difference(table, method=RiskInterval.SCORE).interval
    for ours, theirs in zip((interval.lower, interval.upper), listed, strict=True):
        assert chi_square(ours) == pytest.approx(3.841458820694124, rel=1e-5)
        assert abs(chi_square(theirs) / 3.841458820694124 - 1) > 1e-3
