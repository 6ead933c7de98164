"""Single-step and step-down max-T over several endpoints, by re-randomisation (Westfall & Young 1993)."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.cost import Job
from equipoise.analysis.exact.integers import Recorded, allocation_of, reduced, refuse_all_tied, scaled
from equipoise.analysis.exact.kernels import kernel
from equipoise.analysis.exact.monte_carlo import Resampling, draw_allocations, sampled_p
from equipoise.analysis.exact.reference import Procedure, Rerun, fixed_sizes
from equipoise.analysis.exact.two_sample import refuse_impossible
from equipoise.analysis.multiplicity.random_subsets import subset_sums
from equipoise.analysis.results import PValue, Sides
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
_SAME = 1e-11  # statistics closer than this, relatively, count as equal
_CHUNK = 10_000  # allocations per task and random stream


@dataclass(frozen=True, slots=True)
class MaxT:
    """Per endpoint, in the order given: standardised statistic, raw, single-step and step-down adjusted p-values."""

    endpoints: tuple[str, ...]
    statistics: tuple[float, ...]
    raw: tuple[PValue, ...]
    single_step: tuple[PValue, ...]
    step_down: tuple[PValue, ...]
    n: tuple[tuple[str, int], ...]
    reference: str
    engine: str
    method: str = "max-T by re-randomisation (Westfall-Young)"
    assumptions: tuple[str, ...] = (
        "outcomes do not depend on the allocation under the null hypothesis of all endpoints together",
        "statistics that agree to 11 digits count as ties",
    )


def max_t(
    endpoints: Mapping[str, Sequence[Recorded]],
    allocation: Sequence[int],
    reference: Procedure | None = None,
    *,
    resampling: Resampling | None = None,
    enumerate_all: bool = False,
) -> MaxT:
    """Adjusted p-values for a family of endpoints measured in the same participants, dependence and all.

    T_j = |sum over treated of (y_j - mean)| / (sd_j sqrt(k (n - k)/n)), sd with divisor n - 1 over all participants;
    without units, two-sided.  Single step: P(max_j T_j >= t_i).  Step-down: endpoints ordered by t, successive maxima
    over those not yet rejected, made monotone.  Monte Carlo p = (count + 1)/(draws + 1) with its exact interval;
    `enumerate_all` visits every allocation of a fixed-size design (up to 36 participants).  Refuses missing values,
    constant endpoints, an empty arm.  Source: Westfall & Young 1993; Dudoit, Shaffer & Boldrick 2003.
    """
    names = tuple(endpoints)
    if not names:
        raise Refusal("MULTIPLICITY-P", "There is no endpoint.", "Check the planned analyses.")
    columns = [scaled(endpoints[name], f"value of {name}").integers for name in names]
    arms = allocation_of(allocation, len(columns[0]))
    for column in columns:
        if len(column) != len(arms):
            raise Refusal("EXACT-LENGTH", "An endpoint has another number of values.", "Give one per participant.")
        refuse_all_tied(column)
    procedure = reference or fixed_sizes(len(arms), sum(arms))
    z = np.column_stack([_standardised(reduced(column)[0]) for column in columns])
    observed = _statistics(np.array([arms], dtype=np.int8), z)[0]
    size = None
    if not isinstance(procedure, Rerun):
        task = Job(procedure, reduced(columns[0])[0])
        refuse_impossible(task, arms)
        size = task.subset_size
    chosen = resampling or Resampling()
    if enumerate_all:
        if size is None or len(arms) > 36:
            raise Refusal("EXACT-COST", "Only fixed arm sizes up to 36 can be enumerated.", "Use resampling.")
        counts, total, engine = _enumerated(z, observed, size), task.total, "complete enumeration"
    else:
        total = chosen.draws
        if size is None:
            counts, engine = _rerun(draw_allocations(procedure, chosen), z, observed), "re-run"
        else:
            counts, engine = _shuffled(z, observed, size, chosen), "random subsets"
    raw, single, down = (_p_values(row, total, enumerate_all) for row in _monotone(counts, observed))
    return MaxT(
        names,
        tuple(float(v) for v in observed),
        raw,
        single,
        down,
        (("treated", sum(arms)), ("control", len(arms) - sum(arms))),
        procedure.name,
        engine,
    )


def _standardised(column: Sequence[int]) -> Floats:
    n, total = len(column), sum(column)
    spread = float(Fraction(n * sum(v * v for v in column) - total * total, n * (n - 1))) ** 0.5
    return np.array([float(Fraction(v) - Fraction(total, n)) / spread for v in column])


def _statistics(rows: NDArray[np.int8], z: Floats) -> Floats:
    n, k = rows.shape[1], rows.sum(axis=1, dtype=float)
    return np.asarray(np.abs(rows.astype(float) @ z) / np.sqrt(k * (n - k) / n)[:, None])


@dataclass(frozen=True)
class _Family:
    """Scores on the scale of the statistic, endpoints in descending order of the observed one."""

    z: Floats
    order: NDArray[np.int64]
    bound: Floats

    def restored(self, parts: Sequence[Counts]) -> Counts:
        """Counts of all parts together, endpoints in the order given."""
        total = np.sum(parts, axis=0)
        counts = np.empty_like(total)
        counts[:, self.order] = total
        return np.asarray(counts)


def _family(z: Floats, observed: Floats, scale: float) -> _Family:
    order = np.argsort(-observed, kind="stable").astype(np.int64)
    return _Family(np.ascontiguousarray(z[:, order]) / scale, order, observed[order] * (1 - _SAME))


def _counted(sums: Floats, bound: Floats) -> Counts:
    out = np.zeros((3, len(bound)), dtype=np.int64)
    width = sums.shape[1]
    tally = kernel("max_t_tally", seconds=_tally_seconds(len(bound), width))
    tally(sums, 0, width, np.zeros(len(bound)), bound, np.empty(width), out)
    return out


def _tally_seconds(endpoints: int, allocations: int) -> float:
    """What counting takes in plain numpy."""
    return 1e-4 + endpoints * allocations * 1e-8


def _rerun(rows: NDArray[np.int8], z: Floats, observed: Floats) -> Counts:
    """Counts over the allocations given, of any arm sizes."""
    family = _family(z, observed, 1.0)
    found = np.ascontiguousarray(_statistics(rows, family.z).T)
    return family.restored([_counted(found, family.bound)])


def _shuffled(z: Floats, observed: Floats, size: int, resampling: Resampling) -> Counts:
    """Random subsets of fixed size in chunks, each with its own PCG64 stream, in two threads."""
    n, smaller = len(z), min(size, len(z) - size)
    family = _family(z, observed, (size * (n - size) / n) ** 0.5)
    subsets = subset_sums(family.z, smaller)
    full, rest = divmod(resampling.draws, _CHUNK)
    parts = [_CHUNK] * full + ([rest] if rest else [])
    streams = np.random.SeedSequence(resampling.seed).spawn(len(parts))

    def run(draws: int, stream: np.random.SeedSequence) -> Counts:
        return _counted(subsets.draw(draws, stream), family.bound)

    begun = run(parts[0], streams[0])  # compiled once, before the threads
    with ThreadPoolExecutor(2) as threads:
        return family.restored([begun, *threads.map(run, parts[1:], streams[1:])])


def _enumerated(z: Floats, observed: Floats, size: int) -> Counts:
    """Every subset of the size, from sums over the two halves of the participants."""
    n, half = len(z), len(z) // 2
    family = _family(z, observed, (size * (n - size) / n) ** 0.5)
    low, starts, _ = _all_sums(family.z[:half])
    up, _, up_sizes = _all_sums(family.z[half:])
    low, up = np.ascontiguousarray(low.T), np.ascontiguousarray(up)
    rows = np.flatnonzero((up_sizes <= size) & (size - up_sizes <= half))
    tally = kernel("max_t_tally", seconds=len(rows) * 3e-5 + _tally_seconds(len(observed), math.comb(n, size)))

    def run(part: NDArray[np.int64]) -> Counts:
        out, top = np.zeros((3, len(family.bound)), dtype=np.int64), np.empty(low.shape[1])
        for row in part.tolist():
            own = size - int(up_sizes[row])
            tally(low, int(starts[own]), int(starts[own + 1]), up[row], family.bound, top, out)
        return out

    begun = run(rows[:1])
    with ThreadPoolExecutor(2) as threads:
        return family.restored([begun, *threads.map(run, (rows[1::2], rows[2::2]))])


def _all_sums(values: Floats) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """(sums of all subsets ordered by size, where each size starts, sizes)."""
    m = len(values)
    masks = np.arange(1 << m, dtype=np.int64)
    sizes = np.bitwise_count(masks).astype(np.int64)
    order = np.argsort(sizes, kind="stable")
    member = ((masks[order][:, None] >> np.arange(m)) & 1).astype(float)
    starts = np.concatenate(([0], np.cumsum(np.bincount(sizes, minlength=m + 1)))).astype(np.int64)
    return member @ values, starts, sizes[order]


def _monotone(counts: Counts, observed: Floats) -> tuple[Counts, Counts, Counts]:
    raw, single, down = counts
    order = np.argsort(-observed, kind="stable")
    down = down.copy()
    down[order] = np.maximum.accumulate(down[order])
    return raw, single, down


def _p_values(counts: Counts, total: int, complete: bool) -> tuple[PValue, ...]:
    if complete:
        return tuple(PValue(Fraction(int(c), total), Sides.DISTANCE, False, int(c), total) for c in counts)
    return tuple(sampled_p(int(c), total, Sides.DISTANCE) for c in counts)
