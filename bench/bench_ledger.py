"""The ledger: durable appends, verification and fold, each beside the plain thing that it is built on.

A trial of 30 participants has about 14,400 entries, one of 500 participants about 240,000.  Figures are medians of
five runs, three of the long ones; `ratio` is ours over the plain reference, measured in the same run on the same rows:
an insert into a plain table (same SQLite settings, no chain, no triggers, no JSON), SHA-256 over the stored contents,
and `json.loads` of the stored contents.
"""

import json
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from equipoise.ledger import Book, Entry, SqliteLedger, event, verify
from equipoise.ledger.chain import judge_chain
from equipoise.ledger.schema import SETTINGS
from equipoise.ledger.verification import Findings
from equipoise.vocabulary import Role, SteppingClock

RUNS = 5
LONG = 100_000
START = datetime(2024, 1, 2, 8, tzinfo=UTC)
SIGNATURE = {"who": "n.sari", "role": Role.INVESTIGATOR}
ROWS = "SELECT seq, content, prev, hash, request FROM ledger ORDER BY seq"


@event("bench_answer")
@dataclass(frozen=True, slots=True)
class Answer:
    participant: str
    encounter: str
    item: str
    value: Decimal | None
    unit: str
    answered_at: datetime
    remark: str = ""


@dataclass
class Answers:
    """The fold: the newest answer to each item."""

    newest: dict[tuple[str, str, str], Decimal | None] = field(default_factory=dict)

    def apply(self, entry: Entry) -> None:
        if entry.type == "bench_answer":
            answer = entry.event
            self.newest[answer.participant, answer.encounter, answer.item] = answer.value


def answer(number: int) -> Answer:
    encounter, item = f"day {number % 7}", f"item {number % 60}"
    return Answer(
        f"P{number % 500:03}", encounter, item, Decimal(number % 900) / 10, "mm/h", START + timedelta(0, number)
    )


def ledger_in(folder: Path, entries: int = 0) -> SqliteLedger:
    ledger = SqliteLedger.open(folder / f"{entries}.sqlite3", SteppingClock(START))
    with ledger.transaction():
        for number in range(entries):
            ledger.append([answer(number)], **SIGNATURE, request=f"{number:032x}")
    return ledger


def plain_in(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    for name, (wanted, _) in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {wanted}").fetchall()
    connection.execute("CREATE TABLE plain (seq INTEGER PRIMARY KEY, content BLOB, request TEXT)")
    return connection


def seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def show(name: str, entries: int, ours: Callable[[], object], plain: Callable[[], object]) -> None:
    """Time both in turn, so that a busy moment of the machine meets both."""
    times = [(seconds(ours), seconds(plain)) for _ in range(RUNS if entries < LONG else 3)]
    mine, reference = (entries / median(one) for one in zip(*times, strict=True))
    print(f"{name:34} {entries:>9,} {mine:>12,.0f} {reference:>14,.0f} {mine / reference:>7.2f}", flush=True)


def appends(folder: Path) -> None:
    ledger, plain = ledger_in(folder), plain_in(folder)
    content = b"x" * 330  # as long as one of ours
    numbers = iter(range(10**9))

    def one_by_one() -> None:
        for _ in range(400):
            number = next(numbers)
            ledger.append([answer(number)], **SIGNATURE, request=f"{number:032x}")

    def plain_one_by_one() -> None:
        for _ in range(400):
            plain.execute("INSERT INTO plain (content, request) VALUES (?, ?)", (content, f"{next(numbers):032x}"))

    def together() -> None:
        ledger.append([answer(next(numbers)) for _ in range(2_000)], **SIGNATURE)

    def plain_together() -> None:
        plain.execute("BEGIN IMMEDIATE")
        plain.executemany("INSERT INTO plain (content) VALUES (?)", ((content,) for _ in range(2_000)))
        plain.execute("COMMIT")

    show("append, durable, one a transaction", 400, one_by_one, plain_one_by_one)
    show("append, durable, 2,000 at once", 2_000, together, plain_together)
    ledger.close()
    plain.close()


def reads(folder: Path, entries: int) -> None:
    ledger = ledger_in(folder, entries)
    connection = sqlite3.connect(folder / f"{entries}.sqlite3")

    def chain() -> None:
        found = Findings()
        for _ in judge_chain(connection.execute(ROWS), {}, found):
            pass
        assert not found.all()

    def hashes() -> None:
        for row in connection.execute(ROWS):
            sha256(row[1]).hexdigest()

    def whole() -> None:
        assert verify(folder / f"{entries}.sqlite3").is_sound

    def fold() -> None:
        assert Book(ledger, Answers()).state().newest

    def parse() -> None:
        for row in connection.execute(ROWS):
            json.loads(row[1])

    show("verify, chain", entries, chain, hashes)
    show("verify, everything", entries, whole, hashes)
    show("fold", entries, fold, parse)
    connection.close()
    ledger.close()


def main() -> None:
    print(f"{'':34} {'entries':>9} {'ours / s':>12} {'plain / s':>14} {'ratio':>7}")
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent, prefix=".bench-") as name:  # a disk, not a memory disk
        appends(Path(name))
        for entries in (14_400, 240_000):
            reads(Path(name), entries)


if __name__ == "__main__":
    main()
