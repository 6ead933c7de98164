"""Covariance structures of the visits of one participant, in their natural parameters, with derivatives.

Kenward and Roger's correction depends on the parameters chosen; these are SAS PROC MIXED's: the elements of the matrix
(unstructured, Toeplitz), covariance and residual (compound symmetry), variance and correlation (AR(1)), a variance per
visit and correlations (the heterogeneous structures and ante-dependence), variance and range (the spatial structures,
which depend on where a participant was measured and so differ between participants).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.mixed.heterogeneous import (
    Correlation,
    banded,
    exchangeable,
    powers,
    products,
    scaled_by_variances,
)
from equipoise.analysis.mixed.patterns import Pattern, Repeated
from equipoise.analysis.mixed.spatial import apart, exponential, gaussian

Floats = NDArray[np.float64]


class Structure(StrEnum):
    """How the visits of a participant vary together."""

    UNSTRUCTURED = "unstructured"
    COMPOUND_SYMMETRY = "compound symmetry"
    AR1 = "AR(1)"
    TOEPLITZ = "Toeplitz"
    HETEROGENEOUS_CS = "heterogeneous compound symmetry"
    HETEROGENEOUS_AR1 = "heterogeneous AR(1)"
    HETEROGENEOUS_TOEPLITZ = "heterogeneous Toeplitz"
    ANTE_DEPENDENCE = "ante-dependence, first order"
    SPATIAL_EXPONENTIAL = "spatial exponential"
    SPATIAL_GAUSSIAN = "spatial Gaussian"


@dataclass(frozen=True)
class Covariance:
    """Sigma (t x t), dSigma/dtheta_h (H x t x t), second derivatives (H x H x t x t); `names` of the parameters."""

    names: tuple[str, ...]
    sigma: Floats
    first: Floats
    second: Floats

    def at(self, visits: NDArray[np.int64]) -> "Covariance":
        """Of some of the visits."""
        a, b = np.ix_(visits, visits)
        return Covariance(self.names, self.sigma[a, b], self.first[:, a, b], self.second[:, :, a, b])


_CORRELATIONS: dict[Structure, tuple[str, Callable[[Floats, int], Correlation]]] = {
    Structure.HETEROGENEOUS_CS: ("CSH", exchangeable),
    Structure.HETEROGENEOUS_AR1: ("ARH(1)", powers),
    Structure.HETEROGENEOUS_TOEPLITZ: ("TOEPH", banded),
    Structure.ANTE_DEPENDENCE: ("ANTE(1) rho", products),
}
_ONE_CORRELATION = frozenset({Structure.HETEROGENEOUS_CS, Structure.HETEROGENEOUS_AR1})
_SPATIAL: dict[Structure, tuple[str, Callable[[Floats, Floats], Correlation]]] = {
    Structure.SPATIAL_EXPONENTIAL: ("SP(EXP)", exponential),
    Structure.SPATIAL_GAUSSIAN: ("SP(GAU)", gaussian),
}


def covariances(structure: Structure, theta: Floats, data: Repeated) -> tuple[Covariance, ...]:
    """Sigma and its derivatives at `theta`, for the visits of each pattern."""
    if structure in _SPATIAL:
        return tuple(_faded(structure, theta, pattern) for pattern in data.patterns)
    whole = covariance(structure, theta, data.visits)
    return tuple(whole.at(pattern.visits) for pattern in data.patterns)


def covariance(structure: Structure, theta: Floats, visits: int) -> Covariance:
    """Sigma and its derivatives at `theta`, for all visits of a structure that is the same for everybody."""
    if structure is Structure.AR1:
        return _of_one_variance("AR(1)", theta, powers(theta[1:], visits))
    if structure in _CORRELATIONS:
        word, correlation = _CORRELATIONS[structure]
        sigma, first, second = scaled_by_variances(theta[:visits], correlation(theta[visits:], visits))
        correlations = [word] if structure in _ONE_CORRELATION else [f"{word}({k})" for k in range(1, visits)]
        return Covariance((*(f"Var({i + 1})" for i in range(visits)), *correlations), sigma, first, second)
    names, basis = _basis(structure, visits)
    h = len(names)
    return Covariance(names, np.tensordot(theta, basis, axes=1), basis, np.zeros((h, h, visits, visits)))


def start(structure: Structure, data: Repeated) -> Floats:
    """Starting values from the residual variance of each visit: no correlation, or one that fades half-way."""
    variances, visits = data.variances, data.visits
    mean = float(variances.mean())
    if structure is Structure.UNSTRUCTURED:
        return np.array([variances[i] if i == j else 0.0 for i, j in _lower(visits)])
    if structure is Structure.COMPOUND_SYMMETRY:
        return np.array([0.0, mean])
    if structure is Structure.AR1:
        return np.array([mean, 0.0])
    if structure in _SPATIAL:
        return np.array([mean, max(float(apart(each.places).max()) for each in data.patterns) / 2])
    if structure in _CORRELATIONS:
        return np.concatenate((variances, np.zeros(1 if structure in _ONE_CORRELATION else visits - 1)))
    return np.concatenate(([mean], np.zeros(visits - 1)))


def is_valid(structure: Structure, theta: Floats, data: Repeated) -> bool:
    """Whether Sigma is positive definite, with room for rounding."""
    visits = data.visits
    if structure is Structure.AR1 and not (theta[0] > 0 and abs(theta[1]) < 1):
        return False
    if structure in _CORRELATIONS and not (theta[:visits].min() > 0 and np.abs(theta[visits:]).max(initial=0) < 1):
        return False
    if structure in _SPATIAL:
        return bool(theta.min() > 0) and all(map(_is_positive, covariances(structure, theta, data)))
    return _is_positive(covariance(structure, theta, visits))


def _is_positive(found: Covariance) -> bool:
    values = np.linalg.eigvalsh(found.sigma)
    return bool(values[0] > 1e-10 * max(values[-1], 0.0))


def _lower(visits: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(visits) for j in range(i + 1)]


@cache
def _basis(structure: Structure, visits: int) -> tuple[tuple[str, ...], Floats]:
    """Names and constant derivatives of a structure that is linear in its parameters."""
    gap = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    if structure is Structure.COMPOUND_SYMMETRY:
        return ("CS", "residual"), np.array([np.ones((visits, visits)), np.eye(visits)])
    if structure is Structure.TOEPLITZ:
        names = ("residual", *(f"TOEP({lag + 1})" for lag in range(1, visits)))
        return names, np.array([(gap == lag).astype(float) for lag in range(visits)])
    pairs = _lower(visits)
    basis = np.zeros((len(pairs), visits, visits))
    for h, (i, j) in enumerate(pairs):
        basis[h, i, j] = basis[h, j, i] = 1.0
    return tuple(f"UN({i + 1},{j + 1})" for i, j in pairs), basis


def _faded(structure: Structure, theta: Floats, pattern: Pattern) -> Covariance:
    word, correlation = _SPATIAL[structure]
    return _of_one_variance(word, theta, correlation(theta[1:], apart(pattern.places)))


def _of_one_variance(word: str, theta: Floats, of: Correlation) -> Covariance:
    """Sigma = v R(rho), with one parameter rho."""
    v, slope = float(theta[0]), of.first[0]
    second = np.array([[np.zeros_like(slope), slope], [slope, v * of.second[0, 0]]])
    return Covariance(("residual", word), v * of.value, np.array([of.value, v * slope]), second)
