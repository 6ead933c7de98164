"""Append-only, hash-chained entries of declared types; state is their fold."""

from equipoise.ledger.book import Book, Foldable
from equipoise.ledger.checkpoint import Checkpoint, checkpoint_text, make_checkpoint
from equipoise.ledger.entry import GENESIS, Entry, chain_hash, next_entry
from equipoise.ledger.event import declared_types, decode, encode, event, upcaster
from equipoise.ledger.sqlite import SqliteLedger

__all__ = [
    "GENESIS",
    "Book",
    "Checkpoint",
    "Entry",
    "Foldable",
    "SqliteLedger",
    "chain_hash",
    "checkpoint_text",
    "declared_types",
    "decode",
    "encode",
    "event",
    "make_checkpoint",
    "next_entry",
    "upcaster",
]
