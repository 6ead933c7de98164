"""What a PostgreSQL server must promise: the settings, the two tables, the triggers, and the rights taken away.

The trap behind each line is told in docs/decisions/0003-ledger-storage.md.
"""

from collections.abc import Collection

from equipoise.ledger.connection import Connection
from equipoise.vocabulary import Refusal

# name -> what it is set to here, or nothing; and the values that keep the promise
SETTINGS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "synchronous_commit": ("on", ("on", "remote_apply")),
    "lock_timeout": ("30s", ("30s",)),
    "fsync": (None, ("on",)),
    "full_page_writes": (None, ("on",)),
    "session_replication_role": (None, ("origin",)),  # else triggers do not fire
    "is_superuser": (None, ("off",)),  # rights that were taken away do not bind a superuser
    "server_encoding": (None, ("UTF8",)),
}

_TABLES = (
    """CREATE TABLE ledger (
  seq bigint PRIMARY KEY, content bytea NOT NULL, prev text NOT NULL, hash text NOT NULL, request text
)""",
    "CREATE INDEX ledger_by_request ON ledger (request) WHERE request IS NOT NULL",
    """CREATE TABLE checkpoint (
  seq bigint PRIMARY KEY, hash text NOT NULL, signed_at text NOT NULL, key text NOT NULL, signature text NOT NULL
)""",
)

FUNCTIONS: dict[str, str] = {
    "ledger_grows": """
DECLARE
  last record;
BEGIN
  SELECT seq, hash INTO last FROM ledger ORDER BY seq DESC LIMIT 1;
  IF NEW.seq IS DISTINCT FROM coalesce(last.seq, 0) + 1
    OR NEW.prev IS DISTINCT FROM coalesce(last.hash, repeat('0', 64))
    OR length(NEW.hash) <> 64
  THEN
    RAISE EXCEPTION 'the ledger only grows at its end' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
""",
    "checkpoint_fits": """
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq AND hash = NEW.hash) THEN
    RAISE EXCEPTION 'a checkpoint is of an entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
""",
    "never_changed": """
BEGIN
  RAISE EXCEPTION 'an entry is never changed and never removed' USING ERRCODE = 'integrity_constraint_violation';
END
""",
}

_ROW_BEFORE_INSERT, _BEFORE_CHANGE = 1 + 2 + 4, 2 + 8 + 16 + 32
"""pg_trigger.tgtype: row 1, before 2, insert 4, delete 8, update 16, truncate 32."""

TRIGGERS: dict[str, tuple[str, str, int]] = {
    "ledger_in_order": ("ledger", "ledger_grows", _ROW_BEFORE_INSERT),
    "ledger_stays": ("ledger", "never_changed", _BEFORE_CHANGE),
    "checkpoint_fits": ("checkpoint", "checkpoint_fits", _ROW_BEFORE_INSERT),
    "checkpoint_stays": ("checkpoint", "never_changed", _BEFORE_CHANGE),
}
"""Trigger -> its table, its function, and when it fires."""

_EVENTS = {
    _ROW_BEFORE_INSERT: "BEFORE INSERT ON {table} FOR EACH ROW",
    _BEFORE_CHANGE: "BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT",
}

_COLUMNS: dict[str, tuple[str, ...]] = {
    "ledger": ("seq bigint", "content bytea", "prev text", "hash text", "request text"),
    "checkpoint": ("seq bigint", "hash text", "signed_at text", "key text", "signature text"),
}

_TAKEN_AWAY = ("UPDATE", "DELETE", "TRUNCATE")


def prepare(connection: Connection) -> None:
    """Set the connection up, and make the tables in its schema where there are none; raises `Refusal` as for SQLite."""
    for name, (wanted, _) in SETTINGS.items():
        if wanted is not None:
            connection.execute("SELECT set_config(?, ?, false)", (name, wanted))
    if broken := broken_settings(connection):
        raise Refusal(
            "LEDGER-DURABILITY",
            f"The database does not keep {', '.join(broken)}.",
            "Ask whoever runs the server; the guide to serving says how it is set up.",
        )
    if not holds_ledger(connection):
        _make_tables(connection)
    if changed := changed_safeguards(connection):
        raise Refusal(
            "LEDGER-SCHEMA",
            f"The ledger's own safeguards have been changed: {', '.join(changed)}.",
            "Write nothing more, and run `equipoise verify` on it.",
        )


