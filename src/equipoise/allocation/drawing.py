"""The draws of a live list as the ledger records them: in order, each signed, each chained to the one before."""

from collections.abc import Mapping
from typing import Any

from equipoise.allocation.commitment import AllocationCommitment, next_link
from equipoise.allocation.entries import SlotDrawn
from equipoise.allocation.signature import is_signed
from equipoise.allocation.state import AllocationState
from equipoise.vocabulary import Json, Refusal, canonical_json


def slots_to_draw(state: AllocationState) -> tuple[int, ...]:
    """The slots of a live list that participants have and whose draw is not on record yet, in order."""
    if state.commitment is None or not state.commitment.is_live:
        return ()
    return tuple(range(len(state.draws), state.used.get(0, 0)))


def record_draw(state: AllocationState, answer: Mapping[str, Any]) -> tuple[SlotDrawn, ...]:
    """Record the vault's answer for the next slot; one that is on record already leads to nothing.

    Raises `Refusal` for an answer that is not signed, does not follow the draw before, or runs ahead of the slots.
    """
    commitment = state.commitment
    try:
        levels = tuple(str(level) for level in answer["levels"])
        drawn = SlotDrawn(answer["slot"], levels, answer["leaf"], answer["link"], answer["signature"])
        if commitment is None or not commitment.is_live:
            raise ValueError
        if drawn in state.draws:
            return ()
        if drawn.slot not in slots_to_draw(state)[:1] or len(levels) != len(commitment.factors):
            raise ValueError
        before = state.draws[-1].link if state.draws else commitment.root
        fits = next_link(before, bytes.fromhex(drawn.leaf), levels) == drawn.link
    except (KeyError, TypeError, ValueError):
        raise Refusal("DRAW", "This is not the draw of the next slot.", "Ask the vault for that slot.") from None
    if not fits or not is_signed(commitment.key, drawn.signature, draw_text(commitment, drawn)):
        raise Refusal(
            "DRAW", "The vault's draw does not follow the one before, or is not signed.", "Stop; find out why."
        )
    return (drawn,)


def draw_text(commitment: AllocationCommitment, drawn: SlotDrawn) -> bytes:
    """The bytes that the vault signs for one draw."""
    fields: dict[str, Json] = {
        "root": commitment.root,
        "slot": drawn.slot,
        "levels": list(drawn.levels),
        "leaf": drawn.leaf,
        "link": drawn.link,
    }
    return b"equipoise draw\n" + canonical_json(fields)
