"""Pack numbers say nothing (G7): 400 simulated trials with 35 % drop-out in one arm, and the two ways that do leak."""

import numpy as np
import pytest

from equipoise.allocation.design import PackPlan
from equipoise.allocation.pack_map import is_pack_number, number_packs, with_check_digit
from equipoise.allocation.procedures import BigStick, allocate

TRIALS, SLOTS, DOSES = 400, 30, 6


def our_numbers(arms, below):
    return [[int(number[:-1]) for number in packs] for packs in number_packs(SLOTS, PackPlan(DOSES), below).numbers]


def ranges_per_arm(arms, below):
    """L1: each arm's packs from a range of their own."""
    free = {0: iter(range(1, 1_000)), 1: iter(range(1_000, 2_000))}
    return [[next(free[arm]) for _ in range(DOSES)] for arm in arms]


def smallest_free_first(arms, below):
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


def same_arm_auc(numbers_of, seed, trials=TRIALS):
    """AUC of the closeness of two participants' numbers as a sign that they share an arm, in simulated trials.

    Closeness is the smallest distance between visits of the same number that both attended: pairs of one arm against
    pairs of two arms, within each trial.
    """
    generator = np.random.default_rng(seed)
    below = lambda bound: int(generator.integers(bound))  # noqa: E731
    areas = []
    for _ in range(trials):
        arms = np.array(allocate(BigStick(4), (1, 1), SLOTS, below))
        numbers = np.array(numbers_of(arms, below), dtype=float)
        leaves = (arms == 1) & (generator.random(SLOTS) < 0.35)
        last = np.where(leaves, generator.integers(1, DOSES, SLOTS), DOSES)
        numbers[np.arange(DOSES)[None, :] >= last[:, None]] = np.nan
        first, second = np.triu_indices(SLOTS, 1)
        with np.errstate(all="ignore"):
            distance = np.nanmean(np.abs(numbers[first] - numbers[second]), axis=1)
        same = arms[first] == arms[second]
        areas.append(_auc(-distance[same], -distance[~same]))
    return float(np.mean(areas))


def _auc(positive, negative):
    merged = np.concatenate([positive, negative])
    ranks = merged.argsort().argsort() + 1.0
    for value in np.unique(merged):
        ranks[merged == value] = ranks[merged == value].mean()
    return (ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))


def test_g7_our_numbers_say_nothing():
    assert same_arm_auc(our_numbers, 1) == pytest.approx(0.5, abs=0.01)


def test_l1_l2_the_test_catches_the_two_lists_that_leak():
    assert same_arm_auc(ranges_per_arm, 2, trials=50) > 0.9
    assert same_arm_auc(smallest_free_first, 3, trials=50) > 0.55


def test_numbers_are_a_permutation_of_one_width_whatever_the_seed():
    generator = np.random.default_rng(4)
    made = number_packs(30, PackPlan(10, 2), lambda bound: int(generator.integers(bound)))
    flat = made.flat()
    assert sorted(int(number[:-1]) for number in flat) == list(range(1, 361))
    assert {len(number) for number in flat} == {5} and all(map(is_pack_number, flat))
    assert len(made.spares(3)) == 2 and made.pack(3, 10) == made.numbers[3][9]
    assert made.position_of(made.pack(3, 10)) == 3 and made.position_of("00000") is None


def test_the_check_digit_finds_every_wrong_digit_and_nearly_every_swap():
    """ISO/IEC 7064 MOD 11,10: all single errors; its published example is 0794 -> 5."""
    assert with_check_digit("0794") == "07945"
    missed = swaps = 0
    for number in range(10_000):
        text = with_check_digit(f"{number:04d}")
        for at, digit in enumerate(text):
            for other in "0123456789":
                if other != digit:
                    assert not is_pack_number(text[:at] + other + text[at + 1 :])
            if at and text[at - 1] != digit:
                swaps += 1
                missed += is_pack_number(text[: at - 1] + digit + text[at - 1] + text[at + 1 :])
    assert missed / swaps < 0.025
