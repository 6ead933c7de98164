"""Opening single slots, each recorded before anything is shown: the pharmacist's dose, and the code break."""

from equipoise.allocation.entries import BreakReason
from equipoise.allocation.merkle import inclusion_proof
from equipoise.vocabulary import Json, Refusal
from equipoise_vault.ceremony import VAULT, Answer, the_list
from equipoise_vault.entries import AlarmKind, AlarmRaised, CodeBroken, EnvelopeOpened
from equipoise_vault.envelope import open_slot
from equipoise_vault.reauthentication import require_token
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.state import VaultState

DAILY_LIMIT = 100
"""Different slots that one kind of role may open in one day; more is not care but a search (attack K14)."""
ALARM_ABOVE = 3
"""Different codes broken in one day above which an alarm is raised."""

Place = tuple[int, int]


def open_for_pharmacist(room: Room, request: Request) -> Answer:
    """The arm of one slot, for the preparation of its dose.  A slot that nobody asked a dose for raises an alarm."""
    box = room.envelope(sealed_state(room).ceremony, VAULT, request.place)

    def decide(state: VaultState) -> tuple[EnvelopeOpened | AlarmRaised, ...]:
        opened = state.opened_on.get(room.clock().date(), set())
        _within_limit(opened, request.place, "OPEN-LIMIT", "Come back tomorrow; this was recorded.")
        return (EnvelopeOpened(*request.place), *_unexpected(room, request.place))

    room.book.execute(decide, who=request.who, role=request.role)
    arm, _ = open_slot(room.secret("envelope"), request.place, box)
    return {"arm": arm}


def break_one(room: Room, request: Request) -> Answer:
    """The arm of one slot in an emergency, with the proof that it is the sealed one.

    `reason` is from the list, `why` in words; `token` comes from `reauthenticate`.  The event is durable before the
    envelope is opened (K10); asked again for the same slot, it answers again.
    """
    reason = request.choice("reason", BreakReason)
    if not request.why.strip():
        raise Refusal("BREAK-REASON", "A code is broken for a reason.", "Say why it must be known now.")
    sealed = sealed_state(room)
    box = room.envelope(sealed.ceremony, VAULT, request.place)
    require_token(room, request)

    def decide(state: VaultState) -> tuple[CodeBroken | AlarmRaised, ...]:
        today = room.clock().date()
        broken = state.broken_on.get(today, set())
        _within_limit(broken, request.place, "BREAK-LIMIT", "Use the paper envelope; call the sponsor.")
        is_search = len(broken | {request.place}) > ALARM_ABOVE and request.place not in broken
        alarm = (AlarmRaised(AlarmKind.MANY_BREAKS),) if is_search else ()
        return (CodeBroken(*request.place, reason), *alarm)

    room.book.execute(decide, who=request.who, role=request.role, why=request.why)
    arm, nonce = open_slot(room.secret("envelope"), request.place, box)
    return {"arm": arm, "nonce": nonce.hex(), **_proof(room, sealed, request.place)}


def find_slot(room: Room, request: Request) -> Answer:
    """The slot of a `pack` number, as it stands on a syringe; which pack is whose the masked side knows too."""
    state = sealed_state(room)
    packs = the_list(room, state).packs
    position = packs.position_of(request.words("pack")) if packs else None
    if position is None:
        raise Refusal("PACK-NUMBER", "This is no pack number of this trial.", "Read it again, digit by digit.")
    assert state.commitment is not None
    stratum, slot = divmod(position, state.commitment.slots)
    return {"stratum": stratum, "slot": slot}


def sealed_state(room: Room) -> VaultState:
    """The state, once a list is sealed.  Raises `Refusal` before."""
    state = room.book.state()
    if state.commitment is None:
        raise Refusal("ENVELOPE-PLACE", "No list is sealed yet.", "Finish the ceremony first.")
    return state


def _within_limit(opened: set[Place], place: Place, rule: str, remedy: str) -> None:
    if place not in opened and len(opened) >= DAILY_LIMIT:
        raise Refusal(rule, "Too many slots were opened today.", remedy)


def _unexpected(room: Room, place: Place) -> tuple[AlarmRaised, ...]:
    """An alarm where the pharmacy keeps its books here and has no request for this slot (M04)."""
    pharmacy = room.pharmacy.state()
    is_expected = place in {(stratum, slot) for stratum, slot, _ in pharmacy.requests}
    return () if is_expected or not pharmacy.records else (AlarmRaised(AlarmKind.UNEXPECTED_OPENING),)


def _proof(room: Room, sealed: VaultState, place: Place) -> dict[str, Json]:
    assert sealed.commitment is not None
    stratum, slot = place
    if sealed.commitment.is_live:
        before = sealed.draws[slot - 1].link if slot else sealed.commitment.root
        return {"link_before": before, "levels": list(sealed.draws[slot].levels), "link": sealed.draws[slot].link}
    position = stratum * sealed.commitment.slots + slot
    leaves = the_list(room, sealed).leaves()
    path = [node.hex() for node in inclusion_proof(leaves, position)]
    return {"position": position, "size": len(leaves), "path": path, "root": sealed.commitment.root}
