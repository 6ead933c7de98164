"""One line of the ledger: an event with who, role, when and why, chained to the line before it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from equipoise.ledger.event import decode, encode
from equipoise.vocabulary import Json, Refusal, Role, canonical_json, utc_from_text, utc_text

GENESIS = "0" * 64
"""The `prev` of the first entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored entry.

    `seq` counts from 1 without gaps; `recorded_at` is the ledger's own clock in UTC and never runs backwards; `request`
    names the request that wrote it, so that a repeated request is answered and not written again;
    `hash` = SHA-256(prev as bytes ‖ content), where content is the canonical JSON of every other field.
    Neither content nor event is ever printed by `repr`: logs hold no participant's values.
    Source: RFC 6962 (hashing discipline); 21 CFR 11.10(e), E6R3-4.2.2 (who, when, why).
    """

    seq: int
    content: bytes = field(repr=False)
    prev: str
    hash: str
    _fields: Mapping[str, Any] | None = field(default=None, init=False, repr=False, compare=False)
    _event: Any = field(default=None, init=False, repr=False, compare=False)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The content as JSON gives it; parsed once."""
        fields = self._fields
        if fields is None:
            fields = read_content(self.content)
            object.__setattr__(self, "_fields", fields)
        return fields

    @property
    def type(self) -> str:
        return str(self.fields["type"])

    @property
    def body(self) -> Mapping[str, Any]:
        body: Mapping[str, Any] = self.fields["body"]
        return body

    @property
    def who(self) -> str:
        return str(self.fields["who"])

    @property
    def role(self) -> Role:
        return Role(self.fields["role"])

    @property
    def recorded_at(self) -> datetime:
        return utc_from_text(self.fields["at"])

    @property
    def why(self) -> str:
        return str(self.fields.get("why", ""))

    @property
    def request(self) -> str:
        return str(self.fields.get("request", ""))

    @property
    def event(self) -> Any:
        """The typed event that this entry records; decoded once."""
        event = self._event
        if event is None:
            fields = self.fields
            event = decode(fields["type"], fields["version"], fields["body"])
            object.__setattr__(self, "_event", event)
        return event


_scan = json.JSONDecoder().raw_decode  # `json.loads` spends half its time on encodings that we never write


def read_content(content: bytes) -> dict[str, Any]:
    """The fields of a stored content.  Raises `ValueError` for bytes that are not JSON in UTF-8."""
    text = content.decode()
    fields, end = _scan(text)
    if end != len(text) or not isinstance(fields, dict):
        raise ValueError("the content of an entry is one JSON object")
    return fields


def chain_hash(prev: str, content: bytes) -> str:
    """SHA-256 over the previous hash (32 raw bytes) and the content."""
    return hashlib.sha256(bytes.fromhex(prev) + content).hexdigest()


def next_entry(
    seq: int, prev: str, event: object, *, who: str, role: Role, when: datetime, why: str, request: str
) -> Entry:
    """Make the entry that follows `prev`.  Pure: the same arguments give the same bytes.

    Raises `Refusal` for text that has no UTF-8 form.  An event that would not come back from its bytes as it went in
    is our bug, and is stopped here: an entry that nobody can read would be in the ledger for ever.
    """
    name, version, body = encode(event)
    fields: dict[str, Json] = {
        "seq": seq,
        "type": name,
        "version": version,
        "body": body,
        "who": who,
        "role": role.value,
        "at": utc_text(when),
    }
    if why:
        fields["why"] = why
    if request:
        fields["request"] = request
    try:
        content = canonical_json(fields)
    except UnicodeEncodeError:
        raise Refusal(
            "LEDGER-TEXT", "The text holds half a character, which cannot be stored.", "Type the text again."
        ) from None  # the error's own text quotes the value
    entry = Entry(seq, content, prev, chain_hash(prev, content))
    assert entry.event == event, f"an entry of type {name} does not come back as it was written"
    return entry
