"""Counts, rates and the ordered score: HSAUR, R's manual, statsmodels, scipy."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import binomtest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis_vectors import close, column, rows
from equipoise.analysis import (
    negative_binomial_model,
    odds_randomisation_test,
    odds_scores,
    permuted_blocks,
    poisson_model,
    poisson_rate,
    proportional_odds,
    rank_sum_test,
    rate_ratio_test,
)
from shared_data import needs_shared


def polyps() -> tuple[list[int], dict[str, list]]:
    kept = [row for row in rows("polyps.csv") if row["number12m"]]
    drug = [int(row["treatment"] == "sulindac") for row in kept]
    return [int(row["number12m"]) for row in kept], {"drug": drug, "age": column(kept, "age")}


@needs_shared
def test_polyps_of_everitt_and_hothorn() -> None:
    counts, terms = polyps()
    plain, quasi = poisson_model(counts, terms), poisson_model(counts, terms, overdispersed=True)
    for name, value, se in (
        ("intercept", "4.529024", "0.146872"),
        ("drug", "-1.359083", "0.117645"),
        ("age", "-0.038830", "0.005955"),
    ):
        assert close(plain.estimate(name).value, value)
        assert close(plain.estimate(name).se, se)
    for name, value in (
        ("null deviance", "378.6598"),
        ("residual deviance", "179.5408"),
        ("AIC", "273.8768"),
        ("dispersion", "10.727829"),
    ):
        assert close(plain.scalar(name), value)
    assert plain.warnings
    assert close(quasi.estimate("drug").se, "0.38533")
    assert close(quasi.estimate("drug").statistic, "-3.527")
    assert close(quasi.estimate("drug").p, "0.00259")


@needs_shared
def test_negative_binomial_against_statsmodels() -> None:
    counts, terms = polyps()
    ours = negative_binomial_model(counts, terms)
    matrix = np.column_stack((np.ones(len(counts)), terms["drug"], np.array(terms["age"], float)))
    theirs = sm.NegativeBinomial(counts, matrix).fit(disp=0, maxiter=500, method="bfgs", gtol=1e-9)
    assert np.allclose([e.value for e in ours.estimates], theirs.params[:3], atol=1e-5)
    assert np.allclose([e.se for e in ours.estimates], theirs.bse[:3], atol=1e-4)
    assert ours.scalar("alpha") == pytest.approx(theirs.params[3], abs=1e-5)
    assert ours.scalar("log likelihood") == pytest.approx(theirs.llf, abs=1e-8)


def test_exposure_is_an_offset() -> None:
    generator = np.random.default_rng(2)
    arm, time = np.tile([0, 1], 40), generator.uniform(0.5, 3, 80)
    counts = generator.negative_binomial(2, 2 / (2 + time * np.exp(0.3 - 0.5 * arm)))
    ours = poisson_model(counts.tolist(), {"arm": arm.tolist()}, exposure=time.tolist())
    theirs = sm.GLM(counts, sm.add_constant(arm), family=sm.families.Poisson(), exposure=time).fit(tol=1e-12)
    assert np.allclose([e.value for e in ours.estimates], theirs.params, atol=1e-9)
    assert np.allclose([e.se for e in ours.estimates], theirs.bse, atol=1e-9)


def test_two_rates() -> None:
    """R, `poisson.test(c(11, 6 + 8 + 7), c(800, 1083 + 1050 + 878))`: ratio 1.971488, 0.8584264 to 4.2772659."""
    result = rate_ratio_test(11, 800, 21, 3011)
    assert close(result.statistic, "1.971488")
    assert close(result.estimate.interval.lower, "0.8584264")
    assert close(result.estimate.interval.upper, "4.2772659")
    one_sided = binomtest(11, 32, 800 / 3811, alternative="greater").pvalue
    assert float(result.tails.greater) == pytest.approx(one_sided, rel=1e-12)
    assert float(result.p) == pytest.approx(2 * one_sided, rel=1e-12)
    assert result.exact


def test_one_rate() -> None:
    """Garwood's limits for 3 events: 0.6186721 and 8.767273."""
    interval = poisson_rate(3, 1).interval
    assert close(interval.lower, "0.6186721")
    assert close(interval.upper, "8.767273")
    assert poisson_rate(0, "2.5").interval.lower == 0


