"""The kernels compiled by numba, which infers the types; see `plain` for what each computes and takes."""

# mypy: ignore-errors

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def subset_sums(values, largest, choose, now, new):
    for q in range(len(values)):
        value = values[q]
        old_start = 0  # start of size j before unit q; one size behind: `previous`
        previous = 0
        out = 0
        for j in range(min(q + 1, largest) + 1):
            i, i_end = old_start, old_start + choose[q, j]
            p = previous
            p_end = old_start if j > 0 else previous
            i_top, p_top, top = i_end, p_end, out + (i_end - i) + (p_end - p)
            while i < i_top and p < p_top:  # from both ends and without branches: two independent chains of steps
                left, right = now[i], now[p] + value
                new[out] = min(left, right)
                step = np.int64(left <= right)
                i += step
                p += 1 - step
                out += 1
                if i == i_top or p == p_top:
                    break
                left, right = now[i_top - 1], now[p_top - 1] + value
                top -= 1
                new[top] = max(left, right)
                step = np.int64(left > right)
                i_top -= step
                p_top -= 1 - step
            while i < i_top:
                new[out] = now[i]
                i += 1
                out += 1
            while p < p_top:
                new[out] = now[p] + value
                p += 1
                out += 1
            out = out + (i_end - i_top) + (p_end - p_top)
            previous = old_start
            old_start = i_end
        now, new = new, now
    return now


@njit(cache=True, nogil=True)
def pairs_at_least(first, first_starts, second, second_starts, size, only, threshold):  # noqa: PLR0917  positional for numba
    count = np.int64(0)
    for own in range(len(first_starts) - 1):
        other = size - own
        if other < 0 or other >= len(second_starts) - 1 or (only >= 0 and own != only):
            continue
        i, i_end = first_starts[own], first_starts[own + 1]
        low, end = second_starts[other], second_starts[other + 1]
        j = end
        while i < i_end and j > low:
            step = np.int64(first[i] + second[j - 1] >= threshold)
            count += (1 - step) * (end - j)
            j -= step
            i += 1 - step
        count += (i_end - i) * (end - j)
    return count


@njit(cache=True, nogil=True)
def meeting_pairs_at_least(pairs, sums, weights, other, accumulated, wanted):  # noqa: PLR0917  positional for numba
    count = np.int64(0)
    for row in range(len(pairs)):
        i, i_end, low, j, shift = pairs[row, 1], pairs[row, 2], pairs[row, 3], pairs[row, 4], pairs[row, 5]
        threshold = wanted[pairs[row, 0]]
        if sums[i_end - 1] + other[j - 1] < threshold:
            continue
        while i < i_end and j > low:
            step = np.int64(sums[i] + other[j - 1] >= threshold)
            count += (1 - step) * weights[i] * accumulated[j + shift]
            j -= step
            i += 1 - step
        while i < i_end:
            count += weights[i] * accumulated[low + shift]
            i += 1
    return count


@njit(cache=True, nogil=True)
def shift_row(scores, size, reach):
    table = np.zeros((size + 1, reach + 1), dtype=np.int64)
    table[0, 0] = 1
    top = np.zeros(size + 1, dtype=np.int64)  # highest sum reached per row
    for q in range(len(scores)):
        score = scores[q]
        for j in range(min(q + 1, size), 0, -1):
            high = min(top[j - 1], reach - score)
            for s in range(high + 1):
                table[j, s + score] += table[j - 1, s]
            top[j] = max(top[j], high + score)
    return table[size]


@njit(cache=True, nogil=True, fastmath=True)
def ancova_exceedances(low_e, low_z, starts, add_e, add_z, sizes, limit, full, doubt, sure, possible):  # noqa: PLR0917
    floor = limit * full * 1e-6
    for row in range(len(sizes)):
        e_up, z_up = add_e[row], add_z[row]
        more = np.int64(0)
        most = np.int64(0)
        for i in range(starts[sizes[row]], starts[sizes[row] + 1]):
            e = low_e[i] + e_up
            z = low_z[i] + z_up
            effect = e * e
            bound = limit * (full - z * z)
            slack = doubt * (effect + abs(bound) + floor)
            more += np.int64(effect - bound > slack)
            most += np.int64(effect - bound >= -slack)
        sure[row] = more
        possible[row] = most
