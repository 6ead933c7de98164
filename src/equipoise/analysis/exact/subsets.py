"""The unrestricted reference set (k of n, all subsets equally likely), by its two fastest engines.

Source: Horowitz & Sahni 1974 by subset size (meet in the middle); Streitberg & Roehmel 1986 (shift algorithm).
"""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.graph import Key
from equipoise.analysis.exact.kernels import kernel

_WORTH_A_THREAD = 34  # participants; below, a thread costs more than it saves


@dataclass(frozen=True)
class SubsetCounter:
    """Two halves of the participants; per half and subset size the sorted subset sums, stored one after another.

    `first_counts` marks units of the first half as tracked: then the overlap is the size drawn from that half.
    """

    engine: str
    weights: Mapping[Key, int]
    first: NDArray[np.int64]
    first_starts: NDArray[np.int64]
    second: NDArray[np.int64]
    second_starts: NDArray[np.int64]
    treated: int
    n: int
    by_overlap: bool
    known: dict[int, int] = field(default_factory=dict)

    def at_least(self, key: Key, threshold: int) -> int:
        if self.by_overlap or 2 * self.treated != self.n:
            return self._counted(key, threshold)
        # Equal arms: an allocation with sum s mirrors one with total - s, so only the upper half need be counted.
        total = int(self.first[-1] + self.second[-1])
        mirrored = total - threshold + 1
        highest = max(threshold, mirrored)
        if highest not in self.known:
            self.known[highest] = self._counted(key, highest)
        count = self.known[highest]
        return count if threshold == highest else self.weights[key] - count

    def _counted(self, key: Key, threshold: int) -> int:
        only = key[1] if self.by_overlap else -1
        count = kernel("pairs_at_least", seconds=self._plain_seconds(only))(
            self.first, self.first_starts, self.second, self.second_starts, self.treated, only, threshold
        )
        return int(count)

    def _plain_seconds(self, only: int) -> float:
        searched = len(self.first) if only < 0 else int(self.first_starts[only + 1] - self.first_starts[only])
        return 2e-5 + min(searched, len(self.second)) * 1e-7

    def reaching(self, thresholds: Mapping[Key, int]) -> int:
        return sum(self.at_least(key, threshold) for key, threshold in thresholds.items())


def subset_counter(scores: Sequence[int], treated: int, tracked: Sequence[int] | None) -> SubsetCounter:
    """Meet in the middle.  With `tracked` the halves are the trial's own treated and control participants."""
    n = len(scores)
    if tracked is None:
        halves = scores[: n // 2], scores[n // 2 :]
    else:
        halves = (
            [s for s, z in zip(scores, tracked, strict=True) if z],
            [s for s, z in zip(scores, tracked, strict=True) if not z],
        )
    (first, first_starts), (second, second_starts) = _both(halves, treated)
    weights: dict[Key, int] = {}
    for i in range(len(first_starts) - 1):
        count = math.comb(len(halves[0]), i) * math.comb(len(halves[1]), treated - i) if treated >= i else 0
        if count:
            key = (treated, i if tracked is not None else 0)
            weights[key] = weights.get(key, 0) + count
    assert sum(weights.values()) == math.comb(n, treated)
    by_overlap = tracked is not None
    name = "meet in the middle"
    return SubsetCounter(name, weights, first, first_starts, second, second_starts, treated, n, by_overlap)


def subset_sums_stored(n: int, treated: int) -> int:
    """How many sums `subset_counter` keeps for its larger half of ceil(n/2) participants."""
    half = (n + 1) // 2
    return sum(math.comb(half, j) for j in range(min(half, treated) + 1))


def _both(halves: tuple[Sequence[int], Sequence[int]], most: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    if len(halves[0]) + len(halves[1]) < _WORTH_A_THREAD:
        return [_subset_sums(half, most) for half in halves]
    with ThreadPoolExecutor(2) as threads:  # the kernels release the interpreter
        return list(threads.map(lambda half: _subset_sums(half, most), halves))


def _subset_sums(values: Sequence[int], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    largest = min(len(values), most)
    choose = np.array([[math.comb(q, j) for j in range(largest + 1)] for q in range(len(values) + 1)], dtype=np.int64)
    now = np.zeros(int(choose[-1].sum()), dtype=np.int64)
    build = kernel("subset_sums", seconds=1e-3 + len(now) * 6e-8)
    sums = build(np.array(values, dtype=np.int64), largest, choose, now, np.empty_like(now))
    return sums, np.concatenate(([0], np.cumsum(choose[-1]))).astype(np.int64)


def shift_table(scores: Sequence[int], treated: int) -> NDArray[np.int64]:
    """Number of `treated`-subsets with sum s, for s = 0 ... ; exact while C(n, treated) < 2^63.

    w[j][s + y] += w[j - 1][s] per participant, with the smaller of treated and n - treated as the subset size.
    """
    n = len(scores)
    smaller = min(treated, n - treated)
    reach = sum(sorted(scores)[n - smaller :])
    fill = kernel("shift_row", seconds=n * smaller * (3e-6 + reach * 1e-9))
    row: NDArray[np.int64] = fill(np.array(scores, dtype=np.int64), smaller, reach)
    if smaller == treated:
        return row
    total = sum(scores)  # the complement of a subset with sum s has sum total - s
    out = np.zeros(total + 1, dtype=np.int64)
    out[total - reach : total + 1] = row[::-1]
    return out
