"""Randomise gives the next slot: once, without a gap, for ever, and knows no arm."""

import pytest

from allocation_trial import DOSED, VECTOR, trial
from equipoise.allocation import (
    AllocationState,
    correct_stratum,
    next_slot,
    pack_for_dose,
    receive_pack_map,
    spare_packs,
)
from equipoise.allocation.pack_map import is_pack_number
from equipoise.vocabulary import Refusal

STRATIFIED = {**VECTOR, "slots": 3, "strata": 2, "stratum_names": ["female", "male"]}


@pytest.fixture
def held(tmp_path):
    return trial(tmp_path, DOSED).seal().anchor()


def rule(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.rule


def test_slots_are_given_in_order_and_strata_count_apart(tmp_path):
    held = trial(tmp_path, STRATIFIED).seal().anchor()
    given = [held.randomise(f"p{number}", stratum) for number, stratum in enumerate([0, 1, 0, 1, 1, 0])]
    assert given == [(0, 0), (1, 0), (0, 1), (1, 1), (1, 2), (0, 2)]


def test_k8_a_repeated_request_writes_nothing_and_answers_the_same(held):
    first = held.randomise("01-001")
    before = held.book.ledger.head()
    assert all(held.randomise("01-001") == first for _ in range(1_000))
    assert held.book.ledger.head() == before


def test_k11_an_allocation_is_final_whatever_stratum_is_asked_next(tmp_path):
    held = trial(tmp_path, STRATIFIED).seal().anchor()
    assert held.randomise("p", 0) == (0, 0)
    assert held.randomise("p", 1) == (0, 0)
    assert held.randomise("q", 1) == (1, 0)


def test_k13_a_wrong_stratum_is_flagged_and_the_slot_stays(tmp_path):
    held = trial(tmp_path, STRATIFIED).seal().anchor()
    held.randomise("p", 0)
    held.record(lambda state: correct_stratum(state, "p", 1))
    assert held.book.state().slot_of["p"] == (0, 0) and held.book.state().true_stratum == {"p": 1}
    assert held.randomise("q", 0) == (0, 1) and held.randomise("r", 1) == (1, 0)
    assert rule(lambda: correct_stratum(held.book.state(), "p", 1)) == "STRATUM-CORRECTION"
    assert rule(lambda: correct_stratum(held.book.state(), "nobody", 1)) == "STRATUM-CORRECTION"
    assert rule(lambda: correct_stratum(held.book.state(), "p", 7)) == "RANDOMISE-STRATUM"


def test_a_full_stratum_and_an_unknown_one_are_refused(tmp_path):
    held = trial(tmp_path, STRATIFIED).seal().anchor()
    for number in range(3):
        held.randomise(f"p{number}", 0)
    assert rule(lambda: held.randomise("p3", 0)) == "RANDOMISE-FULL"
    assert rule(lambda: held.randomise("p3", 2)) == "RANDOMISE-STRATUM"
    assert held.randomise("p3", 1) == (1, 0)


def test_each_dose_and_spare_has_a_pack_of_its_own(held):
    numbers = set()
    for participant in ("a", "b", "c"):
        held.randomise(participant)
        doses = [pack_for_dose(held.book.state(), participant, dose) for dose in range(1, 11)]
        numbers.update(doses, spare_packs(held.book.state(), participant))
    assert len(numbers) == 3 * 12 and all(map(is_pack_number, numbers))
    assert rule(lambda: pack_for_dose(held.book.state(), "a", 11)) == "PACK-DOSE"
    assert rule(lambda: pack_for_dose(held.book.state(), "nobody", 1)) == "PACK-SLOT"


def test_packs_are_waited_for_where_the_trial_has_them(held):
    state = AllocationState(commitment=held.sealed.commitment, anchors=held.book.state().anchors)
    assert rule(lambda: next_slot(state, "p")) == "RANDOMISE-SEALED"


def test_a_pack_map_that_does_not_fit_is_refused(held):
    state = AllocationState(commitment=held.sealed.commitment)
    numbers = held.sealed.pack_numbers
    misprinted = numbers[0][:-1] + str((int(numbers[0][-1]) + 1) % 10)
    for wrong in (numbers[1:], (numbers[1], *numbers[1:]), (misprinted, *numbers[1:])):
        assert rule(lambda wrong=wrong: receive_pack_map(state, wrong)) == "PACK-MAP"
    assert receive_pack_map(state, numbers)
