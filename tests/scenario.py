"""Rules as small drawn tables: given what happened, when one command comes, then these entries, or this refusal.

Every scenario names its clause and stays readable as data, so that the reference manual and the traceability matrix can
be made from `SCENARIOS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest

from conduct_world import SCAN, World, at, on, plan, sealed_list
from equipoise.closure import Trial
from equipoise.conduct import (
    DecideCriterion,
    Enrol,
    OpenTrial,
    Randomise,
    RecordConsent,
    Screen,
    SignEligibility,
    StartEncounter,
    command_name,
)
from equipoise.vocabulary import Refusal, Role

P = "01-0001"
"""The number of the first person who is screened."""

Command: TypeAlias = Any
"""A command, or a function from the trial's state to one (for the numbers of earlier entries)."""


@dataclass(frozen=True)
class Step:
    """One command by one role, at nine o'clock of a study day; without a day, at the moment of the step before."""

    role: Role
    command: Command
    day: int | None = None
    hour: int = 9

    def told(self, trial: Trial) -> Any:
        return self.command(trial) if isinstance(self.command, _FUNCTION) else self.command

    def text(self, trial: Trial) -> str:
        when = "" if self.day is None else f" on day {self.day}"
        return f"{self.role.value.replace('_', ' ')}: {command_name(self.told(trial)).replace('_', ' ')}{when}"


_FUNCTION = type(lambda: None)


@dataclass(frozen=True)
class Sealed:
    """The allocation list is sealed and anchored; without `anchored`, its root stands nowhere outside."""

    anchored: bool = True


@dataclass(frozen=True)
class Outcome:
    """The types of the entries that are written, or the rule of the refusal."""

    entries: tuple[str, ...] = ()
    rule: str = ""

    def text(self) -> str:
        return f"refused: {self.rule}" if self.rule else ", ".join(self.entries) or "nothing is written"


@dataclass(frozen=True)
class Scenario:
    clause: str
    title: str
    given: tuple[Any, ...]
    when: Step
    then: Outcome
    also: Callable[[Trial], None] | None = None
    """What the state shows afterwards, where the entries alone do not say it."""

    def __str__(self) -> str:
        return f"{self.clause}: {self.title}"


SCENARIOS: list[Scenario] = []


def scenario(
    clause: str,
    title: str,
    given: tuple[Any, ...],
    when: Step,
    then: Outcome,
    also: Callable[[Trial], None] | None = None,
) -> Scenario:
    made = Scenario(clause, title, given, when, then, also)
    SCENARIOS.append(made)
    return made


def writes(*entries: str) -> Outcome:
    return Outcome(entries=entries)


def refused(rule: str) -> Outcome:
    return Outcome(rule=rule)


nothing = Outcome()


def table(*scenarios: Scenario) -> Any:
    """Decorates a test that takes `scenario` and plays it."""
    return pytest.mark.parametrize("scenario", scenarios, ids=str)


def play(scenario: Scenario, world: World | None = None) -> World:
    """Play the scenario and compare what came of it; a refusal writes nothing and repeats nothing that was typed."""
    world = replayed(scenario.given, world)
    before = world.book.ledger.head()
    try:
        entries = do(world, scenario.when)
    except Refusal as refusal:
        assert refusal.rule == scenario.then.rule, f"{refusal.rule}: {refusal.sentence}"
        assert refusal.sentence
        assert world.book.ledger.head() == before
    else:
        assert not scenario.then.rule, f"not refused, but wrote {[entry.type for entry in entries]}"
        assert tuple(entry.type for entry in entries) == scenario.then.entries
    if scenario.also:
        scenario.also(world.trial)
    return world


def replayed(given: tuple[Any, ...], world: World | None = None) -> World:
    world = world or World()
    for step in given:
        if isinstance(step, Sealed):
            events = sealed_list()
            world.put(events if step.anchored else events[:-1])
        else:
            do(world, step)
    return world


def do(world: World, step: Step) -> Any:
    if step.day is not None:
        world.clock.set(at(step.day, step.hour))
    return world.do(step.role, step.told(world.trial))


# --- what has happened, as stories to begin with ---------------------------------------------------------------------

NURSE, DOCTOR, ASSESSOR = Role.CARE_PROVIDER, Role.INVESTIGATOR, Role.OUTCOMES_ASSESSOR
MANAGER, MONITOR, SPONSOR, STATISTICIAN = Role.DATA_MANAGER, Role.MONITOR, Role.SPONSOR, Role.STATISTICIAN

OPENED = (Step(SPONSOR, OpenTrial(True), -14), Sealed())
SCREENED = (*OPENED, Step(NURSE, Screen("01", on(-7)), -7))
CONSENTED = (*SCREENED, Step(NURSE, RecordConsent(P, "1.0", "id", "dr.a", on(-7), SCAN)))
SCREENING = (*CONSENTED, Step(NURSE, StartEncounter(P, "screening", on(-7))))
DECIDED = (
    *SCREENING,
    *(Step(DOCTOR, DecideCriterion(P, criterion, not plan().is_unwanted(criterion))) for criterion in plan().criteria),
)
ELIGIBLE = (*DECIDED, Step(DOCTOR, SignEligibility(P)))
ENROLLED = (*ELIGIBLE, Step(NURSE, Enrol(P)))
RANDOMISED = (*ENROLLED, Step(NURSE, Randomise(P), 1))
DAY_1 = (*RANDOMISED, Step(NURSE, StartEncounter(P, "day_1", on(1)), 1))
