"""The database itself refuses everything but growth at the end (21 CFR 11.10(e), E6(R3) 4.2.2(b))."""

import sqlite3

import pytest

from equipoise.ledger import SqliteLedger
from equipoise.vocabulary import Refusal
from ledger_sample import NURSE, Signer, clock, fill, measured, open_ledger

ROW = "(seq, content, prev, hash, request)"


@pytest.fixture
def ledger(tmp_path):
    ledger = open_ledger(tmp_path / "ledger.sqlite3")
    fill(ledger, 5)
    ledger.add_checkpoint(Signer(1).checkpoint(*ledger.head()))
    yield ledger
    ledger.close()


@pytest.fixture(params=["our settings", "SQLite's own settings"])
def stranger(ledger, tmp_path, request):
    """Somebody else's connection: with recursive_triggers off, REPLACE does not fire a delete trigger."""
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
    connection.execute(f"PRAGMA recursive_triggers = {'ON' if request.param == 'our settings' else 'OFF'}")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE ledger SET content = x'7b7d' WHERE seq = 3",
        "UPDATE ledger SET request = NULL",
        "UPDATE OR REPLACE ledger SET seq = 2 WHERE seq = 3",
        "DELETE FROM ledger WHERE seq = 3",
        "DELETE FROM ledger",
        f"INSERT OR REPLACE INTO ledger {ROW} SELECT 3, content, prev, hash, request FROM ledger WHERE seq = 4",
        f"REPLACE INTO ledger {ROW} SELECT 5, x'7b7d', prev, hash, request FROM ledger WHERE seq = 5",
        f"INSERT INTO ledger {ROW} SELECT 5, content, prev, hash, 'x' FROM ledger WHERE seq = 4"
        " ON CONFLICT (seq) DO UPDATE SET content = x'7b7d'",
        f"INSERT INTO ledger {ROW} SELECT 7, x'7b7d', hash, hash, NULL FROM ledger WHERE seq = 5",  # a gap
        f"INSERT INTO ledger {ROW} SELECT NULL, x'7b7d', hash, hash, NULL FROM ledger WHERE seq = 5",
        f"INSERT INTO ledger {ROW} SELECT 0, x'7b7d', hash, hash, NULL FROM ledger WHERE seq = 5",
        f"INSERT INTO ledger {ROW} SELECT 6, x'7b7d', prev, hash, NULL FROM ledger WHERE seq = 5",  # not chained
        f"INSERT INTO ledger {ROW} SELECT 6, 'text', hash, hash, NULL FROM ledger WHERE seq = 5",  # not bytes
        f"INSERT INTO ledger {ROW} SELECT 6, x'7b7d', hash, 'short', NULL FROM ledger WHERE seq = 5",
        "UPDATE checkpoint SET signature = ''",
        "DELETE FROM checkpoint",
        "INSERT OR REPLACE INTO checkpoint SELECT seq, hash, signed_at, 'other key', signature FROM checkpoint",
        "INSERT INTO checkpoint SELECT 4, hash, signed_at, key, signature FROM checkpoint",  # not that entry's hash
        "INSERT INTO checkpoint SELECT 99, hash, signed_at, key, signature FROM checkpoint",
    ],
)
def test_everything_but_growth_is_refused_and_leaves_no_trace(ledger, stranger, attempt):
    before = list(ledger.entries()), ledger.checkpoints()
    with pytest.raises(sqlite3.IntegrityError):
        stranger.execute(attempt)
    assert (list(ledger.entries()), ledger.checkpoints()) == before


def test_a_ledger_without_its_triggers_is_not_opened_and_they_are_not_quietly_put_back(ledger, tmp_path):
    ledger._connection.execute("DROP TRIGGER ledger_no_delete")
    with pytest.raises(Refusal, match="ledger_no_delete"):
        open_ledger(tmp_path / "ledger.sqlite3")


