"""Simulated trials as arrays, and what one analysis sees of them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sides = NDArray[np.int8]
Strata = NDArray[np.int16]


@dataclass(frozen=True)
class Trials:
    """T trials of n participants in order of entry.

    `values` (V visits, I items, T, n): as the laboratory or the assessor would report them, at a limit where they are
    beyond one; `below` flags those.  `arm` (T, n) is an index; `seen` (V, T, n) says who came; `adherent` (T, n) who
    took the product.
    """

    values: Floats
    below: NDArray[np.bool_]
    arm: Sides
    seen: NDArray[np.bool_]
    adherent: NDArray[np.bool_]

    @property
    def count(self) -> int:
        return int(self.arm.shape[0])


@dataclass(frozen=True)
class Comparison:
    """What an analysis of one endpoint is given: T trials of n participants in order of entry.

    `side` is 1 for the experimental arm, 0 for the reference arm, -1 for who is not used; their numbers are never
    read.  `metric` is the endpoint's own: the change from baseline, or the value.  Where a method asks for them,
    `covariates` (C, T, n) were measured at baseline, and `course` (V, T, n) is the metric at each visit up to the
    endpoint's, nan for who did not come; `side` then holds everybody of the set.  `factors` (F, T, n) are levels of
    stratification factors.  `stratum` (T, n) is empty where there is one list for all.
    """

    baseline: Floats
    outcome: Floats
    metric: Floats
    side: Sides
    covariates: Floats = field(default_factory=lambda: np.empty((0, 0, 0)))
    course: Floats = field(default_factory=lambda: np.empty((0, 0, 0)))
    factors: Strata = field(default_factory=lambda: np.empty((0, 0, 0), dtype=np.int16))
    stratum: Strata = field(default_factory=lambda: np.empty((0, 0), dtype=np.int16))

    @property
    def count(self) -> int:
        return int(self.side.shape[0])
