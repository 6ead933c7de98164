"""Requests played again: what two worlds asked of the write door, answered side by side in one process and measured.

The same request stands at the same place of both worlds; in a swap pair its participant has the other arm there.  So
two answers differ in the arm alone: whatever else a request takes (its kind, the person, the day) cancels.
"""

import contextlib
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import worlds
from mutants import arm_of

from equipoise.cli.rehearsal.part import Part
from equipoise.cli.rehearsal.trial import Rehearsal
from equipoise.closure import Trial
from equipoise.conduct import AdministerDose, Capture, Dispense, Randomise
from equipoise.ledger import Book, Entry, SqliteLedger
from equipoise.vocabulary import SteppingClock

MEASURED = (Randomise, Dispense, AdministerDose, Capture)


@dataclass(frozen=True)
class Request:
    """One call of the write door; `kind` is empty for what is not measured."""

    kind: str
    participant: str
    moment: datetime
    execute: Callable[[Book[Trial]], tuple[Entry, ...]]


@dataclass(frozen=True)
class Recording:
    """Every call of one world from the first participant on, and the ledger as it stood before."""

    begun: sqlite3.Connection
    requests: tuple[Request, ...]
    arms: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What could be seen of one request from outside: `size` is that of the entries written, in bytes."""

    kind: str
    arm: str
    seconds: float
    statements: int
    size: int


def record(part: Part, folder: Path) -> Recording:
    """Play one world and keep what it asked."""
    begun = sqlite3.connect(":memory:")
    requests: list[Request] = []
    played: list[Rehearsal] = []

    def listen(rehearsal: Rehearsal) -> None:
        desk, book = rehearsal.desk, rehearsal.desk.book
        hand_in, execute = desk.do, book.execute
        asked: list[object] = []
        played.append(rehearsal)
        book.ledger._connection.backup(begun)

        def do(actor, command, *, why=""):  # type: ignore[no-untyped-def]  # stands in for Desk.do
            asked[:] = [command]
            try:
                return hand_in(actor, command, why=why)
            finally:
                asked.clear()

        def call(decide, **by):  # type: ignore[no-untyped-def]  # stands in for Book.execute
            written = execute(decide, **by)
            command = asked[0] if asked else None  # what the vault told is entered without a command
            who = getattr(command, "participant", "")
            is_measured = isinstance(command, MEASURED) and who in desk.state.allocation.slot_of
            kind = type(command).__name__ if is_measured else ""
            if written:
                requests.append(Request(kind, who, written[0].recorded_at, lambda fresh: fresh.execute(decide, **by)))
            return written

        desk.do, book.execute = do, call  # type: ignore[method-assign]  # the listener

    worlds.play(folder, part, listen)
    return Recording(begun, tuple(requests), {who.participant: arm_of(played[0], who.participant) for who in requests})


def answers(
    one: Recording, other: Recording, order: random.Random, delay: Callable[[str], None] | None = None, times: int = 1
) -> Iterator[tuple[Answer, Answer]]:
    """Answer every request of both worlds anew, in turns of random order; gives the measured ones.

    A measured request is answered `times` times and undone before the last.  `delay` is a planted fault: what the
    handler does for an arm.
    """
    sides = [_Side(recording, delay) for recording in (one, other)]
    for at, request in enumerate(one.requests):
        for left in reversed(range(times if request.kind else 1)):
            turns = [0, 1] if order.random() < 0.5 else [1, 0]
            found = {side: sides[side].answer(at, keep=not left) for side in turns}
            if request.kind:
                yield found[0], found[1]


class _Undone(Exception):
    """Leaves a transaction without a trace."""


class _Side:
    """One world in memory, as it stood before its first participant."""

    def __init__(self, recording: Recording, delay: Callable[[str], None] | None) -> None:
        connection = sqlite3.connect(":memory:")
        recording.begun.backup(connection)
        self._recording, self._delay = recording, delay
        self._clock = SteppingClock(recording.requests[0].moment)
        self._book = Book(SqliteLedger(connection, self._clock), Trial())
        self._statements: list[str] = []
        connection.set_trace_callback(self._statements.append)

    def answer(self, at: int, *, keep: bool) -> Answer:
        """The time is the processor's: what else the machine does must not hide a leak."""
        request = self._recording.requests[at]
        arm = self._recording.arms[request.participant]
        self._clock.set(request.moment)
        self._book.state()  # takes the entries of the request before: not this one's time
        with contextlib.suppress(_Undone), self._book.ledger.transaction():
            self._statements.clear()
            begun = time.thread_time()
            if self._delay:
                self._delay(arm)
            written = request.execute(self._book)
            seconds = time.thread_time() - begun
            answer = Answer(
                request.kind, arm, seconds, len(self._statements), sum(len(entry.content) for entry in written)
            )
            if not keep:
                raise _Undone
        return answer
