"""Minimisation compiled with numba: one run after the other."""

# mypy: ignore-errors

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def minimise(cells, tickets, weights, favour, counts, drawn):  # noqa: PLR0917  positional for numba
    runs, n, factors = cells.shape
    arms = counts.shape[2]
    part, whole = favour[0], favour[1]
    spreads = np.empty(arms, dtype=np.int64)
    for run in range(runs):
        for position in range(n):
            for arm in range(arms):
                spreads[arm] = 0
                for factor in range(factors):
                    own = counts[run, cells[run, position, factor]]
                    least, most = own[0] + (arm == 0), own[0] + (arm == 0)
                    for other in range(1, arms):
                        count = own[other] + (arm == other)
                        least, most = min(least, count), max(most, count)
                    spreads[arm] += weights[factor] * (most - least)
            best = spreads.min()
            few = 0
            for arm in range(arms):
                few += spreads[arm] == best
            others = arms - few
            favoured, rest = (part * others, (whole - part) * few) if others else (1, 1)
            ticket = np.int64(tickets[position, run] * (few * favoured + others * rest))
            chosen = arms - 1
            for arm in range(arms):
                ticket -= favoured if spreads[arm] == best else rest
                if ticket < 0:
                    chosen = arm
                    break
            for factor in range(factors):
                counts[run, cells[run, position, factor], chosen] += 1
            drawn[run, position] = chosen
