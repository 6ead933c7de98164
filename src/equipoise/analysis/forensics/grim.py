"""Can these summary numbers come from whole numbers at all?  GRIM, GRIMMER and DEBIT.

Sources: Brown & Heathers 2017 (GRIM); Anaya 2016, Allard 2018 (GRIMMER); Heathers & Brown 2019 (DEBIT).
"""

import math
from collections.abc import Iterator
from fractions import Fraction

from equipoise.analysis.forensics.printed import Printed
from equipoise.vocabulary import Refusal


def grim(mean: Printed, n: int, items: int = 1) -> bool:
    """Whether n whole numbers (or sums of whole-number items, averaged over `items`) can have the printed mean.

    True exactly where some integer S has |S / (n items) - mean| <= half a unit.  It can reject nothing once
    n items >= 10^decimals.  Refuses a group of nobody.  Source: Brown & Heathers 2017.
    """
    return any(True for _ in sums(mean, n, items))


def grim_power(n: int, decimals: int, items: int = 1) -> Fraction:
    """Share of arbitrary means that GRIM rejects: max(0, 1 - n items / 10^decimals).  Source: Brown & Heathers 2017."""
    return max(Fraction(0), 1 - Fraction(n * items, 10**decimals))


def grimmer(mean: Printed, sd: Printed, n: int) -> bool:
    """Whether n whole numbers can have the printed mean and standard deviation (divisor n - 1), range unknown.

    True exactly where integers S and Q exist with S/n and sqrt((Q - S^2/n)/(n - 1)) printed so, Q of S's parity (a
    square has the parity of its root) and Q >= S^2/n.  Refuses fewer than two values.
    Source: Anaya 2016; Allard 2018.
    """
    _refuse_few(n)
    return any(True for total in sums(mean, n) for _ in squares(total, sd, n))


def debit(share: Printed, sd: Printed, n: int) -> bool:
    """Whether n zeros and ones can have the printed mean and SD: SD^2 = k (n - k) / (n (n - 1)) for k ones.

    Refuses fewer than two values.  Source: Heathers & Brown 2019.
    """
    _refuse_few(n)
    return any(0 <= k <= n and sd_admits(sd, Fraction(k * (n - k), n * (n - 1))) for k in sums(share, n))


def sums(mean: Printed, n: int, items: int = 1) -> Iterator[int]:
    """Integers S with S / (n items) printed as the mean."""
    if n < 1 or items < 1:
        raise Refusal("FORENSIC-SIZE", "A group has no participants.", "Give the number that was analysed.")
    size = n * items
    yield from range(math.ceil(mean.lower * size), math.floor(mean.upper * size) + 1)


def squares(total: int, sd: Printed, n: int) -> Iterator[int]:
    """Integers Q of the parity of the sum, at least S^2/n, whose standard deviation is printed as `sd`."""
    low, high = max(sd.lower, Fraction(0)), sd.upper
    base = Fraction(total * total, n)
    first = max(math.ceil(base + (n - 1) * low * low), math.ceil(base))
    for q in range(first, math.floor(base + (n - 1) * high * high) + 1):
        if (q - total) % 2 == 0:
            yield q


def sd_admits(sd: Printed, variance: Fraction) -> bool:
    """Whether the root of this variance may have been printed so; compared as squares, without a root."""
    if variance < 0 or sd.upper < 0:
        return False
    return max(sd.lower, Fraction(0)) ** 2 <= variance <= sd.upper**2


def _refuse_few(n: int) -> None:
    if n < 2:
        raise Refusal("FORENSIC-SIZE", "A standard deviation needs at least two participants.", "Check the size.")
