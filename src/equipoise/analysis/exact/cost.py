"""Which exact engine, at what price: estimates that the caller can see before anything large is computed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from equipoise.analysis.exact.counter import Counter
from equipoise.analysis.exact.graph import Graph, Key, expand, moments, weight_of
from equipoise.analysis.exact.halves import cheapest_cut, halves_counter
from equipoise.analysis.exact.laws import Block
from equipoise.analysis.exact.reference import Reference
from equipoise.analysis.exact.subsets import shift_table, subset_counter, subset_sums_stored
from equipoise.analysis.exact.table import TableCounter, table_counter
from equipoise.vocabulary import Refusal

_QUESTIONS = 120  # tail weights that an inversion to confidence limits asks for
_WORD = 1 << 62  # sums beyond this do not fit the integer kernels


@dataclass(frozen=True, slots=True)
class Budget:
    """What an exact test may cost: estimated seconds on one core, and bytes of memory."""

    seconds: float = 120.0
    bytes: int = 1_200_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """One engine's estimate.  `note` says why an engine is out of the question, whatever the budget."""

    engine: str
    seconds: float
    bytes: int
    note: str = ""

    def fits(self, budget: Budget) -> bool:
        """Whether the engine may run under this budget."""
        return not self.note and self.seconds <= budget.seconds and self.bytes <= budget.bytes


@dataclass(frozen=True)
class Job:
    """One counting task: the scores (smallest 0, no common divisor) under a reference set.

    `tracked` marks the trial's own treated participants where overlaps are to be counted apart.
    """

    reference: Reference
    scores: tuple[int, ...]
    tracked: tuple[int, ...] | None = None

    @cached_property
    def graph(self) -> Graph:
        """The reference set, expanded; not needed by the engines for plain subsets."""
        return expand(self.reference)

    @cached_property
    def moments(self) -> dict[int, tuple[int, int]]:
        """Per number treated k: total weight, and weighted sum of the treated scores."""
        if self.whole_blocks is None:
            return moments(self.graph, self.scores)
        total = math.prod(math.comb(law.size, law.treated) for law, _ in self.whole_blocks)
        expected = sum(Fraction(law.treated * own, law.size) for law, own in self.whole_blocks)
        return {sum(law.treated for law, _ in self.whole_blocks): (total, int(total * expected))}

    @cached_property
    def whole_blocks(self) -> tuple[tuple[Block, int], ...] | None:
        """Each block with the sum of its scores, where the procedure is blocks that were all filled; otherwise None."""
        found = []
        for stretch in self.reference.stretches:
            law = stretch.law
            if not isinstance(law, Block) or law.used != law.size:
                return None
            found.append((law, sum(self.scores[unit] for unit in stretch.units if unit >= 0)))
        if any(unit < 0 for stretch in self.reference.stretches for unit in stretch.units):
            return None
        return tuple(found)

    @property
    def total(self) -> int:
        """Weight of all allocations, those with an empty arm included."""
        return sum(weight for weight, _ in self.moments.values())

    @cached_property
    def subset_size(self) -> int | None:
        """The number treated where all subsets of that size are equally likely, otherwise None."""
        if len(self.reference.stretches) == 1:
            law = self.reference.stretches[0].law
            if isinstance(law, Block) and law.used == law.size == self.reference.n:
                return law.treated
        return None

    def weight(self, allocation: Sequence[int]) -> int:
        """The weight of one allocation; 0 if the procedure could not have produced it."""
        if self.subset_size is not None:
            return int(sum(allocation) == self.subset_size)
        return weight_of(self.graph, allocation)


def costs(task: Job) -> tuple[Cost, ...]:
    """Every engine's estimate for a task, cheapest first; engines that cannot run come last, with a note."""
    if task.subset_size is None or _reach(task) >= _WORD or math.comb(task.reference.n, task.subset_size) >= _WORD:
        given = [_halves_cost(task), _table_cost(task)]
    else:
        given = [_subset_cost(task, task.subset_size), _shift_cost(task, task.subset_size)]
    return tuple(sorted(given, key=lambda cost: (bool(cost.note), cost.seconds)))


