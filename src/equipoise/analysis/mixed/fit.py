"""Maximising the likelihood: Newton steps on the exact Hessian, Fisher scoring where that is not convex."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.mixed.likelihood import Evaluation, evaluate
from equipoise.analysis.mixed.patterns import Repeated
from equipoise.analysis.mixed.structure import Structure, covariances, is_valid, start
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]
_MOST_STEPS = 100


@dataclass(frozen=True)
class Fitted:
    """The optimum: natural parameters, the evaluation there, and W = 2 (observed Hessian of -2 log L)^-1."""

    structure: Structure
    theta: Floats
    names: tuple[str, ...]
    at: Evaluation
    w: Floats


def fit(data: Repeated, structure: Structure, restricted: bool = True) -> Fitted:
    """Fit one structure.  Refuses where the iteration does not converge to an inner optimum."""

    def here(theta: Floats) -> Evaluation:
        return evaluate(data, covariances(structure, theta, data), restricted)

    theta = start(structure, data)
    at = here(theta)
    for _ in range(_MOST_STEPS):
        direction = _direction(at)
        decrement = float(-at.score @ direction)
        step = _longest_step(structure, data, theta, direction)
        before = theta
        theta, at = _descended(here, theta, at, step)
        if decrement < 1e-10:
            break
        if theta is before:  # and would stay there
            raise _no_optimum()
    else:
        raise _no_optimum()
    if not _is_positive(at.observed):
        raise _no_optimum()
    names = covariances(structure, theta, data)[0].names
    return Fitted(structure, theta, names, at, np.asarray(2 * np.linalg.inv(at.observed)))


def _direction(at: Evaluation) -> Floats:
    hessian = at.observed if _is_positive(at.observed) else at.expected
    try:
        return np.asarray(-np.linalg.solve(hessian, at.score))
    except np.linalg.LinAlgError:
        raise _no_optimum() from None


def _longest_step(structure: Structure, data: Repeated, theta: Floats, direction: Floats) -> Floats:
    """The direction, halved until Sigma stays positive definite."""
    for _ in range(60):
        if is_valid(structure, theta + direction, data):
            return direction
        direction = direction / 2
    raise _no_optimum()


def _descended(
    here: Callable[[Floats], Evaluation], theta: Floats, at: Evaluation, step: Floats
) -> tuple[Floats, Evaluation]:
    """The longest of the halved steps that does not go up."""
    for _ in range(40):
        there = here(theta + step)
        if there.minus2 <= at.minus2 + 1e-9 * abs(at.minus2):
            return theta + step, there
        step = step / 2
    return theta, at


def _is_positive(hessian: Floats) -> bool:
    scale = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-300))
    return bool(np.linalg.eigvalsh(hessian / np.outer(scale, scale))[0] > 1e-10)


def _no_optimum() -> Refusal:
    return Refusal(
        "MMRM-CONVERGENCE",
        "The likelihood of the repeated measurements has no clear maximum under this covariance structure.",
        "Use a simpler structure in the order that the plan gives (for example Toeplitz, AR(1), compound symmetry).",
    )
