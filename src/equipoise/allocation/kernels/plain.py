"""Minimisation in plain numpy: all runs at once, one participant after the other."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def minimise(  # noqa: PLR0917  as the compiled one
    cells: Ints, tickets: Floats, weights: Ints, favour: Ints, counts: Ints, drawn: NDArray[np.int8]
) -> None:
    """Fill `drawn` (R, n); `counts` (R, cells, arms) are those of each run before, and grow."""
    every = np.arange(len(drawn))[:, None]
    for position, ticket in enumerate(tickets):
        own = cells[:, position]
        chances = chances_of(favour, spreads(weights, counts[every, own]))
        place = np.floor(ticket * chances.sum(axis=1))
        arm = (place[:, None] >= np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
        counts[every, own, arm[:, None]] += 1
        drawn[:, position] = arm


def spreads(weights: Ints, counts: Ints) -> Ints:
    """Runs x arms: the weighted sum of ranges over the participant's own levels, if it went to that arm.

    `counts` are runs x factors x arms.
    """
    arms = counts.shape[2]
    if_given = counts[:, :, None, :] + np.eye(arms, dtype=np.int64)  # runs x factors x (arm given) x arms
    ranges = if_given.max(axis=3) - if_given.min(axis=3)
    return np.asarray(np.tensordot(ranges, weights, axes=(1, 0)))


def chances_of(favour: Ints, spreads: Ints) -> Ints:
    """Each arm's chance in whole numbers, as `minimisation.arm_weights` gives them."""
    part, whole = favour
    best = spreads == spreads.min(axis=1, keepdims=True)
    few = best.sum(axis=1, keepdims=True)
    others = spreads.shape[1] - few
    return np.asarray(np.where(others == 0, 1, np.where(best, part * others, (whole - part) * few)))
