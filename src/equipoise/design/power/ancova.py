"""Power and size of the analysis of covariance, over the baselines that chance may bring."""

import math

import numpy as np
from scipy import special

from equipoise.design.power.quadrature import legendre, scaled_chi
from equipoise.design.power.solving import enough, has_size, inside, normal_sum, reach, sensible

_POINTS = 64


def ancova_power(effect: float, first: float, second: float, correlation: float, alpha: float = 0.05) -> float:
    """Unconditional power for a difference of `effect` SDs of the outcome, `correlation` with the baseline.

    Baseline and outcome are bivariate normal with the same covariance in both arms.  The imbalance of the baseline
    lowers the information by the factor u = 1 / (1 + F / (n - 2)), F ~ F(1, n - 2), which has the law
    Beta((n - 2)/2, 1/2); given u, t is noncentral with n - 3 df and
    nc = effect sqrt(u n1 n2 / (n1 + n2)) / sqrt(1 - correlation^2).  Integrated over u = 1 - w^2.
    Two-tailed as in `t_test`.  n >= 4.  Source: Shieh, Psychometrika 2017;82:529-542, written anew from the model.
    """
    sensible(alpha)
    enough(first, second, 3)
    inside(correlation)
    n = first + second
    df, a = n - 3, (n - 2) / 2
    full = effect * math.sqrt(first * second / n / (1 - correlation**2))
    w, weight = legendre(_POINTS)
    density = 2 * weight * (1 - w * w) ** (a - 1) / special.beta(a, 0.5)
    u, share = scaled_chi(df)
    centre = (full * np.sqrt(1 - w * w))[:, None]
    bound = special.stdtrit(df, 1 - alpha / 2) * u
    given = (special.ndtr(centre - bound) + special.ndtr(-centre - bound)) @ share
    return float(density @ given)


def ancova_size(effect: float, power: float, correlation: float, alpha: float = 0.05, ratio: float = 1.0) -> float:
    """Participants of the first arm, not rounded; the second arm has `ratio` times as many."""
    sensible(alpha, power)
    has_size(effect)
    inside(correlation)
    near = (1 + 1 / ratio) * (1 - correlation**2) * (normal_sum(alpha, power) / effect) ** 2
    return reach(lambda n: ancova_power(effect, n, ratio * n, correlation, alpha), power, 5 / (1 + ratio), near)


def ancova_effect(first: float, second: float, power: float, correlation: float, alpha: float = 0.05) -> float:
    """The detectable difference in SDs of the outcome."""
    sensible(alpha, power)
    enough(first, second, 3)
    inside(correlation)
    near = normal_sum(alpha, power) * math.sqrt((1 / first + 1 / second) * (1 - correlation**2))
    return reach(lambda effect: ancova_power(effect, first, second, correlation, alpha), power, 0.0, near)
