"""Size and power for ordered categories, by the proportional odds model."""

import math
from collections.abc import Sequence

from scipy import special

from equipoise.design.power.solving import normal_sum, sensible
from equipoise.vocabulary import Refusal


def shifted_shares(control: Sequence[float], odds_ratio: float) -> tuple[float, ...]:
    """The categories' shares in the arm whose cumulative odds, from the first category on, are `odds_ratio` times."""
    _refuse_shares(control)
    passed, before, shares = 0.0, 0.0, []
    for share in control[:-1]:
        passed += share
        odds = odds_ratio * passed / (1 - passed) if passed < 1 else math.inf
        cumulative = odds / (1 + odds) if math.isfinite(odds) else 1.0
        shares.append(cumulative - before)
        before = cumulative
    return (*shares, 1 - before)


def whitehead_size(
    control: Sequence[float], odds_ratio: float, power: float, alpha: float = 0.05, ratio: float = 1.0
) -> float:
    """Participants of both arms, not rounded.

    N = 3 (r + 1)^2 (z(1-alpha/2) + z(power))^2 / (r log(OR)^2 (1 - sum of cubes of the mean shares)), arms 1 : r.
    Source: Whitehead, Stat Med 1993;12:2257-2271.
    """
    sensible(alpha, power)
    return normal_sum(alpha, power) ** 2 / _information(control, odds_ratio, ratio)


def whitehead_power(
    control: Sequence[float], odds_ratio: float, participants: float, alpha: float = 0.05, ratio: float = 1.0
) -> float:
    """Power with this many participants in both arms."""
    sensible(alpha)
    shift = math.sqrt(participants * _information(control, odds_ratio, ratio))
    return float(special.ndtr(shift - special.ndtri(1 - alpha / 2)))


def _information(control: Sequence[float], odds_ratio: float, ratio: float) -> float:
    """Squared noncentrality per participant."""
    if odds_ratio <= 0 or odds_ratio == 1:
        raise Refusal(
            "POWER-EFFECT", f"An odds ratio of {odds_ratio:g} has no size.", "Give one above 0 that is not 1."
        )
    other = shifted_shares(control, odds_ratio)
    cubes = sum(((a + ratio * b) / (1 + ratio)) ** 3 for a, b in zip(control, other, strict=True))
    return ratio * math.log(odds_ratio) ** 2 * (1 - cubes) / (3 * (ratio + 1) ** 2)


def _refuse_shares(shares: Sequence[float]) -> None:
    if len(shares) < 2 or min(shares, default=0) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise Refusal(
            "POWER-SHARES",
            f"The shares of the categories add up to {sum(shares):g}.",
            "They add up to 1, none below 0.",
        )
