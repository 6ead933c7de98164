"""Stratification: values fixed before the slot, a wrong stratum flagged and never given back (K13, M10)."""

from dataclasses import replace

import pytest

from conduct_world import SCAN, World, at, on, sealed_list, study
from equipoise.allocation import ListSealed
from equipoise.conduct import (
    AmendDefinition,
    Capture,
    CorrectStratum,
    DecideCriterion,
    Enrol,
    OpenTrial,
    Page,
    Randomise,
    RecordConsent,
    Screen,
    SignEligibility,
    StartEncounter,
    Typed,
    Withdraw,
    WithdrawalFrom,
    WithdrawalReason,
    make_plan,
)
from equipoise.protocol.arms import Stratum
from equipoise.vocabulary import Refusal, digest
from scenario import DOCTOR, NURSE, SPONSOR, STATISTICIAN, P


@pytest.fixture
def world():
    by_sex = study().randomisation.model_copy(update={"strata": (Stratum(item="sex", levels=("female", "male")),)})
    world = World(make_plan(study().model_copy(update={"randomisation": by_sex})))
    world.do(SPONSOR, OpenTrial(True), when=at(-14))
    sealed, packs, anchor = sealed_list(slots=20)
    two_strata = replace(sealed.commitment, strata=("female", "male"), slots=10)
    world.put((ListSealed(1, two_strata, sealed.signature), packs, anchor))
    return world


def eligible(world, sex=""):
    number = world.do(NURSE, Screen("01", on(-7)), when=at(-7))[0].event.participant
    world.do(NURSE, RecordConsent(number, "1.0", "id", "dr.a", on(-7), digest(number) if number != P else SCAN))
    world.do(NURSE, StartEncounter(number, "screening", on(-7)))
    if sex:
        world.do(NURSE, Capture(number, Page("screening", "demography"), (Typed("sex", sex),)))
    for criterion in world.plan.criteria:
        world.do(DOCTOR, DecideCriterion(number, criterion, not world.plan.is_unwanted(criterion)))
    world.do(DOCTOR, SignEligibility(number))
    return number


def randomised(world, sex):
    number = eligible(world, sex)
    world.do(NURSE, Enrol(number))
    return world.do(NURSE, Randomise(number), when=at(1))[0].event


def test_each_stratum_is_filled_in_its_own_order(world):
    slots = [(event.stratum, event.slot) for event in (randomised(world, sex) for sex in ("male", "female", "male"))]
    assert slots == [(1, 0), (0, 0), (1, 1)]
    assert world.state.participants[P].strata == ("male",)


def test_without_the_factors_value_nobody_is_enrolled(world):
    number = eligible(world)
    with pytest.raises(Refusal) as refusal:
        world.do(NURSE, Enrol(number))
    assert refusal.value.rule == "STRATUM-VALUE"


def test_a_wrong_stratum_keeps_its_slot_and_is_flagged(world):
    randomised(world, "male")
    entries = world.do(DOCTOR, CorrectStratum(P, ("female",), "the sex was misread"))
    assert [entry.type for entry in entries] == ["stratum_corrected", "deviation_recorded"]
    assert world.state.allocation.slot_of[P] == (1, 0)
    assert world.state.allocation.true_stratum[P] == 0
    for command, rule in (
        (CorrectStratum(P, ("female",), "again"), "STRATUM-CORRECTION"),
        (CorrectStratum(P, ("other",), "x"), "STRATUM-VALUE"),
        (CorrectStratum(P, ("male",), ""), "TEXT-MISSING"),
    ):
        with pytest.raises(Refusal) as refusal:
            world.do(DOCTOR, command)
        assert refusal.value.rule == rule
    with pytest.raises(Refusal):
        world.do(STATISTICIAN, CorrectStratum(P, ("male",), "x"))


def test_who_left_before_randomisation_gets_no_slot(world):
    number = eligible(world, "male")
    world.do(NURSE, Enrol(number))
    left = Withdraw(number, WithdrawalFrom.FOLLOW_UP, WithdrawalReason.PARTICIPANT_DECISION, on(-7))
    world.do(DOCTOR, left)
    with pytest.raises(Refusal) as refusal:
        world.do(NURSE, Randomise(number))
    assert refusal.value.rule == "STEP-ORDER"
    assert number not in world.state.allocation.slot_of


def test_an_amendment_keeps_the_strata_that_were_signed(world):
    randomised(world, "male")
    other = study().randomisation.model_copy(update={"strata": ()})
    changes = {"version": 2, "parent": world.plan.digest, "randomisation": other}
    world.plan = make_plan(study().model_copy(update=changes))
    with pytest.raises(Refusal) as refusal:
        world.do(SPONSOR, AmendDefinition(on(1), "no strata any more"))
    assert refusal.value.rule == "AMENDMENT-STRATA"
