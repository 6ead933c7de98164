"""The ledger in SQLite: append-only by trigger, durable by WAL with synchronous=FULL, one immediate transaction a write.

The traps behind each setting are listed in docs/decisions/0003-ledger-storage.md.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from equipoise.ledger.checkpoint import Checkpoint
from equipoise.ledger.entry import GENESIS, Entry, next_entry
from equipoise.vocabulary import Clock, Refusal, Role

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS ledger (
  seq INTEGER PRIMARY KEY, content BLOB NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, request TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS ledger_by_request ON ledger (request) WHERE request IS NOT NULL;
CREATE TABLE IF NOT EXISTS checkpoint (
  seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, signed_at TEXT NOT NULL, key TEXT NOT NULL, signature TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS ledger_in_order BEFORE INSERT ON ledger
  WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
    OR NEW.prev IS NOT coalesce((SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1), '{GENESIS}')
  BEGIN SELECT raise(ABORT, 'the ledger only grows at its end'); END;
CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger
  BEGIN SELECT raise(ABORT, 'a ledger entry is never changed'); END;
CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger
  BEGIN SELECT raise(ABORT, 'a ledger entry is never removed'); END;
CREATE TRIGGER IF NOT EXISTS checkpoint_no_update BEFORE UPDATE ON checkpoint
  BEGIN SELECT raise(ABORT, 'a checkpoint is never changed'); END;
CREATE TRIGGER IF NOT EXISTS checkpoint_no_delete BEFORE DELETE ON checkpoint
  BEGIN SELECT raise(ABORT, 'a checkpoint is never removed'); END;
"""

# name -> (wanted, read back): a database that does not keep a promise is refused at start, not at the accident
_SETTINGS = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "recursive_triggers": ("ON", 1),  # without it INSERT OR REPLACE slips past the delete trigger
    "trusted_schema": ("OFF", 0),
    "foreign_keys": ("ON", 1),
}


class SqliteLedger:
    """A ledger on one SQLite connection.  `entries` read, `append` writes, nothing else changes anything."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        connection.isolation_level = None
        prepare(connection)

    @classmethod
    def open(cls, path: Path, clock: Clock) -> "SqliteLedger":
        """Open or create the ledger file.  Raises `Refusal` where the file cannot be used as one."""
        try:
            return cls(sqlite3.connect(path, timeout=30, check_same_thread=False), clock)
        except sqlite3.DatabaseError as error:
            raise Refusal(
                "LEDGER-OPEN", f"{path.name} cannot be opened as a ledger ({error}).", "Check the path, or restore it."
            ) from error

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the one write lock; commit durably at the end, or leave no trace."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk has rolled back already
                self._connection.execute("ROLLBACK")
            raise

    def append(
        self, events: Sequence[object], *, who: str, role: Role, why: str = "", request: str = ""
    ) -> tuple[Entry, ...]:
        """Write events as the next entries, all or none, and return them once they are durable."""
        if not events:
            return ()
        with self.transaction():
            last = self._last()
            seq, prev = (last.seq, last.hash) if last else (0, GENESIS)
            when = max(self._clock(), last.recorded_at) if last else self._clock()
            written = []
            for event in events:
                entry = next_entry(seq + 1, prev, event, who=who, role=role, when=when, why=why, request=request)
                written.append(entry)
                seq, prev = entry.seq, entry.hash
            self._connection.executemany(
                "INSERT INTO ledger (seq, content, prev, hash, request) VALUES (?, ?, ?, ?, ?)",
                [(entry.seq, entry.content, entry.prev, entry.hash, request or None) for entry in written],
            )
        return tuple(written)

    def entries(self, after: int = 0, until: int | None = None) -> Iterator[Entry]:
        """Entries with `after < seq <= until`, in order."""
        rows = self._connection.execute(
            "SELECT seq, content, prev, hash FROM ledger WHERE seq > ? AND (? IS NULL OR seq <= ?) ORDER BY seq",
            (after, until, until),
        )
        return (Entry(*row) for row in rows)

    def written_by(self, request: str) -> tuple[Entry, ...]:
        """The entries that a request wrote; empty if it never succeeded."""
        rows = self._connection.execute(
            "SELECT seq, content, prev, hash FROM ledger WHERE request = ? ORDER BY seq", (request,)
        )
        return tuple(Entry(*row) for row in rows)

    def head(self) -> tuple[int, str]:
        """(seq, hash) of the last entry; (0, genesis) of an empty ledger."""
        last = self._last()
        return (last.seq, last.hash) if last else (0, GENESIS)

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Store a signed checkpoint beside the entries."""
        with self.transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO checkpoint (seq, hash, signed_at, key, signature) VALUES (?, ?, ?, ?, ?)",
                (checkpoint.seq, checkpoint.hash, checkpoint.signed_at, checkpoint.key, checkpoint.signature),
            )

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        rows = self._connection.execute("SELECT seq, hash, signed_at, key, signature FROM checkpoint ORDER BY seq")
        return tuple(Checkpoint(*row) for row in rows)

    def _last(self) -> Entry | None:
        row = self._connection.execute(
            "SELECT seq, content, prev, hash FROM ledger ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return Entry(*row) if row else None


def prepare(connection: sqlite3.Connection) -> None:
    """Set the connection up for a ledger and read every setting back.  Raises `Refusal` if one does not hold."""
    for name, (wanted, held) in _SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {wanted}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != held and not (name == "journal_mode" and found == "memory"):
            raise Refusal(
                "LEDGER-DURABILITY",
                f"The database does not keep {name} = {wanted} (it says {found}).",
                "Put the trial on a local disk; network folders cannot hold a ledger.",
            )
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ledger_no_delete'").fetchone():
        connection.executescript(_SCHEMA)
