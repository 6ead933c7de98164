"""Counting allocations whose ANCOVA statistic reaches the observed one; every doubtful case is settled in integers.

With X' = n X - k sum x and Y' likewise, S_xx' = n sum x^2 - (sum x)^2 and S_xy' likewise, SS is proportional to
U^2 / V, U = Y' S_xx' - X' S_xy' and V = k (n - k) S_xx' - X'^2.  V = 0 means that the covariate determines the
allocation; such an allocation has no effect estimate and does not count as extreme.
"""

import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.cost import Cost, Job
from equipoise.analysis.exact.kernels import kernel
from equipoise.analysis.exact.kernels.plain import ancova_margin

_DOUBT = 1e-9  # relative distance from the observed value within which floats do not decide


@dataclass(frozen=True)
class Exceedances:
    """The question: which (k, X, Y) have U^2 / V >= observed.  `y` and `x` are reduced integers."""

    y: tuple[int, ...]
    x: tuple[int, ...]
    observed: Fraction

    def sums(self) -> tuple[int, int, int, int]:
        """(sum x, sum y, S_xx', S_xy')."""
        n, sx, sy = len(self.x), sum(self.x), sum(self.y)
        sxx = n * sum(v * v for v in self.x) - sx * sx
        sxy = n * sum(u * v for u, v in zip(self.x, self.y, strict=True)) - sx * sy
        return sx, sy, sxx, sxy

    def holds(self, k: int, x_sum: int, y_sum: int) -> bool:
        """The comparison in integers."""
        n = len(self.x)
        sx, sy, sxx, sxy = self.sums()
        x_centred, y_centred = n * x_sum - k * sx, n * y_sum - k * sy
        spread = k * (n - k) * sxx - x_centred**2
        return spread > 0 and (y_centred * sxx - x_centred * sxy) ** 2 >= self.observed * spread

    def among(self, rows: NDArray[np.int8]) -> int:
        """How many of these allocations reach the observed statistic."""
        return sum(self.holds(int(r.sum()), _dot(r, self.x), _dot(r, self.y)) for r in rows.astype(object))

    def reached(self, k: int, x_sums: NDArray[Any], y_sums: NDArray[Any]) -> NDArray[np.bool_]:
        """`holds` for arrays that broadcast against each other: floats first, integers where floats are in doubt."""
        n = len(self.x)
        sx, sy, sxx, sxy = (float(v) for v in self.sums())
        x_centred = n * x_sums.astype(float) - k * sx
        effect = (n * y_sums.astype(float) - k * sy - x_centred * (sxy / sxx)) ** 2
        bound = float(self.observed) / sxx**2 * (k * (n - k) * sxx - x_centred**2)
        scale = abs(bound) + effect + float(self.observed) * 1e-6 / sxx
        sure = effect > bound
        for at in np.argwhere(abs(effect - bound) <= _DOUBT * scale):
            place = tuple(at)
            x_sum, y_sum = (int(np.broadcast_to(v, sure.shape)[place]) for v in (x_sums, y_sums))
            sure[place] = self.holds(k, x_sum, y_sum)
        return np.asarray(sure)


def gridded_cost(task: Job, x: tuple[int, ...]) -> Cost:
    """Estimate for tables over both sums."""
    cells = (sum(task.scores) + 1) * (sum(x) + 1)
    edges = sum(len(step.edges) for step in task.graph.steps)
    widest = max(step.nodes_after for step in task.graph.steps)
    note = "more than 2^62 in weight" if task.total >= 1 << 62 else ""
    note = note or ("too fine a grid" if cells > 50_000_000 else "")
    return Cost("tables over both sums", edges * cells * 1e-9 / 3, cells * widest * 16, note)


def gridded(task: Job, question: Exceedances) -> tuple[int, int]:
    """(weight that reaches the observed statistic, weight of all allocations with two arms), by tables over (X, Y)."""
    shape = (sum(question.x) + 1, sum(question.y) + 1)
    nodes: list[dict[int, NDArray[np.int64]]] = [{0: np.zeros(shape, dtype=np.int64)}]
    nodes[0][0][0, 0] = 1
    top_x = top_y = 0
    for step in task.graph.steps:
        x, y = (question.x[step.unit], question.y[step.unit]) if step.unit >= 0 else (0, 0)
        after: list[dict[int, NDArray[np.int64]]] = [{} for _ in range(step.nodes_after)]
        for source, target, arm, weight in step.edges:
            dx, dy, dk = (x, y, 1) if arm and step.unit >= 0 else (0, 0, 0)
            for k, table in nodes[source].items():
                into = after[target].setdefault(k + dk, np.zeros(shape, dtype=np.int64))
                into[dx : dx + top_x + 1, dy : dy + top_y + 1] += weight * table[: top_x + 1, : top_y + 1]
        top_x, top_y = top_x + x, top_y + y
        nodes = after
    count = total = 0
    for k, table in nodes[0].items():
        if 0 < k < len(question.x):
            x_sums, y_sums = np.nonzero(table)
            weights = table[x_sums, y_sums]
            total += int(weights.sum())
            count += int(weights[question.reached(k, x_sums, y_sums)].sum())
    return count, total


