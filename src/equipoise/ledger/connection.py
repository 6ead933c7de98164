"""The few calls of a database connection that the ledger needs, and what its failures mean to a person.

So the same SQL runs on the standard library's `sqlite3`, on Django's own connection, and on the simulated disks of
the tests.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from equipoise.vocabulary import Refusal


class Rows(Protocol):
    """The answer to a query."""

    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One connection in autocommit mode: the ledger says itself where a transaction begins and ends."""

    @property
    def in_transaction(self) -> bool: ...
    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Rows: ...
    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Rows: ...
    def close(self) -> None: ...


UNREADABLE = (sqlite3.Error, UnicodeDecodeError)  # the second where damage has reached the engine's own message

_MEANINGS = {
    "SQLITE_FULL": ("LEDGER-DISK", "The disk is full.", "Free some space, then send the same request again."),
    "SQLITE_IOERR": (
        "LEDGER-DISK",
        "The disk does not take what is written.",
        "Check it, then send the request again.",
    ),
    "SQLITE_BUSY": ("LEDGER-BUSY", "Somebody else has held the ledger for too long.", "Send the same request again."),
    "SQLITE_READONLY": (
        "LEDGER-OPEN",
        "The ledger's folder cannot be written to.",
        "Ask for the right to write to it.",
    ),
    "SQLITE_CANTOPEN": ("LEDGER-OPEN", "The ledger cannot be opened.", "Check the folder and the rights on it."),
    "SQLITE_NOTADB": ("LEDGER-OPEN", "The file is not a ledger.", "Check the path, or restore it from a copy."),
    "SQLITE_CORRUPT": ("LEDGER-FILE", "The ledger's file is damaged.", "Stop, and run `equipoise verify` on it."),
}


@contextmanager
def failures_as_refusals() -> Iterator[None]:
    """Tell a person what a failure of the machine means; an error that is our own passes as it is."""
    try:
        yield
    except UNREADABLE as error:
        name = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT" if "decode" in str(error) else "")
        for known, meaning in _MEANINGS.items():
            if name == known or name.startswith(f"{known}_"):
                raise Refusal(*meaning) from error
        raise
