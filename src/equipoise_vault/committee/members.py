"""The members of the data monitoring committee, and the keys to which their reports are sealed."""

from equipoise.vocabulary import MASKED_ROLES, Json, Refusal, utc_text
from equipoise_vault.ceremony import Answer
from equipoise_vault.entries import MemberAdmitted, MemberLeft, MemberRegistered
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.state import VaultState

_KEY_BYTES = 32


def register_member(room: Room, request: Request) -> Answer:
    """A member gives the X25519 public `key` of their own; it counts once somebody else admits it.

    Whoever has acted here in a masked role is no member (leak L29).
    """
    key = request.hexadecimal("key", _KEY_BYTES).hex()

    def decide(state: VaultState) -> tuple[MemberRegistered]:
        if state.roles_held.get(request.who, frozenset()) & MASKED_ROLES:
            raise Refusal("COMMITTEE-MASKED", "This person has acted in a masked role.", "Name another member.")
        if key in {member.key for member in state.members.values()}:
            raise Refusal("COMMITTEE-KEY", "This key belongs to a member already.", "Each draws a key of their own.")
        return (MemberRegistered(key),)

    room.book.execute(decide, who=request.who, role=request.role)
    return {"key": key}


def admit_member(room: Room, request: Request) -> Answer:
    """Somebody else has compared the `key` with what the `member` read out, and admits them."""
    name, key = request.words("member"), request.hexadecimal("key", _KEY_BYTES).hex()

    def decide(state: VaultState) -> tuple[MemberAdmitted]:
        member = state.members.get(name)
        if member is None or member.key != key:
            raise Refusal("COMMITTEE-KEY", "This member has not registered this key.", "Compare it again.")
        if name == request.who:
            raise Refusal("COMMITTEE-SECOND", "Nobody admits themselves.", "Ask the pharmacist or another member.")
        return (MemberAdmitted(name, key),)

    room.book.execute(decide, who=request.who, role=request.role)
    return {"members": list(admitted(room.book.state()))}


def remove_member(room: Room, request: Request) -> Answer:
    """A `member` has left the committee: no later report is sealed to them."""
    name = request.words("member")

    def decide(state: VaultState) -> tuple[MemberLeft]:
        if name not in state.members:
            raise Refusal("COMMITTEE-KEY", "There is no such member.", "Check the name.")
        return (MemberLeft(name),)

    room.book.execute(decide, who=request.who, role=request.role)
    return {"members": list(admitted(room.book.state()))}


def show_committee(room: Room, request: Request) -> Answer:
    """Members with their public keys, the data that were handed in, newest first, and how many reports were made."""
    state = room.book.state()
    members: list[Json] = [
        {"name": name, "key": member.key, "is_admitted": member.is_admitted} for name, member in state.members.items()
    ]
    data: list[Json] = [
        {"digest": name, "at": utc_text(at), "slots": slots}
        for name, (at, slots) in reversed(state.committee_data.items())
    ]
    return {"members": members, "data": data, "reports": state.reports}


def admitted(state: VaultState) -> dict[str, str]:
    """Member -> key, of those who may be sent a report."""
    return {name: member.key for name, member in state.members.items() if member.is_admitted}
