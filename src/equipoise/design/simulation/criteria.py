"""What is counted over simulated trials: conditions on the answers of the analyses, each a value that can travel.

A slow analysis answers for the first trials of a block alone; a condition on several holds or not in those that all of
them answer for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

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
        first, second = _shared([self.first(answers), self.second(answers)])
        return first & ~second


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `least` of several criteria hold; `least` 1 is any of them."""

    least: int
    criteria: tuple[Criterion, ...]

    def __call__(self, answers: Mapping[str, Answers]) -> Flags:
        holding = np.sum(_shared([each(answers) for each in self.criteria]), axis=0)
        return np.asarray(holding >= self.least)


@dataclass(frozen=True, slots=True)
class StepUp:
    """Hochberg's procedure rejects something: for some j, the j-th largest p-value is at most alpha / j."""

    analyses: tuple[str, ...]
    alpha: float

    def __call__(self, answers: Mapping[str, Answers]) -> Flags:
        p = np.sort(_shared([answers[name].p() for name in self.analyses]), axis=0)[::-1]
        bounds = self.alpha / np.arange(1, len(p) + 1)
        return np.asarray((p <= bounds[:, None]).any(axis=0))


Values = TypeVar("Values", bound=np.generic)


def _shared(each: Sequence[NDArray[Values]]) -> list[NDArray[Values]]:
    """The trials that all have an entry for."""
    count = min(map(len, each))
    return [one[:count] for one in each]
