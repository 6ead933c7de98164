"""The master key in three shares, of which any two restore it (Shamir, How to share a secret, CACM 1979; 22: 612-613).

Byte by byte over GF(2^8) with polynomial 0x11b: share x of byte s is s + a x, with one random a per byte.
A single share is uniform and says nothing.
"""

import hashlib
import hmac

from equipoise.vocabulary import Refusal, Role
from equipoise_vault.envelope import Entropy

KEY_BYTES = 32
HOLDERS = {1: Role.STATISTICIAN, 2: Role.PHARMACIST, 3: Role.QUALITY_OFFICER}
"""Who keeps which share."""

_PREFIX = "EQ1"


def split_key(key: bytes, entropy: Entropy) -> tuple[str, str, str]:
    """Split the master key into three printable shares, for the holders 1, 2 and 3 in order."""
    slope = entropy(len(key))
    one, two, three = (
        _printable(index, bytes(byte ^ _times(rise, index) for byte, rise in zip(key, slope, strict=True)))
        for index in HOLDERS
    )
    return one, two, three


def join_shares(first: str, second: str) -> bytes:
    """The master key from any two different shares.  Raises `Refusal` for a misread share or the same one twice."""
    (x1, y1), (x2, y2) = _read(first), _read(second)
    if x1 == x2:
        raise Refusal("KEY-SHARES", "Both shares are the same person's.", "Two of the three holders are needed.")
    scale = _inverse(x1 ^ x2)
    return bytes(_times(scale, _times(a, x2) ^ _times(b, x1)) for a, b in zip(y1, y2, strict=True))


def holder_of(share: str) -> Role:
    """Whose share this is."""
    return HOLDERS[_read(share)[0]]


def _printable(index: int, content: bytes) -> str:
    digits = content.hex().upper()
    groups = "-".join(digits[at : at + 8] for at in range(0, len(digits), 8))
    return f"{_PREFIX}-{index}-{groups}-{_check(index, content)}"


def _read(text: str) -> tuple[int, bytes]:
    parts = text.strip().upper().split("-")
    try:
        index, content = int(parts[1]), bytes.fromhex("".join(parts[2:-1]))
    except (IndexError, ValueError):
        raise _misread() from None
    fits = parts[0] == _PREFIX and index in HOLDERS and len(content) == KEY_BYTES
    if not fits or not hmac.compare_digest(parts[-1], _check(index, content)):
        raise _misread()
    return index, content


def _misread() -> Refusal:
    return Refusal("KEY-SHARES", "This is not a key share, or it was misread.", "Type it again as it is printed.")


def _check(index: int, content: bytes) -> str:
    return hashlib.sha256(b"equipoise key share" + bytes([index]) + content).hexdigest()[:4].upper()


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    return next(b for b in range(1, 256) if _times(a, b) == 1)
