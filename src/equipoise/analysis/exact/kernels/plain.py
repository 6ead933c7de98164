"""The kernels in plain numpy: slower, and the reference for the compiled ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def subset_sums(values: Ints, largest: int, _choose: Ints, _now: Ints, _new: Ints) -> Ints:
    """Sums of all subsets of size 0, 1, ... `largest`, each size sorted, one size after another.

    The compiled twin needs `choose[q, j]`, the number of j-subsets of q values, and two buffers of the final length.
    """
    sizes: list[Ints] = [np.zeros(1, dtype=np.int64)]
    for value in values:
        grown = [sizes[0]]
        for j in range(1, len(sizes)):
            grown.append(np.sort(np.concatenate((sizes[j], sizes[j - 1] + value)), kind="stable"))
        if len(sizes) <= largest:
            grown.append(sizes[-1] + value)
        sizes = grown
    return np.concatenate(sizes)


def pairs_at_least(  # noqa: PLR0917  the compiled twin takes the same
    first: Ints, first_starts: Ints, second: Ints, second_starts: Ints, size: int, only: int, threshold: int
) -> int:
    """Number of pairs with a sum >= threshold, one from each list, whose subset sizes add up to `size`.

    The lists are as `subset_sums` gives them; `only` >= 0 fixes the size taken from the first list.
    """
    count = 0
    for own in range(len(first_starts) - 1) if only < 0 else (only,):
        other = size - own
        if 0 <= other < len(second_starts) - 1:
            a = first[first_starts[own] : first_starts[own + 1]]
            b = second[second_starts[other] : second_starts[other + 1]]
            if len(a) > len(b):
                a, b = b, a
            count += int((len(b) - np.searchsorted(b, threshold - a, side="left")).sum())
    return count


def meeting_pairs_at_least(  # noqa: PLR0917  the compiled twin takes the same
    pairs: Ints, sums: Ints, weights: NDArray[Any], other: Ints, accumulated: NDArray[Any], wanted: Ints
) -> int:
    """Weight of pairs with a sum >= wanted[key], over pairs of lists (key, start, end, start, end, weight shift)."""
    count = 0
    for key, a, a_end, b, b_end, shift in pairs.tolist():
        found = np.searchsorted(other[b:b_end], wanted[key] - sums[a:a_end], side="left")
        count += int(np.dot(weights[a:a_end], accumulated[b + shift + found]))
    return count


def shift_row(scores: Ints, size: int, reach: int) -> Ints:
    """Number of subsets of `size` with sum 0, 1, ... `reach`."""
    table = np.zeros((size + 1, reach + 1), dtype=np.int64)
    table[0, 0] = 1
    for score in scores:
        for j in range(size, 0, -1):
            table[j, score:] += table[j - 1, : reach + 1 - score]
    row: Ints = table[size]
    return row


def ancova_exceedances(  # noqa: PLR0917  the compiled twin takes the same
    low_e: Floats,
    low_z: Floats,
    starts: Ints,
    add_e: Floats,
    add_z: Floats,
    sizes: Ints,
    limit: float,
    full: float,
    doubt: float,
    sure: Ints,
    possible: Ints,
) -> None:
    """Per row (an upper subset): lower subsets of size `sizes[row]` with e^2 >= limit (full - z^2), surely or possibly.

    e = low_e + add_e and z = low_z + add_z; `doubt` is relative to the sum of both sides.
    """
    for row in range(len(sizes)):
        part = slice(starts[sizes[row]], starts[sizes[row] + 1])
        margin, slack = ancova_margin(low_e[part] + add_e[row], low_z[part] + add_z[row], limit, full, doubt)
        sure[row], possible[row] = (margin > slack).sum(), (margin >= -slack).sum()


def ancova_margin(e: Floats, z: Floats, limit: float, full: float, doubt: float) -> tuple[Floats, Floats]:
    """(e^2 - limit (full - z^2), the margin within which floats do not decide)."""
    effect, bound = e * e, limit * (full - z * z)
    return effect - bound, doubt * (effect + np.abs(bound) + limit * full * 1e-6)


def eight_subset_sums(z: Floats, size: int, draws: int, words: NDArray[np.uint32], out: Floats) -> None:
    """Sums of eight columns over random `size`-subsets, one subset per column of `out`, by partial Fisher-Yates.

    A 32-bit word u gives the place floor(u m / 2^32); where the remainder falls below 2^32 mod m, the word is thrown
    away, so that every one of the m places has the same chance.  Source: Lemire 2019.
    """
    index, at, n = list(range(len(z))), 0, len(z)
    for draw in range(draws):
        for i in range(size):
            left = n - i
            product = int(words[at]) * left
            at += 1
            while product % (1 << 32) < (1 << 32) % left:
                product = int(words[at]) * left
                at += 1
            j = i + (product >> 32)
            index[i], index[j] = index[j], index[i]
        out[:, draw] = z[index[:size]].sum(axis=0)


def masks_of_size(words: NDArray[Any], unused: int, size: int, out: NDArray[Any]) -> int:
    """Fill `out` with the words, moved down by `unused` bits, of which `size` bits are then set; gives their number."""
    masks = words >> words.dtype.type(unused)
    kept = masks[np.bitwise_count(masks) == size][: len(out)]
    out[: len(kept)] = kept
    return len(kept)


def table_sums(tables: Floats, masks: NDArray[Any], out: Floats) -> None:
    """Sums of eight columns over subsets given as bit masks, one per column of `out`.

    `tables[p, b]` holds the eight sums over those of the participants 8p to 8p + 7 whose bits are set in b.
    """
    total = np.zeros((len(masks), tables.shape[2]))
    for part, table in enumerate(tables):
        total += table[(masks >> masks.dtype.type(8 * part)) & 255]
    out[:] = total.T


def max_t_tally(  # noqa: PLR0917  the compiled twin takes the same
    sums: Floats, first: int, last: int, add: Floats, bound: Floats, top: Floats, out: Ints
) -> None:
    """Counts over the columns first..last of |sums + add|, one row per endpoint, largest bound first.

    Adds to `out`, per endpoint: statistics that reach its bound, overall maxima that do, maxima over this and all
    later endpoints that do.  `top` is a buffer.
    """
    found = np.abs(sums[: len(bound), first:last] + add[:, None])
    successive = np.maximum.accumulate(found[::-1], axis=0)[::-1]
    out[0] += (found >= bound[:, None]).sum(axis=1)
    out[1] += (successive[0] >= bound[:, None]).sum(axis=1)
    out[2] += (successive >= bound[:, None]).sum(axis=1)
    top[: last - first] = successive[0]
