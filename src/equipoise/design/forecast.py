"""What is foretold of a trial's course: how long it takes, and how many packs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity over the runs: mean, its Monte Carlo standard error, and the 5th, 50th and 95th percentiles."""

    mean: float
    se: float
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """Weeks from the first participant on; packs of the experimental product and of the others.

    `product_planned` is the number of product packs if the experimental arms took every dose and lost nothing;
    `overage` is what has to be added to it so that 95 % of trials do not run out.  Curves are over `weeks`: recruited
    and product used as (5th, 50th, 95th percentile), and the stock left, where a stock is assumed.
    """

    per_week: float
    runs: int
    recruitment_weeks: Spread
    total_weeks: Spread
    doses: Spread
    product_packs: Spread
    other_packs: Spread
    product_planned: float
    overage: float
    weeks: tuple[float, ...]
    recruited: tuple[tuple[float, ...], ...]
    product_used: tuple[tuple[float, ...], ...]
    stock_left: tuple[tuple[float, ...], ...]
    runs_out: float | None
    runs_out_week: float | None
