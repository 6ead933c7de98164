"""Allocation procedures, each written once as a tree of chances over a small state.

A procedure says which outcomes may follow a state and with what weight.  From that one description come the list (walk
the tree with uniform integers), its predictability (sum over the tree) and the law under which a test re-randomises.
The source of uniform integers is an argument: the vault gives its keyed generator, a simulation a seeded numpy one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from equipoise.vocabulary import Json

Below: TypeAlias = Callable[[int], int]
"""`below(n)` gives an integer, uniform over 0 <= x < n."""

State: TypeAlias = tuple[int, ...]
"""What a procedure remembers between two slots; its meaning is the procedure's own."""

Ratio: TypeAlias = tuple[int, ...]
"""Positive integers, one per arm, in the design's order of arms."""


class Outcome(NamedTuple):
    """One branch: its integer `weight`, the `arm` (an index) that it gives, and the `state` after it.

    `arm` is None for a move that nobody sees, such as the choice of the next block's size.
    """

    weight: int
    arm: int | None
    state: State


class Procedure(Protocol):
    """A way to make an allocation sequence."""

    def parameters(self) -> dict[str, Json]:
        """The method's name and its restriction, as they stand in the canonical design."""
        ...

    def problems(self, ratio: Ratio) -> tuple[str, ...]:
        """Why this procedure cannot serve this ratio; empty if it can."""
        ...

    def start(self, ratio: Ratio) -> State: ...

    def outcomes(self, state: State, ratio: Ratio) -> tuple[Outcome, ...]:
        """All branches from `state`, arms in ascending order; one branch alone is certain and costs no draw."""
        ...


@dataclass(frozen=True, slots=True)
class Complete:
    """Independent draws: P(arm i) = r_i / sum(r).  No restriction, no predictability, no balance."""

    def parameters(self) -> dict[str, Json]:
        return {"method": "complete"}

    def problems(self, ratio: Ratio) -> tuple[str, ...]:
        return ()

    def start(self, ratio: Ratio) -> State:
        return ()

    def outcomes(self, state: State, ratio: Ratio) -> tuple[Outcome, ...]:
        return tuple(Outcome(share, arm, ()) for arm, share in enumerate(ratio))


@dataclass(frozen=True, slots=True)
class PermutedBlocks:
    """Random permutations of blocks in the planned ratio; of several `sizes`, each block draws one with equal chance.

    State: allocations still to come of each arm in the current block; `()` between blocks.
    Source: Rosenberger & Lachin, Randomization in Clinical Trials, 2nd ed. 2016, section 3.4.
    """

    sizes: tuple[int, ...]

    def parameters(self) -> dict[str, Json]:
        return {"method": "permuted-blocks", "block_sizes": list(self.sizes)}

    def problems(self, ratio: Ratio) -> tuple[str, ...]:
        total = sum(ratio)
        wrong = [size for size in self.sizes if size <= 0 or size % total]
        if not self.sizes:
            return ("Permuted blocks need at least one block size.",)
        if len(set(self.sizes)) != len(self.sizes):
            return ("Each block size is named once.",)
        return tuple(f"A block of {size} cannot hold the ratio: take a multiple of {total}." for size in wrong)

    def start(self, ratio: Ratio) -> State:
        return ()

    def outcomes(self, state: State, ratio: Ratio) -> tuple[Outcome, ...]:
        if not any(state):
            fresh = [tuple(share * size // sum(ratio) for share in ratio) for size in self.sizes]
            if len(fresh) > 1:
                return tuple(Outcome(1, None, block) for block in fresh)
            state = fresh[0]
        return tuple(Outcome(left, arm, _less_one(state, arm)) for arm, left in enumerate(state) if left)


@dataclass(frozen=True, slots=True)
class BigStick:
    """A fair coin while |n0 - n1| < `mti` (maximum tolerated imbalance); at the limit the smaller arm is certain.

    State: (n0 - n1,).  Source: Soares & Wu, Communications in Statistics - Theory and Methods 1983; 12: 2017-2034.
    """

    mti: int

    def parameters(self) -> dict[str, Json]:
        return {"method": "big-stick", "mti": self.mti}

    def problems(self, ratio: Ratio) -> tuple[str, ...]:
        if self.mti < 1:
            return ("The maximum tolerated imbalance is at least 1.",)
        return () if ratio == (1, 1) else ("The big stick is for two arms in the ratio 1:1.",)

    def start(self, ratio: Ratio) -> State:
        return (0,)

    def outcomes(self, state: State, ratio: Ratio) -> tuple[Outcome, ...]:
        difference = state[0]
        branches = (Outcome(1, 0, (difference + 1,)), Outcome(1, 1, (difference - 1,)))
        if abs(difference) < self.mti:
            return branches
        return branches[1:] if difference > 0 else branches[:1]


@dataclass(frozen=True, slots=True)
class BlockUrn:
    """Zhao's block urn: `urn` balanced sets of balls; a drawn set goes back as soon as it is complete.

    P(arm i) = (r_i urn - n_i) / (sum(r) urn - sum(n)), n counted since the last returned set.
    State: n.  Source: Zhao & Weng, Contemporary Clinical Trials 2011; 32: 953-961.
    """

    urn: int

    def parameters(self) -> dict[str, Json]:
        return {"method": "block-urn", "lambda": self.urn}

    def problems(self, ratio: Ratio) -> tuple[str, ...]:
        return () if self.urn >= 1 else ("The block urn needs lambda of at least 1.",)

    def start(self, ratio: Ratio) -> State:
        return (0,) * len(ratio)

    def outcomes(self, state: State, ratio: Ratio) -> tuple[Outcome, ...]:
        weights = [share * self.urn - drawn for share, drawn in zip(ratio, state, strict=True)]
        return tuple(
            Outcome(weight, arm, _without_full_set(state, arm, ratio)) for arm, weight in enumerate(weights) if weight
        )


def allocate(procedure: Procedure, ratio: Ratio, slots: int, below: Below) -> tuple[int, ...]:
    """Draw the arms (indices) of `slots` consecutive slots.  A certain outcome takes no number from `below`."""
    state = procedure.start(ratio)
    arms: list[int] = []
    while len(arms) < slots:
        outcome = _pick(procedure.outcomes(state, ratio), below)
        state = outcome.state
        if outcome.arm is not None:
            arms.append(outcome.arm)
    return tuple(arms)


def _pick(outcomes: Sequence[Outcome], below: Below) -> Outcome:
    if len(outcomes) == 1:
        return outcomes[0]
    ticket = below(sum(outcome.weight for outcome in outcomes))
    for outcome in outcomes:
        ticket -= outcome.weight
        if ticket < 0:
            return outcome
    raise AssertionError("below(n) gave n or more")


def _less_one(state: State, arm: int) -> State:
    left = tuple(count - (index == arm) for index, count in enumerate(state))
    return left if any(left) else ()


def _without_full_set(state: State, arm: int, ratio: Ratio) -> State:
    drawn = tuple(count + (index == arm) for index, count in enumerate(state))
    if all(count >= share for count, share in zip(drawn, ratio, strict=True)):
        return tuple(count - share for count, share in zip(drawn, ratio, strict=True))
    return drawn
