"""One line of the ledger: an event with who, role, when and why, chained to the line before it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from equipoise.ledger.event import decode, encode
from equipoise.vocabulary import Json, Role, canonical_json, utc_from_text, utc_text

GENESIS = "0" * 64
"""The `prev` of the first entry."""


@dataclass(frozen=True)
class Entry:
    """A stored entry.

    `seq` counts from 1 without gaps; `recorded_at` is the ledger's own clock in UTC and never runs backwards; `request`
    names the request that wrote it, so that a repeated request is answered and not written again;
    `hash` = SHA-256(prev as bytes ‖ content), where content is the canonical JSON of every other field.
    Source: RFC 6962 (hashing discipline); 21 CFR 11.10(e), E6R3-4.2.2 (who, when, why).
    """

    seq: int
    content: bytes
    prev: str
    hash: str

    @cached_property
    def _fields(self) -> Mapping[str, Any]:
        fields: Mapping[str, Any] = json.loads(self.content)
        return fields

    @property
    def type(self) -> str:
        return str(self._fields["type"])

    @property
    def body(self) -> Mapping[str, Any]:
        body: Mapping[str, Any] = self._fields["body"]
        return body

    @property
    def who(self) -> str:
        return str(self._fields["who"])

    @property
    def role(self) -> Role:
        return Role(self._fields["role"])

    @cached_property
    def recorded_at(self) -> datetime:
        return utc_from_text(self._fields["at"])

    @property
    def why(self) -> str:
        return str(self._fields.get("why", ""))

    @property
    def request(self) -> str:
        return str(self._fields.get("request", ""))

    @cached_property
    def event(self) -> Any:
        """The typed event that this entry records."""
        return decode(self.type, int(self._fields["version"]), self.body)


def chain_hash(prev: str, content: bytes) -> str:
    """SHA-256 over the previous hash (32 raw bytes) and the content."""
    return hashlib.sha256(bytes.fromhex(prev) + content).hexdigest()


def next_entry(
    seq: int, prev: str, event: object, *, who: str, role: Role, when: datetime, why: str, request: str
) -> Entry:
    """Make the entry that follows `prev`.  Pure: the same arguments give the same bytes."""
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
    content = canonical_json(fields)
    return Entry(seq, content, prev, chain_hash(prev, content))
