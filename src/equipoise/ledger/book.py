"""A ledger together with the state that its entries fold into, and the one way to change both.

A command is a pure function of the state; it gives the events to write, or raises a `Refusal`.
"""

from collections.abc import Callable, Iterable, Sequence
from threading import RLock
from typing import Generic, Protocol, TypeVar

from equipoise.ledger.entry import Entry
from equipoise.ledger.sqlite import SqliteLedger
from equipoise.vocabulary import Role


class Foldable(Protocol):
    """A state that is a fold of the ledger: `apply` takes one entry after the other, in order."""

    def apply(self, entry: Entry) -> None: ...


S = TypeVar("S", bound=Foldable)


class Book(Generic[S]):
    """The write door: read, decide and append happen under one lock, so that a decision is never out of date."""

    def __init__(self, ledger: SqliteLedger, state: S) -> None:
        self.ledger = ledger
        self._state = state
        self._seq = 0
        self._lock = RLock()

    def state(self) -> S:
        """The state as of the last entry.  For reading only: a change made to it is lost and is our bug."""
        with self._lock:
            self._take(self.ledger.entries(after=self._seq))
            return self._state

    def execute(
        self,
        decide: Callable[[S], Sequence[object]],
        *,
        who: str,
        role: Role,
        why: str = "",
        request: str = "",
    ) -> tuple[Entry, ...]:
        """Run one command and return the entries it wrote; a repeated `request` returns what it wrote the first time.

        Raises `Refusal` where the command is not allowed; then nothing is written.
        """
        with self._lock:
            with self.ledger.transaction():
                if request and (written := self.ledger.written_by(request)):
                    return written
                events = decide(self.state())
                entries = self.ledger.append(events, who=who, role=role, why=why, request=request)
            self._take(entries)
            return entries

    def _take(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._state.apply(entry)
            self._seq = entry.seq
