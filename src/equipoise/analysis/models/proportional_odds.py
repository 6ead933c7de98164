"""Proportional odds for an ordered score: the model, and the randomisation test of its score statistic."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.cost import Budget
from equipoise.analysis.exact.integers import Recorded, exact_all
from equipoise.analysis.exact.monte_carlo import Resampling
from equipoise.analysis.exact.reference import Procedure
from equipoise.analysis.exact.two_sample import randomisation_test
from equipoise.analysis.models.columns import Term, design, refuse_rank
from equipoise.analysis.models.distributions import INFINITE
from equipoise.analysis.models.linear import t_estimate
from equipoise.analysis.models.newton import Floats, maximise
from equipoise.analysis.results import ModelResult, Sides, TestResult
from equipoise.vocabulary import Refusal

SCORE_DECIMALS = 6
"""Scores are rounded to so many decimals, far above the error of the fit: what is tied stays tied everywhere."""

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
    In small samples the Wald p-value is too small (about 6 % of trials of 15 to 30 without effect have p <= 5 %);
    `odds_randomisation_test` keeps its level.  Source: McCullagh 1980; Walker & Duncan 1967.
    """
    fitted = _fit(score, terms)
    n, cuts = len(fitted.category), fitted.cuts
    covariance = np.linalg.inv(fitted.information)
    estimates = tuple(
        t_estimate(name, float(fitted.theta[at]), float(np.sqrt(covariance[at, at])), INFINITE, level)
        for at, name in enumerate(fitted.names, start=cuts)
    )
    return ModelResult(
        "proportional odds regression" if cuts > 1 else "logistic regression",
        estimates,
        (("participants", n), ("score levels", cuts + 1)),
        (("log likelihood", fitted.log_likelihood),),
        ("the odds ratio is the same at every cut of the score", "independent participants"),
        ("Wald inference is approximate in small samples",) if n < 50 else (),
    )


def odds_scores(score: Sequence[Recorded], terms: Mapping[str, Term]) -> tuple[Fraction, ...]:
    """Each participant's score in the model of `terms` alone: F(cut above) + F(cut below) - 1, no unit, to 6 decimals.

    The derivative of the log-likelihood by the participant's own x b, F logistic at cut - x b: positive for a score
    above what the terms let expect.  Summed over an arm it is the score statistic of that arm.  Without terms it is
    (2 midrank - 1)/n - 1, exact.  Refuses as `proportional_odds`.  Source: McCullagh 1980.
    """
    if not terms:
        return _rank_scores(exact_all(score, "score"))
    fitted = _fit(score, terms)
    upper, lower = _ends(fitted.theta, fitted.category, fitted.x, fitted.cuts)
    scale = 10**SCORE_DECIMALS
    return tuple(Fraction(round(value * scale), scale) for value in (expit(upper) + expit(lower) - 1).tolist())


def odds_randomisation_test(
    score: Sequence[Recorded],
    allocation: Sequence[int],
    terms: Mapping[str, Term],
    reference: Procedure | None = None,
    *,
    sides: Sides = Sides.DISTANCE,
    budget: Budget | None = None,
    resampling: Resampling | None = None,
) -> TestResult:
    """Randomisation test of the arm in the proportional odds model, adjusted for `terms`: its score statistic.

    The scores (`odds_scores`, which know no arm) enter as D = mean(treated) - mean(control), exact under any procedure
    and never above its level (100,000 trials of 15 and of 30: p <= 5 % in 4.81 % and, by chance, 5.06 %, ±0.07).
    Without terms it is the Wilcoxon-Mann-Whitney test.  Two-sided definitions and refusals as in `randomisation_test`
    and `proportional_odds`.
    Source: McCullagh 1980; Rosenberger & Lachin 2016, chapter 6.
    """
    result = randomisation_test(
        odds_scores(score, terms), allocation, reference, sides=sides, budget=budget, resampling=resampling
    )
    return replace(
        result,
        method="randomisation test of the proportional odds score",
        statistic_name="difference in mean scores",
        estimate=None,
        assumptions=(*result.assumptions, "covariates measured before allocation"),
    )


def _rank_scores(values: Sequence[Fraction]) -> tuple[Fraction, ...]:
    ordered, n = sorted(values), len(values)
    return tuple(Fraction(bisect_left(ordered, value) + bisect_right(ordered, value), n) - 1 for value in values)


@dataclass(frozen=True)
class _Fit:
    """The maximum: cuts first in `theta`, then one coefficient per name; `category` counts the values from 0."""

    names: list[str]
    category: NDArray[np.int64]
    x: Floats
    cuts: int
    theta: Floats
    information: Floats
    log_likelihood: float


def _fit(score: Sequence[Recorded], terms: Mapping[str, Term]) -> _Fit:
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
    return _Fit(names[1:], category, x, cuts, theta, information, likelihood(theta)[0])


def _ends(theta: Floats, category: NDArray[np.int64], x: Floats, cuts: int) -> tuple[Floats, Floats]:
    """Per participant cut - x b above and below the own category, infinite beyond the last ones."""
    cut, eta = theta[:cuts], x @ theta[cuts:]
    upper = np.where(category < cuts, cut[np.minimum(category, cuts - 1)] - eta, np.inf)
    lower = np.where(category > 0, cut[np.maximum(category - 1, 0)] - eta, -np.inf)
    return upper, lower


def _log_likelihood(theta: Floats, category: NDArray[np.int64], x: Floats, cuts: int) -> tuple[float, Floats, Floats]:
    """log of F(upper) - F(lower) per participant, where F is logistic at cut - x b, with two derivatives."""
    size = len(theta)
    if (np.diff(theta[:cuts]) <= 0).any():
        return -np.inf, np.zeros(size), np.eye(size)
    has_upper, has_lower = category < cuts, category > 0
    upper, lower = _ends(theta, category, x, cuts)
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
