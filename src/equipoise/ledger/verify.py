"""Judge a ledger: safeguards, chain, contents, signatures, outside anchors and projections.  Nothing is written.

Which attack is found by what, and which only by an outside anchor, is drawn in this room's README.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from equipoise.ledger.anchor import Anchor
from equipoise.ledger.chain import Row, judge_chain, judge_contents
from equipoise.ledger.checkpoint import Checkpoint
from equipoise.ledger.connection import UNREADABLE, Connection
from equipoise.ledger.engine import Engine
from equipoise.ledger.entry import Entry
from equipoise.ledger.schema import found_schema
from equipoise.ledger.sqlite import SQLITE
from equipoise.ledger.verification import Findings, VerificationReport
from equipoise.vocabulary import Finding, Refusal, Severity

Progress: TypeAlias = Callable[[int, int], None]
"""Told now and then how many entries of how many are done."""
Projection: TypeAlias = Callable[[Connection, Iterable[Entry]], Iterable[str]]
"""Rebuilds one projection from the entries and compares it with what the connection holds: one sentence for each
difference, which names the record and never its value."""

ONLY_AN_ANCHOR_TELLS = ("the end cut off", "an older copy put back", "written anew with the stolen signing key")
"""The attacks that leave no trace inside the machine."""

_EVERY = 5_000  # entries between two reports of progress


def verify(
    source: Path | Connection,
    *,
    anchors: Collection[Anchor] = (),
    trusted_keys: Collection[str] = (),
    projections: Mapping[str, Projection] | None = None,
    progress: Progress | None = None,
    engine: Engine = SQLITE,
) -> VerificationReport:
    """Judge the ledger in a file or on a connection, as of one moment; others may go on writing.

    `trusted_keys` are Ed25519 public keys in hexadecimal, learnt from outside.  Raises `Refusal` only where there is
    no ledger to judge; whatever is wrong with one is a finding.
    Source: E6(R3) 4.2.2(b); 21 CFR 11.10(a), (c), (e).
    """
    found = Findings()
    with engine.failures(), _opened(source) as connection, _one_moment(connection, engine):
        if not engine.holds_ledger(connection):
            raise Refusal("LEDGER-OPEN", "This database holds no ledger.", "Name the trial's folder or its ledger.")
        # what was set for another connection, or by this one only to read, says nothing about the writer
        _judge_safeguards(connection, engine, ["journal_mode"] if isinstance(source, Path) else None, found)
        checkpoints = _checkpoints(connection, found)
        marks = dict.fromkeys([*(one.seq for one in checkpoints), *(one.seq for one in anchors)], "")
        rows = judge_chain(_rows(connection, found), marks, found)
        entries, head = judge_contents(rows, found, _ticker(connection, progress))
        fitting = [one for one in checkpoints if _fits(one, marks, trusted_keys, found)]
        signed_to = max((one.seq for one in fitting if one.key in trusted_keys), default=0)
        anchored_to = max((one.seq for one in anchors if _holds(one, marks, entries, found)), default=0)
        for name, differences in (projections or {}).items():
            _judge_projection(name, differences, connection, found)
    _name_what_is_beyond(entries, signed_to, anchored_to, found)
    keys = tuple(dict.fromkeys(one.key for one in fitting))
    return VerificationReport(entries, head, signed_to, anchored_to, keys, tuple(projections or ()), found.all())


def _judge_safeguards(
    connection: Connection, engine: Engine, settings: Collection[str] | None, found: Findings
) -> None:
    for name in engine.changed_safeguards(connection):
        found.error("LEDGER-SCHEMA", name, "This safeguard of the ledger is missing, changed or not ours.")
    for broken in engine.broken_settings(connection, settings):
        message = f"The database does not keep {broken}; what was written last may be lost with the power."
        found.note(Finding("LEDGER-SETTINGS", Severity.WARNING, "database", message))
    for text in engine.damage(connection):
        found.error(
            "LEDGER-FILE", "database", f"The file is damaged: {text}.", "Keep it, and restore a copy elsewhere."
        )


def _rows(connection: Connection, found: Findings) -> Iterator[Row]:
    try:
        yield from connection.execute("SELECT seq, content, prev, hash, request FROM ledger ORDER BY seq")
    except UNREADABLE as error:
        found.error("LEDGER-FILE", "ledger", f"The entries cannot be read to their end: {error}.")


def _checkpoints(connection: Connection, found: Findings) -> list[Checkpoint]:
    try:
        rows = connection.execute("SELECT seq, hash, signed_at, key, signature FROM checkpoint ORDER BY seq")
        return [Checkpoint(*row) for row in rows]
    except UNREADABLE as error:
        found.error("LEDGER-FILE", "checkpoint", f"The checkpoints cannot be read: {error}.")
        return []


def _fits(checkpoint: Checkpoint, marks: Mapping[int, str], trusted_keys: Collection[str], found: Findings) -> bool:
    """True if it is a genuine signature of what the ledger holds, and not by a key that should not sign."""
    place = f"checkpoint of entry {checkpoint.seq}"
    if not checkpoint.is_genuine():
        found.error("LEDGER-CHECKPOINT", place, "Its signature is not genuine.")
    elif not marks[checkpoint.seq]:
        found.error("LEDGER-CHECKPOINT", place, "It signs an entry that is not there: entries were cut off.")
    elif marks[checkpoint.seq] != checkpoint.hash:
        found.error("LEDGER-CHECKPOINT", place, "It signs another history: entries up to here were written anew.")
    elif trusted_keys and checkpoint.key not in trusted_keys:
        found.error("LEDGER-KEY", place, "It was signed with a key that is not among the trusted ones.")
    else:
        return True
    return False


def _holds(anchor: Anchor, marks: Mapping[int, str], entries: int, found: Findings) -> bool:
    """True if the ledger still holds what was written down outside."""
    place = f"anchor of entry {anchor.seq}, {anchor.recorded_on}" + (f", {anchor.where}" if anchor.where else "")
    if not marks[anchor.seq]:
        message = f"The ledger ends at entry {entries}: its end was cut off, or an older copy was put back."
    elif marks[anchor.seq] != anchor.hash:
        message = "The ledger holds another history: entries up to here were written anew."
    else:
        return True
    found.error("LEDGER-ANCHOR", place, message, "Restore the newest copy that this anchor fits.")
    return False


def _judge_projection(name: str, differences: Projection, connection: Connection, found: Findings) -> None:
    entries = (Entry(*row[:4]) for row in _rows(connection, found))
    try:
        for sentence in differences(connection, entries):
            found.error("LEDGER-PROJECTION", name, sentence, "Rebuild the projection from the ledger.")
    except Exception:  # entries or tables that somebody has tampered with may break the rebuilding itself
        found.error("LEDGER-PROJECTION", name, "It cannot be rebuilt from the entries.")


def _name_what_is_beyond(entries: int, signed_to: int, anchored_to: int, found: Findings) -> None:
    if signed_to < entries:
        found.note(
            Finding(
                "LEDGER-UNSIGNED",
                Severity.INFO,
                f"entries {signed_to + 1} to {entries}",
                "No signature of a trusted key speaks for them: whoever can write the file could write them anew.",
                "Have the end signed, and name the key that you trust.",
            )
        )
    found.note(
        Finding(
            "LEDGER-UNANCHORED",
            Severity.INFO if anchored_to else Severity.WARNING,
            f"after entry {anchored_to}",
            "Nothing outside the machine speaks for what comes here, and these leave no other trace: "
            + "; ".join(ONLY_AN_ANCHOR_TELLS)
            + ".",
            "Keep an anchor of the ledger's end outside: on paper, in a mail, on another machine.",
            evidence=ONLY_AN_ANCHOR_TELLS,
        )
    )


def _ticker(connection: Connection, progress: Progress | None) -> Callable[[int], None]:
    if progress is None:
        return lambda count: None
    (total,) = connection.execute("SELECT coalesce(max(seq), 0) FROM ledger").fetchone()

    def tick(count: int) -> None:
        if count % _EVERY == 0 or count == total:
            progress(count, total)

    return tick


@contextmanager
def _one_moment(connection: Connection, engine: Engine) -> Iterator[None]:
    """Read everything from one snapshot."""
    if connection.in_transaction:
        yield
        return
    connection.execute(engine.snapshot)
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def _opened(source: Path | Connection) -> Iterator[Connection]:
    """Open a ledger file so that nothing in its folder changes, also from a read-only medium."""
    if not isinstance(source, Path):
        yield source
        return
    if not source.is_file():
        raise Refusal("LEDGER-OPEN", f"There is no file {source.name} here.", "Name the trial's folder or its ledger.")
    wal = source.with_name(f"{source.name}-wal")
    modes = ["mode=ro"] if wal.is_file() and wal.stat().st_size else ["mode=ro", "immutable=1"]
    with closing(_first_that_reads(source.resolve().as_uri(), modes)) as connection:
        yield connection


def _first_that_reads(uri: str, modes: list[str]) -> Connection:
    connection = sqlite3.connect(f"{uri}?{modes[0]}", uri=True, isolation_level=None)
    try:
        found_schema(connection)
    except UNREADABLE:
        connection.close()
        if not modes[1:]:
            raise
        return _first_that_reads(uri, modes[1:])
    return connection
