"""Power of Student's t by integration over the sample standard deviation.

Given U = S / sigma, t is normal with mean nc / U: P(T > c) = E[Phi(nc - c U)] for the noncentral t with df degrees of
freedom.  This keeps full precision where library routines for the noncentral t give nan or lose the far tail.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

POINTS = 128
TAIL = 1e-18
"""Probability beyond either end of the range of integration."""


@cache
def legendre(points: int) -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss and Legendre's rule on 0..1."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    return (nodes + 1) / 2, weights / 2


def scaled_chi(df: float, most: float = math.inf) -> tuple[Floats, Floats]:
    """Nodes u and weights w with E[g(U); U <= most] = sum(w g(u)), for U^2 = chi-square(df) / df and smooth g."""
    half = df / 2
    low = math.sqrt(special.gammaincinv(half, TAIL) / half)
    high = min(most, math.sqrt(special.gammainccinv(half, TAIL) / half))
    if high <= low:
        return np.zeros(1), np.zeros(1)
    nodes, weights = legendre(POINTS)
    u = low + (high - low) * nodes
    log_density = math.log(2) + half * math.log(half) - special.gammaln(half) + (df - 1) * np.log(u) - half * u * u
    return u, weights * (high - low) * np.exp(log_density)


def upper_tail(df: float, noncentrality: float, bound: float) -> float:
    """P(T > bound) for the noncentral t."""
    u, w = scaled_chi(df)
    return float(w @ special.ndtr(noncentrality - bound * u))


def two_sided(df: float, noncentrality: float, alpha: float) -> float:
    """P(|T| > t(1 - alpha/2, df)) for the noncentral t: the power in both directions together."""
    u, w = scaled_chi(df)
    bound = float(special.stdtrit(df, 1 - alpha / 2))
    return float(w @ (special.ndtr(noncentrality - bound * u) + special.ndtr(-noncentrality - bound * u)))
