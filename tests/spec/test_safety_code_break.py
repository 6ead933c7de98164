"""A broken code is assessed before the database is locked, by the investigator, who stays masked (E6R3-4.1.4, M03)."""

from datetime import UTC, datetime

import pytest

from closure_trial import followed, lock, reviewed, screened_in, statement_of
from conduct_world import World, at, plan, sealed_list
from equipoise.allocation import BreakReason, CodeBroken, PharmacyAccount
from equipoise.closure import obstacles
from equipoise.conduct import OpenTrial
from equipoise.safety import AssessCodeBreak
from equipoise.vocabulary import Refusal, Role
from scenario import DOCTOR, MANAGER, SPONSOR

BROKEN = CodeBroken(1, 0, 0, BreakReason.OVERDOSE, datetime(2022, 8, 10, tzinfo=UTC), False, "01-0001")
ASSESSED = AssessCodeBreak(1, True, (Role.TREATING_PHYSICIAN,), "Doses stopped; assessors were not told.")


@pytest.fixture
def world():
    made = World()
    made.do(SPONSOR, OpenTrial(True), when=at(-14))
    made.put(sealed_list())
    followed(made, screened_in(made, 2))
    return made


def rules(world):
    return [finding.rule for finding in obstacles(plan(), world.trial)]


def test_an_open_code_break_keeps_the_database_from_being_locked(world):
    world.put([BROKEN])
    assert rules(world) == ["LOCK-BREAK"]
    reviewed(world)
    with pytest.raises(Refusal, match="code break 1"):
        statement_of(world)
    world.do(DOCTOR, ASSESSED)
    assert rules(world) == []
    assert lock(world)


@pytest.mark.parametrize("role", [MANAGER, Role.CARE_PROVIDER, Role.STATISTICIAN, Role.PHARMACIST])
def test_it_is_assessed_by_the_investigator_alone(world, role):
    world.put([BROKEN])
    with pytest.raises(Refusal) as refused:
        world.do(role, ASSESSED)
    assert refused.value.rule in ("ROLE-PERMISSION", "ROLE-CONFLICT")


def test_it_is_assessed_once_and_there_must_be_one(world):
    with pytest.raises(Refusal, match="no such"):
        world.do(DOCTOR, ASSESSED)
    world.put([BROKEN])
    with pytest.raises(Refusal, match="consequence"):
        world.do(DOCTOR, AssessCodeBreak(1, True, (), " "))
    (entry,) = world.do(DOCTOR, ASSESSED)
    assert entry.body["participant"] == "01-0001"
    with pytest.raises(Refusal, match="already"):
        world.do(DOCTOR, ASSESSED)


def test_an_emergency_after_the_lock_is_assessed_all_the_same(world):
    reviewed(world)
    lock(world)
    world.put([BROKEN])
    assert world.do(DOCTOR, ASSESSED)


def test_a_break_of_a_slot_that_nobody_has_is_an_obstacle_too(world):
    world.put([CodeBroken(1, 0, 9, BreakReason.OTHER, datetime(2022, 8, 10, tzinfo=UTC), False)])
    (finding,) = obstacles(plan(), world.trial)
    assert finding.rule == "LOCK-BREAK" and "nobody has" in finding.place


def test_an_open_pharmacy_account_is_an_obstacle_and_says_nothing_else(world):
    assert rules(world) == []
    world.put([PharmacyAccount(False)])
    (finding,) = obstacles(plan(), world.trial)
    assert (finding.rule, finding.message) == ("LOCK-PHARMACY", "The pharmacy's reconciliation is not closed.")
    world.put([PharmacyAccount(True)])
    assert rules(world) == []


def test_a_real_trial_is_not_locked_before_the_pharmacy_was_asked(world):
    commitment = world.state.allocation.commitment
    object.__setattr__(commitment, "rehearsal", False)
    assert rules(world) == ["LOCK-PHARMACY"]
