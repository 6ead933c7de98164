"""Slots of a live list that wait for the vault: each with the factor levels that were signed at enrolment."""

from equipoise.allocation import slots_to_draw
from equipoise.conduct.trial_state import TrialState


def pending_draws(state: TrialState) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """(slot, levels) in the order in which the vault is to be asked; empty where the list was made in advance."""
    holder = {place: participant for participant, place in state.allocation.slot_of.items()}
    return tuple((slot, state.participants[holder[0, slot]].strata) for slot in slots_to_draw(state.allocation))
