"""Sparse engine: meet in the middle.  All sums of the first participants, all sums of the rest, then pairs are counted.

For real-valued data and any procedure.  Source: Horowitz & Sahni 1974, carried over to state graphs.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.graph import Graph, Key, Step, paths_forward

Sums = NDArray[np.int64]
Weights = NDArray[Any]  # int64, or Python integers where the total weight exceeds 64 bits
Lists = dict[Key, tuple[Sums, Weights]]


@dataclass(frozen=True)
class HalvesCounter:
    """Per meeting node: the sorted sums of all beginnings, and of all endings with their weights accumulated."""

    engine: str
    weights: Mapping[Key, int]
    meetings: Sequence[tuple[Lists, Lists]]

    def at_least(self, key: Key, threshold: int) -> int:
        count = 0
        for beginnings, endings in self.meetings:
            for begun, (sums, weights) in beginnings.items():
                rest = (key[0] - begun[0], key[1] - begun[1])
                if rest in endings:
                    count += _reaching(sums, weights, *endings[rest], threshold)
        return count


def halves_counter(graph: Graph, scores: Sequence[int], tracked: Sequence[int] | None, total: int) -> HalvesCounter:
    """Both halves of a graph for integer scores; `total` is the weight of all allocations."""
    kind = np.dtype(np.int64) if total < 1 << 62 else np.dtype(object)
    cut, _ = cheapest_cut(graph)
    forward = [(step, [(a, b, arm, w) for a, b, arm, w in step.edges], step.nodes_after) for step in graph.steps[:cut]]
    widths = [1, *(step.nodes_after for step in graph.steps)]
    backward = [
        (graph.steps[i], [(b, a, arm, w) for a, b, arm, w in graph.steps[i].edges], widths[i])
        for i in range(len(graph.steps) - 1, cut - 1, -1)
    ]
    first = _lists(forward, scores, tracked, kind)
    second = [_accumulated(lists) for lists in _lists(backward, scores, tracked, kind)]
    weights: dict[Key, int] = {}
    for begun, ended in zip(first, second, strict=True):
        for key_a, (_, weight_a) in begun.items():
            for key_b, (_, weight_b) in ended.items():
                key = (key_a[0] + key_b[0], key_a[1] + key_b[1])
                weights[key] = weights.get(key, 0) + int(weight_a.sum()) * int(weight_b[0])
    assert sum(weights.values()) == total, "a half lost or gained allocations"
    return HalvesCounter("meet in the middle over the procedure", weights, list(zip(first, second, strict=True)))


def cheapest_cut(graph: Graph) -> tuple[int, int]:
    """(step at which to cut, number of beginnings plus endings to be listed)."""
    beginnings = paths_forward(graph)
    endings = [[1]]
    for index in range(len(graph.steps) - 1, -1, -1):
        level = [0] * len(beginnings[index])
        for source, target, _, _ in graph.steps[index].edges:
            level[source] += endings[-1][target]
        endings.append(level)
    endings.reverse()
    costs = [sum(begun) + sum(ended) for begun, ended in zip(beginnings, endings, strict=True)]
    cut = min(range(len(costs)), key=costs.__getitem__)
    return cut, costs[cut]


Leg = list[tuple[Step, list[tuple[int, int, int, int]], int]]


def _lists(leg: Leg, scores: Sequence[int], tracked: Sequence[int] | None, kind: np.dtype[Any]) -> list[Lists]:
    nodes: list[Lists] = [{(0, 0): (np.zeros(1, dtype=np.int64), np.ones(1, dtype=kind))}]
    for step, edges, width in leg:
        gathered: list[dict[Key, list[tuple[Sums, Weights]]]] = [{} for _ in range(width)]
        for source, target, arm, weight in edges:
            counted = arm if step.unit >= 0 else 0
            gain = scores[step.unit] if counted else 0
            overlap = tracked[step.unit] if counted and tracked is not None else 0
            for (k, m), (sums, weights) in nodes[source].items():
                part = (sums + gain if gain else sums, weights * weight if weight != 1 else weights)
                gathered[target].setdefault((k + counted, m + overlap), []).append(part)
        nodes = [{key: _merged(parts) for key, parts in node.items()} for node in gathered]
    return nodes


def _merged(parts: list[tuple[Sums, Weights]]) -> tuple[Sums, Weights]:
    """One sorted list without repeated sums."""
    if len(parts) == 1:
        return parts[0]
    sums = np.concatenate([part[0] for part in parts])
    weights = np.concatenate([part[1] for part in parts])
    order = np.argsort(sums, kind="stable")
    sums, weights = sums[order], weights[order]
    starts = np.flatnonzero(np.concatenate(([True], sums[1:] != sums[:-1])))
    if len(starts) == len(sums):
        return sums, weights
    return sums[starts], np.add.reduceat(weights, starts)


def _accumulated(lists: Lists) -> Lists:
    """Weights become 'this sum or more', with a closing 0."""
    return {
        key: (sums, np.append(np.cumsum(weights[::-1])[::-1], np.zeros(1, dtype=weights.dtype)))
        for key, (sums, weights) in lists.items()
    }


def _reaching(sums: Sums, weights: Weights, other: Sums, accumulated: Weights, threshold: int) -> int:
    if len(sums) == 1:
        return int(weights[0]) * int(accumulated[bisect_left(other, threshold - int(sums[0]))])
    found = accumulated[np.searchsorted(other, threshold - sums, side="left")]
    return int(np.dot(weights, found))
