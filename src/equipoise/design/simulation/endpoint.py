"""What the plan's rules make of simulated values: one endpoint, one set, one pair of arms."""

from dataclasses import dataclass

import numpy as np

from equipoise.design.simulation.modelling import Place
from equipoise.design.simulation.trials import Comparison, Floats, Sides, Trials
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.objectives import Endpoint


@dataclass(frozen=True, slots=True)
class View:
    """How an analysis looks at trials: an endpoint's place and scale, the rule for limits, the set, the arms.

    `arms` are the indices of the experimental and the reference arm.
    """

    place: Place
    is_change: bool
    is_log: bool
    below_limit: str
    per_protocol: bool
    arms: tuple[int, int]

    def __call__(self, trials: Trials) -> Comparison:
        baseline = self._values(trials, self.place.baseline)
        outcome = self._values(trials, self.place.outcome)
        return Comparison(baseline, outcome, outcome - baseline if self.is_change else outcome, self._side(trials))

    def _values(self, trials: Trials, visit: int) -> Floats:
        values = trials.values[visit, self.place.item]
        if self.below_limit == "half_limit":
            below = trials.below[visit, self.place.item]
            if below.any():
                values = np.where(below, values / 2, values)
        return self.scaled(values)

    def scaled(self, values: Floats) -> Floats:
        """Values on the endpoint's scale."""
        return np.log10(values) if self.is_log else values

    def _side(self, trials: Trials) -> Sides:
        sides = np.full(max(int(trials.arm.max()), *self.arms) + 1, -1, dtype=np.int8)
        sides[self.arms[0]], sides[self.arms[1]] = 1, 0
        side: Sides = sides[trials.arm]
        seen = trials.seen[self.place.outcome]
        if not seen.all():
            side[~seen] = -1
        if self.per_protocol:
            side[~trials.adherent] = -1
        return side


def view_of(analysis: Analysis, endpoint: Endpoint, place: Place, arms: tuple[int, int]) -> View:
    """The view that an analysis of the plan takes."""
    return View(
        place,
        endpoint.metric == "change",
        endpoint.scale == "log10",
        analysis.below_limit,
        analysis.analysis_set == "per_protocol_set",
        arms,
    )
