"""Events and participants for the log-rank test."""

import math

from scipy import special

from equipoise.design.power.solving import normal_sum, sensible
from equipoise.vocabulary import Refusal


def schoenfeld_events(hazard_ratio: float, power: float, alpha: float = 0.05, ratio: float = 1.0) -> float:
    """Events in both arms: (z(1-alpha/2) + z(power))^2 / (s (1 - s) log(HR)^2), s the share of one arm.

    Source: Schoenfeld, Biometrika 1981;68:316-319.
    """
    _sensible_ratio(hazard_ratio, alpha, power)
    share = 1 / (1 + ratio)
    return normal_sum(alpha, power) ** 2 / (share * (1 - share) * math.log(hazard_ratio) ** 2)


def freedman_events(hazard_ratio: float, power: float, alpha: float = 0.05, ratio: float = 1.0) -> float:
    """Events in both arms: (z(1-alpha/2) + z(power))^2 (1 + r HR)^2 / (r (1 - HR)^2), control : experimental = 1 : r.

    Source: Freedman, Stat Med 1982;1:121-129.
    """
    _sensible_ratio(hazard_ratio, alpha, power)
    return normal_sum(alpha, power) ** 2 * (1 + ratio * hazard_ratio) ** 2 / (ratio * (1 - hazard_ratio) ** 2)


def log_rank_power(hazard_ratio: float, events: float, alpha: float = 0.05, ratio: float = 1.0) -> float:
    """Power with this many events, by Schoenfeld's approximation."""
    _sensible_ratio(hazard_ratio, alpha, None)
    share = 1 / (1 + ratio)
    shift = abs(math.log(hazard_ratio)) * math.sqrt(events * share * (1 - share))
    return float(special.ndtr(shift - special.ndtri(1 - alpha / 2)))


def event_share(hazard: float, accrual: float, follow_up: float) -> float:
    """The share with an event when people enter evenly over `accrual` and are followed for `follow_up` after its end.

    Constant `hazard` per unit of the same time: 1 - (exp(-h f) - exp(-h (a + f))) / (h a).
    """
    if hazard <= 0 or accrual < 0 or follow_up < 0 or accrual + follow_up == 0:
        raise Refusal("POWER-TIME", "Hazard and times are positive.", "Give a hazard per month and times in months.")
    if accrual == 0:
        return -math.expm1(-hazard * follow_up)
    return 1 - math.exp(-hazard * follow_up) * -math.expm1(-hazard * accrual) / (hazard * accrual)


def participants_for_events(events: float, shares: tuple[float, float], ratio: float = 1.0) -> float:
    """Participants of both arms so that `events` are expected, `shares` having one in each arm (1 : `ratio`)."""
    return events * (1 + ratio) / (shares[0] + ratio * shares[1])


def _sensible_ratio(hazard_ratio: float, alpha: float, power: float | None) -> None:
    sensible(alpha, power)
    if hazard_ratio <= 0 or hazard_ratio == 1:
        raise Refusal(
            "POWER-EFFECT", f"A hazard ratio of {hazard_ratio:g} has no size.", "Give one above 0 that is not 1."
        )
