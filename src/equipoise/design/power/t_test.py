"""Power and size of Student's t tests: two arms, and paired values.

Definition: two-tailed, P(|T| > t(1 - alpha/2, v)) with T noncentral t; rejections in the wrong direction count.
Some programs leave that far tail out; R's `power.t.test` does unless `strict = TRUE`.
"""

import math

from equipoise.design.power.quadrature import two_sided
from equipoise.design.power.solving import enough, has_size, normal_sum, reach, root, sensible


def two_sample_power(effect: float, first: float, second: float, alpha: float = 0.05) -> float:
    """Power for a difference of `effect` standard deviations between arms of `first` and `second` participants.

    v = n1 + n2 - 2, noncentrality = effect sqrt(n1 n2 / (n1 + n2)).  Sizes need not be whole; v >= 1.
    Source: Cohen, Statistical Power Analysis, 2nd ed. 1988, chapter 2, with the exact noncentral t.
    """
    sensible(alpha)
    enough(first, second, 2)
    return two_sided(first + second - 2, effect * math.sqrt(first * second / (first + second)), alpha)


def two_sample_size(effect: float, power: float, alpha: float = 0.05, ratio: float = 1.0) -> float:
    """Participants of the first arm, not rounded; the second arm has `ratio` times as many.  `power` > `alpha`."""
    sensible(alpha, power)
    has_size(effect)
    near = (1 + 1 / ratio) * (normal_sum(alpha, power) / effect) ** 2
    return reach(lambda n: two_sample_power(effect, n, ratio * n, alpha), power, 3 / (1 + ratio), near)


def two_sample_effect(first: float, second: float, power: float, alpha: float = 0.05) -> float:
    """The detectable difference in standard deviations."""
    sensible(alpha, power)
    near = normal_sum(alpha, power) * math.sqrt(1 / first + 1 / second)
    return reach(lambda effect: two_sample_power(effect, first, second, alpha), power, 0.0, near)


def two_sample_alpha(effect: float, first: float, second: float, power: float) -> float:
    """The two-sided level at which this power is reached."""
    return root(lambda alpha: two_sample_power(effect, first, second, alpha) - power, 1e-12, power)


def paired_power(effect: float, pairs: float, alpha: float = 0.05) -> float:
    """Power of the paired t test for a mean difference of `effect` SDs of the differences; v = pairs - 1."""
    sensible(alpha)
    enough(pairs / 2, pairs / 2, 1)
    return two_sided(pairs - 1, effect * math.sqrt(pairs), alpha)


def paired_size(effect: float, power: float, alpha: float = 0.05) -> float:
    """Pairs, not rounded."""
    sensible(alpha, power)
    has_size(effect)
    return reach(lambda pairs: paired_power(effect, pairs, alpha), power, 2.0, (normal_sum(alpha, power) / effect) ** 2)


def paired_effect(pairs: float, power: float, alpha: float = 0.05) -> float:
    """The detectable mean difference in SDs of the differences."""
    sensible(alpha, power)
    near = normal_sum(alpha, power) / math.sqrt(pairs)
    return reach(lambda effect: paired_power(effect, pairs, alpha), power, 0.0, near)
