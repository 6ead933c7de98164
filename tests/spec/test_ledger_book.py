"""The one write door: who, role, when and why with every entry; refused is not written; repeated is answered."""

import sqlite3
from datetime import date
from decimal import Decimal

import pytest

from equipoise.ledger import GENESIS, Book, next_entry
from equipoise.vocabulary import Refusal, Role
from ledger_sample import NURSE, START, Enrolled, Measured, SampleState, Signer, enrol, fill, open_ledger
from ledger_storage import storage as storage  # noqa: PLC0414  # a fixture


@pytest.fixture
def book(storage):
    ledger = storage.open()
    yield Book(ledger, SampleState())
    ledger.close()


def test_an_entry_says_who_in_which_role_when_and_why(book):
    (entry,) = book.execute(enrol("P001"), **NURSE, why="consented today", request="r1")
    assert (entry.who, entry.role, entry.why, entry.request) == ("n.sari", Role.INVESTIGATOR, "consented today", "r1")
    assert entry.recorded_at.utcoffset().total_seconds() == 0
    assert entry.event == Enrolled("P001", date(2024, 1, 2))


def test_a_refused_command_writes_nothing_and_changes_nothing(book):
    book.execute(enrol("P001"), **NURSE)
    with pytest.raises(Refusal):
        book.execute(enrol("P001"), **NURSE)
    assert book.ledger.head()[0] == 1
    assert book.state().enrolled == ["P001"]


def test_a_repeated_request_is_answered_with_what_it_wrote_the_first_time(book):
    first = book.execute(enrol("P001"), **NURSE, request="r1")
    assert book.execute(enrol("P001"), **NURSE, request="r1") == first  # its answer was lost; without a name: refused
    assert book.ledger.head()[0] == 1


@pytest.mark.parametrize("other", [{"who": "d.budi", "role": NURSE["role"]}, {**NURSE, "role": Role.MONITOR}])
def test_a_request_of_somebody_else_is_not_answered(book, other):
    book.execute(enrol("P001"), **NURSE, request="r1")
    with pytest.raises(Refusal, match="somebody else"):
        book.execute(enrol("P001"), **other, request="r1")


def test_the_state_is_never_ahead_of_the_ledger_when_a_commit_fails(book):
    book.execute(enrol("P001"), **NURSE)

    class FailsAtCommit:
        def __init__(self, connection):
            self.connection = connection

        def __getattr__(self, name):
            return getattr(self.connection, name)

        def execute(self, sql, *parameters):
            if sql == "COMMIT":
                raise sqlite3.OperationalError("the disk is gone")
            return self.connection.execute(sql, *parameters)

    sound = book.ledger._connection
    book.ledger._connection = FailsAtCommit(sound)
    with pytest.raises(sqlite3.OperationalError):
        book.execute(enrol("P002"), **NURSE)
    book.ledger._connection = sound
    assert book.state().enrolled == ["P001"]
    book.execute(enrol("P002"), **NURSE)
    assert book.state().enrolled == ["P001", "P002"]


def test_a_state_that_has_seen_what_was_rolled_back_is_not_used_again(book):
    with pytest.raises(KeyError), book.ledger.transaction():
        book.execute(enrol("P001"), **NURSE)
        book.execute(enrol("P002"), **NURSE)  # folds P001, which is not durable yet
        raise KeyError
    assert book.ledger.head()[0] == 0
    with pytest.raises(Refusal, match="no longer fits"):
        book.state()
    assert Book(book.ledger, SampleState()).state().enrolled == []


def test_a_ledger_that_was_cut_underneath_the_program_is_noticed(book, storage):
    fill(book.ledger, 3)
    book.state()
    storage.without_safeguard(book.ledger)
    book.ledger._connection.execute("DELETE FROM ledger WHERE seq > 1")
    with pytest.raises(Refusal, match="no longer fits"):
        book.execute(enrol("P001"), **NURSE)


def test_a_state_that_an_entry_broke_half_way_is_not_used_again(book):
    class Breaks(SampleState):
        def apply(self, entry):
            super().apply(entry)
            if entry.seq == 2:
                raise RuntimeError

    breaking = Book(book.ledger, Breaks())
    fill(book.ledger, 3)
    with pytest.raises(RuntimeError):
        breaking.state()
    with pytest.raises(Refusal):
        breaking.state()


def test_a_book_sees_what_others_wrote(book, storage):
    other = Book(storage.open(), SampleState())
    book.execute(enrol("P001"), **NURSE)
    other.execute(enrol("P002"), **NURSE)
    with pytest.raises(Refusal):
        book.execute(enrol("P002"), **NURSE)
    assert book.read(lambda state: list(state.enrolled)) == ["P001", "P002"]
    other.ledger.close()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (Measured("P001", "temperature", Decimal("NaN"), START), AssertionError),  # not equal to itself
        (Measured("P001", "temperature", None, date(2024, 1, 2)), ValueError),  # read back as a moment, which it is not
        (Enrolled("P001", date(2024, 1, 2), consents=("a", ("b",))), AssertionError),  # read back as a list
    ],
)
def test_an_event_that_would_not_come_back_is_stopped_before_it_is_written(given, error):
    with pytest.raises(error):
        next_entry(1, GENESIS, given, **NURSE, when=START, why="", request="")


def test_a_ledger_is_carried_over_whole_into_an_empty_one(storage):
    """From a file to a server, say: entries, requests and checkpoints, in one transaction."""
    source, target = open_ledger(), storage.open()
    fill(source, 200)
    source.add_checkpoint(Signer(1).checkpoint(*source.head()))
    target.take_over(source)
    assert list(target.entries()) == list(source.entries())
    assert (target.checkpoints(), target.written_by("request 7")) == (
        source.checkpoints(),
        source.written_by("request 7"),
    )
    assert storage.judged(target).is_sound
    with pytest.raises(Refusal, match="not empty"):
        target.take_over(source)
    target.close()


def test_a_ledger_that_was_changed_is_not_carried_over(storage):
    source, target = open_ledger(), storage.open()
    fill(source, 100)
    source._connection.execute("DROP TRIGGER ledger_no_update")
    source._connection.execute(
        "UPDATE ledger SET content = CAST(replace(content, 'entered', 'entereD') AS BLOB) WHERE seq = 90"
    )
    with pytest.raises(Refusal, match="was changed"):
        target.take_over(source)
    assert target.head()[0] == 0
    target.close()
