"""The kernels compiled by numba, which infers the types; see `plain` for what each computes and takes."""

# mypy: ignore-errors

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def arm_moments(x, y, side, out):
    trials, n = side.shape
    places, sizes = np.empty((2, n + 1), dtype=np.int64), np.zeros(2, dtype=np.int64)
    for t in range(trials):
        n0 = n1 = 0
        for j in range(n):  # first who is in which arm, without branches: it cannot be foreseen
            places[0, n0] = places[1, n1] = j
            n0 += side[t, j] == 0
            n1 += side[t, j] == 1
        sizes[0], sizes[1] = n0, n1
        for arm in range(2):
            size = sizes[arm]
            mx = my = xx = xy = yy = 0.0
            for place in range(size):
                mx += x[t, places[arm, place]]
                my += y[t, places[arm, place]]
            mx, my = mx / max(size, 1), my / max(size, 1)
            for place in range(size):
                a, b = x[t, places[arm, place]] - mx, y[t, places[arm, place]] - my
                xx += a * a
                xy += a * b
                yy += b * b
            out[arm, 0, t], out[arm, 1, t], out[arm, 2, t] = size, mx, my
            out[arm, 3, t], out[arm, 4, t], out[arm, 5, t] = xx, xy, yy


@njit(cache=True, nogil=True, error_model="numpy")
def covariance(m, out):
    for t in range(m.shape[2]):
        n0, n1 = m[0, 0, t], m[1, 0, t]
        product = m[0, 4, t] + m[1, 4, t]
        spread = m[0, 3, t] + m[1, 3, t]
        slope, shift, df = product / spread, m[1, 1, t] - m[0, 1, t], n0 + n1 - 3
        variance = (m[0, 5, t] + m[1, 5, t] - slope * product) / df
        square = variance * (1 / n0 + 1 / n1 + shift * shift / spread)
        if square > 0 and square < np.inf and df > 0:
            out[0, t], out[1, t], out[2, t] = m[1, 2, t] - m[0, 2, t] - slope * shift, math.sqrt(square), df
        else:
            out[0, t], out[1, t], out[2, t] = np.nan, np.nan, 1.0


@njit(cache=True, nogil=True)
def procedure_p(scores, side, starts, chance, treats, after, given_sizes, out):  # noqa: PLR0917  positional for numba
    trials, n = scores.shape
    cells = len(chance) * (n + 1)  # a cell is a state and a number treated
    most = np.int64(0)
    for t in range(trials):
        most = max(most, _observed(scores[t], side[t])[2])
    weights = np.empty((2, cells, most + 1))  # of each sum of the treated, now and next in turn
    low, top = np.zeros((2, cells), dtype=np.int64), np.full((2, cells), -1)  # of the sums reached; top -1 for none
    active = np.empty((2, cells), dtype=np.int64)
    for t in range(trials):
        used, treated, total, done = _observed(scores[t], side[t])
        if treated in (0, used):
            out[t] = 1.0
            continue
        only = treated if given_sizes else np.int64(-1)
        now, count = _walk(scores[t], side[t], starts[t], chance, treats, after, only, weights, low, top, active)
        reached = active[now, :count]
        sizes = reached % (n + 1)
        out[t] = _tails(weights[now], low[now], top[now], reached, sizes, used, treated, total, done)
        top[now, reached] = -1


@njit(cache=True, nogil=True)
def _observed(scores, side):
    """Participants used, treated, their total score, and that of the treated."""
    used = treated = total = done = np.int64(0)
    for j in range(len(side)):
        if side[j] >= 0:
            used += 1
            total += scores[j]
            if side[j] == 1:
                treated += 1
                done += scores[j]
    return used, treated, total, done


