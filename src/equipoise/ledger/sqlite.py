"""The ledger in SQLite: append-only by trigger, durable by WAL with synchronous=FULL."""

import sqlite3
from pathlib import Path

from equipoise.ledger.connection import Connection, failures_as_refusals
from equipoise.ledger.engine import Engine
from equipoise.ledger.ledger import Ledger
from equipoise.ledger.schema import broken_settings, damage, found_schema, prepare, schema_differences
from equipoise.vocabulary import Clock

SQLITE = Engine(
    begin=("BEGIN IMMEDIATE",),
    snapshot="BEGIN",
    last_jump="SELECT seq, content, prev, hash FROM ledger WHERE instr(content, ?) ORDER BY seq DESC LIMIT 1",
    prepare=prepare,
    holds_ledger=lambda connection: "ledger" in found_schema(connection),
    changed_safeguards=schema_differences,
    broken_settings=broken_settings,
    damage=damage,
    failures=failures_as_refusals,
)


class SqliteLedger(Ledger):
    """A ledger on one SQLite connection."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.isolation_level = None
        super().__init__(connection, clock, SQLITE)

    @classmethod
    def open(cls, path: Path, clock: Clock) -> "SqliteLedger":
        """Open or create the ledger file.  Raises `Refusal` where the file cannot be used as one."""
        with failures_as_refusals():
            connection = sqlite3.connect(path, check_same_thread=False)
        return cls(connection, clock)
