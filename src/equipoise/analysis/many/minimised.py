"""Minimisation in simulated trials: drawn from each participant's levels, and run again for the tests.

A trial's reference allocations depend on its own participants and serve no other trial, so that tests are asked in the
first trials of each block alone; their rates say how many.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation.minimisation import Minimisation
from equipoise.allocation.minimised_lists import minimise, predictability_of
from equipoise.allocation.predictability import Predictability
from equipoise.analysis.many.joint import DRAWS, adjusted, standardised
from equipoise.analysis.many.randomisation import doubled_midranks, mean_difference, mean_differences
from equipoise.design.simulation.answers import Answers
from equipoise.design.simulation.trials import Comparison, Sides, Strata

ASKED = 100
"""Trials of each block of 1,000 whose allocation is run again, in 2 ms each."""


@dataclass(frozen=True)
class Minimised:
    """Draws arms by a study's own minimisation.

    `cells` (S, F) are the levels that make each stratum, a number for each level of each factor; `arms` maps the
    design's arms to the definition's.
    """

    procedure: Minimisation
    cells: NDArray[np.int64]
    arms: tuple[int, ...]

    def __call__(self, stratum: Strata, generator: np.random.Generator) -> Sides:
        return np.array(self.arms, dtype=np.int8)[self.draw(stratum, generator)]

    def draw(self, stratum: Strata, generator: np.random.Generator) -> NDArray[np.int8]:
        """The design's arms (T, n)."""
        return minimise(self.procedure, len(self.arms), self.cells[stratum], generator)

    def again(self, stratum: Strata, used: NDArray[np.bool_], generator: np.random.Generator) -> NDArray[np.int8]:
        """The design's arms (499, used) in one trial (n,), if everybody is allocated again."""
        return self.draw(np.broadcast_to(stratum, (DRAWS, len(stratum))), generator)[:, used]

    def predictability(self, stratum: Strata, generator: np.random.Generator) -> Predictability:
        """What the next arm gives away in trials of participants who belong to `stratum` (T, n)."""
        return predictability_of(self.procedure, len(self.arms), self.cells[stratum], generator)

    def test(self, treated: int, *, ranks: bool = False) -> "MinimisedTest":
        """The randomisation test of means or ranks; `treated` is the design's experimental arm."""
        return MinimisedTest(self, treated, ranks)

    def joint_test(self, treated: int) -> "MinimisedMax":
        """Max-T over several endpoints."""
        return MinimisedMax(self, treated)


@dataclass(frozen=True)
class MinimisedTest:
    """Difference in means of the metric, or of its midranks, under 499 runs of `law` for each trial.

    p = (1 + runs at least as extreme) / (1 + runs with both arms); the arms have equal shares, so the mean is 0.
    """

    law: Minimised
    treated: int
    ranks: bool = False

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        estimate = mean_difference(compared)[:ASKED]
        side = compared.side[:ASKED]
        values = np.where(side >= 0, compared.metric[:ASKED], np.nan)
        if self.ranks:
            values = doubled_midranks(values)
        p = np.ones(len(estimate))
        for trial in np.flatnonzero(np.isfinite(estimate)):
            used = side[trial] >= 0
            lists = np.vstack((side[trial, used] == 1, self.again(compared, int(trial), generator)))
            known = values[trial : trial + 1, used]
            observed, *drawn = np.abs(mean_differences(known, np.ones_like(known, dtype=np.bool_), lists)[0])
            extreme = np.count_nonzero(drawn >= observed * (1 - 1e-12))
            p[trial] = (1 + extreme) / (1 + np.isfinite(drawn).sum())
        return Answers(estimate, exact_p=p)

    def again(self, compared: Comparison, trial: int, generator: np.random.Generator) -> NDArray[np.bool_]:
        drawn = self.law.again(compared.stratum[trial], compared.side[trial] >= 0, generator)
        return np.asarray(drawn == self.treated)


@dataclass(frozen=True)
class MinimisedMax:
    """Step-down max-T of the differences in means, by 499 runs of `law` for each trial; see `joint.MaxTest`."""

    law: Minimised
    treated: int

    def __call__(self, compared: tuple[Comparison, ...], generator: np.random.Generator) -> tuple[Answers, ...]:
        used = np.logical_and.reduce([each.side[:ASKED] >= 0 for each in compared])
        side = np.where(used, compared[0].side[:ASKED], -1)
        z = np.array([standardised(each.metric[:ASKED], used) for each in compared])
        everybody = np.ones(side.shape[1], dtype=np.bool_)
        p = np.empty(z.shape[:2])
        for trial in range(len(side)):
            lists = self.law.again(compared[0].stratum[trial], everybody, generator) == self.treated
            part = slice(trial, trial + 1)
            p[:, part] = adjusted(z[:, part], side[part], lists)
        estimates = [np.where(side == 1, each, 0).sum(axis=1) for each in z]
        return tuple(Answers(estimate, exact_p=own) for estimate, own in zip(estimates, p, strict=True))
