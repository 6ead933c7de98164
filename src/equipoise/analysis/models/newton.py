"""Maximising a smooth log-likelihood by Newton's method with step halving."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.vocabulary import Refusal

Floats: TypeAlias = NDArray[np.float64]
LogLikelihood: TypeAlias = Callable[[Floats], tuple[float, Floats, Floats]]
"""theta -> (value, gradient, minus the Hessian); the value may be -inf outside the parameter space."""


def maximise(likelihood: LogLikelihood, start: Floats, refusal: Refusal, *, far: float = 40.0) -> tuple[Floats, Floats]:
    """(theta, observed information) at the maximum.  Raises `refusal` where there is none within |theta| <= `far`."""
    theta = start
    value, gradient, information = likelihood(theta)
    for _ in range(100):
        step = _ascent(information, gradient)
        for _ in range(40):
            tried = likelihood(theta + step)
            if np.isfinite(tried[0]) and tried[0] >= value - 1e-12 * abs(value):
                break
            step = step / 2
        else:
            raise refusal
        theta = theta + step
        value, gradient, information = tried
        if np.abs(theta).max() > far:
            raise refusal
        if np.abs(step).max() < 1e-10 * (1 + np.abs(theta).max()):
            break
    else:
        raise refusal
    if np.linalg.eigvalsh(information)[0] <= 1e-10 * np.abs(information).max():
        raise refusal
    return theta, information


def _ascent(information: Floats, gradient: Floats) -> Floats:
    """The Newton step, on the nearest positive definite information where the likelihood is not concave."""
    values, vectors = np.linalg.eigh((information + information.T) / 2)
    floor = 1e-9 * max(float(np.abs(values).max()), 1e-300)
    return np.asarray(vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), floor)))
