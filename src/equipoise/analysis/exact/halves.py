"""Sparse engine: meet in the middle.  All sums of the first participants, all sums of the rest, then pairs are counted.

For real-valued data and any procedure.  Source: Horowitz & Sahni 1974, carried over to state graphs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.graph import Graph, Key, Step, paths_forward
from equipoise.analysis.exact.kernels import kernel, plain

Sums = NDArray[Any]  # int64, or Python integers where 62 bits cannot hold them; the same for the weights
Weights = NDArray[Any]
Lists = dict[Key, tuple[Sums, Weights]]


@dataclass(frozen=True)
class HalvesCounter:
    """All lists one after another; `pairs` holds, per pair that meets, its key's number and four list ends.

    `other_weights` are accumulated from the end of their list ("this sum or more"), one place longer than the list,
    so a list of endings that starts at `b` in `other_sums` starts at `b` plus its own number in `other_weights`.
    """

    engine: str
    weights: Mapping[Key, int]
    keys: Mapping[Key, int]
    pairs: NDArray[np.int64]  # columns: key, first and last + 1 of the beginnings, of the endings, shift of weights
    sums: Sums
    sum_weights: Weights
    other_sums: Sums
    other_weights: Weights

    def at_least(self, key: Key, threshold: int) -> int:
        return self.reaching({key: threshold})

    def reaching(self, thresholds: Mapping[Key, int]) -> int:
        never = int(self.sums.max()) + int(self.other_sums.max()) + 1
        wanted = np.full(len(self.keys), never, dtype=self.sums.dtype)
        for key, threshold in thresholds.items():
            wanted[self.keys[key]] = min(max(threshold, 0), never)  # no sum is negative
        wide = object in (self.sums.dtype, self.sum_weights.dtype)
        work = len(self.pairs) * 2e-5 + len(self.sums) * 1e-7
        count = plain.meeting_pairs_at_least if wide else kernel("meeting_pairs_at_least", seconds=work)
        return int(count(self.pairs, self.sums, self.sum_weights, self.other_sums, self.other_weights, wanted))


def halves_counter(graph: Graph, scores: Sequence[int], tracked: Sequence[int] | None, total: int) -> HalvesCounter:
    """Both halves of a graph for integer scores; `total` is the weight of all allocations."""
    kinds = _kind(sum(scores)), _kind(total)
    cut, _ = cheapest_cut(graph)
    forward = [(step, [(a, b, arm, w) for a, b, arm, w in step.edges], step.nodes_after) for step in graph.steps[:cut]]
    widths = [1, *(step.nodes_after for step in graph.steps)]
    backward = [
        (graph.steps[i], [(b, a, arm, w) for a, b, arm, w in graph.steps[i].edges], widths[i])
        for i in range(len(graph.steps) - 1, cut - 1, -1)
    ]
    counts = _joined(_lists(forward, scores, tracked, kinds), _lists(backward, scores, tracked, kinds))
    assert sum(counts.weights.values()) == total, "a half lost or gained allocations"
    return counts


def _kind(largest: int) -> np.dtype[Any]:
    return np.dtype(np.int64) if largest < 1 << 62 else np.dtype(object)


def _joined(first: Sequence[Lists], second: Sequence[Lists]) -> HalvesCounter:
    """Lay out the lists and name the pairs that meet in each node."""
    weights: dict[Key, int] = {}
    keys: dict[Key, int] = {}
    pairs = []
    begun_at = ended_at = shift = 0
    for begun, ended in zip(first, second, strict=True):
        endings = []
        for key_b, (sums_b, weights_b) in ended.items():
            endings.append((key_b, int(weights_b.sum()), ended_at, ended_at + len(sums_b), shift))
            ended_at, shift = ended_at + len(sums_b), shift + 1
        for key_a, (sums_a, weights_a) in begun.items():
            own = int(weights_a.sum())
            for key_b, weight, start, end, moved in endings:
                key = (key_a[0] + key_b[0], key_a[1] + key_b[1])
                weights[key] = weights.get(key, 0) + own * weight
                pairs.append((keys.setdefault(key, len(keys)), begun_at, begun_at + len(sums_a), start, end, moved))
            begun_at += len(sums_a)
    beginnings = [lists for node in first for lists in node.values()]
    endings_all = [lists for node in second for lists in node.values()]
    closing = np.zeros(1, dtype=beginnings[0][1].dtype)
    return HalvesCounter(
        "meet in the middle over the procedure",
        weights,
        keys,
        np.array(pairs, dtype=np.int64),
        np.concatenate([sums for sums, _ in beginnings]),
        np.concatenate([own for _, own in beginnings]),
        np.concatenate([sums for sums, _ in endings_all]),
        np.concatenate([part for _, own in endings_all for part in (np.cumsum(own[::-1])[::-1], closing)]),
    )


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


Kinds = tuple[np.dtype[Any], np.dtype[Any]]
Leg = list[tuple[Step, list[tuple[int, int, int, int]], int]]


def _lists(leg: Leg, scores: Sequence[int], tracked: Sequence[int] | None, kinds: Kinds) -> list[Lists]:
    nodes: list[Lists] = [{(0, 0): (np.zeros(1, dtype=kinds[0]), np.ones(1, dtype=kinds[1]))}]
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
