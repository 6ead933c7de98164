"""The ledger on a PostgreSQL server: one schema a trial, one advisory lock for its writers, the same entries.

READ COMMITTED and a lock that is taken first: under SERIALIZABLE every second writer would have to try again.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

import psycopg
from psycopg import errors, sql
from psycopg.pq import TransactionStatus

from equipoise.ledger import postgresql_schema as schema
from equipoise.ledger.connection import Rows
from equipoise.ledger.engine import Engine
from equipoise.ledger.ledger import Ledger
from equipoise.vocabulary import Clock, Refusal


class ServerConnection:
    """A connection to one schema of a server; one that was lost is made anew by the next statement.

    It takes the ledger's statements as they are written for every engine: a parameter is a question mark.
    """

    def __init__(self, address: str, schema_name: str) -> None:
        self._address = address
        self._schema = schema_name
        self._raw = self._connect()

    @property
    def in_transaction(self) -> bool:
        return not self._raw.closed and self._raw.info.transaction_status != TransactionStatus.IDLE

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Rows:
        return cast(Rows, self._live().execute(_for_server(statement), parameters or None))

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Rows:
        cursor = self._live().cursor()
        cursor.executemany(_for_server(statement), rows)
        return cast(Rows, cursor)

    def close(self) -> None:
        self._raw.close()

    def make_schema(self) -> None:
        """Make the schema where there is none."""
        if not self._raw.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self._schema,)).fetchone():
            with suppress(errors.UniqueViolation, errors.DuplicateSchema):  # another process has made it meanwhile
                self._raw.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)))

    def _live(self) -> psycopg.Connection[Any]:
        if self._raw.closed:
            self._raw = self._connect()
            schema.prepare(self)
        return self._raw

    def _connect(self) -> psycopg.Connection[Any]:
        raw = psycopg.connect(self._address, autocommit=True, connect_timeout=10, application_name="equipoise ledger")
        raw.execute(sql.SQL("SET search_path TO {}, pg_temp").format(sql.Identifier(self._schema)))
        return raw


def _for_server(statement: str) -> Any:
    return statement.replace("%", "%%").replace("?", "%s")


@contextmanager
def failures_as_refusals() -> Iterator[None]:
    """Tell a person what a failure of the server means; an error that is our own passes as it is."""
    try:
        yield
    except errors.DiskFull as error:
        raise Refusal(
            "LEDGER-DISK", "The server's disk is full.", "Free some space, then send the same request again."
        ) from error
    except (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled) as error:
        raise Refusal(
            "LEDGER-BUSY", "Somebody else has held the ledger for too long.", "Send the same request again."
        ) from error
    except errors.InsufficientPrivilege as error:
        raise Refusal(
            "LEDGER-OPEN",
            "The database account may not do this.",
            "Give it the rights that the guide to serving names.",
        ) from error
    except (errors.DataCorrupted, errors.IndexCorrupted) as error:
        raise Refusal(
            "LEDGER-FILE", "The server says that its files are damaged.", "Stop, and run `equipoise verify` on it."
        ) from error
    except psycopg.OperationalError as error:
        raise Refusal(
            "LEDGER-SERVER", "The database server does not answer.", "Wait a moment, then send the same request again."
        ) from error


POSTGRESQL = Engine(
    begin=("BEGIN ISOLATION LEVEL READ COMMITTED", schema.LOCK),
    snapshot="BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    last_jump="SELECT seq, content, prev, hash FROM ledger WHERE position(? in content) > 0 ORDER BY seq DESC LIMIT 1",
    prepare=schema.prepare,
    holds_ledger=schema.holds_ledger,
    changed_safeguards=schema.changed_safeguards,
    broken_settings=schema.broken_settings,
    damage=schema.damage,
    failures=failures_as_refusals,
)


@contextmanager
def opened_to_judge(address: str, schema_name: str) -> Iterator[ServerConnection]:
    """A connection for `verify` alone: it makes nothing, and is not refused where safeguards have been changed."""
    with failures_as_refusals():
        connection = ServerConnection(address, schema_name)
    try:
        yield connection
    finally:
        connection.close()


class PostgresqlLedger(Ledger):
    """A ledger in one schema of a PostgreSQL database."""

    @classmethod
    def open(cls, address: str, schema_name: str, clock: Clock) -> "PostgresqlLedger":
        """Open or create the ledger in a schema.  Raises `Refusal` where the server cannot keep one."""
        with failures_as_refusals():
            connection = ServerConnection(address, schema_name)
            try:
                connection.make_schema()
                return cls(connection, clock, POSTGRESQL)
            except BaseException:
                connection.close()
                raise
