"""Electronic signatures: bound to the record that was signed, with name, time and meaning (21 CFR 11.50, 11.70)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from equipoise.vocabulary import Json, Role, canonical_json, utc_text


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, in which role, with which meaning, when (UTC); Ed25519 key and signature in hexadecimal."""

    who: str
    role: Role
    meaning: str
    signed_at: str
    key: str
    signature: str

    def as_json(self) -> dict[str, Json]:
        return {
            "who": self.who,
            "role": self.role.value,
            "meaning": self.meaning,
            "signed_at": self.signed_at,
            "key": self.key,
            "signature": self.signature,
        }

    def is_genuine(self, record: Json) -> bool:
        """True if this signature is of `record` and fits its key: a changed byte or another record voids it (S02)."""
        text = _signed_text(record, self.who, self.role, self.meaning, self.signed_at)
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            key.verify(bytes.fromhex(self.signature), text)
        except (InvalidSignature, ValueError):
            return False
        return True


def sign(
    record: Json,
    who: str,
    role: Role,
    meaning: str,
    moment: datetime,
    *,
    key: str,
    sign_bytes: Callable[[bytes], bytes],
) -> Signature:
    """Sign a record.  `sign_bytes` is the key holder's own function: the private key never comes here."""
    signed_at = utc_text(moment)
    text = _signed_text(record, who, role, meaning, signed_at)
    return Signature(who, role, meaning, signed_at, key, sign_bytes(text).hex())


def read_signature(document: Mapping[str, Any]) -> Signature:
    """The signature that `as_json` wrote."""
    return Signature(**{**document, "role": Role(document["role"])})


def _signed_text(record: Json, who: str, role: Role, meaning: str, signed_at: str) -> bytes:
    signed: dict[str, Json] = {
        "record": record,
        "who": who,
        "role": role.value,
        "meaning": meaning,
        "signed_at": signed_at,
    }
    return b"equipoise signature\n" + canonical_json(signed)
