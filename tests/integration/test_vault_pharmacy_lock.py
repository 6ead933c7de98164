"""From the shelf to the lock: one unit astray in the vault keeps the masked side's database from being locked."""

import pytest

from closure_trial import followed, reviewed, screened_in, statement_of
from conduct_world import World, at, plan, sealed_list
from equipoise.allocation import take_account
from equipoise.closure import obstacles
from equipoise.conduct import OpenTrial
from equipoise.vocabulary import Refusal, Role
from equipoise_vault.request import Door
from pharmacy_trial import pharmacy
from scenario import SPONSOR

UNITS = 20


@pytest.fixture
def world():
    made = World()
    made.do(SPONSOR, OpenTrial(True), when=at(-14))
    made.put(sealed_list())
    followed(made, screened_in(made, 2))
    reviewed(made)
    return made


def told(world, desk):
    """The masked server asks the hatch and enters what it learns; gives the obstacles to the lock."""
    answer = desk.held.ask("pharmacy_account", Role.SYSTEM, Door.HATCH)
    assert set(answer) == {"is_closed"}
    world.put(take_account(world.state.allocation, answer["is_closed"]))
    return [finding.rule for finding in obstacles(plan(), world.trial)]


@pytest.mark.parametrize("astray", [-1, 1])
def test_one_unit_astray_blocks_the_lock_until_it_is_found(tmp_path, world, astray):
    desk = pharmacy(tmp_path).stocked(UNITS)
    desk.count(1, UNITS + astray)
    desk.count(2, UNITS)
    assert told(world, desk) == ["LOCK-PHARMACY"]
    with pytest.raises(Refusal, match="reconciliation is not closed"):
        statement_of(world)
    desk.count(1, UNITS)
    assert told(world, desk) == []
    assert statement_of(world)
