"""A small declared trial for the tests of the ledger: two entry types, a fold, and a key that signs."""

import multiprocessing
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from equipoise.ledger import Book, Checkpoint, Entry, SqliteLedger, event, make_checkpoint
from equipoise.vocabulary import Refusal, Role, SteppingClock


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@event("sample_enrolled")
@dataclass(frozen=True, slots=True)
class Enrolled:
    participant: str
    enrolled_on: date
    side: Side = Side.LEFT
    consents: tuple[str, ...] = ()


@event("sample_measured")
@dataclass(frozen=True, slots=True)
class Measured:
    participant: str
    item: str
    value: Decimal | None
    measured_at: datetime
    note: str = ""


@dataclass
class SampleState:
    """The fold: who is enrolled, and the last value of each item."""

    enrolled: list[str] = field(default_factory=list)
    values: dict[tuple[str, str], Decimal | None] = field(default_factory=dict)

    def apply(self, entry: Entry) -> None:
        match entry.event:
            case Enrolled(participant=participant):
                self.enrolled.append(participant)
            case Measured(participant=participant, item=item, value=value):
                self.values[participant, item] = value


START = datetime(2024, 1, 2, 8, tzinfo=UTC)
NURSE = {"who": "n.sari", "role": Role.INVESTIGATOR}


def clock(step: timedelta = timedelta(seconds=1)) -> SteppingClock:
    return SteppingClock(START, step)


def open_ledger(path: Path | None = None) -> SqliteLedger:
    """A ledger in a file, or in memory."""
    if path is None:
        return SqliteLedger(sqlite3.connect(":memory:", check_same_thread=False), clock())
    return SqliteLedger.open(path, clock())


def measured(number: int, note: str = "") -> Measured:
    value = Decimal(number % 97) / 10 if number % 11 else None
    return Measured(f"P{number % 30:03}", f"item {number % 7}", value, START + timedelta(minutes=number), note)


def fill(ledger: SqliteLedger, count: int, *, first: int = 0) -> None:
    """Write `count` entries, one a request."""
    for number in range(first, first + count):
        ledger.append([measured(number)], **NURSE, why="entered", request=f"request {number}")


def enrol(participant: str):
    """The command: a pure function of the state that gives events or refuses."""

    def decide(state: SampleState) -> Sequence[object]:
        if participant in state.enrolled:
            raise Refusal("SAMPLE-1", "This participant is enrolled already.", "Choose another.")
        return [Enrolled(participant, date(2024, 1, 2))]

    return decide


class Signer:
    """An Ed25519 key; the seed makes it the same key at every run."""

    def __init__(self, seed: int) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
        self.key = self._private.public_key().public_bytes_raw().hex()

    def checkpoint(self, seq: int, chain_head: str) -> Checkpoint:
        return make_checkpoint(seq, chain_head, START, key=self.key, sign=self._private.sign)


# ---- what other processes do: they import this module, and not the test that starts them


def processes(monkeypatch) -> multiprocessing.context.ForkServerContext:
    """Processes that start in milliseconds: each is a fork of one that has imported this module already."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)  # where that one finds the module
    monkeypatch.delattr("__main__.__file__", raising=False)  # else each of them would import pytest
    monkeypatch.setattr("__main__.__spec__", None)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def machine_clock() -> datetime:
    return datetime.now(UTC)


def ask(book: Book[SampleState], participant: str) -> int:
    """Enrol one participant, and give the number of the entry."""
    (entry,) = book.execute(enrol(participant), **NURSE, request=f"enrol {participant}")
    return entry.seq


def ask_for_all(path: Path, participants: Sequence[str], start, answers) -> None:
    """Open the ledger when all are ready, and enrol everybody."""
    start.wait()
    book = Book(SqliteLedger.open(path, machine_clock), SampleState())
    answers.put([(participant, ask(book, participant)) for participant in participants])


def write_for_ever(path: Path, acknowledge) -> None:
    """Commit an entry and the row that shows it in one transaction, and acknowledge its number after the commit."""
    ledger = SqliteLedger.open(path, machine_clock)
    while True:
        with ledger.transaction():
            (entry,) = ledger.append([measured(1, "x" * 500)], **NURSE)
            ledger._connection.execute("INSERT INTO shown (seq) VALUES (?)", (entry.seq,))
        acknowledge.send(entry.seq)


def write_to_server_for_ever(address: str, schema: str, acknowledge) -> None:
    """Commit entry after entry to a server, and acknowledge each number after the commit; ends with the server."""
    from equipoise.ledger.postgresql import PostgresqlLedger

    ledger = PostgresqlLedger.open(address, schema, machine_clock)
    while True:
        try:
            (entry,) = ledger.append([measured(1, "x" * 500)], **NURSE)
        except Refusal:
            return
        acknowledge.send(entry.seq)
