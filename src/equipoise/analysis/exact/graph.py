"""The reference set as a graph of states: one level per participant, integer weights on the edges."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.laws import Law, State
from equipoise.analysis.exact.reference import Reference
from equipoise.vocabulary import Refusal

GraphEdge: TypeAlias = tuple[int, int, int, int]  # (from, to, arm, weight); nodes are numbered within their level
Key: TypeAlias = tuple[int, int]  # (treated so far, treated so far who were treated in the trial)

MOST_NODES = 50_000
"""States per level beyond which a procedure (in practice minimisation) is run again instead of enumerated."""


@dataclass(frozen=True, slots=True)
class Step:
    """One participant: `unit` is the place in the trial, -1 for a place of the list that was never used."""

    unit: int
    edges: tuple[GraphEdge, ...]
    nodes_after: int


@dataclass(frozen=True, slots=True)
class Graph:
    """All sequences of a reference set.  `ends` are the step counts at which a stretch ends (a single node)."""

    n: int
    steps: tuple[Step, ...]
    ends: tuple[int, ...]


def expand(reference: Reference) -> Graph:
    """The graph of a reference; refuses a procedure with more than `MOST_NODES` states at any step."""
    steps: list[Step] = []
    ends = []
    for stretch in reference.stretches:
        levels = _levels(stretch.law, len(stretch.units))
        steps.extend(Step(unit, edges, nodes) for unit, (edges, nodes) in zip(stretch.units, levels, strict=True))
        ends.append(len(steps))
    return Graph(reference.n, tuple(steps), tuple(ends))


Level: TypeAlias = tuple[tuple[GraphEdge, ...], int]  # the edges of one step, and the number of nodes after it


@lru_cache(maxsize=64)
def _levels(law: Law, length: int) -> tuple[Level, ...]:
    """Forward over the states, then prune those that cannot reach the end; blocks of one kind are expanded once."""
    levels: list[list[tuple[int, int, int, int | Fraction]]] = []
    index: dict[State, int] = {law.start: 0}
    for position in range(length):
        after: dict[State, int] = {}
        edges = []
        for state, node in index.items():
            for arm, weight, end in law.edges(position, state):
                target = 0 if position == length - 1 else after.setdefault(end, len(after))
                edges.append((node, target, arm, weight))
        if len(after) > MOST_NODES:
            raise Refusal(
                "EXACT-STATES",
                "The allocation procedure has too many states to be enumerated.",
                "Run the recorded procedure again (`minimisation_again`, or a `Rerun` of your own): a Monte Carlo "
                "p-value with its exact interval.",
            )
        levels.append(edges)
        index = after
    return _pruned(levels)


def _pruned(levels: list[list[tuple[int, int, int, int | Fraction]]]) -> tuple[Level, ...]:
    """Dead ends removed, nodes renumbered, weights made whole numbers per step."""
    alive = {0}
    kept_levels: list[Level] = []
    for level in reversed(levels):
        kept = [edge for edge in level if edge[1] in alive]
        numbering = {node: i for i, node in enumerate(sorted(alive))}
        sources = {node: i for i, node in enumerate(sorted({edge[0] for edge in kept}))}
        common = math.lcm(*(edge[3].denominator for edge in kept))
        edges = tuple((sources[a], numbering[b], arm, int(w * common)) for a, b, arm, w in kept)
        kept_levels.append((edges, len(numbering)))
        alive = set(sources)
    return tuple(reversed(kept_levels))


def paths_forward(graph: Graph) -> list[list[int]]:
    """Number of distinct beginnings that lead to each node, per level (level 0 first)."""
    counts = [[1]]
    for step in graph.steps:
        level = [0] * step.nodes_after
        for source, target, _, _ in step.edges:
            level[target] += counts[-1][source]
        counts.append(level)
    return counts


def weights_backward(graph: Graph) -> list[list[int]]:
    """Total weight of all continuations from each node, per level (level 0 first); level 0 holds the grand total."""
    levels = [[1]]
    for index in range(len(graph.steps) - 1, -1, -1):
        step = graph.steps[index]
        width = 1 if index == 0 else graph.steps[index - 1].nodes_after
        level = [0] * width
        for source, target, _, weight in step.edges:
            level[source] += weight * levels[-1][target]
        levels.append(level)
    return levels[::-1]


def moments(graph: Graph, scores: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Per number treated k: (W, M), the total weight and the weighted sum of the treated scores, as exact integers."""
    level: list[dict[int, tuple[int, int]]] = [{0: (1, 0)}]
    for step in graph.steps:
        after: list[dict[int, tuple[int, int]]] = [{} for _ in range(step.nodes_after)]
        for source, target, arm, weight in step.edges:
            counted = arm if step.unit >= 0 else 0
            gain = scores[step.unit] if counted else 0
            for k, (total, moment) in level[source].items():
                old_total, old_moment = after[target].get(k + counted, (0, 0))
                after[target][k + counted] = (
                    old_total + weight * total,
                    old_moment + weight * (moment + gain * total),
                )
        level = after
    return level[0]


def weight_of(graph: Graph, allocation: Sequence[int]) -> int:
    """The weight of one allocation; 0 if the procedure could not have produced it."""
    level = {0: 1}
    for step in graph.steps:
        after: dict[int, int] = {}
        for source, target, arm, weight in step.edges:
            if source in level and (step.unit < 0 or arm == allocation[step.unit]):
                after[target] = after.get(target, 0) + weight * level[source]
        level = after
    return level.get(0, 0)


def sample(graph: Graph, size: int, generator: np.random.Generator) -> NDArray[np.int8]:
    """`size` allocations drawn from the reference set, one per row, 0 and 1 in order of entry.

    Each step is drawn from its conditional probability with a 53-bit uniform number.
    """
    ahead = weights_backward(graph)
    drawn = np.zeros((size, graph.n), dtype=np.int8)
    node = np.zeros(size, dtype=np.int64)
    for index, step in enumerate(graph.steps):
        uniform = generator.random(size)
        after = np.empty_like(node)
        arms = np.empty(size, dtype=np.int8)
        for source in range(1 if index == 0 else graph.steps[index - 1].nodes_after):
            rows = np.flatnonzero(node == source)
            edges = [edge for edge in step.edges if edge[0] == source]
            shares = np.cumsum([edge[3] * ahead[index + 1][edge[1]] / ahead[index][source] for edge in edges])
            pick = np.minimum(np.searchsorted(shares, uniform[rows], side="right"), len(edges) - 1)
            after[rows] = np.array([edge[1] for edge in edges])[pick]
            arms[rows] = np.array([edge[2] for edge in edges], dtype=np.int8)[pick]
        if step.unit >= 0:
            drawn[:, step.unit] = arms
        node = after
    return drawn
