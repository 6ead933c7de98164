"""From the ceremony to the opened list, with the vault in its own process: lock, release, verify, receive."""

import json
from dataclasses import replace

import pytest

from closure_trial import followed, lock, reviewed, screened_in
from conduct_world import World, at, plan
from equipoise.allocation import PackPlan, RehearsalVault, default_design, rehearse_ceremony
from equipoise.closure import ReceiveRelease, dummy_allocation, fold, read_opening
from equipoise.conduct import OpenTrial
from equipoise.vocabulary import Refusal, SteppingClock
from scenario import SPONSOR, STATISTICIAN

DESIGN = replace(default_design(("active", "placebo"), 20, PackPlan(2, 1)), study=plan().digest)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A finished trial of six people and the text of its opening."""
    world = World()
    world.do(SPONSOR, OpenTrial(True), when=at(-14))

    def record(decide, role):
        who = f"rehearsal {role.value}"
        return world.book.execute(lambda trial: decide(trial.conduct.allocation), who=who, role=role)

    with RehearsalVault(tmp_path_factory.mktemp("vault") / "v", 7, SteppingClock(at(-14))) as vault:
        rehearse_ceremony(vault, DESIGN, record)
        followed(world, screened_in(world, 6))
        reviewed(world)
        certificate = lock(world)
        opening = vault.release(certificate.as_json(), certificate.data_digest)
    return world, opening


def test_the_opened_list_is_verified_and_received(released):
    world, opening = released
    allocation = read_opening(opening, world.book.ledger.entries(), world.state)
    assert not allocation.is_dummy
    assert list(allocation.planned_arm) == list(world.state.allocation.slot_of)
    assert set(allocation.planned_arm.values()) <= {"active", "placebo"}
    assert allocation.actual_arm == allocation.planned_arm
    assert allocation.certificate_digest == world.trial.closure.certificate.digest
    (entry,) = world.do(STATISTICIAN, ReceiveRelease(allocation))
    assert entry.type == "release_received"
    text = "".join(entry.content.decode() for entry in world.book.ledger.entries())
    assert "placebo" not in text
    assert fold(world.book.ledger.entries()) == world.trial


def test_an_opening_that_was_touched_is_refused(released):
    world, text = released
    swapped = json.loads(text)
    first, other = (
        swapped["slots"][0],
        next(slot for slot in swapped["slots"] if slot["arm"] != swapped["slots"][0]["arm"]),
    )
    first["arm"], other["arm"] = other["arm"], first["arm"]
    for wrong in (json.dumps(swapped), "[]", "no JSON", "{}"):
        with pytest.raises(Refusal) as refusal:
            read_opening(wrong, world.book.ledger.entries(), world.state)
        assert refusal.value.rule.startswith("OPENING")


def test_a_dummy_is_of_the_same_type_and_is_never_received(released):
    world, opening = released
    real = read_opening(opening, world.book.ledger.entries(), world.state)
    dummy = dummy_allocation(world.state, DESIGN, bytes(32))
    assert type(dummy) is type(real)
    assert dummy.is_dummy
    assert list(dummy.planned_arm) == list(real.planned_arm)
    assert dummy.digest != real.digest
    assert dummy == dummy_allocation(world.state, DESIGN, bytes(32))
    with pytest.raises(Refusal) as refusal:
        world.do(STATISTICIAN, ReceiveRelease(dummy))
    assert refusal.value.rule == "RELEASE-DUMMY"
    with pytest.raises(Refusal) as refusal:
        world.do(STATISTICIAN, ReceiveRelease(replace(real, certificate_digest="0" * 64)))
    assert refusal.value.rule == "RELEASE-OTHER"


def test_the_actual_arm_is_that_of_most_doses(released):
    world, opening = released
    real = read_opening(opening, world.book.ledger.entries(), world.state)
    one = next(iter(real.planned_arm))
    planned = real.planned_arm[one]
    other = next(arm for arm in DESIGN.arms if arm != planned)

    def actual(*received):
        return replace(real, received={**real.received, one: received}).actual_arm[one]

    assert actual() is None
    assert actual(planned, other) == planned
    assert actual(other, other, planned) == other
