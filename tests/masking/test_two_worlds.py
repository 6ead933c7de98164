"""Masking is a property of every byte: two worlds that differ in the allocation alone look the same to masked roles.

Source: ICH E6(R3) 4.1.4; EMA guideline on computerised systems 2023, 6.2.1 (the trail must not unmask).
"""

from itertools import islice
from pathlib import Path

import mutants
import pytest
import worlds


@pytest.mark.parametrize("kind", ["swap", "arbitrary"])
def test_two_worlds_are_the_same_bytes(kind: str, pairs: int, tmp_path: Path) -> None:
    for first, second in islice(worlds.share_seeds(kind), (pairs + 1) // 2):
        one, other = worlds.play(tmp_path / "one", first), worlds.play(tmp_path / "other", second)
        assert one.arms != other.arms, "the pair must differ in what it is about"
        assert worlds.differences(one, other) == []


def test_the_allow_list_has_at_most_five_kinds_of_token(tmp_path: Path) -> None:
    first, _ = next(worlds.share_seeds("swap"))
    assert len(worlds.play(tmp_path / "one", first, reports=False).tokens) <= 5


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_planted_leak_is_caught(mutant: mutants.Mutant, tmp_path: Path) -> None:
    first, second = next(worlds.share_seeds("arbitrary"))
    one = worlds.play(tmp_path / "one", first, mutant, reports=False)
    other = worlds.play(tmp_path / "other", second, mutant, reports=False)
    assert worlds.differences(one, other), f"{mutant.__doc__} was not caught"
