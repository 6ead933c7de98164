"""Ledger time never runs backwards, and a jump of the clock is an entry (E6(R3) 4.2.2(d); FDA Q&A 2024, Q14)."""

from datetime import timedelta

import pytest

from equipoise.ledger import ClockJump
from equipoise.vocabulary import Role, Severity
from ledger_sample import NURSE, START, measured
from ledger_storage import storage as storage  # noqa: PLC0414  # a fixture

HOUR = timedelta(hours=1)


class HandClock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def hand():
    return HandClock()


@pytest.fixture
def ledger(storage, hand):
    ledger = storage.open(hand)
    yield ledger
    ledger.close()


def write(ledger, hand, *moves):
    """Write once after each move of the clock."""
    for move in moves:
        hand.now += move
        ledger.append([measured(1)], **NURSE)


def jumps(ledger):
    return [entry for entry in ledger.entries() if entry.type == "clock_jump"]


#     the moves of the clock                          jumps recorded
TABLE = [
    ((HOUR, HOUR), 0),
    ((HOUR, timedelta(0)), 0),  # two writes at one moment
    ((HOUR, -HOUR), 1),
    ((HOUR, -HOUR, HOUR / 2, HOUR / 4), 1),  # still behind: the same jump
    ((HOUR, -HOUR / 2, -HOUR / 4), 2),  # it jumped again, further back
    ((HOUR, -HOUR, 2 * HOUR, -HOUR), 2),  # caught up in between
    ((HOUR, -timedelta(microseconds=1)), 1),
]


@pytest.mark.parametrize(("moves", "expected"), TABLE)
def test_a_jump_is_recorded_once(ledger, hand, moves, expected):
    write(ledger, hand, *moves)
    assert len(jumps(ledger)) == expected


@pytest.mark.parametrize(("moves", "expected"), TABLE)
def test_ledger_time_never_runs_backwards(ledger, storage, hand, moves, expected):
    write(ledger, hand, *moves)
    times = [entry.recorded_at for entry in ledger.entries()]
    assert times == sorted(times)
    assert storage.judged(ledger).is_sound


def test_a_jump_says_what_the_clock_read_and_is_signed_by_the_system(ledger, hand):
    write(ledger, hand, HOUR, -HOUR)
    (jump,) = jumps(ledger)
    assert jump.event == ClockJump(clock_read=START, ledger_time=START + HOUR)
    assert (jump.role, jump.who) == (Role.SYSTEM, "equipoise")
    assert jump.why


def test_the_answer_to_a_write_holds_only_what_was_asked_for(ledger, hand):
    write(ledger, hand, HOUR)
    hand.now -= HOUR
    written = ledger.append([measured(2)], **NURSE, request="r2")
    assert [entry.seq for entry in written] == [3]
    assert ledger.written_by("r2") == written


def test_a_jump_is_known_to_another_process(ledger, hand, storage):
    write(ledger, hand, HOUR, -HOUR)
    other = storage.open(hand)
    other.append([measured(3)], **NURSE)
    assert len(jumps(other)) == 1
    other.close()


def test_a_jump_is_told_by_verify(ledger, storage, hand):
    write(ledger, hand, HOUR, -HOUR)
    (told,) = [finding for finding in storage.judged(ledger).findings if finding.rule == "LEDGER-CLOCK"]
    assert told.severity is Severity.INFO
    assert told.place == "entry 2"
