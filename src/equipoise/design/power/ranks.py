"""Power and size of the Wilcoxon-Mann-Whitney test, by Noether's formula and exactly.

The effect is the relative effect p = P(X < Y) + P(X = Y)/2 of a participant Y of the experimental arm and one X of the
other.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.design.power.solving import normal_sum, sensible
from equipoise.vocabulary import Refusal

LARGEST_ARM = 60
"""Arms beyond this are left to Noether's formula, which is then near enough."""


def relative_effect(standardised: float) -> float:
    """p for normal values that differ by `standardised` SDs: Phi(d / sqrt 2)."""
    return float(special.ndtr(standardised / math.sqrt(2)))


def noether_size(effect: float, power: float, alpha: float = 0.05, share: float = 0.5) -> float:
    """Participants of both arms, not rounded; the first arm has `share` of them.

    N = (z(1 - alpha/2) + z(power))^2 / (12 share (1 - share) (p - 1/2)^2).
    Source: Noether, J Am Stat Assoc 1987;82:645-647.
    """
    sensible(alpha, power)
    _refuse_effect(effect)
    return (normal_sum(alpha, power) / (effect - 0.5)) ** 2 / (12 * share * (1 - share))


def noether_power(effect: float, first: float, second: float, alpha: float = 0.05) -> float:
    """Power by the same approximation."""
    sensible(alpha)
    n = first + second
    shift = abs(effect - 0.5) * math.sqrt(12 * first * second / n)
    return float(special.ndtr(shift - special.ndtri(1 - alpha / 2)))


def exact_power(effect: float, first: int, second: int, alpha: float = 0.05) -> float:
    """Exact power of the exact two-sided test, where one arm's hazard is a multiple of the other's (Lehmann).

    With hazard ratio h = (1 - p) / p of Y to X, the next smallest of i values X and j values Y is a Y with
    probability h j / (i + h j); U counts pairs X < Y.  The test rejects the largest |U - m n / 2| whose chance under
    h = 1 is at most alpha.  Source: Lehmann, Ann Math Stat 1953;24:23-43; Savage 1956.
    """
    sensible(alpha)
    if max(first, second) > LARGEST_ARM:
        raise Refusal("POWER-SIZE", f"Exact rank power is for arms up to {LARGEST_ARM}.", "Use Noether's formula.")
    if not 0 < effect < 1:
        raise Refusal("POWER-EFFECT", f"{effect:g} is no probability between 0 and 1.", "0.5 is no effect.")
    null = law_of_u(0.5, first, second)
    distance = np.abs(2 * np.arange(len(null)) - first * second)
    order = np.argsort(-distance, kind="stable")
    sorted_distance, reached = distance[order], np.cumsum(null[order])
    last = np.append(sorted_distance[1:] != sorted_distance[:-1], True)
    allowed = sorted_distance[last & (reached <= alpha * (1 + 1e-12))]
    if not len(allowed):
        return 0.0
    return float(law_of_u(effect, first, second)[distance >= allowed[-1]].sum())


@lru_cache(maxsize=256)
def law_of_u(effect: float, first: int, second: int) -> NDArray[np.float64]:
    """P(U = 0, 1, ..., m n) for `first` values X and `second` values Y whose hazards are proportional."""
    ratio = (1 - effect) / effect
    rows = [np.ones(1) for _ in range(second + 1)]  # no X is left: U grows no more
    for x in range(1, first + 1):
        new: list[NDArray[np.float64]] = []
        for y in range(second + 1):
            chance = ratio * y / (x + ratio * y)
            law = np.zeros(x * y + 1)
            law[y:] += (1 - chance) * rows[y]
            if y:
                law[: x * (y - 1) + 1] += chance * new[y - 1]
            new.append(law)
        rows = new
    return rows[second]


def _refuse_effect(effect: float) -> None:
    if not 0 < effect < 1 or effect == 0.5:
        raise Refusal(
            "POWER-EFFECT", f"A relative effect of {effect:g} has no size.", "Give one beside 0.5, such as 0.7."
        )
