"""A whole rehearsal, from the empty folder to closed data entry: ceremony, recruitment, courses, monitoring."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from equipoise.allocation import AllocationState, RehearsalVault, record_draw, rehearse_ceremony
from equipoise.allocation.rehearsal import Record
from equipoise.cli.names import LEDGER
from equipoise.cli.rehearsal.agenda import Agenda
from equipoise.cli.rehearsal.cast import APPOINTED_BY, SPONSOR
from equipoise.cli.rehearsal.cleaning import monitor_weekly
from equipoise.cli.rehearsal.course import Course
from equipoise.cli.rehearsal.desk import Desk
from equipoise.cli.rehearsal.part import Part
from equipoise.cli.rehearsal.times import STARTS_ON, rehearsal_clock
from equipoise.closure import Trial
from equipoise.conduct import ALL_SITES, Appoint, OpenTrial, make_plan
from equipoise.conduct.drawing import pending_draws
from equipoise.design import draw_life, stream
from equipoise.ledger import Book, Entry, SqliteLedger
from equipoise.protocol import asked_items
from equipoise.vocabulary import Role

TRAINING = "SYNTHETIC training record"
_NATURE, _LUCK, _RECRUITMENT = 1, 2, 3


@dataclass
class Rehearsal:
    """A rehearsal under way: the desk, the vault, and everybody who was screened."""

    part: Part
    desk: Desk
    vault: RehearsalVault
    courses: list[Course] = field(default_factory=list)

    @property
    def randomised(self) -> int:
        return len(self.desk.state.allocation.slot_of)

    def is_recruiting(self) -> bool:
        """True until as many are randomised as were wanted."""
        return self.randomised < self.part.participants

    def in_screening(self) -> int:
        """How many are screened and neither randomised nor out."""
        return sum(not course.is_over and course.arm is None for course in self.courses)


def start(
    part: Part,
    folder: Path,
    vault: RehearsalVault | None = None,
    *,
    pharmacy: bool = False,
    starts_on: date = STARTS_ON,
    vault_folder: Path | None = None,
) -> Rehearsal:
    """Open the trial in its folder and hold the ceremony with its vault, which is a process of its own.

    A vault takes a second to get ready: `vault` is one that was opened before, for the same seed.  With `pharmacy`, it
    is given the study definition, from which its pharmacy prepares.
    """
    vault = vault or RehearsalVault(
        vault_folder or folder.parent / "vault",
        part.seed,
        rehearsal_clock(starts_on),
        share_seed=part.allocation_seed,
    )
    book = Book(SqliteLedger.open(folder / LEDGER, vault.clock), Trial())
    desk = Desk(book, make_plan(part.definition), vault.clock)
    rehearsal = Rehearsal(part, desk, vault)
    _appoint(desk)
    desk.do(SPONSOR, OpenTrial(synthetic=True))
    rehearse_ceremony(vault, part.design, _recorder(book), part.definition.canonical() if pharmacy else None)
    return rehearsal


def _appoint(desk: Desk) -> None:
    """Put the cast on the delegation log, from the first day on, at every site."""
    today = desk.plan.local_date(desk.clock())
    for person, by in APPOINTED_BY.items():
        desk.do(by, Appoint(person.who, person.role, ALL_SITES, today, TRAINING, today))


def recruit(rehearsal: Rehearsal, until: datetime | None = None) -> Iterator[datetime]:
    """Recruit, treat and monitor until the last participant's last visit; gives the moment of every turn.

    With `until` the play stops there, in the middle of the trial.

    Each command is a transaction of its own, as in the real trial, inside one durable write a turn: nobody here waits
    at a bedside to be told that a value is safe.
    """
    agenda = Agenda(rehearsal.desk.clock)
    agenda.add(_arrivals(rehearsal, agenda))
    first_monitoring = rehearsal.desk.clock().date() + timedelta(days=18)
    agenda.add(monitor_weekly(rehearsal.desk, rehearsal.courses, first_monitoring, rehearsal.is_recruiting))
    turns, ledger = agenda.run(until), rehearsal.desk.book.ledger
    while True:
        with ledger.transaction():
            moment = next(turns, None)
        if moment is None:
            return
        yield moment


def _arrivals(rehearsal: Rehearsal, agenda: Agenda) -> Iterator[datetime]:
    """People arrive for screening, one after the other, until enough are randomised or on the way to be."""
    part = rehearsal.part
    luck = stream(part.seed, _RECRUITMENT)
    moment = datetime.combine(rehearsal.desk.clock().date(), time(8, 0), tzinfo=rehearsal.desk.plan.zone)
    items = [asked.item for asked in asked_items(part.definition).values()]
    sites = part.definition.sites
    while rehearsal.is_recruiting():
        moment += timedelta(days=float(luck.exponential(7 / part.scenario.screened_per_week)))
        yield moment
        if rehearsal.in_screening() + rehearsal.randomised >= part.participants:
            continue
        number = len(rehearsal.courses) + 1
        course = Course(
            rehearsal.desk,
            part.scenario,
            sites[number % len(sites)].id,
            draw_life(part.scenario, items, len(part.definition.encounters), stream(part.seed, _NATURE, number)),
            stream(part.seed, _LUCK, number),
            _arm_of(rehearsal.desk, rehearsal.vault),
        )
        rehearsal.courses.append(course)
        agenda.add(course.run(moment.date()))


def _arm_of(desk: Desk, vault: RehearsalVault) -> Callable[[int, int], str]:
    """The arm of a slot, for the simulated biology; on a live list its draw is asked for and recorded first."""

    def arm_of(stratum: int, slot: int) -> str:
        for waiting, levels in pending_draws(desk.state):
            answer = vault.ask("draw", Role.SYSTEM, {"slot": waiting, "levels": list(levels)})
            desk.book.execute(
                lambda trial, drawn=answer: record_draw(trial.conduct.allocation, drawn),  # type: ignore[misc]  # bound now
                who="synthetic.system",
                role=Role.SYSTEM,
            )
        return vault.nature_of(stratum, slot)

    return arm_of


def _recorder(book: Book[Trial]) -> Record:
    def record(verb: Callable[[AllocationState], Sequence[object]], role: Role) -> tuple[Entry, ...]:
        return book.execute(lambda trial: verb(trial.conduct.allocation), who=f"synthetic.{role.value}", role=role)

    return record