def enumerated(question: Exceedances, k: int) -> int:
    """Number of k-subsets that reach the observed statistic, each visited once, in two threads."""
    n, half = len(question.x), len(question.x) // 2
    sx, sy, sxx, sxy = question.sums()
    # Residual scores e and covariate z, both centred.
    e = np.array([float(Fraction(n * y - sy) - Fraction(sxy, sxx) * (n * x - sx)) for x, y in _pairs(question)])
    z = np.array([float(n * x - sx) for x in question.x])
    limit, full = float(question.observed / Fraction(sxx) ** 2), float(k * (n - k) * sxx)
    low, starts = _subsets_by_size(half)
    low_e, low_z = _sums_of(low, e[:half]), _sums_of(low, z[:half])
    masks, up_starts = _subsets_by_size(n - half)
    first, last = max(0, k - half), min(n - half, k)
    masks = masks[up_starts[first] : up_starts[last + 1]]
    sizes = k - np.bitwise_count(masks).astype(np.int64)
    add_e, add_z = _sums_of(masks, e[half:]), _sums_of(masks, z[half:])
    sure, possible = np.zeros(len(masks), dtype=np.int64), np.zeros(len(masks), dtype=np.int64)
    count = kernel("ancova_exceedances", seconds=len(masks) * 4e-5 + math.comb(n, k) * 1e-8)

    def run(part: NDArray[np.int64]) -> None:
        more, most = np.zeros_like(part), np.zeros_like(part)
        count(low_e, low_z, starts, add_e[part], add_z[part], sizes[part], limit, full, _DOUBT, more, most)
        sure[part], possible[part] = more, most

    every = np.arange(len(masks), dtype=np.int64)
    run(every[:1])  # compile once, before the threads
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, (every[::2], every[1::2])))
    doubtful = []
    for row in np.flatnonzero(possible > sure):
        a, b = starts[sizes[row]], starts[sizes[row] + 1]
        margin, slack = ancova_margin(low_e[a:b] + add_e[row], low_z[a:b] + add_z[row], limit, full, _DOUBT)
        inside = (margin <= slack) & (margin >= -slack)
        doubtful += [(int(low[a + i]), int(masks[row])) for i in np.flatnonzero(inside)]
    return int(sure.sum()) + _settled(question, k, doubtful)


def _settled(question: Exceedances, k: int, doubtful: Iterable[tuple[int, int]]) -> int:
    """Decide the doubtful subsets (masks of the two halves) in integers, once per distinct pair of sums."""
    half = len(question.x) // 2
    known: dict[tuple[int, int], bool] = {}
    count = 0
    for low, up in doubtful:
        members = [i for i in range(len(question.x)) if (low | up << half) >> i & 1]
        sums = (sum(question.x[i] for i in members), sum(question.y[i] for i in members))
        if sums not in known:
            known[sums] = question.holds(k, *sums)
        count += known[sums]
    return count


def _subsets_by_size(m: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All subsets of m units as bit masks ordered by size, and where each size starts."""
    masks = np.arange(1 << m, dtype=np.int64)
    sizes = np.bitwise_count(masks)
    starts = np.concatenate(([0], np.cumsum(np.bincount(sizes, minlength=m + 1)))).astype(np.int64)
    return masks[np.argsort(sizes, kind="stable")], starts


def _sums_of(masks: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.zeros(len(masks))
    for i, value in enumerate(values):
        sums += np.where(masks >> i & 1, value, 0.0)
    return sums


def _pairs(question: Exceedances) -> Iterable[tuple[int, int]]:
    return zip(question.x, question.y, strict=True)


def _dot(row: NDArray[Any], values: tuple[int, ...]) -> int:
    return sum(value for arm, value in zip(row, values, strict=True) if arm)
