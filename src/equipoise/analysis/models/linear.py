"""Least squares with model-based or heteroscedasticity-consistent standard errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.integers import Recorded
from equipoise.analysis.models.columns import Floats, Term, design, numbers, refuse_rank
from equipoise.analysis.models.distributions import t_quantile, t_two_sided
from equipoise.analysis.results import Estimate, Interval, ModelResult
from equipoise.vocabulary import Refusal


class Variance(StrEnum):
    """How the covariance of the coefficients is estimated; e residuals, h leverages, A = (X'X)^-1."""

    MODEL = "model"
    """s^2 A, equal variances."""
    HC0 = "HC0"
    """A X' diag(e^2) X A (White 1980)."""
    HC1 = "HC1"
    """HC0 x n / (n - p)."""
    HC2 = "HC2"
    """e^2 / (1 - h): unbiased under equal variances (Horn, Horn & Duncan 1975)."""
    HC3 = "HC3"
    """e^2 / (1 - h)^2: the choice for small samples (MacKinnon & White 1985)."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A least-squares fit: coefficients, their covariance, residuals and residual degrees of freedom."""

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    residuals: Floats
    df: int

    @property
    def residual_variance(self) -> float:
        """Residual sum of squares over its degrees of freedom."""
        return float(self.residuals @ self.residuals) / self.df


def least_squares(outcome: Floats, names: Sequence[str], matrix: Floats, variance: Variance = Variance.MODEL) -> Fit:
    """Fit by QR decomposition.  Refuses redundant columns and saturated models."""
    refuse_rank(matrix, names)
    q, r = np.linalg.qr(matrix)
    inverse = np.linalg.inv(r)
    coefficients = inverse @ (q.T @ outcome)
    residuals = outcome - matrix @ coefficients
    n, p = matrix.shape
    bread = inverse @ inverse.T
    if variance is Variance.MODEL:
        covariance = bread * (residuals @ residuals) / (n - p)
    else:
        leverage = np.clip((q * q).sum(axis=1), 0.0, 1.0 - 1e-12)
        powers = {Variance.HC0: 0, Variance.HC1: 0, Variance.HC2: 1, Variance.HC3: 2}
        weights = residuals**2 / (1 - leverage) ** powers[variance]
        if variance is Variance.HC1:
            weights = weights * n / (n - p)
        covariance = bread @ ((matrix * weights[:, None]).T @ matrix) @ bread
    return Fit(tuple(names), coefficients, covariance, residuals, n - p)


def refuse_no_spread(residuals: Floats, outcome: Floats) -> None:
    """Refuses outcomes that the terms explain wholly, as they do where all are tied: what is left is rounding."""
    if residuals @ residuals <= 1e-24 * (outcome @ outcome):
        raise Refusal(
            "MODEL-SPREAD",
            "The outcomes do not vary beyond what the terms explain, so there is nothing to measure an effect against.",
            "Report the means; check whether one value was entered for everybody.",
        )


def contrast(fit: Fit, name: str, weights: Floats, level: Fraction = LEVEL_95) -> Estimate:
    """One linear combination of the coefficients, with t inference on the residual degrees of freedom."""
    value = float(weights @ fit.coefficients)
    se = float(np.sqrt(weights @ fit.covariance @ weights))
    return t_estimate(name, value, se, fit.df, level)


def t_estimate(name: str, value: float, se: float, df: float, level: Fraction = LEVEL_95) -> Estimate:
    """value +- t quantile x se, p = 2 P(T >= |value / se|); without a spread neither is given."""
    if not se > 0:
        return Estimate(name, value, se, df)
    half = t_quantile((1 + float(level)) / 2, df) * se
    interval = Interval(value - half, value + half, level, "t" if df != float("inf") else "normal")
    return Estimate(name, value, se, df, value / se, t_two_sided(value / se, df), interval)


def linear_model(
    outcome: Sequence[Recorded],
    terms: Mapping[str, Term],
    *,
    factors: frozenset[str] = frozenset(),
    variance: Variance = Variance.MODEL,
    level: Fraction = LEVEL_95,
) -> ModelResult:
    """Least squares of an outcome on terms: numbers, or factors coded as indicators (`name=level`).

    b = (X'X)^-1 X'y, in units of the outcome per unit of the term; one row per participant.

    t inference with n - p degrees of freedom, two-sided by symmetry.  Scalars: residual SD, residual df.
    Refuses non-finite values, redundant columns, more parameters than participants, and outcomes without any spread.
    Source: Draper & Smith 1998; White 1980 and MacKinnon & White 1985 for the robust variances.
    """
    y = numbers(outcome, "outcome")
    names, matrix = design(len(y), terms, factors)
    fit = least_squares(y, names, matrix, variance)
    refuse_no_spread(fit.residuals, y)
    estimates = tuple(contrast(fit, name, row, level) for name, row in zip(names, np.eye(len(names)), strict=True))
    return ModelResult(
        f"least squares, {variance.value} standard errors",
        estimates,
        (("participants", len(y)),),
        (("residual sd", fit.residual_variance**0.5), ("residual df", float(fit.df))),
        ("independent participants", "residuals close to normal for t inference in small samples"),
    )
