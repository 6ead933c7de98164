"""From a tail function to p-values: every convention, from one definition."""

from collections.abc import Callable
from fractions import Fraction

from equipoise.analysis.results import PValue, Sides, Tails
from equipoise.vocabulary import Refusal


def two_sided_tails(
    reaching: Callable[[Fraction, bool], int], observed: Fraction, centre: Fraction, total: int, sides: Sides
) -> tuple[PValue, Tails]:
    """Both conventions from a tail function; `reaching(b, strictly)` is the weight with statistic >= b (or > b)."""
    distance = abs(observed - centre)
    above, above_strictly = (reaching(centre + distance, strictly) for strictly in (False, True))
    if distance == 0:
        below_strictly, below = total - above, total - above_strictly
        at_least, at_most = above, below
        two_sided, two_sided_strictly = total, above_strictly + below_strictly
    else:
        below = total - reaching(centre - distance, True)
        below_strictly = total - reaching(centre - distance, False)
        two_sided, two_sided_strictly = above + below, above_strictly + below_strictly
        at_least = above if observed > centre else total - below_strictly
        at_most = below if observed < centre else total - above_strictly
    doubled = min(total, 2 * min(at_least, at_most))
    chosen = {
        Sides.DISTANCE: two_sided,
        Sides.DOUBLED: doubled,
        Sides.GREATER: at_least,
        Sides.LESS: at_most,
    }
    if sides not in chosen:
        raise Refusal("EXACT-SIDES", "This two-sided definition does not fit the test.", "Use distance or doubled.")
    tails = Tails(
        Fraction(two_sided, total),
        Fraction(doubled, total),
        Fraction(at_least, total),
        Fraction(at_most, total),
        Fraction(two_sided + two_sided_strictly, 2 * total),
    )
    return PValue(Fraction(chosen[sides], total), sides, True, chosen[sides], total), tails


def threshold(bound: Fraction, strictly: bool) -> int:
    """Smallest integer >= bound, or > bound."""
    return bound.numerator // bound.denominator + 1 if strictly else -(-bound.numerator // bound.denominator)
