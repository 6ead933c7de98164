"""Power and size for two shares: exactly, over all tables, for any test; and by the usual formulae."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.design.power.solving import sensible
from equipoise.vocabulary import Refusal

Region = NDArray[np.bool_]
"""(n1 + 1, n0 + 1): whether a test rejects the table with a and b events."""


def exact_power(first_share: float, second_share: float, region: Region) -> float:
    """The chance of a table in the region: sum of Bin(a; n1, p1) Bin(b; n0, p0) over rejected (a, b)."""
    _refuse_shares(first_share, second_share)
    first, second = (size - 1 for size in region.shape)
    return float(_binomial(first, first_share) @ region @ _binomial(second, second_share))


@lru_cache(maxsize=512)
def fisher_region(first: int, second: int, alpha: float = 0.05) -> Region:
    """Where Fisher's exact test rejects at two-sided `alpha`: p is the chance of all tables at most as probable.

    Decided on whole numbers, so that ties of probabilities are ties.
    """
    sensible(alpha)
    region = np.zeros((first + 1, second + 1), dtype=np.bool_)
    for events in range(first + second + 1):
        low, high = max(0, events - second), min(first, events)
        weights = [math.comb(first, a) * math.comb(second, events - a) for a in range(low, high + 1)]
        total, passed = sum(weights), 0
        for weight in sorted(set(weights)):
            passed += weight * weights.count(weight)
            if passed / total > alpha:
                break
            for place, own in enumerate(weights):
                if own == weight:
                    region[low + place, events - low - place] = True
    return region


def fisher_power(first_share: float, second_share: float, first: int, second: int, alpha: float = 0.05) -> float:
    """Exact power of Fisher's exact test."""
    return exact_power(first_share, second_share, fisher_region(first, second, alpha))


def fisher_size(
    first_share: float, second_share: float, power: float, alpha: float = 0.05, ratio: float = 1.0
) -> tuple[int, int]:
    """The smallest arms from which on the exact power stays at or above `power`, over the next ten sizes.

    Exact power is a saw: one more participant can lower it.
    """
    sensible(alpha, power)
    size = max(2, math.floor(0.7 * chi_square_size(first_share, second_share, power, alpha, ratio)))

    def enough(n: int) -> bool:
        return fisher_power(first_share, second_share, n, math.ceil(ratio * n), alpha) >= power

    while not all(enough(n) for n in range(size, size + 11)):
        size += 1
    return size, math.ceil(ratio * size)


def chi_square_size(
    first_share: float,
    second_share: float,
    power: float,
    alpha: float = 0.05,
    ratio: float = 1.0,
    *,
    corrected: bool = False,
) -> float:
    """Participants of the first arm for the chi-square test, not rounded; the second arm has `ratio` times as many.

    n = (z(1-alpha/2) sqrt((1 + 1/r) q (1 - q)) + z(power) sqrt(p1 (1 - p1) + p0 (1 - p0)/r))^2 / (p1 - p0)^2 with the
    mean share q.  `corrected` is for Fisher's test or a continuity correction.
    Source: Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, 3rd ed. 2003, chapter 4.
    """
    sensible(alpha, power)
    _refuse_shares(first_share, second_share)
    if first_share == second_share:
        raise Refusal("POWER-EFFECT", "Equal shares need infinitely many participants.", "Give shares that differ.")
    away = abs(first_share - second_share)
    mean = (first_share + ratio * second_share) / (1 + ratio)
    under_null = special.ndtri(1 - alpha / 2) * math.sqrt((1 + 1 / ratio) * mean * (1 - mean))
    variance = first_share * (1 - first_share) + second_share * (1 - second_share) / ratio
    n = ((under_null + special.ndtri(power) * math.sqrt(variance)) / away) ** 2
    if corrected:
        n = n / 4 * (1 + math.sqrt(1 + 2 * (ratio + 1) / (n * ratio * away))) ** 2
    return float(n)


def _binomial(n: int, share: float) -> NDArray[np.float64]:
    k = np.arange(n + 1)
    log = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    chances: NDArray[np.float64] = np.exp(log + special.xlogy(k, share) + special.xlog1py(n - k, -share))
    return chances


def _refuse_shares(*shares: float) -> None:
    for share in shares:
        if not 0 <= share <= 1:
            nearest = min(1.0, max(0.0, share))
            raise Refusal("POWER-SHARE", f"{share:g} is no share of people.", f"The nearest that is one: {nearest:g}.")
