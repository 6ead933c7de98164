"""Append-only, hash-chained entries of declared types; state is their fold."""

from equipoise.ledger.anchor import Anchor, read_anchors
from equipoise.ledger.book import Book, Foldable
from equipoise.ledger.checkpoint import Checkpoint, checkpoint_text, make_checkpoint
from equipoise.ledger.clock_jump import ClockJump
from equipoise.ledger.entry import GENESIS, Entry, chain_hash, next_entry
from equipoise.ledger.event import declared_types, decode, encode, event, newest_version, upcaster
from equipoise.ledger.ledger import Ledger
from equipoise.ledger.signature import Signature, read_signature, sign
from equipoise.ledger.sqlite import SqliteLedger
from equipoise.ledger.verification import VerificationReport
from equipoise.ledger.verify import ONLY_AN_ANCHOR_TELLS, Projection, verify

__all__ = [
    "GENESIS",
    "ONLY_AN_ANCHOR_TELLS",
    "Anchor",
    "Book",
    "Checkpoint",
    "ClockJump",
    "Entry",
    "Foldable",
    "Ledger",
    "Projection",
    "Signature",
    "SqliteLedger",
    "VerificationReport",
    "chain_hash",
    "checkpoint_text",
    "declared_types",
    "decode",
    "encode",
    "event",
    "make_checkpoint",
    "newest_version",
    "next_entry",
    "read_anchors",
    "read_signature",
    "sign",
    "upcaster",
    "verify",
]
