"""The gate before the counter: a vault that nobody has opened answers nothing; two holders open it, or make it new.

Each holder gives and gets one share, on a page of their own: nobody sees another's.  A new vault is written only when
all three holders have confirmed that they hold their share, so that no vault can exist whose key nobody has.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from equipoise.vocabulary import Clock, Json, Refusal, Role, canonical_json
from equipoise_vault.counter import Counter, read_request, refused
from equipoise_vault.entries import VaultOpened
from equipoise_vault.envelope import Entropy
from equipoise_vault.request import Door, Request
from equipoise_vault.room import FILE, Room
from equipoise_vault.shares import HOLDERS, KEY_BYTES, holder_of, join_shares, split_key

OFFER_LASTS = timedelta(minutes=30)
"""How long the first share waits in memory for the second."""
CONFIRMED_BY = 4
"""A holder confirms a share by its last characters, which are its check."""


@dataclass(repr=False)
class _Drawn:
    """A new master key on its way to its holders."""

    master_key: bytes
    share_of: dict[Role, str]
    confirmed: set[Role] = field(default_factory=set)


@dataclass(frozen=True, slots=True, repr=False)
class _Offer:
    share: str
    at: datetime


class Gate:
    """Answers for one folder, open or not; `counter` is given where the vault is open from the start."""

    def __init__(self, folder: Path, entropy: Entropy, clock: Clock, counter: Counter | None = None) -> None:
        self._folder, self._entropy, self._clock = folder, entropy, clock
        self._counter = counter
        self._drawn: _Drawn | None = None
        self._offers: dict[Role, _Offer] = {}
        self._lock = threading.Lock()

    def answer(self, line: bytes, door: Door) -> bytes:
        """Serve a line: the gate's own verbs here (through the desk alone), every other at the counter."""
        try:
            request = read_request(line)
            own = _VERBS.get(request.verb) if door is Door.DESK else None
            if own is not None:
                with self._lock:
                    return canonical_json({"granted": own(self, request)})
            if self._counter is None:
                raise Refusal("VAULT-LOCKED", "The vault is locked.", "Two of the three holders open it on its pages.")
        except Refusal as refusal:
            return refused(refusal)
        return self._counter.answer(line, door)

    def state(self, request: Request) -> Mapping[str, Json]:
        """`new`: no vault and no key yet; `shares`: a key waits for its holders; `locked`; `open`."""
        return {
            "state": self._state(),
            "confirmed": sorted(holder.value for holder in self._drawn.confirmed) if self._drawn else [],
            "offered": sorted(holder.value for holder in self._waiting()),
        }

    def take_share(self, request: Request) -> Mapping[str, Json]:
        """The asking holder's share of the new key, drawn when the first one asks; never again once it is confirmed."""
        self._must_be("new", "shares")
        holder = _holder(request)
        if self._drawn is None:
            master_key = self._entropy(KEY_BYTES)
            shares = split_key(master_key, self._entropy)
            self._drawn = _Drawn(master_key, dict(zip(HOLDERS.values(), shares, strict=True)))
        if holder in self._drawn.confirmed:
            raise Refusal("KEY-SHARES", "Your share was shown and confirmed.", "It is not shown again.")
        return {"share": self._drawn.share_of[holder]}

    def confirm_share(self, request: Request) -> Mapping[str, Json]:
        """The holder types the last four characters (`check`); with the third holder the vault is made and is open."""
        self._must_be("shares")
        holder, drawn = _holder(request), self._drawn
        assert drawn is not None, "the state is `shares`"
        if request.text("check").strip().upper() != drawn.share_of[holder][-CONFIRMED_BY:]:
            raise Refusal("KEY-SHARES", "These are not the last characters.", "Read them from what you printed.")
        drawn.confirmed.add(holder)
        if len(drawn.confirmed) == len(HOLDERS):
            self._open(Room.make(self._folder, drawn.master_key, self._entropy, self._clock), request, drawn.confirmed)
            self._drawn = None
        return self.state(request)

    def offer_share(self, request: Request) -> Mapping[str, Json]:
        """A holder gives the own `share`; with the second one the vault opens."""
        self._must_be("locked")
        holder, share = _holder(request), request.text("share")
        if holder_of(share) is not holder:
            raise Refusal("KEY-SHARES", "This is another holder's share.", "Each holder gives the own one.")
        waiting = self._waiting()
        others = [role for role in waiting if role is not holder]
        self._offers = {**waiting, holder: _Offer(share, self._clock())}
        if others:
            first = self._offers[others[0]].share
            self._offers = {}
            room = Room.open(self._folder, join_shares(first, share), self._entropy, self._clock)
            self._open(room, request, {holder, others[0]})
        return self.state(request)

    def _open(self, room: Room, request: Request, holders: set[Role]) -> None:
        held = tuple(role for role in HOLDERS.values() if role in holders)
        room.ledger.append([VaultOpened(held)], who=request.who, role=request.role)
        self._counter = Counter(room)

    def _waiting(self) -> dict[Role, _Offer]:
        now = self._clock()
        return {role: offer for role, offer in self._offers.items() if now - offer.at <= OFFER_LASTS}

    def _state(self) -> str:
        if self._counter is not None:
            return "open"
        if (self._folder / FILE).exists():
            return "locked"
        return "shares" if self._drawn else "new"

    def _must_be(self, *states: str) -> None:
        if self._state() not in states:
            raise Refusal("VAULT-GATE", "The vault is not at this step.", "Go to the first page and see where it is.")


_VERBS: Mapping[str, Callable[[Gate, Request], Mapping[str, Json]]] = {
    "gate": Gate.state,
    "take_share": Gate.take_share,
    "confirm_share": Gate.confirm_share,
    "offer_share": Gate.offer_share,
}


def _holder(request: Request) -> Role:
    if request.role not in HOLDERS.values():
        raise Refusal("VAULT-ROLE", "This role may not ask for this.", "A holder of a key share may.")
    return request.role
