"""Counts beyond 64 bits: the same additions modulo several primes, joined by the Chinese remainder theorem."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)  # enough for every number below 2^64 (Sorenson & Webster)
_LOW = (1 << 31) - 1


@lru_cache(maxsize=64)
def moduli(total: int, growth: int) -> tuple[int, ...]:
    """Primes p with p x growth < 2^63 whose product exceeds `total`; none where 64 bits hold `total` itself.

    `growth` bounds the sum of the integer weights that meet in one cell before the next reduction.
    """
    if total < 1 << 62:
        return ()
    found: list[int] = []
    candidate = ((1 << 63) - 1) // growth
    while math.prod(found) <= total:
        if _is_prime(candidate):
            found.append(candidate)
        candidate -= 1
    return tuple(found)


def residue_sums(rows: NDArray[np.int64]) -> tuple[int, ...]:
    """The exact sum of each row as a Python integer; halves are summed apart, so nothing overflows."""
    low = (rows & _LOW).sum(axis=1)
    high = (rows >> 31).sum(axis=1)
    return tuple((int(h) << 31) + int(s) for h, s in zip(high, low, strict=True))


def joined(sums: Sequence[int], primes: Sequence[int]) -> int:
    """The number below the product of the primes with these remainders; without primes the single sum itself."""
    if not primes:
        return sums[0]
    product = math.prod(primes)
    value = 0
    for remainder, prime in zip(sums, primes, strict=True):
        rest = product // prime
        value += remainder * rest * pow(rest, -1, prime)
    return value % product


def _is_prime(n: int) -> bool:
    if n < 2 or any(n % p == 0 for p in _WITNESSES):
        return n in _WITNESSES
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(n, witness, odd, twos) for witness in _WITNESSES)


def _passes(n: int, witness: int, odd: int, twos: int) -> bool:
    power = pow(witness, odd, n)
    if power in (1, n - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % n
        if power == n - 1:
            return True
    return False
