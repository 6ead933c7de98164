"""Pack numbers: a random permutation over fixed-width numbers, so that no number says anything about what is inside."""

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.allocation.design import PackPlan
from equipoise.allocation.procedures import Below
from equipoise.vocabulary import Refusal

SHORTEST = 4
"""Pack numbers have at least this many digits and a check digit, so that they look alike in every trial."""


@dataclass(frozen=True, slots=True)
class PackMap:
    """Which pack belongs to which place of the list: `numbers[position]` holds the slot's doses, then its spares.

    `position` = stratum * slots + slot.  Spares are drawn from the same permutation at sealing time, so that a
    replacement carries no more information than the pack it replaces.
    Source: Yu & Coleman, Drug Information Journal 2015 (partial unblinding through kit lists).
    """

    plan: PackPlan
    numbers: tuple[tuple[str, ...], ...]

    def pack(self, position: int, dose: int) -> str:
        """The pack for dose `dose` (counted from 1) of the slot at `position`."""
        if not 1 <= dose <= self.plan.doses:
            raise Refusal("PACK-DOSE", f"There is no dose {dose} in this trial.", "Choose a dose of the schedule.")
        return self.numbers[position][dose - 1]

    def spares(self, position: int) -> tuple[str, ...]:
        """The slot's spare packs, in the order of use."""
        return self.numbers[position][self.plan.doses :]

    def position_of(self, number: str) -> int | None:
        """The place of the list that a pack belongs to; None for a number that is no pack of this trial."""
        return next((position for position, packs in enumerate(self.numbers) if number in packs), None)

    def flat(self) -> tuple[str, ...]:
        """All numbers in the order of the list."""
        return tuple(number for packs in self.numbers for number in packs)


def number_packs(positions: int, plan: PackPlan, below: Below) -> PackMap:
    """Number `positions` slots' packs by a uniform random permutation (Fisher-Yates), whatever their content."""
    order = list(range(positions * plan.per_slot))
    for last in range(len(order) - 1, 0, -1):
        other = below(last + 1)
        order[last], order[other] = order[other], order[last]
    width = max(SHORTEST, len(str(len(order))))
    return pack_map_from(plan, [with_check_digit(f"{number + 1:0{width}d}") for number in order])


def pack_map_from(plan: PackPlan, flat: Sequence[str]) -> PackMap:
    """Put a flat list of numbers back in its places."""
    step = plan.per_slot
    assert len(flat) % step == 0, "a pack map has the same number of packs for every slot"
    return PackMap(plan, tuple(tuple(flat[at : at + step]) for at in range(0, len(flat), step)))


def with_check_digit(digits: str) -> str:
    """Append the check digit of ISO/IEC 7064, MOD 11,10: it finds every single wrong digit."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return f"{digits}{(11 - product) % 10}"


def is_pack_number(text: str) -> bool:
    """True if `text` is digits with the right check digit; says nothing about whether such a pack exists."""
    return text.isascii() and text.isdigit() and len(text) > SHORTEST and with_check_digit(text[:-1]) == text
