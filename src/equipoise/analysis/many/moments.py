"""Methods that rest on moments: covariance, t tests, and the paired test inside an arm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.many.kernels import many_kernel
from equipoise.analysis.many.kernels.plain import answered
from equipoise.design.simulation.answers import Answers
from equipoise.design.simulation.trials import Comparison, Strata

Floats = NDArray[np.float64]

REDUNDANT = 1e-12
"""A column of which no more than this share is its own says nothing new."""


@dataclass(frozen=True)
class Moments:
    """Per arm (0 reference, 1 experimental) and trial: size, means of x and y, centred sums of squares and products."""

    n: Floats
    x: Floats
    y: Floats
    xx: Floats
    xy: Floats
    yy: Floats


def moments(x: Floats, y: Floats, compared: Comparison) -> Moments:
    """The moments of two variables (T, n) in the arms that are compared."""
    return Moments(*_moments(x, y, compared).transpose(1, 0, 2))


def _moments(x: Floats, y: Floats, compared: Comparison) -> Floats:
    out = np.empty((2, 6, compared.count))
    many_kernel("arm_moments")(x, y, compared.side, out)
    return out


@dataclass(frozen=True)
class Ancova:
    """Analysis of covariance of the metric on arm and baseline; n - 3 degrees of freedom."""

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        out = np.empty((3, compared.count))
        many_kernel("covariance")(_moments(compared.baseline, compared.metric, compared), out)
        return Answers(*out)


@dataclass(frozen=True)
class CovariateAncova:
    """Analysis of covariance of the metric on arm, baseline and further covariates; n - 3 - covariates df.

    Least squares by Frisch, Waugh and Lovell: arm and metric are freed of the intercept, the baseline and the
    covariates, one after the other, and the rest of the metric is regressed on the rest of the arm.  A factor has an
    indicator for each level but one of those that the trial has.
    """

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        used = compared.side >= 0
        arm, metric = np.where(compared.side == 1, 1.0, 0.0), np.where(used, compared.metric, 0.0)
        n = used.sum(axis=1).astype(np.float64)
        sound = np.ones(len(n), dtype=np.bool_)
        spent = np.full(len(n), 2.0)  # on arm and intercept
        basis = [np.where(used, 1.0, 0.0)]
        for column in (compared.baseline, *compared.covariates, *_indicators(compared.factors)):
            rest = np.where(used, column, 0.0)
            whole = (rest * rest).sum(axis=1)
            rest = _freed(_freed(rest, basis), basis)  # twice is enough for full accuracy
            says = (rest * rest).sum(axis=1) > REDUNDANT * whole
            if column.dtype != np.bool_:  # a level that a trial lacks is no fault of the model's
                sound &= says
            rest[~says] = 0.0
            basis.append(rest)
            spent += says
        arm, metric = _freed(_freed(arm, basis), basis), _freed(_freed(metric, basis), basis)
        spread = (arm * arm).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            estimate = (arm * metric).sum(axis=1) / spread
            df = n - spent
            residual = metric - estimate[:, None] * arm
            square = (residual * residual).sum(axis=1) / df / spread
        return _answers(estimate, np.where(sound & (spread > REDUNDANT * n), square, np.nan), df)


def _indicators(factors: Strata) -> list[NDArray[np.bool_]]:
    """Who has each level but the first of each factor (F, T, n)."""
    return [factor == level for factor in factors for level in range(1, factor.max(initial=0) + 1)]


@dataclass(frozen=True)
class PooledT:
    """Student's t test of the metric with equal variances."""

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        m = moments(compared.metric, compared.metric, compared)
        with np.errstate(invalid="ignore", divide="ignore"):
            df = m.n[0] + m.n[1] - 2
            square = (m.yy[0] + m.yy[1]) / df * (1 / m.n[0] + 1 / m.n[1])
            return _answers(m.y[1] - m.y[0], square, df)


@dataclass(frozen=True)
class WelchT:
    """Welch's t test of the metric."""

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        m = moments(compared.metric, compared.metric, compared)
        with np.errstate(invalid="ignore", divide="ignore"):
            parts = m.yy / (m.n - 1) / m.n
            square = parts.sum(axis=0)
            df = square**2 / (parts**2 / (m.n - 1)).sum(axis=0)
            return _answers(m.y[1] - m.y[0], square, df)


@dataclass(frozen=True)
class PairedT:
    """The paired t test of the change inside one arm (1 experimental, 0 reference).  It compares no arms."""

    arm: int

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        change = compared.outcome - compared.baseline
        m = moments(change, change, compared)
        with np.errstate(invalid="ignore", divide="ignore"):
            df = m.n[self.arm] - 1
            return _answers(m.y[self.arm], m.yy[self.arm] / df / m.n[self.arm], df)


def _freed(values: Floats, basis: list[Floats]) -> Floats:
    """What is left of values (T, n) beside columns that are orthogonal to each other."""
    for column in basis:
        size = (column * column).sum(axis=1)
        share = np.divide((values * column).sum(axis=1), size, out=np.zeros_like(size), where=size > 0)
        values = values - share[:, None] * column
    return values


def _answers(estimate: Floats, square: Floats, df: Floats) -> Answers:
    return Answers(*answered(estimate, square, df))
