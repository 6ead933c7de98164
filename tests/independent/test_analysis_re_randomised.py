"""Imputed comparisons under the trial's own randomisation: one allocation at a time, and over every allocation."""

from itertools import combinations

import numpy as np
import pytest

from equipoise.analysis import IncompleteData, Resampling, Strategy, ancova, big_stick, imputation_randomisation_test
from equipoise.analysis.missing.incomplete import JointModel, Prepared, joint_model, prepared
from equipoise.analysis.missing.re_randomised import Refitted
from equipoise.analysis.missing.strategy import assumed_means, filled
from equipoise.vocabulary import Refusal


def gappy(n: int, visits: int, seed: int, share: float = 0.1) -> IncompleteData:
    """Tied whole numbers; gaps in between, every sixth participant leaves; two covariates, one of them a word."""
    generator = np.random.default_rng(seed)
    mixed = np.linalg.cholesky(0.5 * np.eye(visits) + 0.5)
    y = np.rint(3 * generator.standard_normal((n, visits)) @ mixed.T)
    y[generator.random(y.shape) < share] = np.nan
    for who in range(0, n, 6):
        y[who, generator.integers(1, visits) :] = np.nan
    return IncompleteData(
        [[None if np.isnan(value) else int(value) for value in row] for row in y],
        generator.permutation(["new", "old"] * (n // 2)).tolist(),
        {
            "baseline": generator.integers(2, 9, n).tolist(),
            "site": ["north" if north else "south" for north in generator.random(n) < 0.5],
        },
    )


def refitted_plainly(data: Prepared, arm: np.ndarray, sigma: np.ndarray, strategy: Strategy) -> float:
    """Generalised least squares one participant at a time, gaps by the product's own rule, ANCOVA by numpy."""
    visits = data.y.shape[1]
    xvx, xvy = 0.0, 0.0
    for own, y, z in zip(arm, data.y, data.covariates, strict=True):
        seen = np.flatnonzero(~np.isnan(y))
        if len(seen):
            x = np.kron(np.eye(visits)[seen], np.concatenate(([1.0, own], z)))
            v = np.linalg.inv(sigma[np.ix_(seen, seen)])
            xvx, xvy = xvx + x.T @ v @ x, xvy + x.T @ v @ y[seen]
    b = np.linalg.solve(xvx, xvy).reshape(visits, -1)
    model = JointModel(np.array([b[:, 0], b[:, 0] + b[:, 1]]), b[:, 2:].T, sigma)
    own = Prepared(data.y, arm, data.arm_names, data.covariates, data.covariate_names)
    completed = filled(own, assumed_means(own, model, strategy), sigma, None)[:, -1]
    columns = np.column_stack((np.ones(len(arm)), arm, data.covariates))
    return float(np.linalg.lstsq(columns, completed, rcond=None)[0][1])


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize(("n", "visits"), [(30, 4), (24, 2), (20, 1)])
def test_one_allocation_at_a_time(strategy: Strategy, n: int, visits: int) -> None:
    data = prepared(gappy(n, max(visits, 2), seed=n), "old")
    data = Prepared(data.y[:, -visits:], data.arm, data.arm_names, data.covariates, data.covariate_names)
    generator = np.random.default_rng(5)
    lists = np.array([generator.permutation(data.arm) for _ in range(12)])
    nobody = Prepared(data.y, np.zeros(n, dtype=int), ("all",), data.covariates, data.covariate_names)
    sigma = joint_model(nobody).sigma
    wanted = [refitted_plainly(data, arm, sigma, strategy) for arm in lists]
    assert Refitted(data, strategy)(lists.astype(np.int8)) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("strategy", Strategy)
def test_without_a_gap_the_statistic_is_that_of_covariance(strategy: Strategy) -> None:
    whole = gappy(24, 2, seed=2)
    data = IncompleteData([[value or 0 for value in row] for row in whole.outcomes], whole.arms, whole.covariates)
    found = imputation_randomisation_test(data, "old", big_stick(24, 4), strategy, resampling=Resampling(99))
    wanted = ancova([row[-1] for row in data.outcomes], data.arms, "old", data.covariates).estimate("new - old")
    assert found.statistic == pytest.approx(float(wanted.value), abs=1e-10)
    assert 0.01 <= float(found.p) <= 1 and found.p.interval is not None and not found.exact


@pytest.mark.parametrize("strategy", Strategy)
def test_it_is_valid_over_every_allocation(strategy: Strategy) -> None:
    """For fixed data and all 4-of-9 allocations that can be analysed: the share with p <= alpha is at most alpha."""
    generator = np.random.default_rng(8)
    y = np.rint(generator.normal(0, 3, (9, 2)))
    y[[1, 4, 6], 1] = np.nan
    everyone = np.zeros((126, 9), dtype=np.int8)
    for row, members in zip(everyone, combinations(range(9), 4), strict=True):
        row[list(members)] = 1
    baseline = y[:, :1] - y[:, :1].mean() + generator.normal(0, 1, (9, 1))

    def refitted(arm: np.ndarray) -> Refitted:
        return Refitted(Prepared(y, arm.astype(int), ("old", "new"), baseline, ("baseline",)), strategy)

    possible = everyone[np.isfinite(refitted(everyone[0])(everyone))]
    assert 60 < len(possible) < len(everyone), "some leave an arm with one outcome at the last visit"
    p = [
        float(refitted(own).p_among(np.delete(possible, place, axis=0))[1].value) for place, own in enumerate(possible)
    ]
    for alpha in (0.02, 0.05, 0.1, 0.3, 0.7):
        assert np.mean(np.array(p) <= alpha + 1e-12) <= alpha + 1e-12
    assert min(p) < 0.05


def test_what_cannot_be_compared_is_refused() -> None:
    data = gappy(12, 2, seed=4)
    three = IncompleteData(data.outcomes, ["old", "new", "other"] * 4, data.covariates)
    with pytest.raises(Refusal, match="two arms"):
        imputation_randomisation_test(three, "old", big_stick(12, 4))
    as_arm = IncompleteData(data.outcomes, data.arms, {"site": data.arms})
    with pytest.raises(Refusal, match="tell the arms apart"):
        imputation_randomisation_test(as_arm, "old", big_stick(12, 4))
