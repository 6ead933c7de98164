"""Opening single slots, each recorded before anything is shown: the pharmacist's dose, and the code break."""

from equipoise.allocation.merkle import inclusion_proof
from equipoise.vocabulary import Json, Refusal
from equipoise_vault.ceremony import VAULT, Answer, the_list
from equipoise_vault.entries import CodeBroken, EnvelopeOpened
from equipoise_vault.envelope import open_slot
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.state import VaultState

DAILY_BREAKS = 100
"""Different slots whose code may be broken in one day; more is not an emergency but a search (attack K14)."""


def open_for_pharmacist(room: Room, request: Request) -> Answer:
    """The arm of one slot, for the preparation of its dose."""
    box = room.envelope(_sealed(room).ceremony, VAULT, request.place)
    room.ledger.append([EnvelopeOpened(*request.place)], who=request.who, role=request.role)
    arm, _ = open_slot(room.secret("envelope"), request.place, box)
    return {"arm": arm}


def break_one(room: Room, request: Request) -> Answer:
    """The arm of one slot in an emergency, with the proof that it is the sealed one.

    The event is durable before the envelope is opened (K10); asked again for the same slot, it answers again.
    """
    if not request.why.strip():
        raise Refusal("BREAK-REASON", "A code is broken for a reason.", "Say why it must be known now.")
    sealed = _sealed(room)
    box = room.envelope(sealed.ceremony, VAULT, request.place)

    def decide(state: VaultState) -> tuple[CodeBroken]:
        today = room.clock().date()
        broken = state.broken_on.get(today, set())
        if request.place not in broken and len(broken) >= DAILY_BREAKS:
            raise Refusal(
                "BREAK-LIMIT", "Too many codes were broken today.", "Use the paper envelope; call the sponsor."
            )
        return (CodeBroken(*request.place),)

    room.book.execute(decide, who=request.who, role=request.role, why=request.why)
    arm, nonce = open_slot(room.secret("envelope"), request.place, box)
    return {"arm": arm, "nonce": nonce.hex(), **_proof(room, sealed, request.place)}


def _proof(room: Room, sealed: VaultState, place: tuple[int, int]) -> dict[str, Json]:
    assert sealed.commitment is not None
    stratum, slot = place
    position = stratum * sealed.commitment.slots + slot
    leaves = the_list(room, sealed).leaves()
    path = [node.hex() for node in inclusion_proof(leaves, position)]
    return {"position": position, "size": len(leaves), "path": path, "root": sealed.commitment.root}


def _sealed(room: Room) -> VaultState:
    state = room.book.state()
    if state.commitment is None:
        raise Refusal("ENVELOPE-PLACE", "No list is sealed yet.", "Finish the ceremony first.")
    return state
