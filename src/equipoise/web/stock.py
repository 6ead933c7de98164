"""How long the sealed list lasts: a warning that counts slots and packs, and can know nothing of arms."""

from dataclasses import dataclass

from equipoise.conduct import Plan, TrialState

_FEW = 5


@dataclass(frozen=True, slots=True)
class Stock:
    """Slots that are left in the stratum with the fewest, of how many; None where no list is sealed."""

    left: int | None
    slots: int | None

    @property
    def is_low(self) -> bool:
        return self.left is not None and self.left <= _FEW


def stock_of(plan: Plan, state: TrialState) -> Stock:
    """Count the slots of the sealed list that nobody has, in the stratum that has the fewest."""
    commitment = state.allocation.commitment
    if commitment is None:
        return Stock(None, None)
    used = [stratum for stratum, _ in state.allocation.slot_of.values()]
    left = min((commitment.slots - used.count(stratum) for stratum in range(len(plan.strata))), default=0)
    return Stock(left, commitment.slots)
