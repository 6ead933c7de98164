"""Where the ledger of a test lies: a SQLite file, or a schema of a PostgreSQL server; the same rules hold in both."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from equipoise.ledger import Ledger, SqliteLedger, VerificationReport, verify
from equipoise.ledger.sqlite import SQLITE
from equipoise.vocabulary import Clock
from ledger_sample import clock as stepping
from server import postgresql


@dataclass(frozen=True)
class Storage:
    """`address` is a server's, or empty; `place` is the file or the schema."""

    address: str
    place: str

    def open(self, clock: Clock | None = None) -> Ledger:
        if not self.address:
            return SqliteLedger.open(Path(self.place), clock or stepping())
        from equipoise.ledger.postgresql import PostgresqlLedger

        return PostgresqlLedger.open(self.address, self.place, clock or stepping())

    def judged(self, ledger: Ledger) -> VerificationReport:
        return verify(ledger._connection, engine=ledger._engine)

    def without_safeguard(self, ledger: Ledger) -> None:
        """What somebody does who owns the database: take the trigger, and the right, back."""
        if ledger._engine is SQLITE:
            ledger._connection.execute("DROP TRIGGER ledger_no_delete")
        else:
            ledger._connection.execute("ALTER TABLE ledger DISABLE TRIGGER ledger_stays")
            ledger._connection.execute("GRANT DELETE ON ledger TO CURRENT_USER")


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(tmp_path: Path, request: pytest.FixtureRequest) -> Storage:
    if request.param == "sqlite":
        return Storage("", str(tmp_path / "ledger.sqlite3"))
    server = postgresql()
    return Storage(server.address, server.new_schema())
