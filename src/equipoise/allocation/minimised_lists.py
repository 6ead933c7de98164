"""Minimisation run again thousands of times at once, for inference: recorded levels and order, new draws."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation.minimisation import Levels, Minimisation

Ints = NDArray[np.int64]


def draw_minimised(
    procedure: Minimisation, arms: int, levels: Sequence[Levels], runs: int, generator: np.random.Generator
) -> NDArray[np.int8]:
    """`runs` x participants arms; `levels` in the order of the draws.  Each run follows `arm_weights` from the start.

    The chance of an arm is a whole number over a whole number; a 53-bit uniform number chooses.
    """
    cells = sorted({cell for own in levels for cell in enumerate(own)})
    number = {cell: index for index, cell in enumerate(cells)}
    counts = np.zeros((runs, len(cells), arms), dtype=np.int64)
    drawn = np.empty((runs, len(levels)), dtype=np.int8)
    every = np.arange(runs)
    for position, own in enumerate(levels):
        cell = [number[each] for each in enumerate(own)]
        chances = _chances(procedure, _spreads(procedure, counts[:, cell, :]))
        ticket = np.floor(generator.random(runs) * chances.sum(axis=1))
        arm = (ticket[:, None] >= np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
        for each in cell:
            counts[every, each, arm] += 1
        drawn[:, position] = arm
    return drawn


def _spreads(procedure: Minimisation, counts: Ints) -> Ints:
    """Runs x arms: the weighted sum of ranges over the participant's own levels, if it went to that arm.

    `counts` are runs x factors x arms.
    """
    arms = counts.shape[2]
    if_given = counts[:, :, None, :] + np.eye(arms, dtype=np.int64)  # runs x factors x (arm given) x arms
    ranges = if_given.max(axis=3) - if_given.min(axis=3)
    return np.asarray(np.tensordot(ranges, np.array(procedure.weights), axes=(1, 0)))


def _chances(procedure: Minimisation, spreads: Ints) -> Ints:
    """Each arm's chance in whole numbers, as `minimisation.arm_weights` gives them."""
    part, whole = procedure.favour
    best = spreads == spreads.min(axis=1, keepdims=True)
    few = best.sum(axis=1, keepdims=True)
    others = spreads.shape[1] - few
    return np.asarray(np.where(others == 0, 1, np.where(best, part * others, (whole - part) * few)))
