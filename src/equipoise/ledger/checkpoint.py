"""Signed checkpoints: a statement, outside the chain, of how far the ledger had come.

The text that is signed has the shape of a C2SP checkpoint: origin, size and hash, one a line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from equipoise.vocabulary import utc_text

ORIGIN = "equipoise ledger"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`key` is the Ed25519 public key and `signature` the signature, both in hexadecimal."""

    seq: int
    hash: str
    signed_at: str
    key: str
    signature: str

    def is_genuine(self) -> bool:
        """True if the signature fits the key.  Whether the key is the right one is the verifier's question."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            key.verify(bytes.fromhex(self.signature), checkpoint_text(self.seq, self.hash, self.signed_at))
        except (InvalidSignature, TypeError, ValueError):  # whatever may have been put into the table
            return False
        return True


def checkpoint_text(seq: int, chain_head: str, signed_at: str) -> bytes:
    """The bytes that are signed."""
    return f"{ORIGIN}\n{seq}\n{chain_head}\n{signed_at}\n".encode()


def make_checkpoint(
    seq: int, chain_head: str, when: datetime, *, key: str, sign: Callable[[bytes], bytes]
) -> Checkpoint:
    """Sign the head of a ledger.  `sign` is the key holder's own function: the key never comes here."""
    signed_at = utc_text(when)
    return Checkpoint(seq, chain_head, signed_at, key, sign(checkpoint_text(seq, chain_head, signed_at)).hex())
