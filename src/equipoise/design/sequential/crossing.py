"""Crossing probabilities of group-sequential boundaries, by recursive integration."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.design.power.quadrature import legendre
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]

POINTS = 160
REACH = 9.0
"""Standard deviations beyond which the density is nothing."""


@dataclass(frozen=True)
class Density:
    """The sub-density of the score process B(t) = Z(t) sqrt(t) of trials that go on: `weights` at `places`."""

    time: float
    places: Floats
    weights: Floats


def start(points: int = POINTS) -> Density:
    """Before the first look: everybody at zero."""
    return Density(0.0, np.zeros(1), np.ones(1))


def crossing(density: Density, bound: float, time: float, drift: float = 0.0, low: float = -math.inf) -> float:
    """The chance that a trial that goes on has Z(time) >= `bound`, or Z(time) <= `low`."""
    spread = math.sqrt(time - density.time)
    centre = density.places + drift * (time - density.time)
    above = density.weights @ special.ndtr((centre - bound * math.sqrt(time)) / spread)
    below = density.weights @ special.ndtr((low * math.sqrt(time) - centre) / spread) if math.isfinite(low) else 0.0
    return float(above + below)


def go_on(
    density: Density, bound: float, time: float, drift: float = 0.0, low: float = -math.inf, *, points: int = POINTS
) -> Density:
    """The sub-density after a look at `time` of those who crossed neither bound.

    f_k(b) = integral of f_{k-1}(u) phi((b - u - drift dt) / sqrt dt) / sqrt dt du, on Gauss and Legendre's nodes.
    Source: Armitage, McPherson & Rowe, JRSS A 1969;132:235-244; Jennison & Turnbull 2000, chapter 19.
    """
    spread, root = math.sqrt(time - density.time), math.sqrt(time)
    centre = drift * time
    lowest, highest = max(low * root, centre - REACH * root), min(bound * root, centre + REACH * root)
    nodes, shares = legendre(points)
    places = lowest + (highest - lowest) * nodes
    steps = (places[:, None] - density.places - drift * (time - density.time)) / spread
    values = np.exp(-0.5 * steps * steps) @ density.weights / (spread * math.sqrt(2 * math.pi))
    return Density(time, places, values * shares * (highest - lowest))


def exit_probabilities(
    bounds: Sequence[float], fractions: Sequence[float], drift: float = 0.0, sides: int = 1, *, points: int = POINTS
) -> tuple[float, ...]:
    """The chance to cross first at each look; `drift` is the expected Z at full information.

    `bounds` are on the scale of Z; `sides` 2 has the lower bounds -`bounds` as well.
    """
    check_fractions(fractions)
    density, found = start(), []
    for bound, time in zip(bounds, fractions, strict=True):
        low = -bound if sides == 2 else -math.inf
        found.append(crossing(density, bound, time, drift, low))
        density = go_on(density, bound, time, drift, low, points=points)
    return tuple(found)


def check_fractions(fractions: Sequence[float]) -> None:
    """Refuses shares of information that do not grow to at most 1."""
    if not fractions or fractions[0] <= 0 or fractions[-1] > 1 or any(np.diff(fractions) <= 0):
        raise Refusal(
            "SEQUENTIAL-TIMES",
            "The shares of information at the looks do not grow from above 0 to at most 1.",
            "Three equal looks: 1/3, 2/3, 1.",
        )
