"""The kernels compiled by numba, which infers the types; see `plain` for what each computes and takes."""

# mypy: ignore-errors

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def arm_moments(x, y, side, out):
    trials, n = side.shape
    for t in range(trials):
        n0 = n1 = 0
        x0 = x1 = y0 = y1 = 0.0
        for j in range(n):
            if side[t, j] == 1:
                n1 += 1
                x1 += x[t, j]
                y1 += y[t, j]
            elif side[t, j] == 0:
                n0 += 1
                x0 += x[t, j]
                y0 += y[t, j]
        if n0 > 0:
            x0 /= n0
            y0 /= n0
        if n1 > 0:
            x1 /= n1
            y1 /= n1
        xx0 = xx1 = xy0 = xy1 = yy0 = yy1 = 0.0
        for j in range(n):
            if side[t, j] == 1:
                a = x[t, j] - x1
                b = y[t, j] - y1
                xx1 += a * a
                xy1 += a * b
                yy1 += b * b
            elif side[t, j] == 0:
                a = x[t, j] - x0
                b = y[t, j] - y0
                xx0 += a * a
                xy0 += a * b
                yy0 += b * b
        out[0, 0, t], out[1, 0, t] = n0, n1
        out[0, 1, t], out[1, 1, t] = x0, x1
        out[0, 2, t], out[1, 2, t] = y0, y1
        out[0, 3, t], out[1, 3, t] = xx0, xx1
        out[0, 4, t], out[1, 4, t] = xy0, xy1
        out[0, 5, t], out[1, 5, t] = yy0, yy1


@njit(cache=True, nogil=True)
def procedure_p(scores, side, chance, treats, after, given_sizes, out):  # noqa: PLR0912, PLR0915, PLR0917
    """Weights w[state, treated, sum] go from participant to participant; then the tails of the difference in means."""
    trials, n = scores.shape
    states, branches = chance.shape
    most = np.int64(0)
    for t in range(trials):
        total = np.int64(0)
        for j in range(n):
            if side[t, j] >= 0:
                total += scores[t, j]
        most = max(most, total)
    now = np.zeros((states, n + 1, most + 1))
    new = np.zeros((states, n + 1, most + 1))
    top = np.full((states, n + 1), -1)  # highest sum reached, -1 for none
    higher = np.full((states, n + 1), -1)
    for t in range(trials):
        used = treated = total = done = np.int64(0)
        for j in range(n):
            if side[t, j] >= 0:
                used += 1
                total += scores[t, j]
                if side[t, j] == 1:
                    treated += 1
                    done += scores[t, j]
        if treated in (0, used):
            out[t] = 1.0
            continue
        top[:] = -1
        top[0, 0] = 0
        now[0, 0, 0] = 1.0
        left = used
        for j in range(n):
            counts = side[t, j] >= 0
            if counts:
                left -= 1
            higher[:] = -1
            for s in range(states):
                for k in range(j + 1):
                    if top[s, k] < 0:
                        continue
                    reach = top[s, k]
                    for b in range(branches):
                        c = chance[s, b]
                        if c == 0.0:
                            continue
                        to = after[s, b]
                        gain, more = np.int64(0), 0
                        if counts and treats[s, b] == 1:
                            gain, more = scores[t, j], 1
                        if given_sizes and (k + more > treated or k + more + left < treated):
                            continue
                        row = new[to, k + more]
                        old = higher[to, k + more]
                        if reach + gain > old:
                            row[old + 1 : reach + gain + 1] = 0.0
                            higher[to, k + more] = reach + gain
                        target, source = row[gain:], now[s, k]  # indices from 0 on: the loop is vectorised
                        for i in range(reach + 1):
                            target[i] += c * source[i]
            now, new = new, now
            top, higher = higher, top
        weight = moment = 0.0
        for s in range(states):
            for k in range(1, used):
                if top[s, k] >= 0:
                    mass = first = 0.0
                    for i in range(top[s, k] + 1):
                        mass += now[s, k, i]
                        first += now[s, k, i] * i
                    weight += mass
                    moment += (used * first - k * total * mass) / (k * (used - k))
        centre = moment / weight
        distance = abs((used * done - treated * total) / (treated * (used - treated)) - centre)
        distance -= 1e-9 * (1.0 + distance)
        tail = 0.0
        for s in range(states):
            for k in range(1, used):
                if top[s, k] >= 0:
                    scale = k * (used - k) / used
                    middle = k * total / used
                    high = max(np.int64(0), np.int64(math.ceil(middle + (centre + distance) * scale)))
                    low = min(np.int64(math.floor(middle + (centre - distance) * scale)), top[s, k])
                    for i in range(high, top[s, k] + 1):
                        tail += now[s, k, i]
                    for i in range(min(low, high - 1) + 1):
                        tail += now[s, k, i]
        out[t] = min(1.0, tail / weight)


@njit(cache=True, nogil=True)
def successive_maxima(z, used, lists, bound, counts):
    trials, n, m = z.shape
    draws = len(lists)
    places = np.empty((draws, n), dtype=np.int64)
    sizes = np.zeros(draws, dtype=np.int64)
    for b in range(draws):
        for j in range(n):
            if lists[b, j]:
                places[b, sizes[b]] = j
                sizes[b] += 1
    sums = np.empty(m)
    for t in range(trials):
        whole = 0
        for j in range(n):
            whole += used[t, j]
        scores = z[t]
        for b in range(draws):
            sums[:] = 0.0
            k = 0
            for i in range(sizes[b]):
                j = places[b, i]
                k += used[t, j]
                row = scores[j]
                for e in range(m):
                    sums[e] += row[e]
            if k in (0, whole):
                continue
            scale = math.sqrt(whole / (k * (whole - k)))
            top = 0.0
            for e in range(m - 1, -1, -1):
                top = max(top, abs(sums[e]) * scale)
                counts[e, t] += top >= bound[e, t]
