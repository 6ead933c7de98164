"""Masking is a property of every byte: two worlds that differ in the allocation alone look the same to masked roles.

Source: ICH E6(R3) 4.1.4; EMA guideline on computerised systems 2023, 6.2.1 (the trail must not unmask).
"""

from itertools import islice
from pathlib import Path

import detectors
import mutants
import pytest
import worlds


@pytest.mark.parametrize("kind", ["swap", "arbitrary"])
def test_two_worlds_are_the_same_bytes(kind: str, pairs: int, folder: Path) -> None:
    """One pair in ten is the whole study with its reports; the others have few visits."""
    few = (pairs + 1) // 2
    whole = max(1, few // 10)
    for is_whole, how_many in ((True, whole), (False, few - whole)):
        for first, second in islice(worlds.pairs_of_worlds(kind, whole=is_whole), how_many):
            one = worlds.play(folder / "one", first, reports=is_whole)
            other = worlds.play(folder / "other", second, reports=is_whole)
            assert one.arms != other.arms, "the pair must differ in what it is about"
            for detector in detectors.ALL:
                assert detector(one, other) == [], detector.__name__


def test_two_designs_are_the_same_bytes(folder: Path) -> None:
    """L26: who reads everything that masked roles have does not learn the restriction either."""
    first, second = next(worlds.pairs_of_worlds("designs"))
    one, other = worlds.play(folder / "one", first), worlds.play(folder / "other", second)
    assert one.arms == other.arms and one.design_digest != other.design_digest
    assert detectors.different_designs(one, other) == []


def test_two_worlds_of_a_live_procedure_are_the_same_bytes(pairs: int, folder: Path) -> None:
    """Minimisation: the vault draws while the trial runs, and the answer says no more than a sealed list would."""
    for first, second in islice(worlds.pairs_of_worlds("live"), (pairs + 9) // 10):
        one, other = worlds.play(folder / "one", first), worlds.play(folder / "other", second)
        for detector in detectors.ALL:
            assert detector(one, other) == [], detector.__name__


def test_hidden_answers_that_move_with_the_arm_move_nothing_for_who_does_not_see_them(folder: Path) -> None:
    """L9: the laboratory betrays the arm, and the roles from which it is hidden see the same in both worlds."""
    first, second = next(worlds.pairs_of_worlds("swap"))
    one = worlds.play(folder / "one", first, mutants.restricted_inputs)
    other = worlds.play(folder / "other", second, mutants.restricted_inputs)
    assert {role.value for role in one.without_sight} == {"participant", "care_provider", "outcomes_assessor"}
    assert detectors.different_sight(one, other) == []
    assert detectors.different_bytes(one, other), "the hidden answers did not move"


def test_the_allow_list_has_at_most_five_kinds_of_token(folder: Path) -> None:
    first, _ = next(worlds.pairs_of_worlds("swap"))
    assert len(worlds.play(folder / "one", first).tokens) <= 5


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_leak_is_caught(mutant: mutants.Mutant, folder: Path) -> None:
    first, second = next(worlds.pairs_of_worlds(mutant.worlds))
    one = worlds.play(folder / "one", first, mutant.plant)
    other = worlds.play(folder / "other", second, mutant.plant)
    assert mutant.caught_by(one, other), f"{mutant.plant.__doc__} was not caught"
