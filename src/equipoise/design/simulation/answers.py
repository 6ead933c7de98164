"""What an analysis says of T trials at once, and what an analysis is to the simulation: any such function."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.design.simulation.trials import Comparison

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

EQUAL = 1e-12
"""Exact p-values that differ from alpha by less than this are equal to it: they are sums of floats."""


@dataclass(frozen=True)
class Answers:
    """One entry per trial.  A trial that the analysis cannot answer has a p-value of 1 and no estimate (nan).

    `estimate` is experimental minus reference (or the mean change, within one arm); with `se` and `df` it has an
    interval by Student's t.  `exact_p` holds the p-values; where it is empty they are those of Student's t.
    """

    estimate: Floats
    se: Floats = field(default_factory=lambda: np.empty(0))
    df: Floats = field(default_factory=lambda: np.empty(0))
    exact_p: Floats = field(default_factory=lambda: np.empty(0))

    def significant(self, alpha: float) -> Flags:
        """Whether the two-sided p-value is at most `alpha`."""
        if len(self.exact_p):
            return self.exact_p <= alpha + EQUAL
        return np.abs(self.estimate) >= _bound(self.df, alpha) * self.se  # nan is never significant

    def p(self) -> Floats:
        """The two-sided p-values."""
        if len(self.exact_p):
            return self.exact_p
        with np.errstate(invalid="ignore", divide="ignore"):
            found = 2 * special.stdtr(self.df, -np.abs(self.estimate / self.se))
        return np.where(np.isnan(found), 1.0, found)

    def has_interval(self) -> bool:
        return len(self.se) > 0

    def covers(self, truth: float, alpha: float) -> Flags:
        """Whether the interval of confidence 1 - alpha holds `truth`."""
        return np.abs(self.estimate - truth) <= _bound(self.df, alpha) * self.se


class ManyAnalysis(Protocol):
    """An analysis of one endpoint in many trials."""

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers: ...


class JointAnalysis(Protocol):
    """An analysis of a family of endpoints, whose p-values are adjusted for each other."""

    def __call__(self, compared: tuple[Comparison, ...], generator: np.random.Generator) -> tuple[Answers, ...]: ...


def _bound(df: Floats, alpha: float) -> Floats:
    """Quantile of Student's t at 1 - alpha/2, worked out once per number of degrees of freedom where they are whole."""
    if len(df) and (df == df[0]).all():
        return np.asarray(special.stdtrit(df[0], 1 - alpha / 2))
    known, place = np.unique(df, return_inverse=True)
    quantiles: Floats = special.stdtrit(known, 1 - alpha / 2)[place]
    return quantiles
