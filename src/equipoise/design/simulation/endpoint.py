"""What the plan's rules make of simulated values: one endpoint, one set, one pair of arms."""

from dataclasses import dataclass, replace

import numpy as np

from equipoise.design.simulation.modelling import Modelled, Place, needs_course
from equipoise.design.simulation.trials import Comparison, Floats, Sides, Strata, Trials
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.objectives import Endpoint


@dataclass(frozen=True, slots=True)
class View:
    """How an analysis looks at trials: an endpoint's place and scale, the rule for limits, the set, the arms.

    `arms` are the indices of the experimental and the reference arm; `covariates` items that are read at baseline;
    `visits` those of the course, for methods that use who left before the outcome; `factors` the level that each
    stratum has of each stratification factor among the covariates.
    """

    place: Place
    is_change: bool
    is_log: bool
    below_limit: str
    per_protocol: bool
    arms: tuple[int, int]
    covariates: tuple[int, ...] = ()
    visits: tuple[int, ...] = ()
    factors: tuple[tuple[int, ...], ...] = ()

    def __call__(self, trials: Trials, stratum: Strata | None = None) -> Comparison:
        """What is compared, of participants of `stratum` (T, n; default: all of the first)."""
        stratum = np.zeros(trials.arm.shape, dtype=np.int16) if stratum is None else stratum
        baseline = self._values(trials, self.place.baseline)
        outcome = self.outcome(trials)
        metric, side = self._metric(outcome, baseline), self._side(trials)
        compared = Comparison(baseline, outcome, metric, side, stratum=stratum)
        if not (self.covariates or self.visits or self.factors):
            return compared
        beside = [_reported(trials, self.place.baseline, item, self.below_limit) for item in self.covariates]
        course = [
            np.where(trials.seen[visit], self._metric(self._values(trials, visit), baseline), np.nan)
            for visit in self.visits
        ]
        factors = [np.array(levels, dtype=np.int16)[stratum] for levels in self.factors]
        return replace(compared, covariates=np.array(beside), course=np.array(course), factors=np.array(factors))

    def outcome(self, trials: Trials) -> Floats:
        """The outcome's values on the endpoint's scale, whoever came."""
        return self._values(trials, self.place.outcome)

    def _metric(self, value: Floats, baseline: Floats) -> Floats:
        return value - baseline if self.is_change else value

    def _values(self, trials: Trials, visit: int) -> Floats:
        return self.scaled(_reported(trials, visit, self.place.item, self.below_limit))

    def scaled(self, values: Floats) -> Floats:
        """Values on the endpoint's scale."""
        return np.log10(values) if self.is_log else values

    def _side(self, trials: Trials) -> Sides:
        """1, 0 or -1, from arms and from who is used, without a gather: comparisons of bytes are quick."""
        treated, reference = (trials.arm == arm for arm in self.arms)
        used = treated | reference
        if not self.visits:
            used &= trials.seen[self.place.outcome]
        if self.per_protocol:
            used &= trials.adherent
        side: Sides = treated.view(np.int8) & used
        side -= ~used
        return side


def _reported(trials: Trials, visit: int, item: int, below_limit: str) -> Floats:
    """What was reported, by the plan's rule for values below a limit."""
    values: Floats = trials.values[visit, item]
    if below_limit == "half_limit":
        below = trials.below[visit, item]
        if below.any():
            values = np.where(below, values / 2, values)
    return values


def view_of(analysis: Analysis, endpoint: Endpoint, modelled: Modelled, arms: tuple[int, int]) -> View:
    """The view that an analysis of the plan takes."""
    place = modelled.places[endpoint.id]
    return View(
        place,
        endpoint.metric == "change",
        endpoint.scale == "log10",
        analysis.below_limit,
        analysis.analysis_set == "per_protocol_set",
        arms,
        tuple(modelled.model.items.index(name) for name in analysis.covariates if name not in modelled.factors),
        modelled.courses[endpoint.id] if needs_course(analysis) else (),
        tuple(modelled.factors[name] for name in analysis.covariates if name in modelled.factors),
    )
