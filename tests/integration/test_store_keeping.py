"""One setting puts a trial on a server: what began in a file is carried over once, and is verified where it lies."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

import scenario
from conduct_world import on
from equipoise.cli.verify import run
from equipoise.closure import Trial
from equipoise.ledger import Book, SqliteLedger
from equipoise.store import create_installation, open_installation
from equipoise.store.installation import SERVER_SETTING
from equipoise.store.keeping import CARRIED, LEDGER, open_ledger, schema_of, site_database
from equipoise.vocabulary import Refusal, Role
from server import postgresql


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def installation(tmp_path, monkeypatch):
    server = postgresql()
    create_installation(tmp_path / "site", secret=bytes(48))
    monkeypatch.setenv(SERVER_SETTING, server.address)
    return open_installation(tmp_path / "site")


@pytest.fixture
def slug():
    return postgresql().new_schema().removeprefix("trial_").replace("_", "-")


@pytest.fixture
def began_in_a_file(installation, slug):
    """A trial with some entries in its folder's file; gives their head."""
    folder = installation.trial_folder(slug)
    folder.mkdir(parents=True)
    ledger = SqliteLedger.open(folder / LEDGER, now)
    ledger.take_over(scenario.replayed(scenario.DAY_1).book.ledger)
    head = ledger.head()
    ledger.close()
    return head


def test_a_trial_that_began_in_a_file_goes_on_where_it_was(installation, slug, began_in_a_file):
    ledger = open_ledger(installation, slug, now)
    assert ledger.head() == began_in_a_file
    assert Book(ledger, Trial()).state() == scenario.replayed(scenario.DAY_1).book.state()
    ledger.append([scenario_event()], who="n.sari", role=Role.CARE_PROVIDER)
    ledger.close()
    assert (installation.trial_folder(slug) / CARRIED).is_file()
    assert not (installation.trial_folder(slug) / LEDGER).exists()
    again = open_ledger(installation, slug, now)
    assert again.head()[0] == began_in_a_file[0] + 1
    again.close()


def scenario_event():
    from equipoise.conduct.events import ParticipantScreened

    return ParticipantScreened("01-0002", "01", on(1))


def test_a_file_that_another_history_has_left_behind_is_refused(installation, slug, began_in_a_file):
    """The server's trial has gone on; a file put back beside it is not mixed in."""
    ledger = open_ledger(installation, slug, now)
    ledger.append([scenario_event()], who="n.sari", role=Role.CARE_PROVIDER)
    ledger.close()
    folder = installation.trial_folder(slug)
    (folder / CARRIED).rename(folder / LEDGER)
    with pytest.raises(Refusal, match="not empty"):
        open_ledger(installation, slug, now)
    assert (folder / LEDGER).is_file()


def test_equipoise_verify_judges_it_on_the_server(installation, slug, began_in_a_file):
    ledger = open_ledger(installation, slug, now)
    folder = installation.trial_folder(slug)
    printed = Console(file=io.StringIO(), width=200)
    assert run(folder, console=printed) == 0
    ledger._connection.execute("ALTER TABLE ledger DISABLE TRIGGER ledger_stays")
    ledger._connection.execute("GRANT UPDATE ON ledger TO CURRENT_USER")
    ledger._connection.execute("UPDATE ledger SET content = content || '\\x20' WHERE seq = 3")
    ledger.close()
    assert run(folder, console=printed) == 1
    text = printed.file.getvalue()
    assert "LEDGER-HASH" in text and "ledger_stays" in text


def test_verify_makes_nothing_on_a_server_that_has_no_such_trial(installation, slug):
    folder = installation.trial_folder(slug)
    folder.mkdir(parents=True)
    with pytest.raises(Refusal, match="no ledger"):
        run(folder, console=Console(file=io.StringIO()))
    import psycopg

    with psycopg.connect(installation.server) as connection:
        assert not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema_of(slug),)).fetchone()


def test_the_address_of_the_server_is_never_shown(installation):
    assert installation.server not in repr(installation)
    assert site_database(installation)["ENGINE"] == "django.db.backends.postgresql"