@pytest.mark.parametrize(
    "setting", ["journal_mode = DELETE", "synchronous = NORMAL", "recursive_triggers = OFF", "trusted_schema = ON"]
)
def test_a_connection_that_does_not_keep_a_setting_is_refused(tmp_path, setting):
    """A database may be built, or patched, so that a PRAGMA does nothing."""

    class Deaf(sqlite3.Connection):
        def execute(self, sql, *parameters):
            if sql.startswith(f"PRAGMA {setting.split()[0]} ="):
                sql = f"PRAGMA {setting}"
            return super().execute(sql, *parameters)

    connection = sqlite3.connect(tmp_path / "ledger.sqlite3", factory=Deaf)
    with pytest.raises(Refusal, match=setting.split()[0]):
        SqliteLedger(connection, clock())


def test_several_events_are_written_together_or_not_at_all(ledger):
    with pytest.raises(AssertionError):
        ledger.append([measured(1), object.__new__(type("Undeclared", (), {"entry_type": "sample_measured"}))], **NURSE)
    assert ledger.head()[0] == 5


def test_a_failed_part_of_a_transaction_leaves_no_trace_and_the_rest_is_kept(ledger):
    with ledger.transaction():
        fill(ledger, 1)
        with pytest.raises(sqlite3.IntegrityError), ledger.transaction():
            fill(ledger, 1)
            ledger._connection.execute("DELETE FROM ledger")
        fill(ledger, 1)
    assert ledger.head()[0] == 7


def test_half_a_character_is_refused_and_its_text_is_not_repeated(ledger):
    with pytest.raises(Refusal) as refused:
        ledger.append([measured(1, note="secret \ud83d")], **NURSE)
    assert refused.value.rule == "LEDGER-TEXT"
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_what_an_entry_says_is_not_in_its_printed_form(ledger):
    assert "P001" not in repr(next(ledger.entries()))


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to look like one" * 40])
def test_a_file_that_is_no_ledger_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(content)
    if content:
        with pytest.raises(Refusal, match="not a ledger"):
            open_ledger(path)
        assert path.read_bytes() == content
    else:  # an empty file is what SQLite makes of a new database
        open_ledger(path).close()


def test_a_folder_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(Refusal, match="cannot be opened"):
        open_ledger(tmp_path / "nowhere" / "ledger.sqlite3")


def test_a_checkpoint_that_is_not_genuine_or_not_of_this_ledger_is_refused(ledger):
    fill(ledger, 1)
    seq, chain_head = ledger.head()
    genuine = Signer(1).checkpoint(seq, chain_head)
    other = Signer(2).checkpoint(seq, chain_head)
    forged = type(genuine)(seq, chain_head, genuine.signed_at, genuine.key, other.signature)
    for wrong in (forged, Signer(1).checkpoint(seq, "ab" * 32), Signer(1).checkpoint(99, chain_head)):
        with pytest.raises(Refusal) as refused:
            ledger.add_checkpoint(wrong)
        assert refused.value.rule == "LEDGER-CHECKPOINT"
    ledger.add_checkpoint(genuine)
    ledger.add_checkpoint(other)  # the first for an entry stays
    assert ledger.checkpoints()[-1] == genuine


def test_two_programs_may_make_one_new_ledger_at_once(tmp_path):
    """The switch to WAL is the one statement of SQLite that never waits for the other's lock."""

    class Contended(sqlite3.Connection):
        refusals = 3

        def execute(self, sql, *parameters):
            if sql == "PRAGMA journal_mode = WAL" and self.refusals:
                self.refusals -= 1
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorname = "SQLITE_BUSY"
                raise error
            return super().execute(sql, *parameters)

    connection = sqlite3.connect(tmp_path / "ledger.sqlite3", factory=Contended)
    ledger = SqliteLedger(connection, clock())
    fill(ledger, 1)
    assert connection.refusals == 0
    ledger.close()
