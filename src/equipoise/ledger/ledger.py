"""The ledger on a database connection: one transaction a write; nothing is changed, nothing removed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from threading import RLock

from equipoise.ledger.checkpoint import Checkpoint
from equipoise.ledger.clock_jump import ClockJump
from equipoise.ledger.connection import Connection
from equipoise.ledger.engine import Engine
from equipoise.ledger.entry import GENESIS, Entry, chain_hash, next_entry
from equipoise.vocabulary import Clock, Refusal, Role

_PAGE = 64  # entries a read: few enough to stay in the cache, and no cursor is open that would hold up a checkpoint
_END = 2**63 - 1

_RANGE = "SELECT seq, content, prev, hash FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
_LAST = "SELECT seq, content, prev, hash FROM ledger ORDER BY seq DESC LIMIT 1"
_BY_REQUEST = "SELECT seq, content, prev, hash FROM ledger WHERE request = ? ORDER BY seq"
_IS_JUMP = b'"type":"clock_jump","version":'  # canonical JSON: inside a text the quotes would be escaped

# begin, commit, undo
_INNER = (("SAVEPOINT entries",), "RELEASE entries", ("ROLLBACK TO entries", "RELEASE entries"))


class Ledger:
    """A ledger on one connection.  `entries` read, `append` writes, nothing else changes anything.

    Several threads may share it, and several processes may each have their own on the same database.  `lock` is held
    while a thread reads or writes; take it to read twice and see no change in between.
    """

    def __init__(self, connection: Connection, clock: Clock, engine: Engine) -> None:
        self._connection = connection
        self._clock = clock
        self._engine = engine
        self.lock = RLock()
        with engine.failures():
            engine.prepare(connection)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the one write lock; commit durably at the end, or leave no trace.

        Inside another transaction it is a part of that one: it still leaves no trace if it fails, and is durable when
        the outermost has been committed.  Raises `Refusal` where the machine fails; then it is safe to try again.
        """
        with self.lock, self._engine.failures():
            outermost = (self._engine.begin, "COMMIT", ("ROLLBACK",))
            begin, commit, undo = _INNER if self._connection.in_transaction else outermost
            try:
                for statement in begin:
                    self._connection.execute(statement)
                yield
                self._connection.execute(commit)
            except BaseException:
                for statement in undo:
                    if self._connection.in_transaction:  # after a full disk the engine has rolled back already
                        self._connection.execute(statement)
                raise

    def append(
        self, events: Sequence[object], *, who: str, role: Role, why: str = "", request: str = ""
    ) -> tuple[Entry, ...]:
        """Write events as the next entries, all or none, and return them once they are durable.

        Ledger time never runs backwards: if the clock does, the first write after it is preceded by a `clock_jump`.
        """
        if not events:
            return ()
        with self.transaction():
            now = self._clock()
            last = self._last()
            if last and now < last.recorded_at:
                last = self._wait_for_clock(now, last)
                now = last.recorded_at
            return self._write(events, last, who=who, role=role, when=now, why=why, request=request)

    def entries(self, after: int = 0, until: int | None = None) -> Iterator[Entry]:
        """Entries with `after < seq <= until`, in order."""
        end = _END if until is None else until
        while True:
            page = self._read(_RANGE, after, end, _PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].seq

    def written_by(self, request: str) -> tuple[Entry, ...]:
        """The entries that a request wrote; empty if it never succeeded."""
        return self._read(_BY_REQUEST, request)

    def head(self) -> tuple[int, str]:
        """(seq, hash) of the last entry; (0, genesis) of an empty ledger."""
        last = self._last()
        return (last.seq, last.hash) if last else (0, GENESIS)

    def hash_at(self, seq: int) -> str | None:
        """The hash of one entry, genesis for 0, or nothing if the ledger does not reach so far."""
        with self.lock, self._engine.failures():
            row = self._connection.execute("SELECT hash FROM ledger WHERE seq = ?", (seq,)).fetchone()
        return row[0] if row else (GENESIS if seq == 0 else None)

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Store a signed checkpoint beside the entries; the first for an entry stays.

        Raises `Refusal` for one that is not genuine, or not of this ledger: it could never be taken away again.
        """
        with self.transaction():
            if not checkpoint.is_genuine() or self.hash_at(checkpoint.seq) != checkpoint.hash or not checkpoint.seq:
                raise Refusal(
                    "LEDGER-CHECKPOINT",
                    "The checkpoint is not a genuine signature of an entry of this ledger.",
                    "Sign the ledger's present head.",
                )
            if all(stored.seq != checkpoint.seq for stored in self.checkpoints()):
                self._connection.execute(
                    "INSERT INTO checkpoint (seq, hash, signed_at, key, signature) VALUES (?, ?, ?, ?, ?)",
                    (checkpoint.seq, checkpoint.hash, checkpoint.signed_at, checkpoint.key, checkpoint.signature),
                )

    def take_over(self, other: "Ledger") -> None:
        """Copy every entry and checkpoint of another ledger into this one, which must be empty; all or none.

        Raises `Refusal` where this one holds entries, or where the other's do not follow from one another.
        """
        with self.transaction():
            if self._last() is not None:
                raise Refusal(
                    "LEDGER-CARRY", "The ledger to carry entries into is not empty.", "Check which of the two is right."
                )
            seq, prev = 0, GENESIS
            while page := tuple(islice(other.entries(after=seq), _PAGE)):
                for entry in page:
                    if (entry.seq, entry.prev, entry.hash) != (seq + 1, prev, chain_hash(prev, entry.content)):
                        raise Refusal(
                            "LEDGER-CARRY", "The ledger to copy was changed.", "Run `equipoise verify` on it."
                        )
                    seq, prev = entry.seq, entry.hash
                self._insert(page)
            for checkpoint in other.checkpoints():
                self.add_checkpoint(checkpoint)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        with self.lock, self._engine.failures():
            rows = self._connection.execute("SELECT seq, hash, signed_at, key, signature FROM checkpoint ORDER BY seq")
            return tuple(Checkpoint(*row) for row in rows)

    def _read(self, query: str, *parameters: str | int | bytes) -> tuple[Entry, ...]:
        with self.lock, self._engine.failures():
            return tuple([Entry(*row) for row in self._connection.execute(query, parameters)])

    def _last(self) -> Entry | None:
        return next(iter(self._read(_LAST)), None)

    def _wait_for_clock(self, now: datetime, last: Entry) -> Entry:
        """The last entry while ledger time stands still: a `clock_jump`, once per jump."""
        for known in self._read(self._engine.last_jump, _IS_JUMP):
            if known.recorded_at == last.recorded_at and known.event.clock_read <= now:
                return last
        jump = ClockJump(clock_read=now, ledger_time=last.recorded_at)
        why = "The clock of the machine ran backwards."
        (entry,) = self._write(
            [jump], last, who="equipoise", role=Role.SYSTEM, when=last.recorded_at, why=why, request=""
        )
        return entry

    def _write(
        self,
        events: Sequence[object],
        last: Entry | None,
        *,
        who: str,
        role: Role,
        when: datetime,
        why: str,
        request: str,
    ) -> tuple[Entry, ...]:
        seq, prev = (last.seq, last.hash) if last else (0, GENESIS)
        written = []
        for event in events:
            entry = next_entry(seq + 1, prev, event, who=who, role=role, when=when, why=why, request=request)
            written.append(entry)
            seq, prev = entry.seq, entry.hash
        self._insert(written)
        return tuple(written)

    def _insert(self, entries: Sequence[Entry]) -> None:
        self._connection.executemany(
            "INSERT INTO ledger (seq, content, prev, hash, request) VALUES (?, ?, ?, ?, ?)",
            [(entry.seq, entry.content, entry.prev, entry.hash, entry.request or None) for entry in entries],
        )
