"""Re-authentication: the door that has just checked two components of a person gets a token for one act.

The vault keeps no passwords here: who may stand at the desk is the pages' affair.  The token is for one verb of one
person in one role, lasts two minutes and works once (11.200(a)(1); ASVS 7.5.3).  It is never written anywhere.
"""

from datetime import timedelta
from enum import StrEnum

from equipoise.vocabulary import Json, Refusal, digest_bytes, utc_text
from equipoise_vault.entries import Reauthenticated
from equipoise_vault.request import Request
from equipoise_vault.room import Grant, Room

VALID_FOR = timedelta(minutes=2)
TOKEN_BYTES = 32
REAUTHENTICATED = frozenset({"break_one", "print_envelopes", "propose_release", "complete_release"})
"""The verbs that ask for a token."""


class Component(StrEnum):
    """What a person has shown."""

    PASSWORD = "password"  # noqa: S105  # the name of a component, no password
    ONE_TIME_CODE = "one_time_code"
    SECURITY_KEY = "security_key"


def reauthenticate(room: Room, request: Request) -> dict[str, Json]:
    """Give a token for the verb `act`; `components` are the two or more that the door has just checked."""
    try:
        components = sorted({Component(name) for name in request.texts("components")})
    except ValueError:
        raise Refusal("REAUTHENTICATION", "This is no component that can be checked.", "Nothing was done.") from None
    act = request.text("act")
    if act not in REAUTHENTICATED:
        raise Refusal("REAUTHENTICATION", "This act asks for no token.", "Nothing was done.")
    if len(components) < 2:
        raise Refusal("REAUTHENTICATION", "Two components are needed.", "Sign in again with both.")
    token, until = room.entropy(TOKEN_BYTES), room.clock() + VALID_FOR
    room.ledger.append([Reauthenticated(act, tuple(components))], who=request.who, role=request.role)
    room.grants[digest_bytes(token)] = Grant(request.who, request.role, act, until)
    return {"token": token.hex(), "valid_until": utc_text(until)}


def require_token(room: Room, request: Request) -> None:
    """Take the token of a request, which is used up with that.  Raises `Refusal` for any other."""
    needed = Refusal("REAUTHENTICATION", "Sign in again for this act.", "Show both components.")
    if not isinstance(request.body.get("token"), str):
        raise needed
    grant = room.grants.pop(digest_bytes(request.hexadecimal("token", TOKEN_BYTES)), None)
    asked = (request.who, request.role, request.verb)
    if grant is None or (grant.who, grant.role, grant.verb) != asked or room.clock() > grant.until:
        raise needed