def broken_settings(connection: Connection, names: Collection[str] | None = None) -> list[str]:
    """The settings, by name and value found, that the server or this connection does not keep."""
    broken = []
    for name in SETTINGS if names is None else names:
        (found,) = connection.execute("SELECT current_setting(?, true)", (name,)).fetchone()
        kept = SETTINGS[name][1]
        if found not in kept:
            broken.append(f"{name} = {kept[0]} (it says {found})")
    return broken


def holds_ledger(connection: Connection) -> bool:
    """True if the connection's schema has a ledger.  Asked of the catalogue: looking a name up may give a cached no."""
    found = connection.execute(
        "SELECT 1 FROM pg_class WHERE relname = 'ledger' AND relnamespace = quote_ident(current_schema())::regnamespace"
    )
    return found.fetchone() is not None


def changed_safeguards(connection: Connection) -> list[str]:
    """The tables, triggers, functions and rights that are missing, changed or added, by name."""
    wanted, found = _wanted(), _found(connection)
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def _wanted() -> dict[str, object]:
    tables = {f"table {table}": columns for table, columns in _COLUMNS.items()}
    rights = {f"{right} on {table}": False for table in _COLUMNS for right in _TAKEN_AWAY}
    return {**tables, **rights, **FUNCTIONS, **{f"trigger {name}": (*is_, "O") for name, is_ in TRIGGERS.items()}}


def _found(connection: Connection) -> dict[str, object]:
    here = "relnamespace = quote_ident(current_schema())::regnamespace AND relname IN ('ledger', 'checkpoint')"
    found: dict[str, object] = {}
    for table in _COLUMNS:
        columns = connection.execute(
            "SELECT attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute JOIN pg_class c ON c.oid = "  # noqa: S608  # a constant of this module
            f"attrelid WHERE {here} AND relname = ? AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            (table,),
        ).fetchall()
        found[f"table {table}"] = tuple(column for (column,) in columns)
        for right in _TAKEN_AWAY:
            (held,) = connection.execute(
                "SELECT has_table_privilege(quote_ident(current_schema()) || '.' || ?, ?)", (table, right)
            ).fetchone()
            found[f"{right} on {table}"] = held
    for name, source in connection.execute(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = quote_ident(current_schema())::regnamespace"
    ):
        found[name] = source
    for name, table, function, kind, state in connection.execute(
        "SELECT tgname, relname, proname, tgtype, tgenabled FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "  # noqa: S608  # a constant of this module
        f"JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal AND {here}"
    ):
        found[f"trigger {name}"] = (table, function, kind, state)
    for (name,) in connection.execute("SELECT rulename FROM pg_rules WHERE schemaname = current_schema()"):
        found[f"rule {name}"] = True
    return found


def damage(connection: Connection) -> list[str]:
    """Nothing to ask: the server checks its pages as it reads them, and says so where they are damaged."""
    return []


def _make_tables(connection: Connection) -> None:
    """Make all or none, under the write lock: two processes may open a new ledger at once."""
    connection.execute("BEGIN")
    try:
        connection.execute(LOCK)
        if not holds_ledger(connection):
            for statement in (*_TABLES, *_functions(), *_triggers()):
                connection.execute(statement)
            connection.execute("REVOKE UPDATE, DELETE, TRUNCATE ON ledger, checkpoint FROM PUBLIC, CURRENT_USER")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('equipoise ledger ' || current_schema(), 0))"
"""The one write lock of a trial: held until the transaction ends, by whoever writes to this schema."""


def _functions() -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $${source}$$"
        for name, source in FUNCTIONS.items()
    ]


def _triggers() -> list[str]:
    return [
        f"CREATE TRIGGER {name} {_EVENTS[kind].format(table=table)} EXECUTE FUNCTION {function}()"
        for name, (table, function, kind) in TRIGGERS.items()
    ]
