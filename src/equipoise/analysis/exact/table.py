"""Dense engine: the whole distribution of the treated sum as tables over (state, number treated, sum).

For data on a coarse grid and any procedure: permuted blocks become a convolution, a biased coin a Markov chain whose
states carry a table each.  Source: Streitberg & Roehmel 1986 (shift algorithm), Hollander & Pena 1988 (biased coin).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.graph import Graph, Key, Step
from equipoise.analysis.exact.residues import joined, moduli, residue_sums

Cells = NDArray[np.int64]  # one row per modulus (one row in all where 64 bits suffice), one column per sum
Tables = dict[Key, tuple[int, Cells]]  # key -> (sum of the first column, cells)
Shift = tuple[Key, int, int]  # (key gained, sum gained, weight)

_SLOW_GROWTH = 100  # with smaller growth, primes leave room for three steps between two reductions
_SHORT = 8  # stretches up to this long (blocks) are folded into one convolution step


@dataclass(frozen=True)
class TableCounter:
    """Counts from finished tables, accumulated once per key where 64 bits hold them."""

    engine: str
    tables: Mapping[Key, tuple[int, Cells]]
    weights: Mapping[Key, int]
    primes: tuple[int, ...]
    accumulated: dict[Key, Cells] = field(default_factory=dict)

    def at_least(self, key: Key, threshold: int) -> int:
        first, cells = self.tables[key]
        place = max(0, threshold - first)
        if place >= cells.shape[1]:
            return 0
        if self.primes:
            return _total(cells[:, place:], self.primes)
        if key not in self.accumulated:
            self.accumulated[key] = np.cumsum(cells[0, ::-1])[::-1]
        return int(self.accumulated[key][place])

    def reaching(self, thresholds: Mapping[Key, int]) -> int:
        return sum(self.at_least(key, threshold) for key, threshold in thresholds.items())


def table_counter(graph: Graph, scores: Sequence[int], tracked: Sequence[int] | None, total: int) -> TableCounter:
    """The tables of a graph for non-negative integer scores; `total` is the weight of all allocations."""
    folded = _folded(graph, scores, tracked)
    growth = _growth(folded)
    primes = moduli(total, growth**3 if growth < _SLOW_GROWTH else growth)
    rows = max(1, len(primes))
    column = np.array(primes, dtype=np.int64)[:, None] if primes else None
    bound = 1  # no cell exceeds it
    nodes: list[Tables] = [{(0, 0): (0, np.ones((rows, 1), dtype=np.int64))}]
    for moves, width in folded:
        if column is not None and bound * growth >= 1 << 63:
            nodes = [{key: (first, cells % column) for key, (first, cells) in node.items()} for node in nodes]
            bound = max(primes)
        bound *= growth
        gathered: list[dict[Key, list[tuple[int, int, Cells]]]] = [{} for _ in range(width)]
        for source, target, (gain, step, weight) in moves:
            for key, (first, cells) in nodes[source].items():
                gathered[target].setdefault(_plus(key, gain), []).append((first + step, weight, cells))
        nodes = [{key: _added(parts, rows) for key, parts in node.items()} for node in gathered]
    tables = nodes[0]
    weights = {key: _total(cells, primes) for key, (_, cells) in tables.items()}
    assert sum(weights.values()) == total, "a table lost or gained allocations"
    return TableCounter("tables over the sum", tables, weights, primes)


Moves = list[tuple[int, int, Shift]]


def _folded(graph: Graph, scores: Sequence[int], tracked: Sequence[int] | None) -> list[tuple[Moves, int]]:
    """Steps as (source, target, shift); a short stretch becomes one step from its single start to its single end."""
    folded: list[tuple[Moves, int]] = []
    begin = 0
    for end in graph.ends:
        steps = [
            ([(a, b, _shift(step, arm, w, scores, tracked)) for a, b, arm, w in step.edges], step.nodes_after)
            for step in graph.steps[begin:end]
        ]
        folded.extend([_fold(steps)] if end - begin <= _SHORT else steps)
        begin = end
    return folded


def _fold(steps: list[tuple[Moves, int]]) -> tuple[Moves, int]:
    nodes: list[dict[tuple[Key, int], int]] = [{((0, 0), 0): 1}]
    for moves, width in steps:
        after: list[dict[tuple[Key, int], int]] = [{} for _ in range(width)]
        for source, target, (gain, step, weight) in moves:
            for (key, value), count in nodes[source].items():
                cell = (_plus(key, gain), value + step)
                after[target][cell] = after[target].get(cell, 0) + weight * count
        nodes = after
    return [(0, 0, (key, value, count)) for (key, value), count in nodes[0].items()], 1


def _shift(step: Step, arm: int, weight: int, scores: Sequence[int], tracked: Sequence[int] | None) -> Shift:
    if arm == 0 or step.unit < 0:
        return (0, 0), 0, weight
    return (1, tracked[step.unit] if tracked is not None else 0), scores[step.unit], weight


def _plus(key: Key, gain: Key) -> Key:
    return key[0] + gain[0], key[1] + gain[1]


def _growth(folded: list[tuple[Moves, int]]) -> int:
    """The largest sum of weights that enter one node in one step."""
    most = 1
    for moves, width in folded:
        entering = [0] * width
        for _, target, (_, _, weight) in moves:
            entering[target] += weight
        most = max(most, *entering)
    return most


def _added(parts: list[tuple[int, int, Cells]], rows: int) -> tuple[int, Cells]:
    first = min(start for start, _, _ in parts)
    last = max(start + cells.shape[1] for start, _, cells in parts)
    out = np.zeros((rows, last - first), dtype=np.int64)
    for start, weight, cells in parts:
        place = out[:, start - first : start - first + cells.shape[1]]
        place += cells if weight == 1 else weight * cells
    return first, out


def _total(cells: Cells, primes: tuple[int, ...]) -> int:
    if not primes:
        return int(cells.sum())
    return joined([value % p for value, p in zip(residue_sums(cells), primes, strict=True)], primes)
