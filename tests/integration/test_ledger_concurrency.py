"""Many threads and processes at one ledger: no entry twice, none lost, no gap, every repeated request answered once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from equipoise.ledger import Book, SqliteLedger, verify
from equipoise.vocabulary import Refusal
from ledger_sample import (
    NURSE,
    SampleState,
    ask,
    ask_for_all,
    enrol,
    fill,
    machine_clock,
    measured,
    open_ledger,
    processes,
)

PARTICIPANTS = [f"P{number:03}" for number in range(100)]
TIMES = 3


def assert_each_once(answers: list[tuple[str, int]], path) -> None:
    numbers = {}
    for participant, number in answers:
        assert numbers.setdefault(participant, number) == number, "one request was answered in two ways"
    assert sorted(numbers.values()) == list(range(1, len(PARTICIPANTS) + 1))
    book = Book(open_ledger(path), SampleState())
    assert sorted(book.state().enrolled) == PARTICIPANTS
    book.ledger.close()
    assert verify(path).is_sound


@pytest.mark.parametrize("shared", [True, False], ids=["one book for all threads", "a connection for each thread"])
def test_16_threads_ask_three_times_each(tmp_path, shared):
    path = tmp_path / "ledger.sqlite3"
    one = Book(SqliteLedger.open(path, machine_clock), SampleState())
    own = threading.local()

    def asked(participant: str) -> tuple[str, int]:
        if not shared and not hasattr(own, "book"):
            own.book = Book(SqliteLedger.open(path, machine_clock), SampleState())
        return participant, ask(one if shared else own.book, participant)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(asked, PARTICIPANTS * TIMES))
    assert_each_once(answers, path)


def test_several_processes_open_a_new_ledger_at_once_and_ask_for_the_same(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite3"
    forks = processes(monkeypatch)
    start, answers = forks.Barrier(4), forks.Queue()
    workers = [forks.Process(target=ask_for_all, args=(path, PARTICIPANTS, start, answers)) for _ in range(4)]
    for worker in workers:
        worker.start()
    got = [answer for _ in workers for answer in answers.get(timeout=60)]
    for worker in workers:
        worker.join()
    assert_each_once(got, path)


def test_a_thread_never_joins_or_sees_the_unfinished_transaction_of_another(tmp_path):
    ledger = open_ledger(tmp_path / "ledger.sqlite3")
    inside, seen = threading.Event(), []

    def look_and_write() -> None:
        inside.wait()
        seen.append(ledger.head()[0])
        fill(ledger, 1)

    other = threading.Thread(target=look_and_write)
    other.start()
    with pytest.raises(KeyError), ledger.transaction():
        fill(ledger, 2)
        inside.set()
        other.join(timeout=0.2)  # it waits for us
        raise KeyError
    other.join()
    assert seen == [0]
    assert ledger.head()[0] == 1
    ledger.close()


def test_readers_see_whole_commands_while_others_write(tmp_path):
    """Each command writes a pair; whoever reads never sees half of one."""
    ledger = open_ledger(tmp_path / "ledger.sqlite3")
    book = Book(ledger, SampleState())
    halves = []

    def write() -> None:
        for number in range(60):
            book.execute(lambda state, number=number: [measured(number), measured(number + 1)], **NURSE)

    def read() -> None:
        other = open_ledger(tmp_path / "ledger.sqlite3")
        for _ in range(60):
            halves.append(len(list(other.entries())) % 2)
            halves.append(ledger.head()[0] % 2)
        other.close()

    threads = [threading.Thread(target=work) for work in (write, read, write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.head()[0] == 240
    assert not any(halves)
    with pytest.raises(Refusal):
        book.execute(lambda state: enrol("P1")(SampleState(enrolled=["P1"])), **NURSE)
    ledger.close()
