"""Sealed records: events that would tell an arm, encrypted in the vault's own ledger, all of one length.

The ledger shows that something was recorded, by whom and when; what it was is read with the master key alone.  Each
record carries its own number, so that one that was left out, repeated or moved does not open at its place.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from equipoise.ledger import decode, encode, event
from equipoise.vocabulary import Refusal, canonical_json

RECORD_BYTES = 3_072
"""The longest record, a text of 300 characters of four bytes in each of two fields, fits in."""


@event("vault_record_sealed")
@dataclass(frozen=True, slots=True)
class RecordSealed:
    """A record of the pharmacy or of the committee's door; `box` is hexadecimal."""

    box: str


OpenRecord: TypeAlias = Callable[[RecordSealed, int], Any]
"""`open_record(sealed, number)` gives the event of that number.  Raises `Refusal` for any other."""


def pack_record(inner: object) -> bytes:
    """An event as bytes of constant length: JSON, filled up with spaces."""
    name, version, body = encode(inner)
    content = canonical_json({"type": name, "version": version, "body": body})
    if len(content) > RECORD_BYTES:
        raise Refusal("VAULT-TEXT", "This is more than one record holds.", "Say it in fewer words.")
    return content.ljust(RECORD_BYTES)


def unpack_record(content: bytes) -> Any:
    """The event that `pack_record` packed."""
    document = json.loads(content)
    return decode(document["type"], document["version"], document["body"])
