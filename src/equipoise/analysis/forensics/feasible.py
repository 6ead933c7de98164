"""The complete answer: which (sum, sum of squares) n whole numbers within a range can have.

R_j is the set of reachable pairs after j values; for each sum an integer serves as the bit set of the sums of
squares, so adding a value v is one shift by v^2.  This contains GRIM, GRIMMER and the range limits, without a false
alarm and without a missed case.
"""

from dataclasses import dataclass
from functools import lru_cache

from equipoise.analysis.forensics.grim import squares, sums
from equipoise.analysis.forensics.printed import Printed
from equipoise.vocabulary import Refusal

_MOST_WORK = 3_000_000_000  # 64-bit words shifted, about two seconds


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Whether a mean and SD are possible, with a witness: n values, or None."""

    possible: bool
    witness: tuple[int, ...] | None


def feasible(mean: Printed, sd: Printed, n: int, low: int, high: int) -> Feasibility:
    """Whether n whole numbers from `low` to `high` can have the printed mean and SD (divisor n - 1); decided exactly.

    Every reachable pair (S, Q) of sum and sum of squares is listed, value by value, as bit sets over Q; possible
    means that one pair prints as given (closed rounding intervals).  Contains GRIM, GRIMMER and the limits of the
    range.  Refuses fewer than two values, an empty range, and more work than about two seconds.
    Source: our own, by dynamic programming; checked against all samples.
    """
    if n < 2 or high < low:
        raise Refusal("FORENSIC-SIZE", "The number of participants or the range is too small.", "Check them.")
    width = high - low
    work = n * (n * width + 1) * (width + 1) * (n * width * width // 64 + 1) // 3
    if work > _MOST_WORK:
        raise Refusal(
            "FORENSIC-COST", "The group and the range are too large for the complete check.", "Use GRIM and GRIMMER."
        )
    table = _reachable(n, width)
    for total in sums(mean, n):
        shifted_sum = total - n * low
        if not 0 <= shifted_sum < len(table[n]):
            continue
        for q in squares(total, sd, n):
            shifted_q = q - 2 * low * total + n * low * low
            if shifted_q >= 0 and table[n][shifted_sum] >> shifted_q & 1:
                return Feasibility(True, tuple(low + v for v in _witness(table, n, width, shifted_sum, shifted_q)))
    return Feasibility(False, None)


def pair_count(n: int, width: int) -> int:
    """Number of reachable (sum, sum of squares) pairs of n values in 0..width."""
    return sum(bits.bit_count() for bits in _reachable(n, width)[n])


@lru_cache(maxsize=16)
def _reachable(n: int, width: int) -> tuple[tuple[int, ...], ...]:
    """R_0 ... R_n: per number of values and per sum the bit set of the sums of squares."""
    tables: list[tuple[int, ...]] = [(1,)]
    for j in range(1, n + 1):
        row = [0] * (j * width + 1)
        for total, bits in enumerate(tables[-1]):
            if bits:
                for v in range(width + 1):
                    row[total + v] |= bits << v * v
        tables.append(tuple(row))
    return tuple(tables)


def _witness(table: tuple[tuple[int, ...], ...], n: int, width: int, total: int, q: int) -> list[int]:
    """One sample with this sum and sum of squares, walking the tables back."""
    values = []
    for j in range(n - 1, -1, -1):
        for v in range(width + 1):
            before = total - v
            if 0 <= before < len(table[j]) and q >= v * v and table[j][before] >> (q - v * v) & 1:
                values.append(v)
                total, q = before, q - v * v
                break
        else:
            raise AssertionError("a reachable pair has no way back")
    return sorted(values)
