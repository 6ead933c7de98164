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


@njit(cache=True, nogil=True)
def eight_subset_sums(z, size, draws, words, out):
    n = len(z)
    index = np.arange(n)
    mask, one = np.uint64(0xFFFFFFFF), np.uint64(1)
    at = 0
    for draw in range(draws):
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0  # eight registers: an array would go through memory
        for i in range(size):
            left = np.uint64(n - i)
            product = np.uint64(words[at]) * left
            at += 1
            if product & mask < left:  # only then can the remainder fall below 2^32 mod left
                while product & mask < (one << np.uint64(32)) % left:
                    product = np.uint64(words[at]) * left
                    at += 1
            j = i + np.int64(product >> np.uint64(32))
            unit = index[j]
            index[j] = index[i]
            index[i] = unit
            s0 += z[unit, 0]
            s1 += z[unit, 1]
            s2 += z[unit, 2]
            s3 += z[unit, 3]
            s4 += z[unit, 4]
            s5 += z[unit, 5]
            s6 += z[unit, 6]
            s7 += z[unit, 7]
        out[0, draw] = s0
        out[1, draw] = s1
        out[2, draw] = s2
        out[3, draw] = s3
        out[4, draw] = s4
        out[5, draw] = s5
        out[6, draw] = s6
        out[7, draw] = s7


_PAIRS, _FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_BYTES, _SUM = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_1, _2, _4, _56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)


@njit(cache=True, nogil=True)
def masks_of_size(words, unused, size, out):
    count = 0
    shift, wanted = np.uint64(unused), np.uint64(size)
    for word in words:
        mask = np.uint64(word) >> shift
        ones = mask - (mask >> _1 & _PAIRS)  # bits counted in parallel (Knuth 7.1.3)
        ones = (ones & _FOURS) + (ones >> _2 & _FOURS)
        ones = (ones + (ones >> _4) & _BYTES) * _SUM >> _56
        out[count] = mask
        count += np.int64(ones == wanted)
        if count == len(out):
            break
    return count


@njit(cache=True, nogil=True)
def table_sums(tables, masks, out):
    byte = np.uint64(255)
    for draw in range(len(masks)):
        mask = np.uint64(masks[draw])
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
        for part in range(len(tables)):
            row = tables[part, np.int64(mask >> np.uint64(8 * part) & byte)]
            s0 += row[0]
            s1 += row[1]
            s2 += row[2]
            s3 += row[3]
            s4 += row[4]
            s5 += row[5]
            s6 += row[6]
            s7 += row[7]
        out[0, draw] = s0
        out[1, draw] = s1
        out[2, draw] = s2
        out[3, draw] = s3
        out[4, draw] = s4
        out[5, draw] = s5
        out[6, draw] = s6
        out[7, draw] = s7


@njit(cache=True, nogil=True)
def max_t_tally(sums, first, last, add, bound, top, out):  # noqa: PLR0917  positional for numba
    m, width = len(bound), last - first
    for i in range(width):
        top[i] = 0.0
    for e in range(m - 1, -1, -1):
        raw = np.int64(0)
        down = np.int64(0)
        for i in range(width):
            value = abs(sums[e, first + i] + add[e])
            highest = top[i] if top[i] > value else value
            top[i] = highest
            raw += np.int64(value >= bound[e])
            down += np.int64(highest >= bound[e])
        out[0, e] += raw
        out[2, e] += down
    for e in range(m):
        single = np.int64(0)
        for i in range(width):
            single += np.int64(top[i] >= bound[e])
        out[1, e] += single
