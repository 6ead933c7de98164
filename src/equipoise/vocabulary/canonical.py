"""Canonical JSON and digests: one byte string per value, so that two parties can compare documents by hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "None | bool | int | str | Sequence[Json] | Mapping[str, Json]"


def canonical_json(value: Json) -> bytes:
    """Serialise to UTF-8 JSON with sorted keys and no spaces.

    Binary floating point is refused: a decimal travels as a string, so that a hash never depends on how a
    platform prints a float.  Raises `TypeError` for a float, a non-text key or any other type.
    Source: trust.md section 4.2 (canonical bytes of the frozen design).
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def digest(value: Json) -> str:
    """SHA-256 of the canonical JSON, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def digest_bytes(content: bytes) -> str:
    """SHA-256 of raw bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _refuse_floats(value: object) -> None:
    if value is None or isinstance(value, (bool, int, str)):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"canonical JSON needs text keys, not {type(key).__name__}")
            _refuse_floats(item)
        return
    if isinstance(value, (list, tuple)):
        for item in value:
            _refuse_floats(item)
        return
    raise TypeError(f"canonical JSON cannot hold {type(value).__name__}; write a decimal as text")
