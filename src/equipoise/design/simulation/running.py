"""The simulation itself: blocks of trials with streams of their own, so that any number of workers gives the same bits.

Block b of a seed draws from Philox streams keyed by (seed, b, purpose), and its results are added in the order of the
blocks.  Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC11.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.design.nature import stream
from equipoise.design.simulation.answers import Answers, JointAnalysis, ManyAnalysis
from equipoise.design.simulation.criteria import Criterion, Flags
from equipoise.design.simulation.drawing import draw_latent, draw_strata, draw_trials, measure
from equipoise.design.simulation.endpoint import View
from equipoise.design.simulation.operating import EstimateTally, Estimation, Rate, estimation
from equipoise.design.simulation.trial_model import TrialModel
from equipoise.design.simulation.trials import Sides, Strata, Trials

BLOCK = 1_000
"""Trials of a block.  Part of the definition of a result: another size would draw other numbers."""
TRUTH_PARTICIPANTS = 200_000


class Purpose(IntEnum):
    """What a stream is for."""

    ALLOCATION = 1
    NATURE = 2
    ANALYSIS = 3
    TRUTH = 4
    ACCRUAL = 5
    STRATA = 6
    GUESSING = 7


class Allocator(Protocol):
    """Draws the arms of participants in order of entry, who belong to `stratum` (trials, participants), by the study's
    own procedure."""

    def __call__(self, stratum: Strata, generator: np.random.Generator) -> Sides: ...


@dataclass(frozen=True)
class Step:
    """One analysis of the plan: what it is called, what it looks at, and how."""

    id: str
    view: View
    method: ManyAnalysis


@dataclass(frozen=True)
class JointStep:
    """A family that is analysed together; its answers are called `id` with the name of each member."""

    id: str
    members: tuple[str, ...]
    views: tuple[View, ...]
    method: JointAnalysis


@dataclass(frozen=True)
class Work:
    """Everything that a block of trials needs; a value that can be sent to another machine."""

    model: TrialModel
    participants: int
    allocate: Allocator
    steps: tuple[Step, ...]
    families: tuple[JointStep, ...]
    criteria: Mapping[str, Criterion]
    alpha: float
    seed: int
    truth: Mapping[str, float]
    """Step -> the true value of what it estimates, where that is to be watched."""


@dataclass(frozen=True)
class Tally:
    """What one block of trials has counted."""

    trials: int
    counts: Mapping[str, tuple[int, int]]
    """Criterion -> trials in which it holds, of those that were asked."""
    estimates: Mapping[str, EstimateTally]


@dataclass(frozen=True)
class Outcome:
    """What all blocks say together."""

    trials: int
    rates: Mapping[str, Rate]
    estimates: Mapping[str, Estimation]


Block: TypeAlias = tuple[int, int]
"""(number of the block, its trials)."""
Workers: TypeAlias = Callable[[Callable[[Block], Tally], Sequence[Block]], Iterable[Tally]]
"""Applies a function to blocks, wherever, and gives the results in their order."""


def simulate(work: Work, trials: int, workers: Workers) -> Outcome:
    """Draw and analyse `trials` trials.  The outcome depends on `work` and `trials` alone, not on the workers."""
    blocks = [(start // BLOCK, min(BLOCK, trials - start)) for start in range(0, trials, BLOCK)]
    tallies = list(workers(partial(run_block, work), blocks))
    rates = {
        name: Rate(*map(sum, zip(*(tally.counts[name] for tally in tallies), strict=True))) for name in work.criteria
    }
    found = {
        name: estimation(truth, [tally.estimates[name] for tally in tallies]) for name, truth in work.truth.items()
    }
    return Outcome(trials, rates, {name: each for name, each in found.items() if each is not None})


def run_block(work: Work, block: Block) -> Tally:
    """Draw and analyse one block."""
    number, count = block
    shape = (count, work.participants)
    stratum = draw_strata(work.model.strata, shape, stream(work.seed, number, Purpose.STRATA))
    arm = work.allocate(stratum, stream(work.seed, number, Purpose.ALLOCATION))
    trials = draw_trials(work.model, arm, stream(work.seed, number, Purpose.NATURE), stratum)
    generator = stream(work.seed, number, Purpose.ANALYSIS)
    views = {step.view for step in work.steps}.union(*(family.views for family in work.families))
    compared = {view: view(trials, stratum) for view in views}
    answers: dict[str, Answers] = {}
    for step in work.steps:
        answers[step.id] = step.method(compared[step.view], generator)
    for family in work.families:
        found = family.method(tuple(compared[view] for view in family.views), generator)
        answers |= {f"{family.id}.{member}": each for member, each in zip(family.members, found, strict=True)}
    return Tally(
        count,
        {name: _counted(criterion(answers)) for name, criterion in work.criteria.items()},
        {name: _tallied(answers[name], truth, work.alpha) for name, truth in work.truth.items()},
    )


def true_effects(model: TrialModel, views: Mapping[str, View], seed: int) -> dict[str, float]:
    """What the experimental arm does to the outcome of each view, on its scale: the mean over 200,000 participants of
    the value that each would show under it, by the plan's rule for limits, minus that under the reference arm,
    whatever they take or miss."""
    rows = (TRUTH_PARTICIPANTS // 100, 100)
    generator = stream(seed, 0, Purpose.TRUTH)
    stratum = draw_strata(model.strata, rows, generator)
    latent = draw_latent(model, stratum, generator)
    adherent: NDArray[np.bool_] = generator.random(rows) >= model.non_adherence
    found: dict[str, float] = {}
    worlds: dict[int, Trials] = {}
    for name, view in views.items():
        means = []
        for arm in view.arms:
            if arm not in worlds:
                everybody = np.full(rows, arm, dtype=np.int8)
                values, below = measure(model, latent.copy(), everybody, adherent)
                worlds[arm] = Trials(values, below, everybody, np.ones_like(below[:, 0]), adherent)
            means.append(view.outcome(worlds[arm]))
        found[name] = float((means[0] - means[1]).mean())
    return found


def _counted(holds: Flags) -> tuple[int, int]:
    return int(holds.sum()), len(holds)


def _tallied(answers: Answers, truth: float, alpha: float) -> EstimateTally:
    known = np.isfinite(answers.estimate)
    away = answers.estimate[known] - truth
    covered = int((answers.covers(truth, alpha) & known).sum()) if answers.has_interval() else None
    return EstimateTally(int(known.sum()), float(away.sum()), float((away * away).sum()), covered)
