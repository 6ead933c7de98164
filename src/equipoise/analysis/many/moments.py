"""Methods that rest on moments: covariance, t tests, and the paired test inside an arm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.many.kernels import many_kernel
from equipoise.design.simulation.answers import Answers
from equipoise.design.simulation.trials import Comparison

Floats = NDArray[np.float64]


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
    out = np.empty((2, 6, compared.count))
    many_kernel("arm_moments")(x, y, compared.side, out)
    return Moments(*out.transpose(1, 0, 2))


@dataclass(frozen=True)
class Ancova:
    """Analysis of covariance of the metric on arm and baseline; n - 3 degrees of freedom."""

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        m = moments(compared.baseline, compared.metric, compared)
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = m.xx.sum(axis=0)
            slope = m.xy.sum(axis=0) / spread
            shift = m.x[1] - m.x[0]
            df = m.n.sum(axis=0) - 3
            variance = (m.yy.sum(axis=0) - slope * m.xy.sum(axis=0)) / df
            square = variance * (1 / m.n[0] + 1 / m.n[1] + shift**2 / spread)
            return _answers(m.y[1] - m.y[0] - slope * shift, square, df)


@dataclass(frozen=True)
class PooledT:
    """Student's t test of the metric with equal variances."""

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        m = moments(compared.metric, compared.metric, compared)
        with np.errstate(invalid="ignore", divide="ignore"):
            df = m.n.sum(axis=0) - 2
            square = m.yy.sum(axis=0) / df * (1 / m.n[0] + 1 / m.n[1])
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


def _answers(estimate: Floats, square: Floats, df: Floats) -> Answers:
    """Trials without spread, or with too few participants, have no answer."""
    can = (square > 0) & np.isfinite(square) & (df > 0)
    return Answers(np.where(can, estimate, np.nan), np.sqrt(np.where(can, square, np.nan)), np.where(can, df, 1.0))
