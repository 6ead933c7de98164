"""The counter: every request passes here, and what is not on the closed list is refused and recorded."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from equipoise.vocabulary import Json, Refusal, Role, canonical_json
from equipoise_vault import ceremony, drawing, notices, opening, paper, reauthentication, release, signing
from equipoise_vault.ceremony import Answer
from equipoise_vault.committee import data, members, report
from equipoise_vault.entries import VerbRefused
from equipoise_vault.pharmacy.day import request_doses
from equipoise_vault.pharmacy.verbs import PHARMACY_VERBS
from equipoise_vault.request import Door, Request
from equipoise_vault.room import Room


class _Verb(NamedTuple):
    door: Door
    roles: frozenset[Role]
    run: Callable[[Room, Request], Answer]


_ANYONE = frozenset(Role)
_PARTIES = frozenset({Role.STATISTICIAN, Role.PHARMACIST})
_HOLDERS = _PARTIES | {Role.QUALITY_OFFICER}
_COMMITTEE = frozenset({Role.DMC_MEMBER})
_PHYSICIAN = frozenset({Role.TREATING_PHYSICIAN})
_PHARMACY = frozenset({Role.PHARMACIST})
_MASKED_SERVER = frozenset({Role.SYSTEM})

VERBS: Mapping[str, _Verb] = {
    "describe": _Verb(Door.HATCH, _ANYONE, signing.describe),
    "sealed": _Verb(Door.HATCH, _ANYONE, ceremony.sealed),
    "sign_checkpoint": _Verb(Door.HATCH, _ANYONE, signing.sign_checkpoint),
    "draw": _Verb(Door.HATCH, _MASKED_SERVER, drawing.draw),
    "notices": _Verb(Door.HATCH, _MASKED_SERVER, notices.notices),
    "pharmacy_account": _Verb(Door.HATCH, _MASKED_SERVER, notices.pharmacy_account),
    "request_doses": _Verb(Door.HATCH, _MASKED_SERVER, request_doses),
    "push_committee_data": _Verb(Door.HATCH, _MASKED_SERVER, data.push_data),
    "freeze": _Verb(Door.DESK, _PARTIES, ceremony.freeze),
    "commit": _Verb(Door.DESK, _PARTIES, ceremony.commit),
    "reveal": _Verb(Door.DESK, _PARTIES, ceremony.reveal),
    "seal": _Verb(Door.DESK, _PARTIES, ceremony.seal),
    "abandon": _Verb(Door.DESK, _PARTIES, ceremony.abandon),
    "open_for_pharmacist": _Verb(Door.DESK, _PHARMACY, opening.open_for_pharmacist),
    "break_one": _Verb(Door.DESK, _PHYSICIAN, opening.break_one),
    "find_slot": _Verb(Door.DESK, _PHYSICIAN | _PHARMACY, opening.find_slot),
    "show_breaks": _Verb(Door.DESK, _PHYSICIAN | _PHARMACY, notices.notices),
    "reauthenticate": _Verb(Door.DESK, _PHYSICIAN | _HOLDERS, reauthentication.reauthenticate),
    "print_envelopes": _Verb(Door.DESK, _PHARMACY, paper.print_envelopes),
    "record_opened": _Verb(Door.DESK, _PHYSICIAN | _PHARMACY, paper.record_opened),
    "count_envelopes": _Verb(Door.DESK, _PHARMACY, paper.count_envelopes),
    "show_paper": _Verb(Door.DESK, _PHYSICIAN | _PHARMACY, paper.show_paper),
    "show_committee": _Verb(Door.DESK, _PHARMACY | _COMMITTEE, members.show_committee),
    "register_member": _Verb(Door.DESK, _COMMITTEE, members.register_member),
    "admit_member": _Verb(Door.DESK, _PHARMACY | _COMMITTEE, members.admit_member),
    "remove_member": _Verb(Door.DESK, _PHARMACY | _COMMITTEE, members.remove_member),
    "closed_report": _Verb(Door.DESK, _COMMITTEE, report.closed_report),
    "release": _Verb(Door.DESK, _HOLDERS, release.release),
    "propose_release": _Verb(Door.DESK, _HOLDERS, release.propose_release),
    "complete_release": _Verb(Door.DESK, _HOLDERS, release.complete_release),
    "show_proposal": _Verb(Door.DESK, _HOLDERS, release.show_proposal),
    **{name: _Verb(Door.DESK, _PHARMACY, run) for name, run in PHARMACY_VERBS.items()},
}
"""The closed list.  The hatch, where the masked server asks, has no verb that answers with an arm."""

_SHOWN = 64


class Counter:
    """Answers one line with one line; requests are served one at a time."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._lock = threading.Lock()

    def answer(self, line: bytes, door: Door) -> bytes:
        """Serve a request line; a refusal and a fault are answers too, and neither tells anything of the inside."""
        try:
            return canonical_json({"granted": self.grant(read_request(line), door)})
        except Refusal as refusal:
            return refused(refusal)
        except Exception:  # an answer must not carry internals, whatever went wrong (ASVS 16.5.1, 16.5.3)
            return refused(Refusal("VAULT-FAULT", "The vault could not do this.", "Nothing was shown."))

    def grant(self, request: Request, door: Door) -> Answer:
        """Do what is asked, for the vault's own pages.  Raises `Refusal`, which is recorded."""
        with self._lock:
            try:
                return _granted(request, door).run(self._room, request)
            except Refusal as refusal:
                record = VerbRefused(door.value, _printable(request.verb), refusal.rule)
                self._room.ledger.append([record], who=request.who, role=request.role)
                raise


def _granted(request: Request, door: Door) -> _Verb:
    verb = VERBS.get(request.verb)
    if verb is None:
        raise Refusal("VAULT-VERB", "The vault does not answer this.", "This was recorded.")
    if door is Door.HATCH and verb.door is not Door.HATCH:
        raise Refusal("VAULT-DOOR", "This is not asked through the hatch.", "Go to the vault's own desk. Recorded.")
    if request.role not in verb.roles:
        raise Refusal("VAULT-ROLE", "This role may not ask for this.", "This was recorded.")
    return verb


def read_request(line: bytes) -> Request:
    """A line as a request.  Raises `Refusal` for anything else, however it is broken."""
    try:
        document: Any = json.loads(line)
        body = document.get("body", {})
        fields = [document[name] for name in ("verb", "who", "role")]
        number = document.get("number", "")
        if not isinstance(body, dict) or not all(isinstance(field, str) for field in (*fields, number)):
            raise TypeError
        why = str(document.get("why", ""))
        return Request(fields[0], _printable(fields[1]), Role(fields[2]), why, body, _printable(number))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refusal("VAULT-REQUEST", "This is no request to the vault.", "Nothing was done.") from None


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_SHOWN])


def refused(refusal: Refusal) -> bytes:
    """A refusal as the line that is answered."""
    answer: Json = {"refused": {"rule": refusal.rule, "sentence": refusal.sentence, "remedy": refusal.remedy}}
    return canonical_json(answer)
