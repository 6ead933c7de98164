"""Masking is a property of every byte: two worlds that differ in the allocation alone look the same to masked roles.

Source: ICH E6(R3) 4.1.4; EMA guideline on computerised systems 2023, 6.2.1 (the trail must not unmask).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import detectors
import mutants
import pytest
import worlds

AT_ONCE = 2
"""Worlds played at the same time in a full run."""


@dataclass
class Tally:
    """What all pairs together were."""

    figure: Callable[[str, str], None]
    pairs: Counter[str] = field(default_factory=Counter)
    size: int = 0
    differing: int = 0
    tokens: Counter[str] = field(default_factory=Counter)

    def compare(self, kind: str, one: worlds.World, other: worlds.World) -> None:
        """Count, and then judge, so that the table shows what was found."""
        assert one.arms != other.arms, "the pair must differ in what it is about"
        compared = detectors.compare(one, other)
        self.pairs[kind] += 1
        self.size += compared.size
        self.differing += compared.differing
        self.tokens += compared.tokens
        kinds = ", ".join(f"{number} {name}" for name, number in self.pairs.items())
        self.figure("pairs of worlds", f"{sum(self.pairs.values())} ({kinds})")
        self.figure("bytes compared", f"{self.size:,}; differing outside the allow-list: {self.differing}")
        self.figure("allow-list", ", ".join(f"{number:,} {name}" for name, number in sorted(self.tokens.items())))
        if compared.found:  # at once, not only when the run has ended
            print(f"\n{kind}, pair {self.pairs[kind]}: {compared.found[0]}")
        assert compared.found == []
        for detector in detectors.ALL[1:]:
            assert detector(one, other) == [], detector.__name__


@pytest.fixture(scope="module")
def tally(figure: Callable[[str, str], None]) -> Tally:
    return Tally(figure)


@pytest.mark.parametrize("kind", ["swap", "arbitrary"])
def test_two_worlds_are_the_same_bytes(kind: str, pairs: int, is_full: bool, folder: Path, tally: Tally) -> None:
    """One pair in ten is the whole study with its reports and pharmacy; the others have few visits."""
    few = (pairs + 1) // 2
    whole = max(1, few // 10)
    for is_whole, how_many in ((True, whole), (False, few - whole)):
        wanted = islice(worlds.pairs_of_worlds(kind, whole=is_whole), how_many)
        for one, other in worlds.played(wanted, folder, reports=is_whole, at_once=AT_ONCE if is_full else 1):
            tally.compare(f"{kind}, whole" if is_whole else kind, one, other)


def test_two_worlds_of_a_live_procedure_are_the_same_bytes(
    pairs: int, is_full: bool, folder: Path, tally: Tally
) -> None:
    """Minimisation: the vault draws while the trial runs, and the answer says no more than a sealed list would."""
    wanted = islice(worlds.pairs_of_worlds("live"), (pairs + 9) // 10)
    for one, other in worlds.played(wanted, folder, at_once=AT_ONCE if is_full else 1):
        tally.compare("minimisation", one, other)


def test_two_designs_are_the_same_bytes(folder: Path) -> None:
    """L26: who reads everything that masked roles have does not learn the restriction either."""
    first, second = next(worlds.pairs_of_worlds("designs"))
    one, other = worlds.play(folder / "one", first), worlds.play(folder / "other", second)
    assert one.arms == other.arms and one.design_digest != other.design_digest
    assert detectors.different_designs(one, other) == []


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
