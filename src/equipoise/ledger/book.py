"""A ledger together with the state that its entries fold into, and the one way to change both.

A command is a pure function of the state; it gives the events to write, or raises a `Refusal`.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from equipoise.ledger.entry import GENESIS, Entry
from equipoise.ledger.ledger import Ledger
from equipoise.vocabulary import Refusal, Role


class Foldable(Protocol):
    """A state that is a fold of the ledger: `apply` takes one entry after the other, in order.

    It meets every type of entry there is, also the ledger's own `clock_jump`; what it does not know, it passes over.
    """

    def apply(self, entry: Entry) -> None: ...


S = TypeVar("S", bound=Foldable)
T = TypeVar("T")


class Book(Generic[S]):
    """The write door: read, decide and append happen under one lock, so that a decision is never out of date."""

    def __init__(self, ledger: Ledger, state: S, *, folded_to: tuple[int, str] = (0, GENESIS)) -> None:
        """`state` has been folded up to the entry `folded_to` (number, hash); without it, it is the empty one."""
        self.ledger = ledger
        self._state = state
        self._seq, self._hash = folded_to
        self._written: dict[str, Entry] = {}

    @property
    def folded_to(self) -> tuple[int, str]:
        """The entry (number, hash) that the state was last folded up to."""
        return self._seq, self._hash

    def state(self) -> S:
        """The state as of the last entry.  For reading only: a change made to it is lost and is our bug.

        Several threads that share a book look at it with `read`, which holds the lock while they do.
        Raises `Refusal` where the ledger no longer holds what was read from it: it has been cut, or put back.
        """
        with self.ledger.lock:
            if self.ledger.hash_at(self._seq) != self._hash:
                raise Refusal(
                    "LEDGER-CHANGED",
                    "What this program has read from the ledger no longer fits it.",
                    "Write nothing more; start the program again, and run `equipoise verify`.",
                )
            for read in self.ledger.entries(after=self._seq):
                self._hash = "half applied"  # if `apply` fails, this state is never used again
                self._state.apply(self._decoded(read))
                self._seq, self._hash = read.seq, read.hash
            self._written.clear()
            return self._state

    def _decoded(self, read: Entry) -> Entry:
        """What was read; if this book wrote the very same bytes, as it was decoded then."""
        written = self._written.get(read.hash)
        return read if written is None or written != read else written

    def read(self, look: Callable[[S], T]) -> T:
        """What `look` sees in the state, while no other thread can change it."""
        with self.ledger.lock:
            return look(self.state())

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

        The state takes the entries when it is next read, from the ledger: so it is never ahead of what is durable.
        Raises `Refusal` where the command is not allowed; then nothing is written.
        """
        with self.ledger.transaction():
            if request and (written := self.ledger.written_by(request)):
                if (written[0].who, written[0].role) != (who, role):
                    raise Refusal(
                        "LEDGER-REQUEST", "This request was sent by somebody else before.", "Send it as a new request."
                    )
                return written
            entries = self.ledger.append(decide(self.state()), who=who, role=role, why=why, request=request)
            self._written.update((entry.hash, entry) for entry in entries)
            return entries
