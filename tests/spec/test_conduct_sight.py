"""What a role sees: an answer that could betray the arm is hidden, and so is what was asked about it (M13, leak L9)."""

import pytest

from conduct_world import at, on, plan
from equipoise.conduct import AnswerQuery, Capture, Page, Prompt, RaiseQuery, StartEncounter, Typed
from equipoise.conduct.sight import sees_point, visible_queries, visible_trails
from equipoise.vocabulary import Refusal
from scenario import ASSESSOR, DOCTOR, MONITOR, NURSE, RANDOMISED, P, replayed

LABORATORY = Page("day_8", "laboratory")
VITALS = Page("day_1", "vitals")
HIDDEN, SHOWN = LABORATORY.point("il_6"), VITALS.point("systolic")


@pytest.fixture
def world():
    made = replayed(RANDOMISED)
    made.do(NURSE, StartEncounter(P, "day_1", on(1)))
    made.do(NURSE, Capture(P, VITALS, (Typed("systolic", "120"), Typed("diastolic", "80"))))
    made.do(NURSE, StartEncounter(P, "day_8", on(8)), when=at(8))
    made.do(DOCTOR, Capture(P, LABORATORY, (Typed("il_6", "3"), Typed("crp", "4"))))
    made.do(MONITOR, RaiseQuery(P, "Is this the value of the report?", HIDDEN))
    made.do(MONITOR, RaiseQuery(P, "Was the participant seated?", SHOWN))
    return made


def points(world, role):
    return {trail.point for trail in visible_trails(plan(), world.state.participant(P), role)}


def test_a_hidden_answer_is_seen_by_the_investigator_and_not_by_the_assessor(world):
    assert HIDDEN in points(world, DOCTOR) and sees_point(plan(), DOCTOR, HIDDEN)
    assert HIDDEN not in points(world, ASSESSOR) and not sees_point(plan(), ASSESSOR, HIDDEN)


def test_a_query_about_it_is_not_shown_to_who_does_not_see_it(world):
    participant = world.state.participant(P)
    seen = {role: [query.number for query in visible_queries(plan(), participant, role)] for role in (DOCTOR, ASSESSOR)}
    assert seen == {DOCTOR: [1, 2], ASSESSOR: [2]}


def test_a_query_about_it_is_answered_by_who_sees_it(world):
    with pytest.raises(Refusal) as refused:
        world.do(ASSESSOR, AnswerQuery(1, "As on the report."))
    assert refused.value.rule == "QUERY-MASKED"
    assert world.do(DOCTOR, AnswerQuery(1, "As on the report."))
    assert world.do(ASSESSOR, AnswerQuery(2, "Yes."))


def test_a_check_that_looks_at_a_hidden_answer_too_is_hidden(world):
    """That a visible value is odd beside a hidden one says something of the hidden one."""
    participant = world.state.participant(P)
    participant.prompts[99] = Prompt(99, 99, P, "crp_fits_il_6", LABORATORY, ("crp", "il_6"))
    crp = LABORATORY.point("crp")
    (seen,) = (trail for trail in visible_trails(plan(), participant, DOCTOR) if trail.point == crp)
    (hidden,) = (trail for trail in visible_trails(plan(), participant, ASSESSOR) if trail.point == crp)
    assert [prompt.number for prompt in seen.prompts] == [99] and hidden.prompts == ()
    assert hidden.values == seen.values
