"""Randomisation tests of many trials, exact under the procedure where the values are few-decimal numbers."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation.many_lists import Places, ProcedureTable
from equipoise.analysis.many.kernels import many_kernel
from equipoise.design.simulation.answers import Answers
from equipoise.design.simulation.trials import Comparison

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_SUM = 4_000
"""Largest total of a trial's whole-number scores that is tested exactly; beyond it, the procedure is run again."""
RERUNS = 999
CHUNK = 100
"""Trials that share one set of drawn lists; small, so that a set that is unlucky touches few."""
_SCALES = (1, 10, 100, 1_000)


class ProcedureTest(Protocol):
    """An analysis of many trials by the procedure that allocated them."""

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers: ...

    def again(self, compared: Comparison, trial: int, generator: np.random.Generator) -> NDArray[np.bool_]:
        """Allocations (B, used) of who is used in one trial, by the procedure run again; True: experimental."""
        ...


@dataclass(frozen=True)
class RandomisationTest:
    """Difference in means of the metric under `table`, arm index `treated` being experimental.

    See the single-trial test for the statistic and its two sides.  `ranks` takes midranks instead of the metric;
    `given_sizes` keeps the observed arm sizes.  The procedure starts anew in each stratum, while sums and sizes are
    those of the whole trial.  Values with too many different sums are tested with 999 lists that the procedure draws
    anew for every hundred trials: p = (1 + lists at least as extreme) / (1 + lists with both arms).
    """

    table: ProcedureTable
    treated: int
    ranks: bool = False
    given_sizes: bool = False

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        estimate = mean_difference(compared)
        values = np.where(compared.side >= 0, compared.metric, np.nan)
        scores = whole_numbers(doubled_midranks(values) if self.ranks else values)
        if scores is None:
            return Answers(estimate, exact_p=self._by_rerun(compared, generator))
        places = places_of(compared)
        scores, side = places.in_turn(scores), places.in_turn(compared.side)
        out = np.empty(compared.count)
        treats = (self.table.arm == self.treated).astype(np.int8)
        law = (self.table.chance, treats, self.table.after)
        many_kernel("procedure_p")(scores, side, places.starts(), *law, self.given_sizes, out)
        return Answers(estimate, exact_p=out)

    def again(self, compared: Comparison, trial: int, generator: np.random.Generator) -> NDArray[np.bool_]:
        places = places_of(compared)
        return self._lists(places, generator)[:, places.at[trial, compared.side[trial] >= 0]]

    def _lists(self, places: Places, generator: np.random.Generator) -> NDArray[np.bool_]:
        """999 lists of the procedure (B, slots), True for the experimental arm."""
        return np.asarray(places.draw(self.table, RERUNS, generator) == self.treated)

    def _by_rerun(self, compared: Comparison, generator: np.random.Generator) -> Floats:
        p = np.empty(compared.count)
        observed = np.abs(mean_difference(compared))
        places = places_of(compared)
        metric, used = places.laid(compared.metric, 0), places.laid(compared.side >= 0, False)
        for start in range(0, compared.count, CHUNK):
            part = slice(start, start + CHUNK)
            drawn = np.abs(mean_differences(metric[part], used[part], self._lists(places, generator)))
            with np.errstate(invalid="ignore"):
                extreme = (drawn >= observed[part, None] * (1 - 1e-12)).sum(axis=1)
            p[part] = (1 + extreme) / (1 + np.isfinite(drawn).sum(axis=1))
        return np.where(np.isfinite(observed), p, 1.0)


def places_of(compared: Comparison) -> Places:
    """Where the participants stand on the lists of their strata."""
    known = compared.stratum
    return Places.of(known if known.size else np.zeros(compared.side.shape, dtype=np.int16))


def complete_table() -> ProcedureTable:
    """A fair coin for each: given the arm sizes, all subsets are equally likely (the usual permutation test)."""
    both = np.array([[0, 1]])
    return ProcedureTable("all subsets", np.array([[0.5, 0.5]]), both.astype(np.int8), np.zeros((1, 2), dtype=np.int64))


def doubled_midranks(values: Floats) -> Floats:
    """Twice the midrank of each value among the known ones of its trial (T, n); unknown stays unknown (nan)."""
    order = np.argsort(values, axis=1)  # nan last
    ordered = np.take_along_axis(values, order, axis=1)
    n = values.shape[1]
    place = np.arange(n)
    starts = np.ones(values.shape, dtype=np.bool_)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.maximum.accumulate(np.where(starts, place, 0), axis=1)
    ends = np.ones(values.shape, dtype=np.bool_)
    ends[:, :-1] = starts[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place, n)[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (first + last + 2).astype(np.float64), axis=1)
    return np.where(np.isnan(values), np.nan, ranks)


def whole_numbers(values: Floats) -> Ints | None:
    """Values (T, n) as whole numbers from 0 on, in each trial with the same spacing; None if their sums are too many.

    Unknown values (nan) become 0.
    """
    for scale in _SCALES:
        scaled = values * scale
        if np.nanmax(np.abs(scaled - np.rint(scaled)), initial=0.0) < 1e-6 * scale:
            break
    else:
        return None
    least = np.nanmin(scaled, axis=1, keepdims=True)
    whole = np.rint(np.nan_to_num(scaled - least)).astype(np.int64)
    whole //= np.maximum(np.gcd.reduce(whole, axis=1, keepdims=True), 1)
    return whole if whole.sum(axis=1).max(initial=0) <= MOST_SUM else None


def mean_difference(compared: Comparison) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [
            np.where(inside, compared.metric, 0.0).sum(axis=1) / inside.sum(axis=1)
            for inside in (compared.side == 1, compared.side == 0)
        ]
    difference: Floats = means[0] - means[1]
    return difference


def mean_differences(values: Floats, used: NDArray[np.bool_], lists: NDArray[np.bool_]) -> Floats:
    """Differences in means of values (T, n) under each list (B, n), (T, B); nan where a list leaves an arm empty."""
    known, among, treated = np.where(used, values, 0.0), used.astype(np.float64), lists.T.astype(np.float64)
    sizes, sums = among @ treated, known @ treated
    rest = among.sum(axis=1)[:, None] - sizes
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = sums / sizes - (known.sum(axis=1)[:, None] - sums) / rest
    return found
