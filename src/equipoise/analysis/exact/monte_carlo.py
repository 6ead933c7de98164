"""Where a procedure can only be run again: a Monte Carlo p-value with its exact interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.binomial import clopper_pearson
from equipoise.analysis.exact.graph import expand, sample
from equipoise.analysis.exact.reference import Procedure, Reference
from equipoise.analysis.results import PValue, Sides
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class Resampling:
    """How many allocations to draw, and the seed of numpy's PCG64 that draws them; the same seed, the same p."""

    draws: int = 9_999
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.draws, int) or self.draws < 1:
            raise Refusal("RERUN-DRAWS", "A re-run needs at least one allocation.", "Give a whole number of draws.")


def draw_allocations(procedure: Procedure, resampling: Resampling) -> NDArray[np.int8]:
    """Allocations from the procedure, one per row; those with an empty arm are drawn again.

    Refuses a re-run that gives other codes than 0 and 1, or another number of participants.
    """
    generator = np.random.default_rng(resampling.seed)
    if isinstance(procedure, Reference):
        graph = expand(procedure)
        rows = sample(graph, resampling.draws, generator)
        while (empty := _empty(rows)).any():
            rows[empty] = sample(graph, int(empty.sum()), generator)
        return rows
    drawn: list[NDArray[np.int8]] = []
    tried = 0
    while len(drawn) < resampling.draws:
        row = np.asarray(procedure.draw(generator), dtype=np.int8)
        if row.shape != (procedure.n,) or row.min() < 0 or row.max() > 1:
            raise Refusal(
                "RERUN-SEQUENCE",
                "The re-run procedure did not give one 0 or 1 per participant.",
                "Give a callable that takes a numpy Generator and returns the allocation in order of entry.",
            )
        tried += 1
        if 0 < row.sum() < procedure.n:
            drawn.append(row)
        elif tried > 1000 and len(drawn) < tried / 100:
            raise Refusal(
                "RERUN-EMPTY", "The re-run procedure leaves an arm empty almost always.", "Check the procedure."
            )
    return np.array(drawn)


def linear_by_rerun(
    scores: Sequence[int], arms: Sequence[int], procedure: Procedure, sides: Sides, resampling: Resampling | None
) -> PValue:
    """Monte Carlo p of the difference in means, centred at 0: p = (count + 1) / (draws + 1).

    The interval is Clopper-Pearson for the true p from the count itself.  Differences are compared as integers.
    Source: Phipson & Smyth 2010; Rosenberger & Lachin 2016, section 6.9.
    """
    chosen = resampling or Resampling()
    rows = draw_allocations(procedure, chosen)
    n, total = len(arms), sum(scores)
    wide = n**3 * max(scores) >= 1 << 62
    kind = object if wide else np.int64
    sums = rows.astype(kind) @ np.array(scores, dtype=kind)
    sizes = rows.sum(axis=1).astype(kind)
    k = sum(arms)
    treated = sum(score for score, arm in zip(scores, arms, strict=True) if arm)
    # D >= d  <=>  (n S - K T) k (n - k) >= (n s - k T) K (n - K), both denominators being positive
    left = (n * sums - sizes * total) * (k * (n - k))
    right = (n * treated - k * total) * (sizes * (n - sizes))
    counts = {
        Sides.GREATER: int((left >= right).sum()),
        Sides.LESS: int((left <= right).sum()),
        Sides.DISTANCE: int((abs(left) >= abs(right)).sum()),
    }
    counts[Sides.DOUBLED] = min(chosen.draws, 2 * min(counts[Sides.GREATER], counts[Sides.LESS]))
    return sampled_p(counts[sides], chosen.draws, sides)


def sampled_p(count: int, draws: int, sides: Sides) -> PValue:
    """(count + 1) / (draws + 1) with the exact binomial interval of count / draws."""
    value = Fraction(min(count, draws) + 1, draws + 1)
    return PValue(value, sides, False, count + 1, draws + 1, clopper_pearson(min(count, draws), draws))


def _empty(rows: NDArray[np.int8]) -> NDArray[np.bool_]:
    treated = rows.sum(axis=1)
    return np.asarray((treated == 0) | (treated == rows.shape[1]))