@njit(cache=True, nogil=True)
def _walk(scores, side, starts, chance, treats, after, only, weights, low, top, active):  # noqa: PLR0917  as above
    """Send the weights from participant to participant; gives which half holds them at the end, and how many cells."""
    width = len(side) + 1
    left = np.int64(0)
    for j in range(len(side)):
        left += side[j] >= 0
    now, count = 0, 1
    active[0, 0], low[0, 0], top[0, 0], weights[0, 0, 0] = 0, 0, 0, 1.0
    for j in range(len(side)):
        counts = side[j] >= 0
        left -= counts
        new, fresh = 1 - now, 0
        for place in range(count):
            cell = active[now, place]
            s, k = 0 if starts[j] else cell // width, cell % width  # each stratum from the procedure's start
            least, most, source = low[now, cell], top[now, cell] + 1, weights[now, cell]
            for b in range(chance.shape[1]):
                gains = counts and treats[s, b] == 1
                size = k + gains
                if chance[s, b] == 0.0 or (only >= 0 and (size > only or size + left < only)):
                    continue
                to = after[s, b] * width + size
                gain = scores[j] if gains else np.int64(0)
                first, last = least + gain, most + gain
                if top[new, to] < 0:
                    active[new, fresh] = to
                    fresh += 1
                    low[new, to], top[new, to] = first, first - 1
                if first < low[new, to]:
                    weights[new, to, first : low[new, to]] = 0.0
                    low[new, to] = first
                if last > top[new, to] + 1:
                    weights[new, to, top[new, to] + 1 : last] = 0.0
                    top[new, to] = last - 1
                target, share = weights[new, to, first:last], chance[s, b]
                given = source[least:most]  # indices from 0 on: the loop is vectorised
                for i in range(most - least):
                    target[i] += share * given[i]
            top[now, cell] = -1
        now, count = new, fresh
    return now, count


@njit(cache=True, nogil=True)
def _tails(weights, low, top, reached, sizes, used, treated, total, done):  # noqa: PLR0917  positional for numba
    """P(|D - E D| >= |d - E D|) over the cells in which both arms are present."""
    mass = moment = 0.0
    for place in range(len(reached)):
        cell, k = reached[place], sizes[place]
        if 0 < k < used:
            own = first = 0.0
            for i in range(low[cell], top[cell] + 1):
                own += weights[cell, i]
                first += weights[cell, i] * i
            mass += own
            moment += (used * first - k * total * own) / (k * (used - k))
    centre = moment / mass
    distance = abs((used * done - treated * total) / (treated * (used - treated)) - centre)
    distance -= 1e-9 * (1.0 + distance)
    tail = 0.0
    for place in range(len(reached)):
        cell, k = reached[place], sizes[place]
        if 0 < k < used:
            scale, middle = k * (used - k) / used, k * total / used
            high = max(np.int64(0), np.int64(math.ceil(middle + (centre + distance) * scale)))
            less = min(np.int64(math.floor(middle + (centre - distance) * scale)), top[cell], high - 1)
            for i in range(max(high, low[cell]), top[cell] + 1):
                tail += weights[cell, i]
            for i in range(low[cell], less + 1):
                tail += weights[cell, i]
    return min(1.0, tail / mass)


@njit(cache=True, nogil=True)
def successive_maxima(z, used, lists, bound, counts):
    trials, n, m = z.shape
    draws = len(lists)
    treated = np.ascontiguousarray(lists.T).astype(np.float64)  # rows of lists: the inner loops are vectorised
    sums, scale, top = np.empty(draws), np.empty(draws), np.empty(draws)
    for t in range(trials):
        sums[:] = 0.0
        whole = 0
        for j in range(n):
            if used[t, j]:
                whole += 1
                for b in range(draws):
                    sums[b] += treated[j, b]
        for b in range(draws):
            product = sums[b] * (whole - sums[b])
            scale[b] = math.sqrt(whole / product) if product > 0 else 0.0
        top[:] = 0.0
        for e in range(m - 1, -1, -1):
            sums[:] = 0.0
            for j in range(n):
                score = z[t, j, e]
                for b in range(draws):
                    sums[b] += score * treated[j, b]
            reached = 0
            for b in range(draws):
                top[b] = max(top[b], abs(sums[b]) * scale[b])
                reached += top[b] >= bound[e, t]
            counts[e, t] += reached
