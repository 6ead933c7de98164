"""A live list in the conduct of a trial: signed levels go to the vault, the slot is one list's, the analysis runs."""

import json
from dataclasses import replace

import pytest

from closure_trial import followed, lock, reviewed, screened_in
from conduct_world import World, at, study
from equipoise.allocation import RehearsalVault, correct_stratum, read_design, record_draw, rehearse_ceremony
from equipoise.analysis import randomisation_test
from equipoise.analysis.recorded_procedure import minimised_again, recorded_procedure
from equipoise.closure import dummy_allocation, read_opening
from equipoise.conduct import OpenTrial, make_plan
from equipoise.conduct.drawing import pending_draws
from equipoise.protocol.arms import Stratum
from equipoise.vocabulary import Refusal, Role, SteppingClock
from scenario import SPONSOR

BY_SEX = study().randomisation.model_copy(update={"strata": (Stratum(item="sex", levels=("female", "male")),)})
PLAN = make_plan(study().model_copy(update={"randomisation": BY_SEX}))
DESIGN = read_design(
    {
        "arms": ["active", "placebo"], "method": "minimisation", "factors": ["sex"], "favour": [3, 4], "slots": 20,
        "packs": {"doses": 2, "spares": 1}, "study": PLAN.digest,
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    world = World(PLAN)
    world.do(SPONSOR, OpenTrial(True), when=at(-14))
    draws = []
    with RehearsalVault(tmp_path_factory.mktemp("vault") / "v", 7, SteppingClock(at(-14))) as vault:

        def record(decide, role):
            return world.book.execute(lambda trial: decide(trial.conduct.allocation), who=f"r {role.value}", role=role)

        rehearse_ceremony(vault, DESIGN, record)
        numbers = screened_in(world, 6)
        for slot, levels in pending_draws(world.state):
            draws.append((slot, levels))
            answer = vault.ask("draw", Role.SYSTEM, {"slot": slot, "levels": list(levels)})
            record(lambda state, answer=answer: record_draw(state, answer), Role.SYSTEM)
        followed(world, numbers)
        reviewed(world)
        certificate = lock(world)
        opening = vault.release(certificate.as_json(), certificate.data_digest)
    return world, draws, opening


def test_the_signed_levels_are_drawn_in_the_order_of_the_slots(finished):
    world, draws, _ = finished
    assert draws == [(slot, ("male",)) for slot in range(6)]
    assert pending_draws(world.state) == ()


def test_the_opening_is_verified_and_the_recorded_procedure_is_run_again(finished):
    world, _, opening = finished
    allocation = read_opening(opening, world.book.ledger.entries(), world.state)
    assert set(allocation.levels.values()) == {("male",)} and len(allocation.slots) == 6
    places = list(allocation.places.values())
    reference = recorded_procedure(allocation.design, places, "active", [True] * 6, allocation.levels)
    treated = [int(arm == "active") for arm in allocation.planned_arm.values()]
    if 0 < sum(treated) < 6:
        assert 0 < randomisation_test([1, 2, 3, 4, 5, 6], treated, reference).p.value <= 1
    again = minimised_again(DESIGN, [("male",)] * 6, "active", reference)
    assert randomisation_test([1, 2, 3, 4, 5, 6], [1, 1, 0, 0, 1, 0], again).p.interval is not None
    heavy = replace(DESIGN, procedure=replace(DESIGN.procedure, factors=("a", "b"), weights=(1, 2)))
    weighed = recorded_procedure(heavy, places, "active", [True] * 6, dict.fromkeys(places, ("x", "y")))
    assert weighed.stretches[0].law.weights == (1, 2)


def test_packs_that_the_seeds_did_not_number_are_refused(finished):
    world, _, text = finished
    opening = json.loads(text)
    entries = list(world.book.ledger.entries())
    opening["pack_numbers"] = opening["pack_numbers"][::-1]
    with pytest.raises(Refusal) as refused:
        read_opening(json.dumps(opening), entries, world.state)
    assert refused.value.rule == "OPENING-VERIFY"


def test_the_dummy_follows_the_recorded_levels(finished):
    world, _, _ = finished
    dummy = dummy_allocation(world.state, DESIGN, b"x" * 32)
    assert dummy.is_dummy and set(dummy.planned_arm) == set(world.state.allocation.slot_of)
    assert dummy_allocation(world.state, DESIGN, b"y" * 32).digest != dummy.digest


def test_a_wrong_level_is_flagged_and_the_slot_stays(finished):
    state = finished[0].state.allocation
    (event,) = correct_stratum(state, "01-0001", 0)
    assert event.true_stratum == 0
