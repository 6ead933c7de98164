"""How long a trial takes and how much of the product it uses, if people come and stay as the scenario says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.design.forecast import Forecast, Spread
from equipoise.design.planning import Stock
from equipoise.design.simulation.drawing import draw_strata
from equipoise.design.simulation.running import Allocator

Floats = NDArray[np.float64]

MOST_DOSES = 4_000_000
"""Simulated doses over all runs; larger trials have fewer runs."""
MOST_RUNS, FEWEST_RUNS = 2_000, 100
GRID = 40
CERTAINTY = 0.95


@dataclass(frozen=True, slots=True)
class Course:
    """What recruitment and use depend on.

    `per_week`: participants randomised per week; `dose_days`: study days of the doses, day 1 being that of
    randomisation; `last_day`: of the last visit; `leaving`: share who leave at a uniform moment; `missed`: share of
    doses not given otherwise; `lost`: share of packs that are lost.  `experimental` are indices of arms,
    `strata` the shares of the strata.
    """

    participants: int
    per_week: float
    dose_days: tuple[int, ...]
    last_day: int
    leaving: float
    missed: float
    lost: float
    experimental: tuple[int, ...]
    strata: Floats


def forecast(course: Course, allocate: Allocator, stock: Stock | None, generator: np.random.Generator) -> Forecast:
    """Simulate recruitment as a Poisson process and what is used at each dose."""
    n, doses = course.participants, max(1, len(course.dose_days))
    runs = int(np.clip(MOST_DOSES // (n * doses), FEWEST_RUNS, MOST_RUNS))
    arrival = np.cumsum(generator.exponential(1 / course.per_week, (runs, n)), axis=1)
    arrival -= arrival[:, :1]  # the first participant opens the trial
    moments, packs = _doses(course, arrival, generator)
    arm = allocate(draw_strata(course.strata, (runs, n), generator), generator)
    product = np.isin(arm, course.experimental)
    product_packs = packs * product[:, :, None]
    used, others = product_packs.sum(axis=(1, 2)), (packs * ~product[:, :, None]).sum(axis=(1, 2))
    last = (arrival[:, -1] + (course.last_day - 1) / 7).max()
    weeks = np.linspace(0, last, GRID)
    recruited = np.array([(arrival <= week).sum(axis=1) for week in weeks])
    used_by = np.array([(product_packs * (moments <= week)).sum(axis=(1, 2)) for week in weeks])
    planned = n * doses * float(product.mean())
    supply = _supply(stock, weeks)
    left = supply[:, None] - used_by if stock else np.zeros((0, runs))
    first_out = _first_out(left, weeks)
    return Forecast(
        per_week=course.per_week,
        runs=runs,
        recruitment_weeks=_spread(arrival[:, -1]),
        total_weeks=_spread(arrival[:, -1] + (course.last_day - 1) / 7),
        doses=_spread((packs > 0).sum(axis=(1, 2))),
        product_packs=_spread(used),
        other_packs=_spread(others),
        product_planned=planned,
        overage=max(0.0, float(np.quantile(used, CERTAINTY)) / planned - 1),
        weeks=tuple(float(week) for week in weeks),
        recruited=_bands(recruited),
        product_used=_bands(used_by),
        stock_left=_bands(left) if stock else (),
        runs_out=float(np.isfinite(first_out).mean()) if stock else None,
        runs_out_week=float(np.median(first_out[np.isfinite(first_out)])) if np.isfinite(first_out).any() else None,
    )


def _doses(course: Course, arrival: Floats, generator: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Moments of the doses in weeks, and the packs that each takes (runs, n, doses); 0 where none is given."""
    days = np.array(course.dose_days or (1,), dtype=np.float64) - 1
    moments = arrival[:, :, None] + days / 7
    leaves = generator.random(arrival.shape) < course.leaving
    leaving_day = np.where(leaves, generator.random(arrival.shape) * course.last_day, np.inf)
    given = (days <= leaving_day[:, :, None]) & (generator.random(moments.shape) >= course.missed)
    packs = generator.geometric(1 - course.lost, moments.shape)
    return moments, np.where(given, packs, 0) * bool(course.dose_days)


def _supply(stock: Stock | None, weeks: Floats) -> Floats:
    """Packs delivered by each week."""
    if stock is None:
        return np.zeros_like(weeks)
    deliveries = np.floor(weeks / stock.delivery_every_weeks) if stock.delivery_every_weeks else np.zeros_like(weeks)
    return np.asarray(stock.packs + deliveries * stock.delivery_packs, dtype=np.float64)


def _first_out(left: Floats, weeks: Floats) -> Floats:
    """The week in which each run has nothing left; infinite where it never happens."""
    if not len(left):
        return np.full(1, np.inf)
    out = left < 0
    return np.where(out.any(axis=0), weeks[out.argmax(axis=0)], np.inf)


def _spread(values: NDArray[Any]) -> Spread:
    low, median, high = (float(q) for q in np.quantile(values, (0.05, 0.5, 0.95)))
    return Spread(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))), low, median, high)


def _bands(values: Sequence[Floats] | Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(v) for v in row) for row in np.quantile(values, (0.05, 0.5, 0.95), axis=1))
