"""Pack numbers say nothing (G7): 400 simulated trials with 35 % drop-out in one arm, and the two ways that do leak."""

import numpy as np
import pytest

from equipoise.allocation.design import PackPlan
from equipoise.allocation.pack_map import is_pack_number, number_packs, with_check_digit
from kit_simulation import our_numbers, ranges_per_arm, same_arm_auc, simulated, smallest_free_first


def test_g7_our_numbers_say_nothing():
    assert same_arm_auc(simulated(our_numbers, 1), 1) == pytest.approx(0.5, abs=0.01)


def test_l1_l2_the_test_catches_the_two_lists_that_leak():
    assert same_arm_auc(simulated(ranges_per_arm, 2, trials=50), 2) > 0.9
    assert same_arm_auc(simulated(smallest_free_first, 3, trials=50), 3) > 0.55


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
