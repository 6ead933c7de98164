"""The keyed generator of the sealed list: HMAC-SHA256 in counter mode, with rejection sampling.

The seed comes from two people; no other source of randomness touches a list.
"""

import hmac
from collections.abc import Iterator

TAG = b"equipoise-seed-v1"
_WORD = 1 << 32


def list_seed(statistician_share: bytes, pharmacist_share: bytes, design_digest: str) -> bytes:
    """The seed of the list: HMAC-SHA256(key = s_S, message = tag ‖ s_P ‖ D), all as raw bytes."""
    return hmac.digest(statistician_share, TAG + pharmacist_share + bytes.fromhex(design_digest), "sha256")


def subkey(seed: bytes, purpose: str) -> bytes:
    """An independent key for one purpose."""
    return hmac.digest(seed, purpose.encode(), "sha256")


def slot_nonce(seed: bytes, stratum: int, slot: int) -> bytes:
    """The 256-bit nonce that hides one slot's arm in its leaf."""
    return hmac.digest(subkey(seed, "nonce"), f"{stratum}/{slot}".encode(), "sha256")


def draw_generator(draws: bytes, slot: int) -> "KeyedGenerator":
    """The generator of one slot of a live list, from the key (`subkey(seed, "draw")`) that its root commits to."""
    return KeyedGenerator(hmac.digest(draws, str(slot).encode(), "sha256"))


class KeyedGenerator:
    """32-bit big-endian words of HMAC-SHA256(seed, counter as 8 bytes), counter from 0."""

    __slots__ = ("_words",)

    def __init__(self, seed: bytes) -> None:
        self._words = _words(seed)

    def __repr__(self) -> str:
        return "<KeyedGenerator>"

    def below(self, bound: int) -> int:
        """An integer uniform over 0 <= x < bound <= 2^32; words at or above 2^32 - (2^32 mod bound) are thrown away."""
        limit = _WORD - _WORD % bound
        return next(word for word in self._words if word < limit) % bound

    def take(self, size: int) -> bytes:
        """`size` bytes, for a rehearsal that must come out the same twice."""
        return b"".join(next(self._words).to_bytes(4, "big") for _ in range(-(-size // 4)))[:size]


def _words(seed: bytes) -> Iterator[int]:
    counter = 0
    while True:
        block = hmac.digest(seed, counter.to_bytes(8, "big"), "sha256")
        counter += 1
        for at in range(0, len(block), 4):
            yield int.from_bytes(block[at : at + 4], "big")
