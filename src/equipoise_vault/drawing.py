"""Minimisation, live behind the hatch: a slot is asked for with its factor levels, a commitment comes back."""

from equipoise.allocation.commitment import AllocationCommitment, next_link
from equipoise.allocation.drawing import draw_text
from equipoise.allocation.entries import SlotDrawn
from equipoise.allocation.minimisation import Levels
from equipoise.vocabulary import Json, Refusal
from equipoise_vault.ceremony import Answer, put_in_envelopes, the_list
from equipoise_vault.entries import SlotDrawnHere
from equipoise_vault.opening import sealed_state
from equipoise_vault.request import LONGEST_TEXT, Request
from equipoise_vault.room import Room
from equipoise_vault.state import VaultState


def draw(room: Room, request: Request) -> Answer:
    """Draw `slot`, the next one of a live list, for `levels`; asked again for the same, the answer is the same (K8).

    The arm goes into envelopes; what is answered commits to it and depends on it through a hash with a nonce alone.
    Raises `Refusal` for other levels than the slot was drawn with, and for a slot that is not the next.
    """
    slot, levels = request.whole("slot"), _levels(request)
    commitment = sealed_state(room).commitment
    if commitment is None or not commitment.is_live or len(levels) != len(commitment.factors):
        raise Refusal("DRAW", "The sealed list is not drawn in this way.", "Check the design.")

    def decide(state: VaultState) -> tuple[SlotDrawnHere, ...]:
        if 0 <= slot < len(state.draws):
            if state.draws[slot].levels != levels:
                raise Refusal("DRAW-LEVELS", "This slot was drawn for other factor levels.", "Levels are final.")
            return ()
        if slot != len(state.draws) or slot >= commitment.slots:
            raise Refusal("DRAW-ORDER", "This is not the next slot.", "Slots are drawn in their order.")
        return (_drawn(room, state, commitment, slot, levels),)

    room.book.execute(decide, who=request.who, role=request.role)
    return _answer(room.book.state().draws[slot])


def _drawn(room: Room, state: VaultState, commitment: AllocationCommitment, slot: int, levels: Levels) -> SlotDrawnHere:
    before = state.draws[-1].link if state.draws else commitment.root
    secret = the_list(room, state, coming=(levels,)).slots[-1]
    leaf = secret.leaf()
    unsigned = SlotDrawn(slot, levels, leaf.hex(), next_link(before, leaf, levels), "")
    put_in_envelopes(room, state, [secret])
    signature = room.sign(draw_text(commitment, unsigned))
    return SlotDrawnHere(SlotDrawn(slot, levels, unsigned.leaf, unsigned.link, signature))


def _levels(request: Request) -> Levels:
    given = request.body.get("levels")
    if not isinstance(given, (list, tuple)) or not all(isinstance(level, str) and level for level in given):
        raise Refusal("VAULT-REQUEST", "The request needs proper “levels”.", "Nothing was done.")
    if any(len(level) > LONGEST_TEXT for level in given):
        raise Refusal("VAULT-TEXT", "A level is too long.", "Nothing was done.")
    return tuple(given)


def _answer(drawn: SlotDrawn) -> dict[str, Json]:
    return {
        "slot": drawn.slot,
        "levels": list(drawn.levels),
        "leaf": drawn.leaf,
        "link": drawn.link,
        "signature": drawn.signature,
    }
