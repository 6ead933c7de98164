"""Tipping point: how bad the unseen outcomes must be before the conclusion changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.integers import Recorded, exact_all
from equipoise.analysis.missing.imputing import Delta, Imputations, completed_sets, pooled_estimates
from equipoise.analysis.missing.incomplete import IncompleteData, prepared
from equipoise.analysis.missing.strategy import Strategy
from equipoise.analysis.results import Estimate
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """The estimate at each delta, in order, and the first delta whose p exceeds alpha (None: not within the range)."""

    deltas: tuple[Fraction, ...]
    estimates: tuple[Estimate, ...]
    tips_at: Fraction | None
    alpha: Fraction
    method: str = "delta-adjusted multiple imputation"


def tipping_point(
    data: IncompleteData,
    reference_arm: str,
    deltas: Sequence[Recorded],
    strategy: Strategy = Strategy.MISSING_AT_RANDOM,
    *,
    imputations: Imputations | None = None,
    level: Fraction = LEVEL_95,
) -> TippingPoint:
    """Repeat the imputation with each delta added to the imputed outcomes outside the reference arm.

    `deltas` in the outcome's units, from the mildest to the worst; every delta meets the same imputations.
    Refuses no deltas, and more than two arms.
    Source: Ratitch, O'Kelly & Tosiello 2013; ICH E9(R1) A.5.2.
    """
    steps = exact_all(deltas, "delta")
    if not steps or len(set(data.arms)) != 2:
        raise Refusal("TIPPING-RANGE", "There is no delta, or there are more than two arms.", "Give a planned range.")
    ready = prepared(data, reference_arm)
    sets = completed_sets(ready, strategy, imputations or Imputations())
    estimates = tuple(pooled_estimates(ready, sets, Delta(treated=step), level)[0] for step in steps)
    alpha = 1 - level
    beyond = (s for s, e in zip(steps, estimates, strict=True) if e.p is not None and float(e.p) > alpha)
    return TippingPoint(steps, estimates, next(beyond, None), alpha)
