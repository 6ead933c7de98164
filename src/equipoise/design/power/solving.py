"""Inverse questions: the size, the effect or the level at which a power function reaches a target."""

import math
from collections.abc import Callable

from scipy import special

from equipoise.vocabulary import Refusal

LARGEST = 1e9
"""Sizes and effects beyond this are no answer."""


def reach(function: Callable[[float], float], target: float, low: float, near: float = 0.0) -> float:
    """The x >= `low` at which an increasing `function` reaches `target`; the search begins at `near`.

    Gives `low` where that is enough.  Raises `Refusal` where the target is never reached.
    """
    start = max(low, near)
    step = max(1e-3, 0.02 * start)
    if function(start) >= target:
        below = start
        while below > low:
            high, below, step = below, max(low, below - step), step * 4
            if function(below) < target:
                return root(lambda x: function(x) - target, below, high)
        return low
    high = start + step
    while function(high) < target:
        if high > LARGEST:
            raise Refusal("POWER-REACH", "No size and no effect reaches this power.", "Ask for less power.")
        start, step = high, step * 4
        high += step
    return root(lambda x: function(x) - target, start, high)


def arms_of(participants: int, ratio: float = 1.0) -> tuple[int, int]:
    """(first arm, second arm) of a total, as near to first : second = 1 : `ratio` as whole numbers come."""
    second = min(participants - 1, max(1, math.floor(participants * ratio / (1 + ratio) + 1e-9)))
    return participants - second, second


def normal_sum(alpha: float, power: float) -> float:
    """z(1 - alpha/2) + z(power): what the noncentrality has to be where the normal distribution holds."""
    return float(special.ndtri(1 - alpha / 2) + special.ndtri(power))


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """A zero of a continuous function between two points of opposite sign, to 13 digits.

    Source: Ridders, IEEE Trans Circuits Syst 1979;26:979-980.
    """
    at_low, at_high = function(low), function(high)
    if at_low == 0 or at_high == 0:
        return low if at_low == 0 else high
    assert at_low * at_high < 0, "the root is bracketed"
    former = math.inf
    while True:
        middle = (low + high) / 2
        at_middle = function(middle)
        scale = math.sqrt(at_middle * at_middle - at_low * at_high)
        guess = middle + (middle - low) * math.copysign(1.0, at_low) * at_middle / scale if scale else middle
        at_guess = function(guess)
        if at_guess == 0 or abs(guess - former) <= 1e-13 * abs(guess) or high - low <= 1e-15 * abs(high):
            return guess
        former = guess
        for point, value in ((middle, at_middle), (guess, at_guess)):
            if low < point < high:
                if value * at_low > 0:
                    low, at_low = point, value
                else:
                    high, at_high = point, value


def sensible(alpha: float, power: float | None = None) -> None:
    """Refuses levels and powers that are no probabilities, and a power that alpha alone gives."""
    if not 0 < alpha < 1:
        raise Refusal("POWER-ALPHA", f"Alpha is {alpha:g}, but a probability lies between 0 and 1.", "Try 0.05.")
    if power is not None and not alpha < power < 1:
        raise Refusal("POWER-POWER", f"A power of {power:g} lies outside alpha..1.", "Try 0.8 or 0.9.")


def has_size(effect: float) -> None:
    """Refuses to look for the size that finds no effect at all."""
    if effect == 0 or not math.isfinite(effect):
        raise Refusal("POWER-EFFECT", f"An effect of {effect:g} has no size.", "Give a difference in SDs, such as 0.5.")


def enough(first: float, second: float, parameters: int) -> None:
    """Refuses arms that leave a model with so many parameters no degree of freedom."""
    if min(first, second) <= 0 or first + second - parameters < 1:
        raise Refusal(
            "POWER-SIZE",
            f"Arms of {first:g} and {second:g} are too few to measure any spread.",
            f"Take at least {parameters + 1} participants together, some in each arm.",
        )


def inside(correlation: float) -> None:
    """Refuses correlations that are none, or perfect."""
    if not -1 < correlation < 1:
        raise Refusal(
            "POWER-CORRELATION", f"A correlation of {correlation:g} is impossible or perfect.", "Try 0.5, or 0.7."
        )
