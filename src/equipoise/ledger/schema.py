"""What the database must promise: the settings of a connection, the two tables, and the triggers that hold them.

The trap behind each line is told in docs/decisions/0003-ledger-storage.md.
"""

import sqlite3
from collections.abc import Collection
from time import sleep

from equipoise.ledger.connection import UNREADABLE, Connection
from equipoise.vocabulary import Refusal

# name -> (wanted, read back): a database that does not keep a promise is refused at start, not at the accident
SETTINGS: dict[str, tuple[str, str | int]] = {
    "busy_timeout": ("30000", 30000),  # milliseconds
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "fullfsync": ("ON", 1),  # macOS: a plain fsync leaves the data in the drive's cache
    "recursive_triggers": ("ON", 1),  # without it INSERT OR REPLACE slips past the delete trigger
    "trusted_schema": ("OFF", 0),
    "foreign_keys": ("ON", 1),
}

# The types are held by CHECK and not by STRICT, which the SQLite of RHEL 9 (3.34) does not know.
SCHEMA: dict[str, str] = {
    "ledger": """CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  content BLOB NOT NULL CHECK (typeof(content) = 'blob'),
  prev TEXT NOT NULL CHECK (typeof(prev) = 'text' AND length(prev) = 64),
  hash TEXT NOT NULL CHECK (typeof(hash) = 'text' AND length(hash) = 64),
  request TEXT CHECK (typeof(request) IN ('text', 'null'))
)""",
    "ledger_by_request": "CREATE INDEX ledger_by_request ON ledger (request) WHERE request IS NOT NULL",
    "checkpoint": """CREATE TABLE checkpoint (
  seq INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  signed_at TEXT NOT NULL,
  key TEXT NOT NULL,
  signature TEXT NOT NULL
)""",
    "ledger_in_order": """CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
  WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
    OR NEW.prev IS NOT coalesce((SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1), hex(zeroblob(32)))
  BEGIN SELECT raise(ABORT, 'the ledger only grows at its end'); END""",
    "ledger_no_update": """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
  BEGIN SELECT raise(ABORT, 'a ledger entry is never changed'); END""",
    "ledger_no_delete": """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
  BEGIN SELECT raise(ABORT, 'a ledger entry is never removed'); END""",
    "checkpoint_fits": """CREATE TRIGGER checkpoint_fits BEFORE INSERT ON checkpoint
  WHEN NOT EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq AND hash = NEW.hash)
    OR EXISTS (SELECT 1 FROM checkpoint WHERE seq = NEW.seq)
  BEGIN SELECT raise(ABORT, 'a checkpoint is of an entry, and is never replaced'); END""",
    "checkpoint_no_update": """CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
  BEGIN SELECT raise(ABORT, 'a checkpoint is never changed'); END""",
    "checkpoint_no_delete": """CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
  BEGIN SELECT raise(ABORT, 'a checkpoint is never removed'); END""",
}


def prepare(connection: Connection) -> None:
    """Set the connection up for a ledger, and make the tables where there are none.

    Every setting is read back, and the tables and triggers are compared with ours: a trigger that somebody has dropped
    is not quietly put back.  Raises `Refusal` for a promise that does not hold.
    """
    for name, (wanted, _) in SETTINGS.items():
        _set(connection, f"PRAGMA {name} = {wanted}")
    if broken := broken_settings(connection):
        raise Refusal(
            "LEDGER-DURABILITY",
            f"The database does not keep {', '.join(broken)}.",
            "Put the trial on a local disk; network folders cannot hold a ledger.",
        )
    if not found_schema(connection):
        _make_tables(connection)
    if missing := schema_differences(connection):
        raise Refusal(
            "LEDGER-SCHEMA",
            f"The ledger's own safeguards have been changed: {', '.join(missing)}.",
            "Write nothing more, and run `equipoise verify` on it.",
        )


def _set(connection: Connection, pragma: str, patience: int = 200) -> None:
    """Two processes may make one new ledger at once, and the switch to WAL is the one statement that never waits."""
    try:
        connection.execute(pragma).fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_BUSY" or not patience:
            raise
        sleep(0.05)
        _set(connection, pragma, patience - 1)


def broken_settings(connection: Connection, names: Collection[str] | None = None) -> list[str]:
    """The settings, by name and value found, that this connection does not keep; all of them, or only those named."""
    broken = []
    for name in SETTINGS if names is None else names:
        held = SETTINGS[name][1]
        row = connection.execute(f"PRAGMA {name}").fetchone()
        found = row[0] if row else "nothing"
        if found != held and not (found == "memory" and _is_in_memory(connection)):
            broken.append(f"{name} = {held} (it says {found})")
    return broken


def found_schema(connection: Connection) -> dict[str, str]:
    """Everything that is declared on the ledger's tables, by name."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name IN ('ledger', 'checkpoint') AND sql IS NOT NULL"
    )
    return {str(name): str(sql) for name, sql in rows}


def schema_differences(connection: Connection) -> list[str]:
    """The tables, indexes and triggers that are missing, changed or added, by name."""
    found = found_schema(connection)
    return sorted(name for name in SCHEMA.keys() | found.keys() if SCHEMA.get(name) != found.get(name))


def damage(connection: Connection) -> list[str]:
    """What the engine itself finds wrong with its file."""
    try:
        return [text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]
    except UNREADABLE as error:
        return [str(error)]


def _make_tables(connection: Connection) -> None:
    """Make all or none, under the write lock: two processes may open a new ledger at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not found_schema(connection):
            for statement in SCHEMA.values():
                connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _is_in_memory(connection: Connection) -> bool:
    return not any(file for _, name, file in connection.execute("PRAGMA database_list") if name == "main")
