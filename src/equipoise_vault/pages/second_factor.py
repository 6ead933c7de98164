"""One-time codes (RFC 6238: six digits, 30 seconds, SHA-1 as every authenticator app has it); each works once."""

import base64
import hmac

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20
STEP_SECONDS = 30
_DRIFT = (0, -1, 1)


def new_secret(random: bytes) -> str:
    """A secret as apps take it: Base32 of 20 bytes."""
    return base64.b32encode(random).decode()


def code_at(secret: str, seconds: int) -> str:
    """The code of a moment (Unix seconds)."""
    return _totp(secret).generate(seconds).decode()


def matching_step(secret: str, code: str, seconds: int, last_step: int) -> int | None:
    """The 30-second step whose code this is, one to either side allowed, if it is later than `last_step`."""
    given = code.replace(" ", "").encode()
    for drift in _DRIFT:
        step = seconds // STEP_SECONDS + drift
        if hmac.compare_digest(_totp(secret).generate(step * STEP_SECONDS), given):
            return step if step > last_step else None
    return None


def provisioning_uri(secret: str, name: str) -> str:
    """What the QR code holds that an authenticator app reads."""
    return _totp(secret).get_provisioning_uri(name, "Equipoise vault")


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP_SECONDS)  # noqa: S303  # RFC 6238; HMAC needs no collision resistance
