"""Adjusted p-values: a hypothesis is rejected at level alpha exactly where its adjusted p is at most alpha."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from equipoise.vocabulary import Refusal

Probability: TypeAlias = Fraction | float


def bonferroni(p: Mapping[str, Probability]) -> dict[str, Probability]:
    """Adjusted p = min(1, m p): strong control of the familywise error under any dependence.

    Refuses p-values outside 0 to 1, and none at all.  Source: Dunn 1961.
    """
    _refuse_bad(p)
    return {name: min(1, len(p) * value) for name, value in p.items()}


def holm(p: Mapping[str, Probability]) -> dict[str, Probability]:
    """Step-down: with p_(1) <= ... <= p_(m), adjusted p_(i) = max over j <= i of min(1, (m - j + 1) p_(j)).

    Strong control of the familywise error under any dependence.  Refuses p-values outside 0 to 1, and none at all.
    Source: Holm 1979.
    """
    _refuse_bad(p)
    adjusted: dict[str, Probability] = {}
    worst: Probability = 0
    for i, name in enumerate(sorted(p, key=lambda name: p[name])):
        worst = max(worst, min(1, (len(p) - i) * p[name]))
        adjusted[name] = worst
    return {name: adjusted[name] for name in p}


def hochberg(p: Mapping[str, Probability]) -> dict[str, Probability]:
    """Step-up: adjusted p_(i) = min over j >= i of min(1, (m - j + 1) p_(j)).

    Strong control where the Simes inequality holds (independent or positively dependent tests).  Refuses as `holm`.
    Source: Hochberg 1988; Sarkar 1998.
    """
    _refuse_bad(p)
    adjusted: dict[str, Probability] = {}
    best: Probability = 1
    for i, name in enumerate(sorted(p, key=lambda name: p[name], reverse=True)):
        best = min(best, (i + 1) * p[name])
        adjusted[name] = best
    return {name: adjusted[name] for name in p}


def fixed_sequence(p: Mapping[str, Probability], order: Sequence[str]) -> dict[str, Probability]:
    """Tests in the planned order, each at the full level, until the first that fails: adjusted p = running maximum.

    Refuses an order that does not name every hypothesis once.  Source: Maurer, Hothorn & Lehmacher 1995.
    """
    _refuse_bad(p)
    if sorted(order) != sorted(p):
        raise Refusal(
            "MULTIPLICITY-ORDER",
            "The planned order does not name every hypothesis exactly once.",
            "Take the order from the analysis plan.",
        )
    worst: Probability = 0
    adjusted: dict[str, Probability] = {}
    for name in order:
        worst = max(worst, p[name])
        adjusted[name] = worst
    return {name: adjusted[name] for name in p}


def graphical(
    p: Mapping[str, Probability],
    weights: Mapping[str, Fraction],
    transitions: Mapping[str, Mapping[str, Fraction]],
) -> dict[str, Probability]:
    """Sequentially rejective graph: initial shares of alpha, and to whom a rejected hypothesis passes its share.

    In each step the hypothesis with the smallest p/w is next; its share moves along its edges, and the edges are
    rewired: g_jl <- (g_jl + g_ji g_il) / (1 - g_ji g_ij).  Adjusted p is the running maximum of p/w (1 where w = 0).
    Refuses weights or rows that exceed 1.  Source: Bretz, Maurer, Brannath & Posch 2009, algorithm 2.
    """
    _refuse_bad(p)
    w = {name: Fraction(weights.get(name, 0)) for name in p}
    g = {a: {b: Fraction(transitions.get(a, {}).get(b, 0)) for b in p} for a in p}
    loose = any(sum(row.values()) > 1 or row[a] != 0 or min(row.values()) < 0 for a, row in g.items())
    if sum(w.values()) > 1 or min(w.values()) < 0 or loose:
        raise Refusal(
            "MULTIPLICITY-GRAPH",
            "The shares of alpha, or those that a hypothesis passes on, add to more than 1.",
            "Correct the graph in the analysis plan.",
        )
    left, worst, adjusted = list(p), Fraction(0), dict[str, Probability]()
    running: Probability = worst
    while left:
        ratio = {name: (p[name] / w[name] if w[name] > 0 else float("inf")) for name in left}
        chosen = min(left, key=lambda name: (ratio[name], p[name]))
        running = max(running, min(1, ratio[chosen]))
        adjusted[chosen] = running
        left.remove(chosen)
        w, g = _without(chosen, left, w, g)
    return {name: adjusted[name] for name in p}


Shares = dict[str, Fraction]


def _without(gone: str, left: Sequence[str], w: Shares, g: dict[str, Shares]) -> tuple[Shares, dict[str, Shares]]:
    """The graph after one rejection."""
    shares = {a: w[a] + w[gone] * g[gone][a] for a in left}
    edges: dict[str, Shares] = {}
    for a in left:
        back = 1 - g[a][gone] * g[gone][a]
        edges[a] = {b: (g[a][b] + g[a][gone] * g[gone][b]) / back if a != b and back > 0 else Fraction(0) for b in left}
    return shares, edges


def _refuse_bad(p: Mapping[str, Probability]) -> None:
    if not p or any(not isinstance(value, int | float | Fraction) or not 0 <= value <= 1 for value in p.values()):
        raise Refusal(
            "MULTIPLICITY-P", "There is no p-value, or one lies outside 0 to 1.", "Check the planned analyses."
        )
