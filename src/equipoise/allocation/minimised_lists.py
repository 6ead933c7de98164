"""Minimisation run thousands of times at once: again, from recorded levels, for inference; and in simulated trials."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation import kernels
from equipoise.allocation.kernels.plain import chances_of, spreads
from equipoise.allocation.minimisation import Levels, Minimisation
from equipoise.allocation.predictability import Predictability
from equipoise.vocabulary.loops import loop

Ints = NDArray[np.int64]

NUMPY_SECONDS = 2e-6
"""What numpy needs for one participant of one run."""


def draw_minimised(
    procedure: Minimisation, arms: int, levels: Sequence[Levels], runs: int, generator: np.random.Generator
) -> NDArray[np.int8]:
    """`runs` x participants arms; `levels` in the order of the draws.  Each run follows `arm_weights`."""
    number = {cell: index for index, cell in enumerate(sorted({cell for own in levels for cell in enumerate(own)}))}
    cells = np.array([[number[cell] for cell in enumerate(own)] for own in levels], dtype=np.int64)
    return minimise(procedure, arms, np.broadcast_to(cells, (runs, *cells.shape)), generator)


def minimise(procedure: Minimisation, arms: int, cells: Ints, generator: np.random.Generator) -> NDArray[np.int8]:
    """Runs x participants arms, for `cells` (runs, participants, factors) in the order of the draws: each participant's
    level of each factor as a number from 0 on, no number serving two factors.

    The chance of an arm is a whole number over a whole number; a 53-bit uniform number chooses.
    """
    runs, participants, _ = cells.shape
    drawn = np.empty((runs, participants), dtype=np.int8)
    counts = np.zeros((runs, int(cells.max(initial=0)) + 1, arms), dtype=np.int64)
    tickets = generator.random((participants, runs))
    weights, favour = np.array(procedure.weights), np.array(procedure.favour)
    kernel = loop("minimise", kernels.__name__, seconds=drawn.size * NUMPY_SECONDS)
    kernel(cells, tickets, weights, favour, counts, drawn)
    return drawn


def predictability_of(
    procedure: Minimisation, arms: int, cells: Ints, generator: np.random.Generator
) -> Predictability:
    """What minimisation gives away to who knows all earlier arms and levels, over simulated runs; `cells` as above.

    Such a person names an arm that is favoured, and is right with its chance; nothing is ever certain.
    """
    drawn = minimise(procedure, arms, cells, generator)
    every, favour, guess = np.arange(len(cells))[:, None], np.array(procedure.favour), 0.0
    counts = np.zeros((len(cells), int(cells.max(initial=0)) + 1, arms), dtype=np.int64)
    for position in range(drawn.shape[1]):
        own = cells[:, position]
        chances = chances_of(favour, spreads(np.array(procedure.weights), counts[every, own]))
        guess += float((chances.max(axis=1) / chances.sum(axis=1)).mean())
        counts[every, own, drawn[:, position, None]] += 1
    sizes = np.array([(drawn == arm).sum(axis=1) for arm in range(arms)])
    slots = drawn.shape[1]
    return Predictability(slots, guess / slots, 0.0, float((sizes.max(axis=0) - sizes.min(axis=0)).mean()))
