"""Group-sequential boundaries on the scale of Z, and the size that a trial with them needs."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from scipy import special

from equipoise.design.power.solving import root, sensible
from equipoise.design.sequential.crossing import (
    POINTS,
    Density,
    check_fractions,
    crossing,
    exit_probabilities,
    go_on,
    start,
)

_HIGHEST = 12.0


@dataclass(frozen=True, slots=True)
class Boundary:
    """At share `fractions[k]` of the information a trial stops for benefit if Z >= `bounds[k]`.

    `spent` is the type I error used up by each look.
    """

    name: str
    fractions: tuple[float, ...]
    bounds: tuple[float, ...]
    spent: tuple[float, ...]
    sides: int = 1


def equal_looks(looks: int) -> tuple[float, ...]:
    """Shares of information at equally spaced looks."""
    return tuple((look + 1) / looks for look in range(looks))


def obrien_fleming(
    fractions: Sequence[float], alpha: float = 0.025, sides: int = 1, *, points: int = POINTS
) -> Boundary:
    """Bounds c / sqrt(t); alpha over all sides.  Source: O'Brien & Fleming, Biometrics 1979;35:549-556."""
    return _constant("O'Brien-Fleming", fractions, alpha, sides, lambda time: 1 / math.sqrt(time), points=points)


def pocock(fractions: Sequence[float], alpha: float = 0.025, sides: int = 1, *, points: int = POINTS) -> Boundary:
    """One bound c at every look.  Source: Pocock, Biometrika 1977;64:191-199."""
    return _constant("Pocock", fractions, alpha, sides, lambda time: 1.0, points=points)


def obrien_fleming_spending(time: float, alpha: float) -> float:
    """Alpha spent by `time`: 2 - 2 Phi(z(1 - alpha/2) / sqrt t).  Source: Lan & DeMets, Biometrika 1983;70:659-663."""
    return float(2 * special.ndtr(-special.ndtri(1 - alpha / 2) / math.sqrt(time)))


def pocock_spending(time: float, alpha: float) -> float:
    """Alpha spent by `time`: alpha log(1 + (e - 1) t).  Source: as above."""
    return alpha * math.log(1 + (math.e - 1) * time)


def lan_demets(
    fractions: Sequence[float],
    alpha: float = 0.025,
    spending: Callable[[float, float], float] = obrien_fleming_spending,
    sides: int = 1,
    *,
    points: int = POINTS,
) -> Boundary:
    """Bounds that spend alpha as `spending` says, at whatever times the looks turn out to be.

    For two sides, `alpha` is that of both, and each side spends half of it.
    """
    sensible(alpha)
    check_fractions(fractions)
    density = start()
    bounds: list[float] = []
    spent: list[float] = []
    for time in fractions:
        share = sides * spending(time, alpha / sides) - sum(spent)
        bound = _bound_for(share, partial(_crossing, density, time, sides))
        density = go_on(density, bound, time, 0.0, _low(bound, sides), points=points)
        bounds.append(bound)
        spent.append(share)
    name = f"Lan-DeMets, {spending.__name__.replace('_', ' ')}"
    return Boundary(name, tuple(fractions), tuple(bounds), tuple(spent), sides)


def drift_for(boundary: Boundary, power: float) -> float:
    """The expected Z at full information with which the trial crosses with probability `power`."""
    return root(
        lambda drift: sum(exit_probabilities(boundary.bounds, boundary.fractions, drift, boundary.sides)) - power,
        0.0,
        _HIGHEST,
    )


def inflation(boundary: Boundary, power: float) -> float:
    """Largest number of participants over that of a trial with one look and the same alpha and power."""
    alpha = sum(boundary.spent)
    fixed = special.ndtri(1 - alpha / boundary.sides) + special.ndtri(power)
    return float((drift_for(boundary, power) / fixed) ** 2)


def expected_information(boundary: Boundary, drift: float) -> float:
    """The mean share of the full information at which the trial stops."""
    exits = exit_probabilities(boundary.bounds, boundary.fractions, drift, boundary.sides)
    stays = 1 - sum(exits)
    stopped = sum(share * time for share, time in zip(exits, boundary.fractions, strict=True))
    return stopped + stays * boundary.fractions[-1]


def _constant(
    name: str,
    fractions: Sequence[float],
    alpha: float,
    sides: int,
    shape: Callable[[float], float],
    *,
    points: int,
) -> Boundary:
    sensible(alpha)
    check_fractions(fractions)

    def excess(constant: float) -> float:
        bounds = [constant * shape(time) for time in fractions]
        return sum(exit_probabilities(bounds, fractions, 0.0, sides, points=points)) - alpha

    constant = root(excess, 0.5, _HIGHEST)
    bounds = tuple(constant * shape(time) for time in fractions)
    return Boundary(
        name, tuple(fractions), bounds, exit_probabilities(bounds, fractions, 0.0, sides, points=points), sides
    )


def _crossing(density: Density, time: float, sides: int, bound: float) -> float:
    return crossing(density, bound, time, 0.0, _low(bound, sides))


def _low(bound: float, sides: int) -> float:
    return -bound if sides == 2 else -math.inf


def _bound_for(share: float, chance: Callable[[float], float]) -> float:
    return root(lambda bound: chance(bound) - share, -_HIGHEST, _HIGHEST)