@needs_shared
def test_indomethacin_logistic() -> None:
    table = rows("indo_rct.csv")
    outcome = [int(row["outcome"] == "1_yes") for row in table]
    arm = [int(row["rx"] == "1_indomethacin") for row in table]
    estimate = proportional_odds(outcome, {"arm": arm}).estimate("arm")
    assert close(estimate.value, "-0.7051303")
    assert close(estimate.se, "0.2528255")
    assert close(estimate.p, "0.0052871")
    assert close(np.exp(estimate.value), "0.4940442")


@needs_shared
@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning")  # it stops at 1e-10
def test_streptomycin_score_against_statsmodels() -> None:
    table = rows("strep_tb.csv")
    score, arm = column(table, "rad_num"), [int(row["arm"] == "Streptomycin") for row in table]
    levels = [arms.count(str(k)) for arms in (column(table, "rad_num", arm="Streptomycin"),) for k in range(6, 0, -1)]
    assert levels == [28, 10, 2, 5, 6, 4]
    temperature = [int(row["baseline_temp"][0]) for row in table]
    ours = proportional_odds(score, {"arm": arm, "temperature": temperature})
    theirs = OrderedModel([int(s) for s in score], np.column_stack((arm, temperature)), distr="logit").fit(
        method="bfgs", disp=0, gtol=1e-10
    )
    assert np.allclose([e.value for e in ours.estimates], theirs.params[:2], atol=1e-6)
    assert np.allclose([e.se for e in ours.estimates], theirs.bse[:2], atol=1e-4)
    assert ours.scalar("log likelihood") == pytest.approx(theirs.llf, abs=1e-8)


SCORE, BASELINE, ARMS = [0, 2, 2, 5, 1, 2, 7, 5, 3], [3, 1, 4, 6, 2, 2, 8, 3, 3], [1, 0, 1, 0, 1, 1, 0, 0, 1]


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning")
def test_the_score_test_of_proportional_odds_by_statsmodels_and_enumeration() -> None:
    """Scores from statsmodels' fit without the arm; every choice of five of nine, in floating point."""
    model = OrderedModel(SCORE, np.array(BASELINE, float)[:, None], distr="logit")
    theirs = model.fit(method="bfgs", disp=0, gtol=1e-10).params
    shares = 1 / (1 + np.exp(theirs[0] * np.array(BASELINE)[:, None] - model.transform_threshold_params(theirs)))
    place = np.searchsorted(sorted(set(SCORE)), SCORE)
    scores = shares[np.arange(9), place + 1] + shares[np.arange(9), place] - 1
    assert [float(each) for each in odds_scores(SCORE, {"baseline": BASELINE})] == pytest.approx(scores, abs=1e-5)
    distances = [abs(scores[list(chosen)].sum() - 5 * scores.mean()) for chosen in combinations(range(9), 5)]
    own = abs(scores[np.array(ARMS) == 1].sum() - 5 * scores.mean())
    found = odds_randomisation_test(SCORE, ARMS, {"baseline": BASELINE})
    assert found.p.value == Fraction(sum(each >= own - 1e-4 for each in distances), 126)


@pytest.mark.parametrize("reference", [None, permuted_blocks([3, 6], [2, 3])])
def test_the_score_test_without_covariate_is_wilcoxons(reference) -> None:
    """As fractions."""
    found = odds_randomisation_test(SCORE, ARMS, {}, reference)
    assert found.tails == rank_sum_test(SCORE, ARMS, reference).tails
