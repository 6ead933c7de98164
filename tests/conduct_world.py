"""A small trial to play in: a study with every kind of item, a sealed list without a vault, people of every role."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from equipoise.allocation import AllocationCommitment, AnchorMedium, AnchorRecorded, ListSealed, PackMapReceived
from equipoise.allocation.pack_map import with_check_digit
from equipoise.closure import Trial, decide
from equipoise.conduct import Actor, Plan, TrialState, make_plan
from equipoise.ledger import Book, Entry, SqliteLedger
from equipoise.protocol import parse_definition
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Role, SteppingClock

STUDY = Path(__file__).with_name("conduct_study.yaml")
DAY_ONE = date(2022, 8, 8)
_ZONE = ZoneInfo("Asia/Jakarta")
WHO = {role: Actor(f"{role.value}.1", role) for role in Role}
SCAN = "ab" * 32


@lru_cache
def study() -> StudyDefinition:
    reading = parse_definition(STUDY.read_bytes(), STUDY.name)
    assert reading.definition is not None and not reading.errors, reading.errors
    return reading.definition


@lru_cache
def plan() -> Plan:
    return make_plan(study())


def at(day: int = 1, hour: int = 9) -> datetime:
    """Nine o'clock in Surakarta on a study day (day 0 does not exist)."""
    offset = day - 1 if day > 0 else day
    return datetime.combine(DAY_ONE + timedelta(days=offset), time(hour), tzinfo=_ZONE).astimezone(UTC)


def on(day: int) -> date:
    return at(day).astimezone(_ZONE).date()


def sealed_list(slots: int = 40, doses: int = 2, spares: int = 1) -> tuple[object, ...]:
    """What a ceremony would have left in the ledger, without a vault."""
    commitment = AllocationCommitment(
        root="1" * 64,
        design_digest="2" * 64,
        statistician_commitment="3" * 64,
        pharmacist_commitment="4" * 64,
        strata=(),
        slots=slots,
        doses=doses,
        spares=spares,
        code_version="test",
        key="5" * 64,
        rehearsal=True,
    )
    numbers = tuple(with_check_digit(f"{number:05d}") for number in range(1, slots * (doses + spares) + 1))
    return (
        ListSealed(1, commitment, "6" * 128),
        PackMapReceived(commitment.root, numbers),
        AnchorRecorded(commitment.root, AnchorMedium.REHEARSAL, "synthetic"),
    )


class World:
    """One trial with a ledger in memory and a clock that is set by hand."""

    def __init__(self, the_plan: Plan | None = None) -> None:
        self.plan = the_plan or plan()
        self.clock = SteppingClock(at(-14), timedelta())
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        self.book = Book(SqliteLedger(connection, self.clock), Trial())

    @property
    def trial(self) -> Trial:
        return self.book.state()

    @property
    def state(self) -> TrialState:
        return self.trial.conduct

    def put(self, events: Sequence[object], role: Role = Role.SYSTEM) -> None:
        self.book.ledger.append(events, who=WHO[role].who, role=role)

    def do(self, role: Role, command: object, *, when: datetime | None = None, request: str = "") -> tuple[Entry, ...]:
        if when is not None:
            self.clock.set(when)
        actor, moment = WHO[role], self.clock()
        return self.book.execute(
            lambda trial: decide(self.plan, trial, command, actor=actor, moment=moment),
            who=actor.who,
            role=role,
            request=request,
        )
