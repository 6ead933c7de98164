"""Where things are kept: files in the installation's folder, or a PostgreSQL server, by one setting.

`EQUIPOISE_DATABASE=postgresql://...` puts the site's own tables and every trial's ledger on that server, each trial in
a schema of its own; a trial that began in a file is carried over, entry by entry, when it is next opened.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from equipoise.ledger import Ledger, SqliteLedger
from equipoise.ledger.connection import Connection
from equipoise.ledger.engine import Engine
from equipoise.ledger.sqlite import SQLITE
from equipoise.store.installation import SERVER_SETTING, Installation
from equipoise.vocabulary import Clock, Refusal

LEDGER, CARRIED = "ledger.sqlite3", "ledger.sqlite3.carried-over"


def open_ledger(installation: Installation, slug: str, clock: Clock) -> Ledger:
    """The ledger of one trial, made where there is none.  Raises `Refusal` where it cannot be opened."""
    file = installation.trial_folder(slug) / LEDGER
    if not installation.server:
        return SqliteLedger.open(file, clock)
    from equipoise.ledger.postgresql import PostgresqlLedger  # noqa: PLC0415  # its driver is an optional dependency

    ledger = PostgresqlLedger.open(installation.server, schema_of(slug), clock)
    if file.is_file():
        _carry_over(file, ledger, clock)
    return ledger


def ledger_to_read(trial: Path, clock: Clock) -> Ledger:
    """The ledger of a trial's folder, for a program beside the site: its file, or its schema on the server.

    Raises `Refusal` where there is neither.
    """
    server = os.environ.get(SERVER_SETTING, "")
    if (trial / LEDGER).is_file():
        return SqliteLedger.open(trial / LEDGER, clock)
    if not server:
        raise Refusal(
            "TRIAL-FOLDER",
            f"{trial} holds no {LEDGER}.",
            f"Name the folder of a trial: it holds {LEDGER} and study.yaml.",
        )
    from equipoise.ledger.postgresql import PostgresqlLedger  # noqa: PLC0415  # as above

    return PostgresqlLedger.open(server, schema_of(trial.resolve().name), clock)


@contextmanager
def ledger_to_judge(trial: Path) -> Iterator[tuple[Path | Connection, Engine]]:
    """The ledger of a trial's folder, opened for `verify`: its file, or its schema where it lies on the server."""
    server = os.environ.get(SERVER_SETTING, "")
    if not server or (trial / LEDGER).is_file():
        yield trial / LEDGER, SQLITE
        return
    from equipoise.ledger.postgresql import POSTGRESQL, opened_to_judge  # noqa: PLC0415  # as above

    with opened_to_judge(server, schema_of(trial.resolve().name)) as connection:
        yield connection, POSTGRESQL


def schema_of(slug: str) -> str:
    """The schema of a trial, named after its slug: two slugs never share one."""
    return f"trial_{slug}"


def site_database(installation: Installation) -> dict[str, Any]:
    """Django's own database: accounts, web sessions, the trials that there are."""
    if not installation.server:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(installation.database),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    address = urlsplit(installation.server)
    if address.scheme not in {"postgresql", "postgres"}:
        raise Refusal(
            "SITE-DATABASE", "EQUIPOISE_DATABASE names no PostgreSQL server.", "Write postgresql://USER@HOST/DATABASE."
        )
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  # as above

    parts = conninfo_to_dict(installation.server)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", unquote(address.path.lstrip("/"))),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _carry_over(file: Path, ledger: Ledger, clock: Clock) -> None:
    """Copy a trial's entries from its file to the server, unless they are there; the file stays, under another name."""
    source = SqliteLedger.open(file, clock)
    try:
        if ledger.head() != source.head():
            ledger.take_over(source)
    finally:
        source.close()
    file.rename(file.with_name(CARRIED))
