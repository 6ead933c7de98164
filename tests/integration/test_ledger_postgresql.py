"""The ledger on a PostgreSQL server: it only grows, loses nothing acknowledged, gives no number twice."""

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from equipoise.ledger import Book
from equipoise.ledger.postgresql import PostgresqlLedger
from equipoise.vocabulary import Refusal
from ledger_sample import (
    NURSE,
    SampleState,
    Signer,
    ask,
    clock,
    fill,
    machine_clock,
    measured,
    processes,
    write_to_server_for_ever,
)
from ledger_storage import Storage
from server import Server, postgresql

KILLS = int(os.environ.get("EQUIPOISE_SERVER_KILLS", "2"))
ROW = "(seq, content, prev, hash, request)"


@pytest.fixture
def server() -> Server:
    return postgresql()


@pytest.fixture
def place(server):
    return Storage(server.address, server.new_schema())


@pytest.fixture
def ledger(place):
    ledger = place.open()
    fill(ledger, 5)
    ledger.add_checkpoint(Signer(1).checkpoint(*ledger.head()))
    yield ledger
    ledger.close()


ATTEMPTS = [
    "UPDATE ledger SET content = '{}' WHERE seq = 3",
    "UPDATE ledger SET request = NULL",
    "DELETE FROM ledger WHERE seq = 3",
    "DELETE FROM ledger",
    "TRUNCATE ledger",
    f"INSERT INTO ledger {ROW} SELECT 5, content, prev, hash, 'x' FROM ledger WHERE seq = 4"
    " ON CONFLICT (seq) DO UPDATE SET content = '{}'",
    f"INSERT INTO ledger {ROW} SELECT 7, '{{}}', hash, hash, NULL FROM ledger WHERE seq = 5",  # a gap
    f"INSERT INTO ledger {ROW} SELECT NULL, '{{}}', hash, hash, NULL FROM ledger WHERE seq = 5",
    f"INSERT INTO ledger {ROW} SELECT 6, '{{}}', prev, hash, NULL FROM ledger WHERE seq = 5",  # not chained
    f"INSERT INTO ledger {ROW} SELECT 6, '{{}}', hash, 'short', NULL FROM ledger WHERE seq = 5",
    "UPDATE checkpoint SET signature = ''",
    "DELETE FROM checkpoint",
    "TRUNCATE checkpoint",
    "INSERT INTO checkpoint SELECT 4, hash, signed_at, key, signature FROM checkpoint",  # not that entry's hash
    "INSERT INTO checkpoint SELECT seq, hash, signed_at, 'other key', signature FROM checkpoint",
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("who", ["the site's account", "a superuser"])
def test_everything_but_growth_is_refused_and_leaves_no_trace(server, ledger, place, attempt, who):
    """Rights stop the site's own account; triggers stop a superuser's slip, whom rights do not bind."""
    before = list(ledger.entries()), ledger.checkpoints()
    address = server.address if who == "the site's account" else server.admin_address
    with psycopg.connect(address, autocommit=True) as stranger:
        stranger.execute(f"SET search_path TO {place.place}")
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)):
            stranger.execute(attempt)
    assert (list(ledger.entries()), ledger.checkpoints()) == before


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("ALTER TABLE ledger DISABLE TRIGGER ledger_stays", "ledger_stays"),
        ("DROP TRIGGER ledger_in_order ON ledger", "ledger_in_order"),
        (
            "CREATE OR REPLACE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "never",
        ),
        ("GRANT DELETE ON ledger TO CURRENT_USER", "DELETE on ledger"),
        ("CREATE RULE quiet AS ON INSERT TO ledger DO INSTEAD NOTHING", "quiet"),
        ("ALTER TABLE ledger ADD COLUMN arm text", "table ledger"),
    ],
)
def test_a_ledger_without_its_safeguards_is_not_opened(ledger, place, tampering, named):
    ledger._connection.execute(tampering)
    with pytest.raises(Refusal, match=named):
        place.open()
    assert any(named in finding.place for finding in place.judged(ledger).findings)


def test_a_superuser_is_refused_for_rights_do_not_bind_one(server):
    with pytest.raises(Refusal, match="is_superuser"):
        PostgresqlLedger.open(server.admin_address, server.new_schema(), clock())


def test_a_server_that_acknowledges_before_it_has_written_is_refused(server, monkeypatch):
    """The negative control: with `synchronous_commit=off` acknowledged rows are lost with the machine."""
    from equipoise.ledger import postgresql_schema as schema

    monkeypatch.setitem(schema.SETTINGS, "synchronous_commit", ("off", schema.SETTINGS["synchronous_commit"][1]))
    with pytest.raises(Refusal, match="synchronous_commit"):
        PostgresqlLedger.open(server.address, server.new_schema(), clock())


def test_it_verifies_from_its_own_connection(ledger, place):
    report = place.judged(ledger)
    assert report.is_sound
    assert report.entries == 5


def test_16_threads_on_own_connections_ask_three_times_each(place):
    """G4: no number twice, none skipped, every repeated request answered once."""
    people = [f"P{number:03}" for number in range(40)]
    own = threading.local()

    def asked(person: str) -> tuple[str, int]:
        if not hasattr(own, "book"):
            own.book = Book(place.open(machine_clock), SampleState())
        return person, ask(own.book, person)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(asked, people * 3))
    numbers: dict[str, int] = {}
    for person, number in answers:
        assert numbers.setdefault(person, number) == number
    assert sorted(numbers.values()) == list(range(1, len(people) + 1))
    assert place.judged(place.open()).is_sound


def test_what_was_acknowledged_survives_a_kill_of_the_whole_server(server, place, monkeypatch):
    """G1: SIGKILL of the postmaster and all its children while a writer commits; the writer's last word is there."""
    ledger = place.open(machine_clock)
    forks = processes(monkeypatch)
    chance = random.Random(1)
    acknowledged = 0
    for _ in range(KILLS):
        ours, theirs = forks.Pipe(duplex=False)
        writer = forks.Process(target=write_to_server_for_ever, args=(place.address, place.place, theirs))
        writer.start()
        theirs.close()
        acknowledged = ours.recv()
        time.sleep(chance.uniform(0.02, 0.1))
        server.kill()
        try:
            while True:
                acknowledged = ours.recv()
        except EOFError:
            writer.join()
        with pytest.raises(Refusal, match="does not answer"):
            ledger.append([measured(1)], **NURSE)
        server.restart()
        assert ledger.head()[0] >= acknowledged, "an acknowledged entry is gone"  # on a connection made anew
    assert place.judged(ledger).is_sound
    assert acknowledged > KILLS
