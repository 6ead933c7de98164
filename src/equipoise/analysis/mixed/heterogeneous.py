"""Covariance structures with a variance per visit: Sigma_ij = sqrt(v_i v_j) R_ij(r), with exact derivatives.

The parameters are SAS PROC MIXED's: the variances v_1 ... v_t, then the correlations r of the structure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Correlation:
    """R (t x t), dR/dr_k (K x t x t), second derivatives (K x K x t x t)."""

    value: Floats
    first: Floats
    second: Floats


def exchangeable(r: Floats, visits: int) -> Correlation:
    """The same correlation between all visits (CSH)."""
    apart = 1 - np.eye(visits)
    return Correlation(np.eye(visits) + r[0] * apart, apart[None], np.zeros((1, 1, visits, visits)))


def banded(r: Floats, visits: int) -> Correlation:
    """One correlation per distance between visits (TOEPH)."""
    gap = _gap(visits)
    bands = np.array([(gap == lag).astype(float) for lag in range(1, visits)])
    value = np.eye(visits) + np.tensordot(r, bands, axes=1)
    return Correlation(value, bands, np.zeros((visits - 1, visits - 1, visits, visits)))


def powers(r: Floats, visits: int) -> Correlation:
    """rho to the power of the distance between visits (AR(1), ARH(1))."""
    rho, gap = float(r[0]), _gap(visits).astype(float)
    value = np.where(gap == 0, 1.0, np.power(rho, gap))
    slope = np.where(gap >= 1, gap * np.power(rho, np.maximum(gap - 1, 0)), 0.0)
    bend = np.where(gap >= 2, gap * (gap - 1) * np.power(rho, np.maximum(gap - 2, 0)), 0.0)
    return Correlation(value, slope[None], bend[None, None])


def products(r: Floats, visits: int) -> Correlation:
    """First-order ante-dependence: the product of the correlations of the neighbours in between (ANTE(1))."""
    count = visits - 1

    def without(left_out: frozenset[int]) -> Floats:
        """Products over the neighbours between two visits, without some; 0 where one of them is not in between."""
        found = np.zeros((visits, visits))
        for i in range(visits):
            for j in range(i, visits):
                between = set(range(i, j))
                if left_out <= between:
                    found[i, j] = found[j, i] = np.prod([r[k] for k in sorted(between - left_out)])
        return found

    first = np.array([without(frozenset({k})) for k in range(count)])
    second = np.zeros((count, count, visits, visits))
    for k in range(count):
        for other in range(count):
            if k != other:
                second[k, other] = without(frozenset({k, other}))
    return Correlation(without(frozenset()), first, second)


def scaled_by_variances(variances: Floats, correlation: Correlation) -> tuple[Floats, Floats, Floats]:
    """Sigma, its first and its second derivatives; the parameters are the variances, then the correlations.

    With s = sqrt(v): ds/dv = 1/(2 s) and d2s/dv2 = -1/(4 s^3).
    """
    t, k = len(variances), len(correlation.first)
    s = np.sqrt(variances)
    outer, unit = np.outer(s, s), np.eye(t)
    slope, bend = 1 / (2 * s), -1 / (4 * s**3)
    lines = np.array([np.outer(unit[h], s) + np.outer(s, unit[h]) for h in range(t)])  # d(s s') / d s_h
    first = np.concatenate((slope[:, None, None] * lines * correlation.value, outer * correlation.first))
    second = np.zeros((t + k, t + k, t, t))
    for h in range(t):
        for j in range(t):
            cross = np.outer(unit[h], unit[j]) + np.outer(unit[j], unit[h])
            own = bend[h] * lines[h] if h == j else 0.0
            second[h, j] = (slope[h] * slope[j] * cross + own) * correlation.value
        for c in range(k):
            second[h, t + c] = second[t + c, h] = slope[h] * lines[h] * correlation.first[c]
    second[t:, t:] = outer * correlation.second
    return outer * correlation.value, first, second


def _gap(visits: int) -> NDArray[np.int64]:
    return np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
