"""Randomise: one local decision that gives the next slot.  It calls no vault and knows no arm: no timing tells."""

from equipoise.allocation.commitment import AllocationCommitment
from equipoise.allocation.entries import SlotAssigned, StratumCorrected
from equipoise.allocation.pack_map import PackMap
from equipoise.allocation.state import AllocationState
from equipoise.vocabulary import Refusal


def next_slot(state: AllocationState, participant: str, stratum: int = 0) -> tuple[SlotAssigned, ...]:
    """Give `participant` the next free slot of `stratum` (from 0); nothing to write if there is one already.

    Idempotent by participant (K8); an allocation is final (K11), whatever stratum is asked the second time.
    Consent, eligibility and the signed stratum are the caller's conditions.
    Raises `Refusal` before the list is sealed and anchored, for a stratum that does not exist, and for a full one.
    """
    if participant in state.slot_of:
        return ()
    commitment = _ready(state)
    stratum = _own_stratum(commitment, stratum)
    slot = state.used.get(stratum, 0)
    if slot >= commitment.slots:
        raise Refusal("RANDOMISE-FULL", "The sealed list has no slot left in this stratum.", "Call the statistician.")
    return (SlotAssigned(participant, stratum, slot),)


def correct_stratum(state: AllocationState, participant: str, true_stratum: int) -> tuple[StratumCorrected]:
    """Record the true stratum of a participant who was randomised in a wrong one; the slot is kept (M10)."""
    place = state.slot_of.get(participant)
    if place is None:
        raise Refusal("STRATUM-CORRECTION", "This participant has no slot.", "Correct the stratum before randomising.")
    commitment = _ready(state)
    _own_stratum(commitment, true_stratum)
    if true_stratum == state.true_stratum.get(participant, None if commitment.is_live else place[0]):
        raise Refusal("STRATUM-CORRECTION", "This is the stratum that is recorded.", "")
    return (StratumCorrected(participant, true_stratum),)


def pack_for_dose(state: AllocationState, participant: str, dose: int) -> str:
    """The pack number of a participant's dose (counted from 1); on a live list, once the vault has drawn the slot."""
    return _packs(state).pack(_position(state, participant), dose)


def spare_packs(state: AllocationState, participant: str) -> tuple[str, ...]:
    """The participant's spare packs, in the order of use."""
    return _packs(state).spares(_position(state, participant))


def _packs(state: AllocationState) -> PackMap:
    if state.pack_map is None:
        raise Refusal("PACK-MAP", "No packs are numbered in this trial.", "Receive the pack map from the vault first.")
    return state.pack_map


def _position(state: AllocationState, participant: str) -> int:
    place = state.slot_of.get(participant)
    if place is None:
        raise Refusal("PACK-SLOT", "This participant is not randomised.", "Randomise first.")
    stratum, slot = place
    commitment = _ready(state)
    if commitment.is_live and slot >= len(state.draws):
        raise Refusal("RANDOMISE-DRAW", "The vault has not drawn this slot yet.", "Ask it again; the slot is kept.")
    return stratum * commitment.slots + slot


def _ready(state: AllocationState) -> AllocationCommitment:
    if state.commitment is None or not state.has_packs:
        raise Refusal("RANDOMISE-SEALED", "No allocation list is sealed for this trial.", "Finish the ceremony first.")
    if not state.anchors:
        raise Refusal(
            "RANDOMISE-ANCHOR",
            "The root of the sealed list stands nowhere outside this machine yet.",
            "Print it in the protocol or a letter, and record that anchor.",
        )
    return state.commitment


def _own_stratum(commitment: AllocationCommitment, stratum: int) -> int:
    """The stratum of the list; a live list has one, whatever the participant's levels are."""
    if commitment.is_live:
        return 0
    if not 0 <= stratum < commitment.stratum_count:
        raise Refusal("RANDOMISE-STRATUM", "This stratum is not in the sealed list.", "Check the signed strata values.")
    return stratum
