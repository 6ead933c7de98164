"""What is counted over simulated trials: conditions on the answers of the analyses, each a value that can travel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from equipoise.design.simulation.answers import Answers

Flags = NDArray[np.bool_]


class Criterion(Protocol):
    """Whether it holds in each trial."""

    def __call__(self, answers: Mapping[str, Answers]) -> Flags: ...


@dataclass(frozen=True, slots=True)
class Significant:
    """p <= alpha, in whichever direction."""

    analysis: str
    alpha: float

    def __call__(self, answers: Mapping[str, Answers]) -> Flags:
        return answers[self.analysis].significant(self.alpha)


@dataclass(frozen=True, slots=True)
class Benefit:
    """p <= alpha and an estimate for the better; `better` is -1 where lower values are better, else 1."""

    analysis: str
    alpha: float
    better: int

    def __call__(self, answers: Mapping[str, Answers]) -> Flags:
        found = answers[self.analysis]
        return found.significant(self.alpha) & (found.estimate * self.better > 0)


@dataclass(frozen=True, slots=True)
class Without:
    """The first holds and the second does not."""

    first: Criterion
    second: Criterion

    def __call__(self, answers: Mapping[str, Answers]) -> Flags:
        return self.first(answers) & ~self.second(answers)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `least` of several criteria hold; `least` 1 is any of them."""

    least: int
    criteria: tuple[Criterion, ...]

    def __call__(self, answers: Mapping[str, Answers]) -> Flags:
        holding = np.sum([each(answers) for each in self.criteria], axis=0)
        return np.asarray(holding >= self.least)


@dataclass(frozen=True, slots=True)
class StepUp:
    """Hochberg's procedure rejects something: for some j, the j-th largest p-value is at most alpha / j."""

    analyses: tuple[str, ...]
    alpha: float

    def __call__(self, answers: Mapping[str, Answers]) -> Flags:
        p = np.sort([answers[name].p() for name in self.analyses], axis=0)[::-1]
        bounds = self.alpha / np.arange(1, len(p) + 1)
        return np.asarray((p <= bounds[:, None]).any(axis=0))
