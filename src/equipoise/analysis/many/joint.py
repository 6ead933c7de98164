"""Max-T over a family of endpoints, for many trials at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation.many_lists import ProcedureTable
from equipoise.analysis.many.kernels import many_kernel
from equipoise.analysis.many.kernels.plain import scale_of_sizes
from equipoise.analysis.many.randomisation import CHUNK, places_of
from equipoise.design.simulation.answers import Answers
from equipoise.design.simulation.trials import Comparison

Floats = NDArray[np.float64]

DRAWS = 499
SAME = 1e-11
"""Statistics that are closer than this, relatively, count as equal."""


@dataclass(frozen=True)
class MaxTest:
    """Step-down max-T of the differences in means, by 499 lists drawn anew from the procedure, each stratum for
    itself; see `max_t`.

    p = (1 + lists at least as extreme) / (1 + lists).  Only who is complete for every endpoint can be permuted.
    """

    table: ProcedureTable
    treated: int

    def __call__(self, compared: tuple[Comparison, ...], generator: np.random.Generator) -> tuple[Answers, ...]:
        used = np.logical_and.reduce([each.side >= 0 for each in compared])
        places = places_of(compared[0])
        side = places.laid(np.where(used, compared[0].side, -1), -1)
        z = np.array([places.laid(standardised(each.metric, used), 0) for each in compared])
        p = np.empty(z.shape[:2])
        for start in range(0, len(side), CHUNK):
            part = slice(start, start + CHUNK)
            lists = places.draw(self.table, DRAWS, generator) == self.treated
            p[:, part] = adjusted(z[:, part], side[part], lists)
        estimates = [np.where(side == 1, each, 0).sum(axis=1) for each in z]
        return tuple(Answers(estimate, exact_p=own) for estimate, own in zip(estimates, p, strict=True))


def adjusted(z: Floats, side: NDArray[np.int8], lists: NDArray[np.bool_]) -> Floats:
    """Adjusted p (E, T) of scores (E, T, n) for drawn lists (B, n)."""
    used, own = side >= 0, side == 1
    observed = np.abs((z * own).sum(axis=2)) * scale_of_sizes(own.sum(axis=1), used.sum(axis=1))
    order = np.argsort(-observed, axis=0, kind="stable")
    bound = np.take_along_axis(observed, order, axis=0) * (1 - SAME)
    ordered = np.take_along_axis(z, order[:, :, None], axis=0)
    counts = np.zeros(bound.shape, dtype=np.int64)
    many_kernel("successive_maxima")(np.ascontiguousarray(ordered.transpose(1, 2, 0)), used, lists, bound, counts)
    found = np.empty_like(observed)
    p = np.maximum.accumulate((1 + counts) / (1 + len(lists)), axis=0)
    np.put_along_axis(found, order, p, axis=0)
    return np.asarray(found, dtype=np.float64)


def standardised(values: Floats, used: NDArray[np.bool_]) -> Floats:
    """Values (T, n) centred and over their standard deviation in each trial; 0 for who is not used."""
    n = np.maximum(used.sum(axis=1, keepdims=True), 2)
    known = np.where(used, values, 0.0)
    centred = np.where(used, known - known.sum(axis=1, keepdims=True) / n, 0.0)
    spread = np.sqrt((centred**2).sum(axis=1, keepdims=True) / (n - 1))
    scores: Floats = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return scores
