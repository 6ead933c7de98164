"""The state of every encounter and form: what is due, late, begun, done, missed or no longer expected."""

import pytest

from conduct_world import World, on, plan
from equipoise.conduct import Capture, MarkNotDone, MissEncounter, StartEncounter, Typed, Withdraw
from equipoise.conduct import WithdrawalFrom as From
from equipoise.conduct import WithdrawalReason as Why
from equipoise.conduct.point import Page
from equipoise.conduct.progress import Progress, encounter_progress, next_encounter, open_items, page_progress
from scenario import CONSENTED, DAY_1, DOCTOR, NURSE, RANDOMISED, P, Step, replayed

VITALS = Page("day_8", "vitals")
DAY_8 = Step(NURSE, StartEncounter(P, "day_8", on(8)), 8)


def visit(world: World, encounter: str, day: int) -> Progress:
    return encounter_progress(world.plan, world.state.participant(P), plan().encounters[encounter], on(day))


def form(world: World, page: Page, day: int) -> Progress:
    return page_progress(world.plan, world.state.participant(P), page, on(day))


@pytest.mark.parametrize(
    ("day", "expected"),
    [(6, "not_due"), (7, "due"), (9, "due"), (10, "late")],
)
def test_an_encounter_is_due_in_its_window_and_late_after_it(day: int, expected: str) -> None:
    world = replayed(RANDOMISED)
    assert visit(world, "day_8", day) == expected
    assert form(world, VITALS, day) == expected


def test_before_randomisation_only_what_precedes_it_is_due() -> None:
    world = replayed(CONSENTED)
    assert visit(world, "screening", -7) in {Progress.DUE, Progress.PART_DONE}
    assert visit(world, "day_1", -7) is Progress.DUE
    assert visit(world, "day_8", -7) is Progress.NOT_DUE


def test_a_form_is_due_on_the_day_of_its_visit_then_late_then_part_done_then_done() -> None:
    world = replayed((*DAY_1, DAY_8))
    assert form(world, VITALS, 8) is Progress.DUE
    assert form(world, VITALS, 9) is Progress.LATE
    replayed((Step(NURSE, Capture(P, VITALS, (Typed("systolic", "120"), Typed("diastolic", "80"))), 8),), world)
    assert form(world, VITALS, 9) is Progress.PART_DONE
    left = open_items(world.plan.forms["vitals"], world.state.participant(P), VITALS)
    assert left == ("weight", "height", "measured_at"), "a remark may stay empty"
    replayed((Step(NURSE, MarkNotDone(P, VITALS, "scale broken", left)),), world)
    assert form(world, VITALS, 9) is Progress.DONE
    assert visit(world, "day_8", 9) is Progress.PART_DONE, "laboratory and dose are open"


def test_a_missed_encounter_says_so_and_the_next_one_is_the_next_due() -> None:
    world = replayed(DAY_1)
    following = next_encounter(world.plan, world.state.participant(P))
    assert following is not None and following.id == "day_8"
    replayed((Step(NURSE, MissEncounter(P, "day_8", "was ill"), 10),), world)
    assert visit(world, "day_8", 40) is Progress.MISSED
    following = next_encounter(world.plan, world.state.participant(P))
    assert following is not None and following.id == "day_31"


def test_nothing_is_expected_of_who_has_left() -> None:
    leaves = Step(DOCTOR, Withdraw(P, From.FOLLOW_UP, Why.PARTICIPANT_DECISION, on(2)), 2)
    world = replayed((*DAY_1, leaves))
    assert visit(world, "day_31", 40) is Progress.NOT_EXPECTED
    assert next_encounter(world.plan, world.state.participant(P)) is None


def test_stopping_the_doses_keeps_the_visits() -> None:
    stops = Step(DOCTOR, Withdraw(P, From.TREATMENT, Why.ADVERSE_EVENT, on(2)), 2)
    world = replayed((*DAY_1, stops))
    assert visit(world, "day_31", 40) is Progress.LATE
