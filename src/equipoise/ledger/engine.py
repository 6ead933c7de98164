"""What the ledger asks of a database engine beside plain SQL: one value for each engine."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from equipoise.ledger.connection import Connection


@dataclass(frozen=True, slots=True)
class Engine:
    """`begin` opens the one write transaction and waits for its lock; `last_jump` finds the last entry with some bytes.

    `prepare` sets a connection up and makes the tables where there are none; the three that follow name, in words, what
    is not as it should be; `failures` turns failures of the machine into refusals.
    """

    begin: tuple[str, ...]
    snapshot: str
    last_jump: str
    prepare: Callable[[Connection], None]
    holds_ledger: Callable[[Connection], bool]
    changed_safeguards: Callable[[Connection], list[str]]
    broken_settings: Callable[[Connection, Collection[str] | None], list[str]]
    damage: Callable[[Connection], list[str]]
    failures: Callable[[], AbstractContextManager[None]]
