"""Envelopes: anonymous boxes of one constant length, sealed to a public key and bound to their place.

X25519 with an ephemeral key, HKDF-SHA256, ChaCha20-Poly1305: 32 bytes of ephemeral key, 64 of content, 16 of tag.
"""

from collections.abc import Callable
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from equipoise.allocation.commitment import NONCE_BYTES, padded_arm
from equipoise.allocation.design import ARM_BYTES
from equipoise.vocabulary import Refusal

Entropy: TypeAlias = Callable[[int], bytes]
"""`entropy(size)` gives fresh random bytes: the operating system's, or a rehearsal's."""

ENVELOPE_BYTES = 112
_KEY_BYTES = 32


def seal_slot(recipient: bytes, place: tuple[int, int], arm: str, nonce: bytes, entropy: Entropy) -> bytes:
    """Seal one slot's arm and nonce to a recipient's X25519 public key; 112 bytes, whatever the arm's name."""
    box = seal_box(recipient, _label(place), padded_arm(arm) + nonce, entropy)
    assert len(box) == ENVELOPE_BYTES, "an envelope's length must not depend on what is inside"
    return box


def open_slot(private_key: bytes, place: tuple[int, int], box: bytes) -> tuple[str, bytes]:
    """Open an envelope at the place (stratum, slot) it was sealed for; gives (arm, nonce).

    Raises `Refusal` for a wrong key, a changed box, or a box from another place (attack K4).
    """
    content = open_box(private_key, _label(place), box)
    assert len(content) == ARM_BYTES + NONCE_BYTES, "an envelope holds an arm and a nonce"
    return content[:ARM_BYTES].rstrip(b"\0").decode(), content[ARM_BYTES:]


def public_key(private_key: bytes) -> bytes:
    """The X25519 public key of a private one."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def seal_box(recipient: bytes, label: bytes, content: bytes, entropy: Entropy) -> bytes:
    """Seal a content to an X25519 public key, bound to a label: 48 bytes longer than the content."""
    ephemeral = X25519PrivateKey.from_private_bytes(entropy(_KEY_BYTES))
    sender = ephemeral.public_key().public_bytes_raw()
    secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    key, nonce = _keys(secret, sender + recipient)
    return sender + ChaCha20Poly1305(key).encrypt(nonce, content, label)


def open_box(private_key: bytes, label: bytes, box: bytes) -> bytes:
    """Open what `seal_box` sealed.  Raises `Refusal` for another key, another label or a changed box."""
    own = X25519PrivateKey.from_private_bytes(private_key)
    sender, sealed = box[:_KEY_BYTES], box[_KEY_BYTES:]
    try:
        secret = own.exchange(X25519PublicKey.from_public_bytes(sender))
        key, nonce = _keys(secret, sender + own.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(nonce, sealed, label)
    except (InvalidTag, ValueError) as error:
        raise Refusal("ENVELOPE", "This envelope does not open at this place.", "Call the statistician.") from error


def _keys(secret: bytes, context: bytes) -> tuple[bytes, bytes]:
    # the key is used once, so its nonce may come from the same derivation
    block = HKDF(SHA256(), _KEY_BYTES + 12, salt=None, info=b"equipoise-envelope-v1" + context).derive(secret)
    return block[:_KEY_BYTES], block[_KEY_BYTES:]


def _label(place: tuple[int, int]) -> bytes:
    return f"{place[0]:04d}{place[1]:06d}".encode()
