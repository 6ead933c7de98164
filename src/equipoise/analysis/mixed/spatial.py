"""Correlations that fade with the distance between the places, or the days, at which a participant was measured.

The parameters are SAS PROC MIXED's SP(EXP) and SP(GAU): Sigma_ij = v exp(-d_ij / r) and v exp(-(d_ij / r)^2), with the
variance v and the range r in the units of the distance d_ij.
"""

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.mixed.heterogeneous import Correlation

Floats = NDArray[np.float64]


def exponential(r: Floats, distances: Floats) -> Correlation:
    """exp(-d / r), which is AR(1) in time that is not counted in visits."""
    reach = float(r[0])
    value = np.exp(-distances / reach)
    slope = value * distances / reach**2
    bend = value * (distances**2 / reach**4 - 2 * distances / reach**3)
    return Correlation(value, slope[None], bend[None, None])


def gaussian(r: Floats, distances: Floats) -> Correlation:
    """exp(-(d / r)^2): almost one between near neighbours, and gone soon."""
    reach, square = float(r[0]), distances**2
    value = np.exp(-square / reach**2)
    slope = value * 2 * square / reach**3
    bend = value * (4 * square**2 / reach**6 - 6 * square / reach**4)
    return Correlation(value, slope[None], bend[None, None])


def apart(places: Floats) -> Floats:
    """Euclidean distances (t x t) between places (t x coordinates)."""
    return np.asarray(np.linalg.norm(places[:, None] - places[None], axis=-1))
