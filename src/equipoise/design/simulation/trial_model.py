"""The model that trials are drawn from, as arrays: made once from a definition and a scenario, sent to any machine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class TrialModel:
    """How participants' values come about.  I items (the entry item first), V visits (the baseline first), A arms.

    Latent values are standard normal among the people who are screened; `between_items` (I x I) and `between_visits`
    (I x V x V) are lower Cholesky factors of their correlations.  A value is typical + spread * latent - for `log`
    items typical * exp(spread * latent) - shifted by `shared` (V x I, everybody) and `effect` (A x V x I), both on that
    scale, limited to least..most, and rounded to `decimals` (more than 6: not rounded); below `lowest` and above
    `highest` a laboratory stops counting.  `entry` is the least latent value of item 0 at baseline, `towards_worse`
    (I) the sign of worsening.  An item with a `cut` (nan for none) is a yes or no: 1 above it, else 0.  `strata` (S)
    are the shares of the strata, `prognosis` (S x I) what each adds to the latent values of all visits.
    """

    items: tuple[str, ...]
    arms: tuple[str, ...]
    typical: Floats
    spread: Floats
    log: Flags
    decimals: NDArray[np.int64]
    least: Floats
    most: Floats
    lowest: Floats
    highest: Floats
    cut: Floats
    towards_worse: Floats
    between_items: Floats
    between_visits: Floats
    shared: Floats
    effect: Floats
    response: Floats
    entry: float
    drift: float
    leaving: tuple[float, float, float]
    non_adherence: float
    progress: Floats
    strata: Floats
    prognosis: Floats

    @property
    def visits(self) -> int:
        return len(self.progress)

    def without_effect(self) -> "TrialModel":
        """The same world in which no arm does anything of its own."""
        return TrialModel(**{**self.__dict__, "effect": np.zeros_like(self.effect)})
