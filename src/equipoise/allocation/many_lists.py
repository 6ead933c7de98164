"""Thousands of allocation lists at once, for simulation: a procedure's tree of chances as tables."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation.procedures import Procedure, Ratio, State


@dataclass(frozen=True)
class ProcedureTable:
    """S states, B branches of each.  State 0 is the start; a branch has `chance` (0 where there is none), gives `arm`
    and leads to state `after`.  Hidden moves are multiplied into the chances of the arms that follow them.
    """

    name: str
    chance: NDArray[np.float64]
    arm: NDArray[np.int8]
    after: NDArray[np.int64]


def tabulate(procedure: Procedure, ratio: Ratio, slots: int) -> ProcedureTable:
    """The table of every state that `slots` allocations can pass through."""
    start = procedure.start(ratio)
    number: dict[State, int] = {start: 0}
    rows: list[list[tuple[float, int, int]]] = []
    frontier = [start]
    for _ in range(slots):
        following: list[State] = []
        for state in frontier:
            row: list[tuple[float, int, int]] = []
            for chance, arm, after in _branches(procedure, ratio, state):
                if after not in number:
                    number[after] = len(number)
                    following.append(after)
                row.append((chance, arm, number[after]))
            rows.append(row)
        frontier = following
    rows += [[] for _ in range(len(number) - len(rows))]  # reached by the last slot alone, never left
    return _arrays(procedure, rows)


def draw_lists(table: ProcedureTable, shape: tuple[int, int], generator: np.random.Generator) -> NDArray[np.int8]:
    """`shape` = (lists, slots) arms, each list an independent run of the procedure from its start."""
    lists, slots = shape
    bounds = np.cumsum(table.chance, axis=1)[:, :-1]
    bounds[table.chance[:, 1:] == 0] = np.inf  # what lies beyond all bounds takes the last branch that there is
    columns, branches = np.ascontiguousarray(bounds.T), table.chance.shape[1]
    arm, after = table.arm.ravel(), table.after.ravel()  # one index for state and branch: a plain look-up is quick
    state = np.zeros(lists, dtype=np.int64)
    arms = np.empty(shape, dtype=np.int8)
    for slot in range(slots):
        ticket = generator.random(lists)
        place = state * branches
        for bound in columns:
            place += ticket >= bound.take(state)
        arms[:, slot] = arm.take(place)
        state = after.take(place)
    return arms


Values = TypeVar("Values", bound=np.generic)


@dataclass(frozen=True)
class Places:
    """Where T trials of n participants stand on lists in which the procedure starts anew for each stratum.

    A list has `strata` parts of `length` slots, one behind the other; `at` (T, n) is each participant's slot, taken in
    order of entry within the stratum.
    """

    at: NDArray[np.int64]
    strata: int
    length: int

    @classmethod
    def of(cls, stratum: NDArray[np.int16]) -> "Places":
        """The places of participants in order of entry, who belong to `stratum` (T, n), numbered from 0."""
        strata, n = int(stratum.max(initial=0)) + 1, stratum.shape[1]
        if strata == 1:
            return cls(np.broadcast_to(np.arange(n), stratum.shape), 1, n)
        before = np.empty(stratum.shape, dtype=np.int64)
        for number in range(strata):
            own = stratum == number
            np.copyto(before, own.cumsum(axis=1) - 1, where=own)
        length = int(before.max(initial=0)) + 1
        return cls(stratum * np.int64(length) + before, strata, length)

    def draw(self, table: ProcedureTable, lists: int, generator: np.random.Generator) -> NDArray[np.int8]:
        """The arms of all slots of `lists` lists, each stratum an independent run of the procedure."""
        return draw_lists(table, (lists * self.strata, self.length), generator).reshape(lists, -1)

    def taken(self, lists: NDArray[np.int8]) -> NDArray[np.int8]:
        """The arms of the participants (T, n), each trial having a list of its own."""
        return lists if self.strata == 1 else np.take_along_axis(lists, self.at, axis=1)

    def laid(self, values: NDArray[Values], empty: float) -> NDArray[Values]:
        """Values (T, n) at their slots, `empty` at the slots that nobody took."""
        if self.strata == 1:
            return values
        slots = np.full((len(values), self.strata * self.length), empty, dtype=values.dtype)
        np.put_along_axis(slots, self.at, values, axis=1)
        return slots

    def in_turn(self, values: NDArray[Values]) -> NDArray[Values]:
        """Values (T, n) stratum by stratum, in order of entry within each."""
        return values if self.strata == 1 else np.take_along_axis(values, np.argsort(self.at, axis=1), axis=1)

    def starts(self) -> NDArray[np.bool_]:
        """Who of the participants in turn (T, n) is the first of a stratum."""
        return np.asarray(self.in_turn(self.at) % self.length == 0, dtype=np.bool_)


def _branches(procedure: Procedure, ratio: Ratio, state: State) -> list[tuple[float, int, State]]:
    outcomes = procedure.outcomes(state, ratio)
    total = sum(outcome.weight for outcome in outcomes)
    found: list[tuple[float, int, State]] = []
    for outcome in outcomes:
        share = outcome.weight / total
        if outcome.arm is not None:
            found.append((share, outcome.arm, outcome.state))
        else:
            found += [(share * chance, arm, end) for chance, arm, end in _branches(procedure, ratio, outcome.state)]
    return found


def _arrays(procedure: Procedure, rows: list[list[tuple[float, int, int]]]) -> ProcedureTable:
    width = max(len(row) for row in rows)
    chance = np.zeros((len(rows), width))
    arm = np.zeros((len(rows), width), dtype=np.int8)
    after = np.zeros((len(rows), width), dtype=np.int64)
    for index, row in enumerate(rows):
        for branch, (share, given, end) in enumerate(row):
            chance[index, branch], arm[index, branch], after[index, branch] = share, given, end
    words = ", ".join(f"{key} {value}" for key, value in procedure.parameters().items() if key != "method")
    method = str(procedure.parameters()["method"])
    return ProcedureTable(f"{method} ({words})" if words else method, chance, arm, after)
