"""Power of the two-sample t-test: enough to say what a registered sample size could have found."""

import math

NEVER_REVERSED = 7.0
"""Beyond this shift the test finds an effect in the wrong direction with probability below Phi(-7), 1.3e-12."""


def t_test_power(first: int, second: int, difference: float, alpha: float = 0.05) -> float:
    """Give the power of the two-sided two-sample t-test for a standardised difference.

    Power = P(|T| > t(1 - alpha/2, v)), T noncentral t with v = n1 + n2 - 2 and noncentrality d sqrt(n1 n2 / (n1 + n2)).
    Returns 0 where v < 1.  Source: Cohen 1988, chapter 2, with the exact noncentral t.
    """
    freedom = first + second - 2
    if first < 1 or second < 1 or freedom < 1:
        return 0.0
    from scipy.special import nctdtr, stdtrit  # noqa: PLC0415 - a quarter of a second that most commands need not pay

    bound = stdtrit(freedom, 1 - alpha / 2)
    shift = difference * math.sqrt(first * second / (first + second))
    found = 1 - nctdtr(freedom, shift, bound)
    if math.isnan(found):  # the series of the library ends beyond a shift of about 36, where nothing is missed
        return 1.0
    in_the_wrong_direction = nctdtr(freedom, shift, -bound) if shift < NEVER_REVERSED else 0.0
    return float(found + in_the_wrong_direction)


def detectable_difference(first: int, second: int, power: float = 0.8, alpha: float = 0.05) -> float:
    """Give the standardised difference that the test finds with the given power, by bisection to 0.001."""
    low, high = 0.0, 100.0
    while high - low > 0.001:
        middle = (low + high) / 2
        if t_test_power(first, second, middle, alpha) < power:
            low = middle
        else:
            high = middle
    return high
