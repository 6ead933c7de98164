"""Methods without a version for many trials at once: the plan's own code asks one trial after the other.

They take milliseconds to seconds per trial, so that only the first trials of each block are asked; their rates say how
many, and their Monte Carlo standard errors are larger accordingly.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.two_by_two import TwoByTwo, boschloo_test
from equipoise.analysis.many.randomisation import ProcedureTest
from equipoise.analysis.missing.imputing import Imputations, multiple_imputation
from equipoise.analysis.missing.incomplete import IncompleteData, prepared
from equipoise.analysis.missing.re_randomised import Refitted
from equipoise.analysis.missing.strategy import Strategy
from equipoise.analysis.mixed.model import LongData, mmrm
from equipoise.analysis.models.columns import Term
from equipoise.analysis.models.proportional_odds import odds_scores, proportional_odds
from equipoise.analysis.results import Estimate
from equipoise.design.simulation.answers import Answers
from equipoise.design.simulation.trials import Comparison
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]

IMPUTATIONS = 20
"""Completed data sets of each simulated trial; the plan itself takes more, which changes its result little."""
_DECIMALS = 9
"""Differences of decimal numbers are equal if they agree to so many decimals."""
_ARMS = ("reference", "experimental")


@dataclass(frozen=True)
class Sample:
    """One trial as a method for one trial reads it: those who are used, in order of entry."""

    metric: list[float]
    terms: dict[str, Term]
    treated: list[int]
    course: list[list[float | None]]

    @property
    def arms(self) -> list[str]:
        return [_ARMS[own] for own in self.treated]


@dataclass(frozen=True)
class OneByOne:
    """`fit` gives the contrast of one trial; the first `asked` trials of a block are asked.

    A trial that `fit` refuses has no answer, as the plan's execution would have a finding instead of a result.
    """

    fit: Callable[[Sample], Estimate]
    asked: int

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        found = [self._ask(compared, trial) for trial in range(min(self.asked, compared.count))]
        estimate, se, df = np.array(found, dtype=np.float64).reshape(-1, 3).T
        return Answers(estimate, se, np.where(np.isnan(df), 1.0, df))

    def _ask(self, compared: Comparison, trial: int) -> tuple[float, float, float]:
        try:
            found = self.fit(sample_of(compared, trial))
        except Refusal:
            return (np.nan, np.nan, np.nan)
        assert found.se is not None, "these methods rest on a model"
        return (float(found.value), found.se, np.inf if found.df is None else float(found.df))


def sample_of(compared: Comparison, trial: int) -> Sample:
    """A trial of an array of trials."""
    used = compared.side[trial] >= 0
    terms: dict[str, Term] = {"baseline": _numbers(compared.baseline[trial, used])}
    for place in range(len(compared.covariates)):
        terms[f"covariate {place + 1}"] = _numbers(compared.covariates[place, trial, used])
    for place in range(len(compared.factors)):
        terms[f"factor {place + 1}"] = [f"level {level + 1}" for level in compared.factors[place, trial, used]]
    course = compared.course[:, trial, used].T if len(compared.course) else np.empty((int(used.sum()), 0))
    return Sample(
        _numbers(compared.metric[trial, used]),
        terms,
        compared.side[trial, used].tolist(),
        [[None if np.isnan(value) else value for value in _numbers(row)] for row in course],
    )


@dataclass(frozen=True)
class Odds:
    """The log odds ratio of a higher value of the metric, by proportional odds, in the first `asked` trials of a block.

    p is that of the model's score statistic under `test`; without one (more than two arms) it is Wald's.
    """

    asked: int
    test: ProcedureTest | None = None

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        model = OneByOne(_odds, self.asked)(compared, generator)
        if self.test is None:
            return model
        asked = len(model.estimate)
        scores = np.full((asked, compared.side.shape[1]), np.nan)
        for trial in np.flatnonzero(np.isfinite(model.estimate)):
            sample = sample_of(compared, int(trial))
            used = compared.side[trial] >= 0
            scores[trial, used] = [float(each) for each in odds_scores(sample.metric, sample.terms)]
        side, stratum = compared.side[:asked], compared.stratum[:asked]
        first = Comparison(compared.baseline[:asked], compared.outcome[:asked], scores, side, stratum=stratum)
        return replace(model, exact_p=self.test(first, generator).p())


def _odds(sample: Sample) -> Estimate:
    return proportional_odds(sample.metric, {"arm": sample.treated, **sample.terms}).estimate("arm")


def repeated_measures(sample: Sample) -> Estimate:
    """The difference at the last visit by the mixed model for repeated measures, of all who came to any visit."""
    came = [place for place, row in enumerate(sample.course) if any(value is not None for value in row)]
    visits = [f"visit {number + 1}" for number in range(len(sample.course[0]))]
    data = LongData(
        outcome=[value for place in came for value in sample.course[place]],
        participants=[str(place) for place in came for _ in visits],
        visits=[visit for _ in came for visit in visits],
        arms=[sample.arms[place] for place in came for _ in visits],
        visit_order=visits,
        covariates={name: [list(term)[place] for place in came for _ in visits] for name, term in sample.terms.items()},
    )
    return mmrm(data, _ARMS[0], by_visit=frozenset({"baseline"})).estimate(f"{_ARMS[1]} - {_ARMS[0]} at {visits[-1]}")


@dataclass(frozen=True)
class Imputed:
    """Analysis of covariance after multiple imputation under a strategy, in the first `asked` trials of a block.

    p is that of the imputed comparison when `test`'s procedure is run again; without one (more than two arms) it is
    by Rubin's rules.
    """

    strategy: Strategy
    asked: int
    test: ProcedureTest | None = None

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        model = OneByOne(self._pooled, self.asked)(compared, generator)
        if self.test is None:
            return model
        p = np.ones(len(model.estimate))
        for trial in np.flatnonzero(np.isfinite(model.estimate)):
            lists = self.test.again(compared, int(trial), generator)
            p[trial] = self._among(sample_of(compared, int(trial)), lists)
        return replace(model, exact_p=p)

    def _pooled(self, sample: Sample) -> Estimate:
        found = multiple_imputation(_gaps(sample), _ARMS[0], self.strategy, imputations=Imputations(IMPUTATIONS))
        return found.estimate(f"{_ARMS[1]} - {_ARMS[0]}")

    def _among(self, sample: Sample, lists: NDArray[np.bool_]) -> float:
        try:
            _, p = Refitted(prepared(_gaps(sample), _ARMS[0]), self.strategy).p_among(lists.astype(np.int8))
        except Refusal:
            return 1.0
        return float(p)


def _gaps(sample: Sample) -> IncompleteData:
    return IncompleteData(sample.course, sample.arms, sample.terms)


@dataclass(frozen=True)
class Risks:
    """The difference of two risks, tested by Boschloo's exact test; each table is worked out once."""

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        n1, n0 = ((compared.side == arm).sum(axis=1) for arm in (1, 0))
        a, b = (((compared.side == arm) & (compared.outcome == 1)).sum(axis=1) for arm in (1, 0))
        with np.errstate(invalid="ignore", divide="ignore"):
            estimate = a / n1 - b / n0
        counts = zip(a.tolist(), n1.tolist(), b.tolist(), n0.tolist(), strict=True)
        return Answers(estimate, exact_p=np.array([_boschloo(*each) for each in counts]))


@lru_cache(maxsize=65_536)
def _boschloo(first: int, of_first: int, second: int, of_second: int) -> float:
    if not of_first or not of_second:
        return 1.0
    return float(boschloo_test(TwoByTwo(first, of_first, second, of_second)).p)


def _numbers(values: Floats) -> list[float]:
    rounded: list[float] = np.round(values, _DECIMALS).tolist()
    return rounded
