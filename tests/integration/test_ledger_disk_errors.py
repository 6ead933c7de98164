"""A full or failing disk: no acknowledgement without a record, a sentence, and it works again after."""

import random
import resource
import signal
import sqlite3
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from equipoise.ledger import Book, SqliteLedger, verify
from equipoise.vocabulary import Refusal
from ledger_sample import NURSE, SampleState, clock, enrol, fill, measured, open_ledger
from simulated_disk import Disk, SimulatedConnection


@pytest.mark.parametrize("stays_broken", [False, True], ids=["one call fails", "every call from there fails"])
def test_an_error_at_every_call_to_the_disk(stays_broken):
    """For every n: the n-th write, sync, truncation or deletion fails.  What was acknowledged is there, also after."""
    for fail_at in count(1):
        disk = Disk()
        disk.fail_at, disk.stays_broken = fail_at, stays_broken
        connection = SimulatedConnection(disk)
        acknowledged = []
        try:
            ledger = SqliteLedger(connection, clock())
            for number in range(12):
                events = [measured(number, "x" * 2000) for _ in range(1 + number % 3)]
                acknowledged += [entry.hash for entry in ledger.append(events, **NURSE, request=f"request {number}")]
        except Refusal as refusal:
            assert refusal.rule == "LEDGER-DISK"
            assert not connection.in_transaction, f"call {fail_at} left a transaction open"
        else:
            if not disk.failing():
                connection.vanish()
                break  # no call is left that could fail
        connection.vanish()
        disk.lose_power(random.Random(fail_at))

        connection = SimulatedConnection(disk)
        ledger = SqliteLedger(connection, clock())
        assert [entry.hash for entry in ledger.entries()][: len(acknowledged)] == acknowledged, f"call {fail_at}"
        fill(ledger, 2)
        assert verify(connection).is_sound, f"call {fail_at}"
        connection.vanish()
    assert fail_at > 100


def test_a_failed_write_can_be_sent_again_on_the_same_connection():
    disk = Disk()
    book = Book(SqliteLedger(SimulatedConnection(disk), clock()), SampleState())
    book.execute(enrol("P001"), **NURSE, request="r1")
    for retries in range(1, 8):
        disk.fail_at, disk.stays_broken = disk.calls + retries, False  # maybe in this request, maybe in a later one
        participant = f"P1{retries:02}"
        for _ in range(3):
            try:
                book.execute(enrol(participant), **NURSE, request=participant)
            except Refusal as refusal:
                assert refusal.rule == "LEDGER-DISK"
            else:
                break
        assert book.state().enrolled[-1] == participant
    assert len(set(book.state().enrolled)) == len(book.state().enrolled) == 8
    assert verify(book.ledger._connection).is_sound
    book.ledger._connection.vanish()


def test_a_full_disk_is_said_in_a_sentence_and_writing_goes_on_when_there_is_space(tmp_path):
    ledger = open_ledger(tmp_path / "ledger.sqlite3")
    pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._connection.execute(f"PRAGMA max_page_count = {pages + 40}")
    written = 0
    with pytest.raises(Refusal, match="full") as refused:
        for written in range(1000):
            ledger.append([measured(written, "x" * 1000)], **NURSE)
    assert refused.value.rule == "LEDGER-DISK"
    assert isinstance(refused.value.__cause__, sqlite3.OperationalError)
    assert ledger.head()[0] == written
    ledger._connection.execute("PRAGMA max_page_count = 100000")
    fill(ledger, 5)
    assert ledger.head()[0] == written + 5
    ledger.close()
    assert verify(tmp_path / "ledger.sqlite3").is_sound


WRITER = """
import sys
from pathlib import Path
from ledger_sample import NURSE, measured, open_ledger
from equipoise.vocabulary import Refusal
ledger = open_ledger(Path(sys.argv[1]))
try:
    while True:
        (entry,) = ledger.append([measured(1, "x" * 3000)], **NURSE)
        print(entry.seq, flush=True)
except Refusal as refusal:
    print(refusal.rule, file=sys.stderr)
"""


def test_a_file_that_the_operating_system_lets_grow_no_further(tmp_path):
    """The real engine on a real file: the limit of the process stands for the quota of a disk."""
    path = tmp_path / "ledger.sqlite3"

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(path)],
        check=False,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    acknowledged = [int(line) for line in done.stdout.split()]
    assert done.stderr.split() == ["LEDGER-DISK"]
    assert acknowledged == list(range(1, len(acknowledged) + 1))
    assert len(acknowledged) > 20
    ledger = open_ledger(path)
    assert ledger.head()[0] >= len(acknowledged)
    fill(ledger, 3)
    ledger.close()
    assert verify(path).is_sound


def test_a_ledger_that_somebody_else_holds_is_busy_in_a_sentence(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    ours = open_ledger(path)
    theirs = sqlite3.connect(path, isolation_level=None)
    theirs.execute("BEGIN IMMEDIATE")
    ours._connection.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(Refusal) as refused:
        fill(ours, 1)
    assert refused.value.rule == "LEDGER-BUSY"
    theirs.execute("ROLLBACK")
    fill(ours, 1)
    assert ours.head()[0] == 1
    theirs.close()
    ours.close()
