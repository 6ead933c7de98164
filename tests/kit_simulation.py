"""What pack numbers alone tell: simulated trials in which the participants of one arm drop out more often (G7)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from equipoise.allocation.design import PackPlan
from equipoise.allocation.pack_map import number_packs
from equipoise.allocation.procedures import BigStick, allocate

TRIALS, SLOTS, DOSES = 400, 30, 6
DROP_OUT = 0.35
Below: TypeAlias = Callable[[int], int]
Numbers: TypeAlias = Sequence[Sequence[int]]
Numbering: TypeAlias = Callable[[Sequence[int], Below], Numbers]
"""Numbers packs, slot by dose, given the arms (0 or 1) and a source of randomness."""


def our_numbers(arms: Sequence[int], below: Below) -> Numbers:
    return [[int(number[:-1]) for number in packs] for packs in number_packs(SLOTS, PackPlan(DOSES), below).numbers]


def ranges_per_arm(arms: Sequence[int], below: Below) -> Numbers:
    """L1: each arm's packs from a range of their own."""
    free = {0: iter(range(1, 1_000)), 1: iter(range(1_000, 2_000))}
    return [[next(free[arm]) for _ in range(DOSES)] for arm in arms]


def smallest_free_first(arms: Sequence[int], below: Below) -> Numbers:
    """L2: an interleaved list, of which each visit takes the smallest free number of the participant's arm."""
    order = list(range(SLOTS * DOSES * 2))
    for last in range(len(order) - 1, 0, -1):
        other = below(last + 1)
        order[last], order[other] = order[other], order[last]
    free = {arm: iter(sorted(number for at, number in enumerate(order) if at % 2 == arm)) for arm in (0, 1)}
    given = [[0] * DOSES for _ in arms]
    for dose in range(DOSES):
        for participant, arm in enumerate(arms):
            if not (arm == 1 and dose >= 2 and participant % 3 == 0):  # drop-out in one arm: its use falls behind
                given[participant][dose] = next(free[arm])
    return given


def simulated(numbering: Numbering, seed: int, trials: int = TRIALS) -> Iterator[tuple[Sequence[int], Numbers]]:
    """(arms, numbers) of each trial, the arms by the big stick."""
    generator = np.random.default_rng(seed)
    for _ in range(trials):
        arms = allocate(BigStick(4), (1, 1), SLOTS, lambda bound: int(generator.integers(bound)))
        yield arms, numbering(arms, lambda bound: int(generator.integers(bound)))


def same_arm_auc(trials: Iterable[tuple[Sequence[int], Numbers]], seed: int) -> float:
    """AUC of the closeness of two participants' numbers as a sign that they share an arm: the mean over trials.

    Closeness is the mean distance between visits of the same number that both attended: pairs of one arm against pairs
    of two arms, within each trial.  A share `DROP_OUT` of arm 1 leaves early.
    """
    generator = np.random.default_rng(seed)
    areas = []
    for drawn, given in trials:
        arms, numbers = np.array(drawn), np.array(given, dtype=float)
        leaves = (arms == 1) & (generator.random(SLOTS) < DROP_OUT)
        last = np.where(leaves, generator.integers(1, DOSES, SLOTS), DOSES)
        numbers[np.arange(DOSES)[None, :] >= last[:, None]] = np.nan
        first, second = np.triu_indices(SLOTS, 1)
        with np.errstate(all="ignore"):
            distance = np.nanmean(np.abs(numbers[first] - numbers[second]), axis=1)
        same = arms[first] == arms[second]
        areas.append(_auc(-distance[same], -distance[~same]))
    return float(np.mean(areas))


def _auc(positive: np.ndarray, negative: np.ndarray) -> float:
    merged = np.concatenate([positive, negative])
    ranks = merged.argsort().argsort() + 1.0
    for value in np.unique(merged):
        ranks[merged == value] = ranks[merged == value].mean()
    return (ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))
