"""The number of participants, set anew from data in which nobody is unmasked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.design.power.t_test import two_sample_size
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class Reestimated:
    """The new number of both arms, and the standard deviation it rests on."""

    participants: int
    sd: float
    seen: int


def pooled_sd(values: Sequence[float]) -> float:
    """Standard deviation of all values together (divisor n - 1); arms are not told apart.

    Its square overstates the variance inside the arms by about delta^2 / 4 with equal arms, delta the difference:
    a little too many participants, never a hint of the arm.  Refuses fewer than two values.
    """
    if len(values) < 2:
        raise Refusal("REESTIMATE-FEW", "One value has no standard deviation.", "Wait for more participants.")
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def reestimate(
    values: Sequence[float],
    difference: float,
    power: float,
    alpha: float = 0.05,
    *,
    planned: int,
    most: int,
    correlation: float = 0.0,
    ratio: float = 1.0,
) -> Reestimated:
    """The participants of both arms that the pooled standard deviation asks for, between `planned` and `most`.

    `difference` (in the values' unit) and `power` are those of the plan: only the nuisance parameter is new.  With a
    `correlation` to the baseline the residual deviation of ANCOVA, sd sqrt(1 - correlation^2), is taken.  Never fewer
    than planned (Wittes & Brittain's restricted rule).
    Source: Gould & Shih, Commun Stat Theory Methods 1992;21:2833-2853; Kieser & Friede, Stat Med 2003;22:3571-3581,
    who show that this keeps alpha; ICH E9 4.4.
    """
    if not planned <= most:
        raise Refusal("REESTIMATE-LIMIT", f"At most {most} is fewer than the {planned} planned.", "Raise the limit.")
    sd = pooled_sd(values)
    residual = sd * math.sqrt(1 - correlation**2)
    if residual == 0:
        return Reestimated(planned, sd, len(values))
    first = two_sample_size(abs(difference) / residual, power, alpha, ratio)
    wanted = math.ceil(first - 1e-9) + math.ceil(ratio * first - 1e-9)
    return Reestimated(min(most, max(planned, wanted)), sd, len(values))
