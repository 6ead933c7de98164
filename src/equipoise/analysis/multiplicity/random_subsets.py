"""Random subsets of one size, all equally likely, and the sums of many columns over each."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.kernels import kernel

Floats = NDArray[np.float64]
Masks = NDArray[Any]  # unsigned words of 32 or 64 bits
_BITS = 8  # participants per table of partial sums: 256 rows stay close to the processor
_WASTE = 16  # words of randomness that a kept one may cost


class SubsetSums(Protocol):
    """Sums over random subsets."""

    def draw(self, draws: int, stream: np.random.SeedSequence) -> Floats:
        """One row per column, one column per subset, from a PCG64 stream of its own."""


def subset_sums(z: Floats, size: int) -> SubsetSums:
    """Sums of the columns of `z` (one row per participant) over random `size`-subsets of the rows.

    Random bits are kept as a subset where `size` of them are set; where too few are, or bits do not fit one word,
    places are drawn one after another (Fisher-Yates).  Both give every subset exactly the same chance.
    """
    n = len(z)
    padded = np.pad(z, ((0, 0), (0, -z.shape[1] % 8)))
    groups = tuple(np.ascontiguousarray(padded[:, first : first + 8]) for first in range(0, padded.shape[1], 8))
    if n <= 64 and math.comb(n, size) * _WASTE >= 1 << n:
        return _ByBits(n, size, tuple(_partial_sums(group) for group in groups))
    return _ByPlaces(size, groups)


@dataclass(frozen=True)
class _ByBits:
    """`tables` hold, per eight columns, per eight participants, the sums over each of their 256 subsets."""

    n: int
    size: int
    tables: tuple[Floats, ...]

    def draw(self, draws: int, stream: np.random.SeedSequence) -> Floats:
        masks = self._masks(draws, np.random.PCG64(stream))
        sums = np.empty((8 * len(self.tables), draws))
        work = draws * self.tables[0].shape[0] * len(self.tables) * 8e-8
        for group, table in enumerate(self.tables):
            kernel("table_sums", seconds=work)(table, masks, sums[8 * group : 8 * group + 8])
        return sums

    def _masks(self, draws: int, generator: np.random.PCG64) -> Masks:
        """The first `draws` words with `size` of `n` bits set."""
        narrow = self.n <= 32
        kept: Masks = np.empty(draws, dtype=np.uint32 if narrow else np.uint64)
        found = 0
        while found < draws:
            words = generator.random_raw(int((draws - found) * 1.03 * self._words_per_mask) + 64)
            bits = words.view(np.uint32) if narrow else words
            keep = kernel("masks_of_size", seconds=len(bits) * 8e-9)
            found += keep(bits, 8 * bits.itemsize - self.n, self.size, kept[found:])
        return kept

    @property
    def _words_per_mask(self) -> float:
        return (0.5 if self.n <= 32 else 1.0) * 2.0**self.n / math.comb(self.n, self.size)


@dataclass(frozen=True)
class _ByPlaces:
    size: int
    groups: tuple[Floats, ...]

    def draw(self, draws: int, stream: np.random.SeedSequence) -> Floats:
        smaller = self.size
        words = np.random.PCG64(stream).random_raw((draws * smaller + 1) // 2 + 64).view(np.uint32)
        sums = np.empty((8 * len(self.groups), draws))
        work = draws * (smaller * 1e-6 + 5e-6) * len(self.groups)
        for group, columns in enumerate(self.groups):  # the same words give the same subsets to the next eight
            kernel("eight_subset_sums", seconds=work)(columns, smaller, draws, words, sums[8 * group : 8 * group + 8])
        return sums


def _partial_sums(z: Floats) -> Floats:
    parts = -(-len(z) // _BITS)
    member = ((np.arange(1 << _BITS)[:, None] >> np.arange(_BITS)) & 1).astype(float)
    padded = np.pad(z, ((0, parts * _BITS - len(z)), (0, 0)))
    return np.stack([member @ padded[p * _BITS : (p + 1) * _BITS] for p in range(parts)])
