"""Canonical JSON and digests: one byte string per value, so that two parties can compare documents by hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical_json(value: Json) -> bytes:
    """Serialise to UTF-8 JSON with sorted keys and no spaces.

    Binary floating point is refused: a decimal travels as a string, so that a hash never depends on how a
    platform prints a float.  Raises `TypeError` for a float, a non-text key or any other type.
    Source: trust.md section 4.2 (canonical bytes of the frozen design).
    """
    _refuse_floats(value)
    return _write(value).encode("utf-8")


def digest(value: Json) -> str:
    """SHA-256 of the canonical JSON, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def digest_bytes(content: bytes) -> str:
    """SHA-256 of raw bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


_PLAIN = frozenset({str, int, bool, type(None)})
_NESTED = frozenset({dict, list, tuple})


def _refuse_floats(value: object) -> None:
    if type(value) is dict or isinstance(value, Mapping):  # asking the abstract class alone costs ten times as much
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"canonical JSON needs text keys, not {type(key).__name__}")
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        value = (value,)
    for item in value:
        if type(item) in _PLAIN:  # by far the most, and this is the hot path of every hash
            continue
        if type(item) in _NESTED or isinstance(item, (Mapping, list, tuple)):
            _refuse_floats(item)
        elif not isinstance(item, (int, str)):  # an enumeration's member is a text or a number
            raise TypeError(f"canonical JSON cannot hold {type(item).__name__}; write a decimal as text")
