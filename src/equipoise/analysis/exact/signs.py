"""The distribution of a positive sum under random signs: each size joins the sum or not, independently."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.residues import joined, moduli, residue_sums
from equipoise.vocabulary import Refusal

_DENSE = 50_000_000  # cells x sizes up to which the whole distribution is tabulated
_MOST_LISTED = 26  # sizes per half in the sparse engine: 2^26 sums are 0.5 GB


class SignCounter(Protocol):
    """Number of sign assignments whose positive sum reaches a threshold."""

    @property
    def engine(self) -> str: ...

    def at_least(self, threshold: int) -> int:
        """Assignments with positive sum >= threshold; with `threshold` <= 0 all 2^n."""


def sign_counter(sizes: Sequence[int]) -> SignCounter:
    """The cheaper exact engine for non-negative integer sizes.

    A common divisor is taken out first.  Refuses more than 52 sizes on a grid too fine for a table.
    """
    factor = math.gcd(*sizes) or 1
    scores = sorted(size // factor for size in sizes)
    rows = max(1, math.ceil(len(scores) / 60))
    if sum(scores) * len(scores) * rows <= _DENSE and (len(scores) > 12 or sum(scores) < 1 << 12):
        return _Table(*_table(scores), factor)
    if len(scores) > 2 * _MOST_LISTED or sum(scores) >= 1 << 62:
        raise Refusal(
            "EXACT-COST",
            "So many differences with so many decimals are more than the exact engine can do.",
            "Round the differences to the recorded measurement precision.",
        )
    return _Halves(_sums(scores[::2]), _sums(scores[1::2]), factor)


@dataclass(frozen=True)
class _Table:
    cells: NDArray[np.int64]
    primes: tuple[int, ...]
    factor: int
    engine: str = "shift algorithm over signs"

    def at_least(self, threshold: int) -> int:
        first = max(0, -(-threshold // self.factor))
        cells = self.cells[:, first:]
        if not self.primes:
            return int(cells.sum())
        return joined([s % p for s, p in zip(residue_sums(cells), self.primes, strict=True)], self.primes)


def _table(scores: Sequence[int]) -> tuple[NDArray[np.int64], tuple[int, ...]]:
    """w[s + y] += w[s] per size y; one row per prime where 2^n exceeds 62 bits."""
    primes = moduli(1 << len(scores), 2)
    column = np.array(primes, dtype=np.int64)[:, None] if primes else None
    cells = np.zeros((max(1, len(primes)), sum(scores) + 1), dtype=np.int64)
    cells[:, 0] = 1
    top = 0
    for score in scores:
        shifted = cells[:, : top + 1].copy()
        top += score
        cells[:, score : top + 1] += shifted
        if column is not None:
            cells[:, : top + 1] %= column
    return cells, primes


@dataclass(frozen=True)
class _Halves:
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    factor: int
    engine: str = "meet in the middle over signs"

    def at_least(self, threshold: int) -> int:
        wanted = -(-threshold // self.factor)
        found = np.searchsorted(self.second, wanted - self.first, side="left")
        return int((len(self.second) - found).sum())


def _sums(scores: Sequence[int]) -> NDArray[np.int64]:
    sums = np.zeros(1, dtype=np.int64)
    for score in scores:
        sums = np.sort(np.concatenate((sums, sums + score)), kind="stable")
    return sums
