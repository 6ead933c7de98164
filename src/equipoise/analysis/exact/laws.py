"""How an allocation is drawn, step by step: each law gives the arms that may come next, with their weights.

The product of the weights along a sequence is proportional to its probability, so weights may be counts (1 per
sequence of a block) as well as probabilities.  A state is any hashable value.  Arm 1 is treated, arm 0 control.
Procedures that the house itself can seal are described once, in `allocation.procedures`; `ProcedureLaw` walks them.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Protocol, TypeAlias

from equipoise.allocation.procedures import Procedure, Ratio

State: TypeAlias = Hashable
Edge: TypeAlias = tuple[int, int | Fraction, State]  # (arm, weight, next state)


class Law(Protocol):
    """A rule of allocation for one stretch of participants, in order of entry."""

    @property
    def start(self) -> State:
        """The state before the first participant."""

    def edges(self, position: int, state: State) -> tuple[Edge, ...]:
        """What may happen to the participant at `position` (from 0); weights are positive."""

    def __hash__(self) -> int:
        """Laws are frozen values, so that stretches of one kind are expanded once."""


@dataclass(frozen=True, slots=True)
class ProcedureLaw:
    """An allocation procedure of the house as a law for one stratum; arm number `treated` of its ratio is arm 1."""

    procedure: Procedure
    ratio: Ratio
    treated: int

    @property
    def start(self) -> State:
        return self.procedure.start(self.ratio)

    def edges(self, position: int, state: State) -> tuple[Edge, ...]:
        """What may happen next; the choice of a block's size, which nobody sees, is passed through."""
        assert isinstance(state, tuple)
        outcomes = self.procedure.outcomes(state, self.ratio)
        total = sum(outcome.weight for outcome in outcomes)
        edges: list[Edge] = []
        for outcome in outcomes:
            share = Fraction(outcome.weight, total)
            if outcome.arm is None:
                edges += [(arm, share * weight, end) for arm, weight, end in self.edges(position, outcome.state)]
            else:
                edges.append((int(outcome.arm == self.treated), share, outcome.state))
        return tuple(edges)


@dataclass(frozen=True, slots=True)
class Block:
    """`treated` of `size` places, all subsets equally likely, of which only the first `used` places were filled.

    A truncated block weighs each beginning by its C(size - used, treated - j) completions.
    """

    size: int
    treated: int
    used: int
    start: int = 0

    def edges(self, position: int, state: State) -> tuple[Edge, ...]:
        assert isinstance(state, int)
        given = []
        for arm in (0, 1):
            count = state + arm
            left = self.size - position - 1
            if count <= self.treated and self.treated - count <= left:
                last = position == self.used - 1
                given.append((arm, math.comb(left, self.treated - count) if last else 1, count))
        return tuple(given)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A biased coin that depends on D, treated minus control so far.

    D = 0: 1/2 each.  |D| = `limit`: the lagging arm for certain.  Otherwise the lagging arm with probability
    `favour`.  Sources: Efron 1971 (favour 2/3, no limit); Chen 1999 (biased coin with imbalance tolerance).
    """

    favour: Fraction
    limit: int | None
    start: int = 0

    def edges(self, position: int, state: State) -> tuple[Edge, ...]:
        assert isinstance(state, int)
        if self.limit is not None and abs(state) >= self.limit:
            lagging = 1 if state < 0 else 0
            return ((lagging, 1, state + 2 * lagging - 1),)
        treated = Fraction(1, 2) if state == 0 else (self.favour if state < 0 else 1 - self.favour)
        return _coin(treated, state - 1, state + 1)


@dataclass(frozen=True, slots=True)
class Urn:
    """Wei's urn UD(alpha, beta): P(treated) = (alpha + beta n0) / (2 alpha + beta (n0 + n1)).  Source: Wei 1978."""

    alpha: int
    beta: int
    start: int = 0

    def edges(self, position: int, state: State) -> tuple[Edge, ...]:
        assert isinstance(state, int)
        total = 2 * self.alpha + self.beta * position
        treated = Fraction(self.alpha + self.beta * (position - state), total) if total else Fraction(1, 2)
        return _coin(treated, state, state + 1)


@dataclass(frozen=True, slots=True)
class Corridor:
    """Maximal procedure: all sequences of `length` that end balanced with |D| <= `limit` throughout, equally likely.

    Source: Berger, Ivanova & Knoll 2003.
    """

    length: int
    limit: int
    start: int = 0

    def edges(self, position: int, state: State) -> tuple[Edge, ...]:
        assert isinstance(state, int)
        left = self.length - position - 1
        ends = ((0, state - 1), (1, state + 1))
        return tuple((arm, 1, end) for arm, end in ends if abs(end) <= min(self.limit, left))


@dataclass(frozen=True, slots=True)
class Minimisation:
    """Pocock & Simon 1975 with the range: the arm that leaves the smaller weighted sum of imbalances is favoured.

    `levels[i]` are participant i's factor levels, as recorded; `weights` one per factor.  The state is treated minus
    control per factor and level.  Equal sums: 1/2 each; otherwise the favoured arm with probability `favour` (1 is
    deterministic).
    """

    levels: tuple[tuple[str, ...], ...]
    favour: Fraction
    weights: tuple[int, ...]

    @property
    def start(self) -> State:
        return (0,) * (1 + max(cell for own in _cells(self.levels) for cell in own))

    def edges(self, position: int, state: State) -> tuple[Edge, ...]:
        assert isinstance(state, tuple)
        own = _cells(self.levels)[position]
        lean = sum(
            weight * (abs(state[cell] + 1) - abs(state[cell] - 1))
            for weight, cell in zip(self.weights, own, strict=True)
        )
        whole = math.lcm(2, self.favour.denominator)  # one scale for all states, so that weights are whole numbers
        favoured = whole * self.favour.numerator // self.favour.denominator
        treated = whole // 2 if lean == 0 else (whole - favoured if lean > 0 else favoured)
        less, more = list(state), list(state)
        for cell in own:
            less[cell] -= 1
            more[cell] += 1
        edges: tuple[Edge, ...] = ((0, whole - treated, tuple(less)), (1, treated, tuple(more)))
        return tuple(edge for edge in edges if edge[1])


@lru_cache(maxsize=16)
def _cells(levels: tuple[tuple[str, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Each participant's factor levels as places in the state."""
    number = {cell: place for place, cell in enumerate(sorted({cell for own in levels for cell in enumerate(own)}))}
    return tuple(tuple(number[cell] for cell in enumerate(own)) for own in levels)


def _coin(treated: Fraction, control_state: State, treated_state: State) -> tuple[Edge, ...]:
    edges: tuple[Edge, ...] = ((0, 1 - treated, control_state), (1, treated, treated_state))
    return tuple(edge for edge in edges if edge[1] > 0)
