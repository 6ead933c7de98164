"""Power against a margin: non-inferiority and equivalence of two means, by one-sided t tests."""

import math

from scipy import special

from equipoise.design.power.quadrature import scaled_chi, upper_tail
from equipoise.design.power.solving import enough, reach, sensible
from equipoise.vocabulary import Refusal

_MOST_ALPHA = 0.5


def non_inferiority_power(effect: float, margin: float, first: float, second: float, alpha: float = 0.025) -> float:
    """Power to show that the experimental arm is worse by less than `margin`; one-sided alpha.

    `effect` is the true difference for the better and `margin` > 0 the most that may be lost, both in SDs:
    P(T > t(1 - alpha, v)) with noncentrality (effect + margin) sqrt(n1 n2 / (n1 + n2)).
    Source: ICH E9 3.3.2; Julious, Sample Sizes for Clinical Trials 2010, chapter 6.
    """
    sensible(alpha)
    _refuse_margin(effect, margin)
    enough(first, second, 2)
    df = first + second - 2
    shift = (effect + margin) * math.sqrt(first * second / (first + second))
    return upper_tail(df, shift, float(special.stdtrit(df, 1 - alpha)))


def non_inferiority_size(effect: float, margin: float, power: float, alpha: float = 0.025, ratio: float = 1.0) -> float:
    """Participants of the first arm, not rounded; the second arm has `ratio` times as many."""
    sensible(alpha, power)
    _refuse_margin(effect, margin)
    near = (1 + 1 / ratio) * ((special.ndtri(1 - alpha) + special.ndtri(power)) / (effect + margin)) ** 2
    return reach(lambda n: non_inferiority_power(effect, margin, n, ratio * n, alpha), power, 3 / (1 + ratio), near)


def equivalence_power(effect: float, margin: float, first: float, second: float, alpha: float = 0.05) -> float:
    """Power to show that the difference lies within -`margin`..`margin` by two one-sided t tests, each at `alpha`.

    All in SDs.  Exact: given U = S / sigma both tests reject where the estimate lies between the margins moved inwards
    by t(1 - alpha, v) U se, so the power is E[Phi(k (m - d) - c U) - Phi(-k (m + d) + c U); U < k m / c],
    k = sqrt(n1 n2 / (n1 + n2)).  Source: Schuirmann, J Pharmacokinet Biopharm 1987;15:657-680; Owen 1965.
    """
    sensible(alpha)
    if alpha >= _MOST_ALPHA:
        raise Refusal("POWER-ALPHA", f"Two tests at {alpha:g} each accept what they should reject.", "Try 0.05.")
    if not abs(effect) < margin:
        raise _outside(effect, margin)
    enough(first, second, 2)
    df = first + second - 2
    scale = math.sqrt(first * second / (first + second))
    bound = float(special.stdtrit(df, 1 - alpha))
    u, w = scaled_chi(df, scale * margin / bound)
    inside = special.ndtr(scale * (margin - effect) - bound * u) - special.ndtr(bound * u - scale * (margin + effect))
    return float(w @ inside)


def equivalence_size(effect: float, margin: float, power: float, alpha: float = 0.05, ratio: float = 1.0) -> float:
    """Participants of the first arm, not rounded; the second arm has `ratio` times as many."""
    sensible(alpha, power)
    if not abs(effect) < margin:
        raise _outside(effect, margin)
    tail = special.ndtri((1 + power) / 2) if effect == 0 else special.ndtri(power)
    near = (1 + 1 / ratio) * ((special.ndtri(1 - alpha) + tail) / (margin - abs(effect))) ** 2
    return reach(lambda n: equivalence_power(effect, margin, n, ratio * n, alpha), power, 3 / (1 + ratio), near)


def _refuse_margin(effect: float, margin: float) -> None:
    if margin <= 0 or effect <= -margin:
        raise _outside(effect, margin)


def _outside(effect: float, margin: float) -> Refusal:
    return Refusal(
        "POWER-MARGIN",
        f"With a true difference of {effect:g} no trial can show that it stays within a margin of {margin:g}.",
        "Take a margin that is larger than the difference, on clinical grounds.",
    )
