"""Proportional odds regression for an ordered score; with two levels it is logistic regression."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.integers import Recorded, exact_all
from equipoise.analysis.models.columns import Term, design, refuse_rank
from equipoise.analysis.models.distributions import INFINITE
from equipoise.analysis.models.linear import t_estimate
from equipoise.analysis.models.newton import Floats, maximise
from equipoise.analysis.results import ModelResult
from equipoise.vocabulary import Refusal

_NO_MAXIMUM = Refusal(
    "ODDS-INFINITE",
    "An odds ratio has no finite estimate: the score separates the participants completely.",
    "Report the distribution per arm, and use the exact Wilcoxon-Mann-Whitney test.",
)


def proportional_odds(
    score: Sequence[Recorded], terms: Mapping[str, Term], *, level: Fraction = LEVEL_95
) -> ModelResult:
    """Log odds ratios of a higher score: logit P(score > c) = x b - a_c at every cut c, the same b for all cuts.

    Maximum likelihood, Wald intervals and p-values (normal); exp(estimate) is the common odds ratio.  Scalars: the
    log-likelihood.  Refuses a score with one value, redundant columns, complete separation.
    For one arm indicator and no covariate the score test of this model is the Wilcoxon-Mann-Whitney test, of which
    `rank_sum_test` is exact.  Source: McCullagh 1980; Walker & Duncan 1967.
    """
    read = exact_all(score, "score")
    values = sorted(set(read))
    if len(values) < 2:
        raise Refusal("EXACT-TIED", "All scores are equal.", "Report the common score.")
    names, matrix = design(len(read), terms)
    refuse_rank(matrix, names)
    x = matrix[:, 1:] - matrix[:, 1:].mean(axis=0)
    category = np.array([values.index(value) for value in read])
    cuts = len(values) - 1
    shares = np.cumsum(np.bincount(category, minlength=cuts + 1))[:-1] / len(read)
    start = np.concatenate((np.log(shares / (1 - shares)), np.zeros(x.shape[1])))

    def likelihood(theta: Floats) -> tuple[float, Floats, Floats]:
        return _log_likelihood(theta, category, x, cuts)

    theta, information = maximise(likelihood, start, _NO_MAXIMUM)
    covariance = np.linalg.inv(information)
    estimates = tuple(
        t_estimate(name, float(theta[cuts + i]), float(np.sqrt(covariance[cuts + i, cuts + i])), INFINITE, level)
        for i, name in enumerate(names[1:])
    )
    return ModelResult(
        "proportional odds regression" if cuts > 1 else "logistic regression",
        estimates,
        (("participants", len(read)), ("score levels", cuts + 1)),
        (("log likelihood", likelihood(theta)[0]),),
        ("the odds ratio is the same at every cut of the score", "independent participants"),
        ("Wald inference is approximate in small samples",) if len(read) < 50 else (),
    )


def _log_likelihood(theta: Floats, category: NDArray[np.int64], x: Floats, cuts: int) -> tuple[float, Floats, Floats]:
    """log of F(upper) - F(lower) per participant, where F is logistic at cut - x b, with two derivatives."""
    cut, b = theta[:cuts], theta[cuts:]
    size = len(theta)
    if (np.diff(cut) <= 0).any():
        return -np.inf, np.zeros(size), np.eye(size)
    eta = x @ b
    has_upper, has_lower = category < cuts, category > 0
    upper = np.where(has_upper, cut[np.minimum(category, cuts - 1)] - eta, np.inf)
    lower = np.where(has_lower, cut[np.maximum(category - 1, 0)] - eta, -np.inf)
    fu, fl = expit(upper), expit(lower)
    du, dl = fu * (1 - fu), fl * (1 - fl)
    p = np.maximum(np.where(upper > 0, expit(-lower) - expit(-upper), fu - fl), 1e-300)
    zu, zl = np.zeros((len(x), size)), np.zeros((len(x), size))
    rows = np.arange(len(x))
    zu[rows[has_upper], category[has_upper]] = 1.0
    zl[rows[has_lower], category[has_lower] - 1] = 1.0
    zu[:, cuts:], zl[:, cuts:] = -x, -x
    gradient = (zu * (du / p)[:, None] - zl * (dl / p)[:, None]).sum(axis=0)
    uu = du * (1 - 2 * fu) / p - (du / p) ** 2
    ll = -dl * (1 - 2 * fl) / p - (dl / p) ** 2
    ul = du * dl / p**2
    cross = (zu * ul[:, None]).T @ zl
    hessian = (zu * uu[:, None]).T @ zu + (zl * ll[:, None]).T @ zl + cross + cross.T
    return float(np.log(p).sum()), gradient, -hessian
