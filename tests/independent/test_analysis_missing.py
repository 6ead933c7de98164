"""Missing data: identities that must hold, a plain second implementation of the rules, Rubin's rules by hand."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.outliers_influence import OLSInfluence

from analysis_vectors import rows
from equipoise.analysis import (
    Delta,
    Imputations,
    IncompleteData,
    LongData,
    Strategy,
    ancova,
    conditional_mean_imputation,
    mmrm,
    multiple_imputation,
    tipping_point,
)
from equipoise.analysis.missing.incomplete import JointModel, Prepared, prepared
from equipoise.analysis.missing.rubin import pooled
from equipoise.analysis.missing.strategy import assumed_means, filled
from shared_data import needs_shared

MAR, J2R, CIR, CR = (
    Strategy.MISSING_AT_RANDOM,
    Strategy.JUMP_TO_REFERENCE,
    Strategy.COPY_INCREMENTS,
    Strategy.COPY_REFERENCE,
)


def polyps(*visits: str) -> IncompleteData:
    table = rows("polyps.csv")
    return IncompleteData(
        [[math.log(float(row[v])) if row[v] else None for v in visits] for row in table],
        [row["treatment"] for row in table],
        {"baseline": [math.log(float(row["baseline"])) for row in table]},
    )


@needs_shared
def test_missing_at_random_by_conditional_means_is_the_mmrm() -> None:
    """With all covariates crossed with visit the two agree exactly."""
    data = polyps("number3m", "number12m")
    cells = [(i, v) for i in range(22) for v in range(2)]
    model = mmrm(
        LongData(
            [data.outcomes[i][v] for i, v in cells],
            [str(i) for i, _ in cells],
            [str(v) for _, v in cells],
            [data.arms[i] for i, _ in cells],
            ("0", "1"),
            {"baseline": [data.covariates["baseline"][i] for i, _ in cells]},
        ),
        "placebo",
        by_visit=frozenset({"baseline"}),
    )
    ours = conditional_mean_imputation(data, "placebo", MAR).estimates[0]
    assert ours.value == pytest.approx(model.estimate("sulindac - placebo at 1").value, abs=1e-7)
    assert ours.value == pytest.approx(-1.601292, abs=1e-6)


@needs_shared
def test_nothing_missing_is_the_ancova() -> None:
    table = [row for row in rows("polyps.csv") if row["number12m"]]
    outcomes = [[math.log(float(row["number3m"])), math.log(float(row["number12m"]))] for row in table]
    arms, baseline = [row["treatment"] for row in table], [math.log(float(row["baseline"])) for row in table]
    data = IncompleteData(outcomes, arms, {"baseline": baseline})
    plain = ancova([row[1] for row in outcomes], arms, "placebo", {"baseline": baseline}).estimate("sulindac - placebo")
    imputed = multiple_imputation(data, "placebo", J2R, imputations=Imputations(5)).estimates[0]
    assert imputed.value == pytest.approx(plain.value, abs=1e-12)
    assert imputed.se == pytest.approx(plain.se, abs=1e-12)
    # Barnard-Rubin keeps (d + 1)/(d + 3) of the complete-data degrees of freedom
    assert imputed.df == pytest.approx(18 / 20 * 17)


@needs_shared
def test_order_of_the_strategies_and_agreement_of_both_methods() -> None:
    data = polyps("number3m", "number12m")
    found = {s: conditional_mean_imputation(data, "placebo", s).estimates[0] for s in Strategy}
    assert found[MAR].value < found[CIR].value < found[CR].value < found[J2R].value < 0
    for strategy in (MAR, J2R):
        drawn = multiple_imputation(data, "placebo", strategy, imputations=Imputations(40, 2)).estimates[0]
        assert abs(drawn.value - found[strategy].value) < 0.06
        assert 0.7 < drawn.se / found[strategy].se < 1.3


def plain_mean(arm: int, mu: list[float], nu: list[float], observed: list[bool], strategy: Strategy) -> list[float]:
    """The rule as the paper words it, one participant at a time."""
    if arm == 0 or strategy is MAR:
        return mu if arm else nu
    j = max((t for t, seen in enumerate(observed) if seen), default=-1)
    if strategy is CR:
        return nu
    if strategy is J2R:
        return [mu[t] if t <= j else nu[t] for t in range(len(mu))]
    return [mu[t] if t <= j else (mu[j] + nu[t] - nu[j] if j >= 0 else nu[t]) for t in range(len(mu))]


@pytest.mark.parametrize("strategy", list(Strategy))
def test_the_rules_one_participant_at_a_time(strategy: Strategy) -> None:
    generator = np.random.default_rng(5)
    root = generator.normal(size=(4, 4))
    model = JointModel(generator.normal(size=(2, 4)), generator.normal(size=(1, 4)), root @ root.T + np.eye(4))
    y = generator.normal(size=(40, 4))
    y[generator.random((40, 4)) < 0.4] = np.nan
    data = Prepared(y, generator.integers(0, 2, 40), ("c", "t"), generator.normal(size=(40, 1)), ("x",))
    means = assumed_means(data, model, strategy)
    completed = filled(data, means, model.sigma, None)
    for i in range(40):
        shift = data.covariates[i, 0] * model.slopes[0]
        mu, nu = (model.means[1] + shift).tolist(), (model.means[0] + shift).tolist()
        seen = (~np.isnan(y[i])).tolist()
        expected = np.array(plain_mean(int(data.arm[i]), mu, nu, seen, strategy))
        assert np.allclose(means[i], expected)
        if not all(seen):
            o, m = np.flatnonzero(seen), np.flatnonzero(~np.array(seen))
            given = expected[m]
            if len(o):
                given = given + model.sigma[np.ix_(m, o)] @ np.linalg.inv(model.sigma[np.ix_(o, o)]) @ (
                    y[i, o] - expected[o]
                )
            assert np.allclose(completed[i, m], given)
        assert np.array_equal(completed[i, seen], y[i, seen])


def test_draws_have_the_conditional_mean_and_spread() -> None:
    sigma = np.array([[2.0, 1.2], [1.2, 3.0]])
    data = Prepared(np.array([[1.0, np.nan]]), np.array([1]), ("c", "t"), np.zeros((1, 0)), ())
    generator = np.random.default_rng(0)
    drawn = np.array([filled(data, np.zeros((1, 2)), sigma, generator)[0, 1] for _ in range(4_000)])
    assert drawn.mean() == pytest.approx(0.6, abs=0.1)
    assert drawn.var() == pytest.approx(3 - 1.44 / 2, rel=0.1)


def test_rubins_rules_by_hand() -> None:
    """Estimates 1, 2, 3 with variances 1, 1, 1: W = 1, B = 1, T = 7/3."""
    found = pooled("x", [1, 2, 3], [1, 1, 1], 20)
    gamma = (4 / 3) / (7 / 3)
    old, observed = 2 / gamma**2, 21 / 23 * 20 * (1 - gamma)
    assert found.value == 2
    assert found.se == pytest.approx((7 / 3) ** 0.5)
    assert found.df == pytest.approx(old * observed / (old + observed))


@pytest.mark.parametrize("strategy", [MAR, J2R])
def test_rubins_standard_error_by_its_closed_form(strategy: Strategy) -> None:
    """One visit, N per arm, all means 0, variance 1, a share d of the treated without a value, many imputations.

    The completed data give (1/N + 1/N); under jump to reference the imputed mean varies by d^2 (1/N + 1/(dN)), which
    makes T = (1 + d)/N + (1 + d^2)/N (Cro, Carpenter & Kenward 2019); missing at random gives 1/((1 - d)N) + 1/N.
    """
    n, gone = 160, 96
    values = [float(v) for v in np.linspace(-1, 1, n)]
    unit = (np.var(values, ddof=1)) ** -0.5
    arm = [v * unit for v in values]
    kept = set(np.random.default_rng(1).permutation(n)[gone:].tolist())
    observed = [v for i, v in enumerate(arm) if i in kept]
    spread = np.std(observed, ddof=1)
    treated = [(v - np.mean(observed)) / spread if i in kept else None for i, v in enumerate(arm)]
    data = IncompleteData([[v] for v in (*treated, *arm)], ["t"] * n + ["c"] * n, {})
    found = multiple_imputation(data, "c", strategy, imputations=Imputations(300, 4)).estimates[0]
    d = gone / n
    closed = {MAR: 1 / (1 - d) + 1, J2R: (1 + d) + (1 + d * d)}[strategy] / n
    assert found.value == pytest.approx(0, abs=0.02)
    assert found.se == pytest.approx(closed**0.5, rel=0.03)


def test_jackknife_of_complete_data_by_statsmodels() -> None:
    """Nothing is missing: leave-one-out changes of least squares are statsmodels' dfbeta."""
    generator = np.random.default_rng(8)
    arm, x = np.arange(24) % 2, generator.normal(size=24)
    y = 0.5 * x - 0.4 * arm + generator.normal(size=24)
    data = IncompleteData([[v] for v in y.tolist()], ["ct"[a] for a in arm], {"x": x.tolist()})
    moved = OLSInfluence(sm.OLS(y, np.column_stack((np.ones(24), arm, x))).fit()).dfbeta[:, 1]
    spread = (23 / 24 * ((moved - moved.mean()) ** 2).sum()) ** 0.5
    for strategy in Strategy:
        assert conditional_mean_imputation(data, "c", strategy).estimates[0].se == pytest.approx(spread, rel=1e-9)


