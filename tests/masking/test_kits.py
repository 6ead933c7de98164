"""G7 with the vault's own lists: pack numbers do not tell who shares an arm, whoever drops out."""

import hashlib
from collections.abc import Callable, Iterator, Sequence

import pytest

from equipoise.allocation import BigStick, PackPlan, RandomisationDesign
from equipoise_vault.seal import make_list
from kit_simulation import DOSES, DROP_OUT, SLOTS, TRIALS, Numbers, same_arm_auc

DESIGN = RandomisationDesign(("active", "placebo"), BigStick(4), SLOTS, packs=PackPlan(DOSES))


def sealed_lists() -> Iterator[tuple[Sequence[int], Numbers]]:
    """(arms, numbers) of 400 lists, as the vault makes them from two seed shares."""
    for number in range(TRIALS):
        made = make_list(DESIGN, *(hashlib.sha256(f"kits {number} {party}".encode()).digest() for party in "SP"))
        assert made.packs is not None
        yield (
            [DESIGN.arms.index(slot.arm) for slot in made.slots],
            [[int(pack[:-1]) for pack in packs] for packs in made.packs.numbers],
        )


def test_g7_the_numbers_that_the_vault_gives_say_nothing(figure: Callable[[str, str], None]) -> None:
    area = same_arm_auc(sealed_lists(), 5)
    figure("pack numbers, AUC of a shared arm", f"{area:.4f} in {TRIALS} trials, {DROP_OUT:.0%} of one arm drop out")
    assert area == pytest.approx(0.5, abs=0.01)