def counter(task: Job, budget: Budget | None = None) -> Counter:
    """Run the cheapest engine that fits.  Refuses, with the ways out, where none does."""
    allowed = budget or Budget()
    for cost in costs(task):
        if cost.fits(allowed):
            return _ENGINES[cost.engine](task)
    raise Refusal(
        "EXACT-COST",
        "These data under this procedure are more than the exact engines can do within the budget.",
        "Round to the recorded measurement precision, raise the budget, or use `Rerun` (Monte Carlo with an exact "
        "interval).",
    )


def _reach(task: Job) -> int:
    return sum(task.scores)


def _subset_cost(task: Job, treated: int) -> Cost:
    n = task.reference.n
    stored = subset_sums_stored(n, treated)
    if task.tracked is not None:
        larger = max(treated, n - treated)
        stored = sum(math.comb(larger, j) for j in range(min(larger, treated) + 1))
    return Cost("meet in the middle", 2e-4 + stored * 2e-8, stored * 32)


def _shift_cost(task: Job, treated: int) -> Cost:
    n, smaller = task.reference.n, min(treated, task.reference.n - treated)
    reach = sum(sorted(task.scores)[n - smaller :])
    note = "does not track overlaps" if task.tracked is not None else ""
    cells = (smaller + 1) * (reach + 1)
    return Cost("shift algorithm", 1e-4 + n * cells * 1.2e-9, cells * 8, note)


def _table_cost(task: Job) -> Cost:
    rows = max(1, math.ceil(task.total.bit_length() / 58)) if task.total >= _WORD else 1
    keys = 1 if task.tracked is None else max(1, min(sum(task.tracked), task.reference.n // 2))
    edges = sum(len(step.edges) for step in task.graph.steps)
    widest = max(step.nodes_after for step in task.graph.steps)
    keys *= _sizes_per_node(task)
    columns = _reach(task) + 1
    cell = 2e-9 if rows == 1 else 7e-9
    seconds = edges * keys * (4e-6 + columns / 3 * rows * cell)
    return Cost("tables over the sum", seconds, 3 * widest * keys * columns * rows * 8)


def _sizes_per_node(task: Job) -> int:
    """How many different numbers treated can meet in one state; 1 where the state determines them."""
    if task.whole_blocks is not None:
        return 1
    reached: list[set[int]] = [{0}]
    most = 1
    for step in task.graph.steps:
        after: list[set[int]] = [set() for _ in range(step.nodes_after)]
        for source, target, arm, _ in step.edges:
            counted = arm if step.unit >= 0 else 0
            after[target] |= {k + counted for k in reached[source]}
        reached = after
        most = max(most, *(len(sizes) for sizes in reached))
    return most


def _halves_cost(task: Job) -> Cost:
    _, listed = cheapest_cut(task.graph)
    kind = (1 if task.total < _WORD else 8) * (1 if _reach(task) < _WORD else 8)
    asked = 1 if task.tracked is None else _QUESTIONS
    seconds = 1e-3 + listed * kind * (3e-7 + asked * 3e-8)
    return Cost("meet in the middle over the procedure", seconds, listed * 48 * kind)


def _shift_counter(task: Job) -> Counter:
    treated = task.subset_size
    assert treated is not None
    row = shift_table(task.scores, treated)
    key: Key = (treated, 0)
    total = math.comb(task.reference.n, treated)
    assert int(row.sum()) == total, "a table lost or gained allocations"
    return TableCounter("shift algorithm", {key: (0, row[None, :])}, {key: total}, ())


def _subset_counter(task: Job) -> Counter:
    assert task.subset_size is not None
    return subset_counter(task.scores, task.subset_size, task.tracked)


def _table_counter(task: Job) -> Counter:
    return table_counter(task.graph, task.scores, task.tracked, task.total)


def _halves_counter(task: Job) -> Counter:
    return halves_counter(task.graph, task.scores, task.tracked, task.total)


_ENGINES: dict[str, Callable[[Job], Counter]] = {
    "meet in the middle": _subset_counter,
    "shift algorithm": _shift_counter,
    "tables over the sum": _table_counter,
    "meet in the middle over the procedure": _halves_counter,
}
