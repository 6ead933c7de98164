"""Correlations that can hold together, and the nearest that can to some that cannot."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST = 1e-3
"""The smallest eigenvalue of a matrix that is proposed."""
_ROUNDS = 500


def is_positive_definite(matrix: Sequence[Sequence[float]] | Floats) -> bool:
    """Whether all variables could have these correlations at once, none being determined by the others."""
    try:
        np.linalg.cholesky(np.asarray(matrix, dtype=np.float64))
    except np.linalg.LinAlgError:
        return False
    return True


def nearest_correlations(matrix: Sequence[Sequence[float]] | Floats) -> Floats:
    """The correlation matrix with two decimals near to the symmetric part of `matrix` that is positive definite.

    Alternating projections onto the matrices with eigenvalues of at least 0.001 and onto those with a unit diagonal,
    with Dykstra's correction; then shrunk until its rounding is positive definite.
    Source: Higham, IMA J Numer Anal 2002;22:329-343.
    """
    given = np.asarray(matrix, dtype=np.float64)
    current = np.clip((given + given.T) / 2, -1, 1)
    np.fill_diagonal(current, 1.0)
    correction = np.zeros_like(current)
    for _ in range(_ROUNDS):
        shifted = current - correction
        values, vectors = np.linalg.eigh(shifted)
        projected = (vectors * np.maximum(values, LEAST)) @ vectors.T
        correction = projected - shifted
        current = projected.copy()
        np.fill_diagonal(current, 1.0)
        if np.abs(current - projected).max() < 1e-9:
            break
    rounded = np.round(current, 2)
    while not is_positive_definite(rounded):
        current = 0.99 * current + 0.01 * np.eye(len(current))
        rounded = np.round(current, 2)
    return rounded
