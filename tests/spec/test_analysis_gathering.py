"""From the ledger to the data of an analysis: exact numbers, comparators kept, a reason for whatever is not there."""

from dataclasses import replace
from fractions import Fraction

import pytest

from closure_trial import followed, screened_in
from conduct_world import World, at, on, sealed_list
from equipoise.allocation import BigStick, RandomisationDesign
from equipoise.analysis import analysis_sets, execute, trial_data_of
from equipoise.analysis.trial_data import Absence
from equipoise.closure import dummy_allocation, review
from equipoise.conduct import (
    Capture,
    Correct,
    MarkNotDone,
    OpenTrial,
    Page,
    Typed,
    Withdraw,
    WithdrawalFrom,
    WithdrawalReason,
    make_plan,
)
from equipoise.protocol.objectives import Rank
from equipoise.safety import ActionTaken, Assessment, Causality, Outcome, ReportAdverseEvent
from equipoise.vocabulary import Comparator
from scenario import DOCTOR, SPONSOR


@pytest.fixture(scope="module")
def world():
    """Four people; of the second, one item of the last score is not done; the third died after day 1."""
    world = World()
    study = world.plan.definition
    crp = study.endpoints[0].model_copy(
        update={"id": "crp", "rank": Rank.SECONDARY, "item": "crp", "baseline": "day_8", "encounter": "day_31"}
    )
    world.plan = make_plan(study.model_copy(update={"endpoints": (*study.endpoints, crp)}))
    world.do(SPONSOR, OpenTrial(True), when=at(-14))
    world.put(sealed_list())
    numbers = screened_in(world, 4)
    early = Assessment("Rash", on(-3), 1, Causality.UNRELATED, ActionTaken.NONE, Outcome.NOT_RECOVERED)
    world.do(DOCTOR, ReportAdverseEvent(numbers[0], on(1), early))
    late = Assessment("Sore  arm", on(1), 2, Causality.POSSIBLE, ActionTaken.NONE, Outcome.RECOVERING)
    world.do(DOCTOR, ReportAdverseEvent(numbers[0], on(1), late))
    world.do(DOCTOR, Withdraw(numbers[2], WithdrawalFrom.FOLLOW_UP, WithdrawalReason.DEATH, on(1)))
    followed(world, [numbers[0], numbers[1], numbers[3]])
    page = Page("day_31", "laboratory")
    world.do(DOCTOR, Capture(numbers[0], page, (Typed("crp", "<0,3"), Typed("il_6", "5"))))
    world.do(DOCTOR, Capture(numbers[1], page, (Typed("crp", "1,25", "mg/dL"),)))
    world.do(DOCTOR, MarkNotDone(numbers[3], page, "The sample clotted.", ("crp",)))
    return world


@pytest.fixture(scope="module")
def data(world):
    return trial_data_of(world.plan, world.trial)


def test_participants_stand_in_the_order_of_randomisation_with_their_places(data):
    assert data.participants == ("01-0001", "01-0002", "01-0003", "01-0004")
    assert [data.places[each] for each in data.participants] == [(0, 0), (0, 1), (0, 2), (0, 3)]


def test_a_quantity_is_in_the_items_first_unit_exact_and_keeps_comparator_and_text(data):
    found = data.measured("01-0001", "day_31", "crp")
    assert (found.value, found.comparator, found.text) == (Fraction(3, 10), Comparator.BELOW, "<0.3 mg/L")
    assert not found.is_number
    assert data.measured("01-0002", "day_31", "crp").value == Fraction(25, 2)


def test_a_derived_score_carries_the_entries_of_every_answer_behind_it(data, world):
    found = data.measured("01-0001", "screening", "mex_total")
    form = world.plan.forms["scores"]
    assert found.value > 0 and len(found.entries) == len(form.asked)
    one = data.measured("01-0001", "day_31", "mex_total")
    assert one.value == 0 and not set(one.entries) & set(found.entries) and one.entry == max(one.entries)


@pytest.mark.parametrize(
    ("participant", "encounter", "item", "why"),
    [
        ("01-0003", "day_31", "mex_total", Absence.DEATH),
        ("01-0004", "day_31", "crp", Absence.NOT_DONE),
        ("01-0001", "day_8", "crp", Absence.NOT_RECORDED),
    ],
)
def test_what_is_not_there_has_a_reason(data, participant, encounter, item, why):
    assert data.measured(participant, encounter, item) is None
    assert data.absences[participant, encounter, item] is why


def test_every_planned_value_is_measured_or_absent_never_neither(data):
    asked = {(encounter, item) for _, encounter, item in (*data.measurements, *data.absences, *data.choices)}
    for participant in data.participants:
        for encounter, item in asked:
            key = (participant, encounter, item)
            assert (key in data.measurements) + (key in data.absences) + (key in data.choices) == 1


def test_a_correction_moves_value_and_entry(world):
    before = trial_data_of(world.plan, world.trial).measured("01-0002", "day_31", "crp")
    page = Page("day_31", "laboratory")
    current = world.state.participant("01-0002").current(page.point("crp"))
    world.do(DOCTOR, Correct("01-0002", page, "crp", current.seq, "Wrong unit.", Typed("crp", "1,25", "mg/L")))
    after = trial_data_of(world.plan, world.trial).measured("01-0002", "day_31", "crp")
    assert (after.value, before.value) == (Fraction(5, 4), Fraction(25, 2)) and after.entry > before.entry


def test_events_that_began_before_day_one_are_told_apart(data):
    assert [(event.term, event.study_day, event.grade, event.is_related) for event in data.harms.events] == [
        ("Sore arm", 1, 2, True)
    ]
    assert len(data.harms.before_day_one) == 1
    assert {event.study_day >= 1 for event in data.harms.listing} == {True, False}, "the listing leaves none out"


def test_exposure_counts_doses_and_days_to_the_last_contact(data):
    assert {number: (each.doses, each.days) for number, each in data.harms.exposure.items()} == {
        "01-0001": (2, 31), "01-0002": (2, 31), "01-0003": (0, 1), "01-0004": (2, 31)}  # fmt: skip


def test_the_whole_way_from_ledger_and_review_to_results(world):
    data = trial_data_of(world.plan, world.trial)
    design = RandomisationDesign(("active", "placebo"), BigStick(4), slots=40)
    dummy = dummy_allocation(world.state, design, bytes(32))
    sets = analysis_sets(review(world.plan, world.trial).memberships)
    study = world.plan.definition
    results = execute(study, data_of(data, study), sets, dummy, lock_digest="", synthetic=True)
    assert results.allocation == "dummy" and set(results.arms) == set(data.participants)
    assert results.sets["full_analysis_set"] == data.participants
    missing = next(each for each in results.findings if each.rule == "PLAN-MISSING")
    assert missing.evidence == ("01-0003",) and "died 1" in missing.message
    assert next(iter(results.baseline)) == "Age (years)"


def data_of(data, study):
    """The world opened the trial under the definition without the second endpoint."""
    return replace(data, study_digest=study.digest)