@needs_shared
def test_jackknife_of_the_jump_to_reference_participant_by_participant() -> None:
    """One visit after baseline, which R's rbmi refuses: a gap lies on the reference arm's regression line.

    The estimate, and the line fitted anew without each participant in turn.
    """
    table = rows("polyps.csv")
    found = []
    for left_out in range(-1, 22):
        kept = [row for place, row in enumerate(table) if place != left_out]
        base = np.array([math.log(float(row["baseline"])) for row in kept])
        treated = np.array([row["treatment"] == "sulindac" for row in kept], float)
        seen = np.array([bool(row["number12m"]) for row in kept])
        y = np.array([math.log(float(row["number12m"] or 1)) for row in kept])
        x = np.column_stack((np.ones(len(kept)), treated, base))
        b = np.linalg.lstsq(x[seen], y[seen], rcond=None)[0]
        completed = np.where(seen, y, b[0] + b[2] * base)
        found.append(np.linalg.lstsq(x, completed, rcond=None)[0][1])
    whole, without = found[0], np.array(found[1:])
    ours = conditional_mean_imputation(polyps("number12m"), "placebo", J2R).estimates[0]
    assert ours.value == pytest.approx(whole, abs=1e-9)
    assert ours.se == pytest.approx((21 / 22 * ((without - without.mean()) ** 2).sum()) ** 0.5, rel=1e-8)


@needs_shared
def test_delta_moves_the_estimate_in_proportion_and_tips() -> None:
    data, few = polyps("number3m", "number12m"), Imputations(20, 1)
    point = tipping_point(data, "placebo", [0, 1, 2, 3, 4], imputations=few)
    values = [estimate.value for estimate in point.estimates]
    assert np.allclose(np.diff(values), values[1] - values[0])
    assert point.tips_at == 3
    direct = multiple_imputation(data, "placebo", MAR, delta=Delta(treated=2), imputations=few).estimates[0]
    assert direct == point.estimates[2]


@needs_shared
def test_the_same_seed_gives_the_same_number() -> None:
    data = polyps("number3m", "number12m")
    first, second, other = (
        multiple_imputation(data, "placebo", J2R, imputations=Imputations(5, seed)) for seed in (3, 3, 4)
    )
    assert first == second
    assert first.estimates != other.estimates


def test_prepared_centres_covariates() -> None:
    data = IncompleteData([[1], [2], [3], [4], [5]], ["a", "a", "b", "b", "b"], {"x": [1, 2, 3, 4, 5]})
    assert prepared(data, "a").covariates[:, 0].tolist() == [-2, -1, 0, 1, 2]
