"""Double entry: two people enter a form independently; every difference is reconciled before a lock.

Source: SCDM Good Clinical Data Management Practices, data entry processes; E6R3-4.2.2.
"""

from functools import lru_cache

import pytest

from conduct_world import World, plan, study
from equipoise.closure import obstacles
from equipoise.conduct import (
    Agreement,
    Capture,
    Correct,
    EnterAgain,
    MarkNotDone,
    Page,
    Plan,
    Reconcile,
    TakenEntry,
    Typed,
    comparisons,
    make_plan,
    may_be_second,
)
from equipoise.vocabulary import Role
from scenario import ASSESSOR, DAY_1, DOCTOR, NURSE, P, Step, play, refused, replayed, scenario, table, writes

VITALS, DEMOGRAPHY = Page("day_1", "vitals"), Page("screening", "demography")
PRESSURE = (Typed("systolic", "120"), Typed("diastolic", "80"))


@lru_cache
def doubled() -> Plan:
    """The small study with two forms that are entered twice."""
    forms = tuple(
        form.model_copy(update={"double_entry": form.id in {"vitals", "demography"}}) for form in study().forms
    )
    return make_plan(study().model_copy(update={"forms": forms}))


def again(*answers, page=VITALS, not_done=()):
    return EnterAgain(P, page, answers, not_done)


def reconcile(takes, reason="the chart says so", item="systolic"):
    def told(trial):
        return Reconcile(P, VITALS, item, trial.conduct.participants[P].current(VITALS.point(item)).seq, takes, reason)

    return told


def correct(item, text):
    def told(trial):
        seq = trial.conduct.participants[P].current(VITALS.point(item)).seq
        return Correct(P, VITALS, item, seq, "misread", Typed(item, text))

    return told


def agreement(trial, item="systolic", page=VITALS):
    found = {each.point: each.agreement for each in comparisons(doubled(), trial.conduct.participants[P])}
    return found.get(page.point(item))


def value(trial, item="systolic"):
    return trial.conduct.participants[P].current(VITALS.point(item)).answer.value


def shows(expected, item="systolic", held=None):
    def also(trial):
        assert agreement(trial, item) is expected
        assert held is None or value(trial, item) == held

    return also


FIRST = (*DAY_1, Step(NURSE, Capture(P, VITALS, PRESSURE)))
SECOND = (*FIRST, Step(DOCTOR, again(*PRESSURE)))
DIFFERENT = (*FIRST, Step(DOCTOR, again(Typed("systolic", "130"), Typed("diastolic", "80"))))


@table(
    scenario(
        "E6R3-4.2.2",
        "a second person enters the page again, an entry for each item",
        FIRST,
        Step(DOCTOR, again(*PRESSURE)),
        writes("answer_entered_again", "answer_entered_again"),
        shows(Agreement.AGREES),
    ),
    scenario(
        "E6R3-4.2.2",
        "another value differs, and the data stay as they are",
        FIRST,
        Step(DOCTOR, again(Typed("systolic", "130"))),
        writes("answer_entered_again"),
        shows(Agreement.DIFFERS, held="120"),
    ),
    scenario(
        "E6R3-4.2.2",
        "the order of the two does not matter",
        (*DAY_1, Step(DOCTOR, again(*PRESSURE))),
        Step(NURSE, Capture(P, VITALS, PRESSURE)),
        writes("answer_captured", "answer_captured"),
        shows(Agreement.AGREES),
    ),
    scenario(
        "E6R3-4.2.2",
        "what neither found is no difference",
        (*DAY_1, Step(NURSE, MarkNotDone(P, VITALS, "no scales", ("weight",)))),
        Step(DOCTOR, again(not_done=("weight",))),
        writes("answer_entered_again"),
        shows(Agreement.AGREES, "weight"),
    ),
    scenario(
        "E6R3-4.2.2",
        "what one found and the other did not is a difference",
        (*DAY_1, Step(NURSE, MarkNotDone(P, VITALS, "no scales", ("weight",)))),
        Step(DOCTOR, again(Typed("weight", "61.5"))),
        writes("answer_entered_again"),
        shows(Agreement.DIFFERS, "weight"),
    ),
    scenario(
        "E6R3-4.2.2",
        "a value that is out of the question is no second entry either",
        FIRST,
        Step(DOCTOR, again(Typed("systolic", "1200"))),
        refused("CHECK-HARD"),
    ),
    scenario(
        "E6R3-4.2.2",
        "a form that is entered once has no second entry",
        FIRST,
        Step(DOCTOR, again(Typed("il_6", "3"), page=Page("day_31", "laboratory"))),
        refused("PAGE-ENCOUNTER"),
    ),
    scenario("E6R3-4.2.2", "nothing is no entry", FIRST, Step(DOCTOR, again()), refused("SECOND-EMPTY")),
    scenario(
        "E6R3-4.2.2",
        "an item is entered once at a time",
        FIRST,
        Step(DOCTOR, again(Typed("systolic", "120"), Typed("systolic", "121"))),
        refused("SECOND-EMPTY"),
    ),
    scenario(
        "E6R3-4.2.2",
        "free text is entered once",
        FIRST,
        Step(DOCTOR, again(Typed("remark", "calm"))),
        refused("SECOND-ITEM"),
    ),
    scenario(
        "E6R3-4.2.2",
        "a computed item is entered by nobody",
        FIRST,
        Step(DOCTOR, again(Typed("pulse_pressure", "40"))),
        refused("ANSWER-DERIVED"),
    ),
    scenario(
        "E6R3-4.2.2",
        "the second entry is not tried again until it agrees",
        DIFFERENT,
        Step(DOCTOR, again(Typed("systolic", "120"))),
        refused("SECOND-TWICE"),
    ),
)
def test_second_entry(scenario):
    play(scenario, World(doubled()))


@table(
    scenario(
        "E6R3-4.3.8",
        "the first person is not the second",
        FIRST,
        Step(NURSE, again(*PRESSURE)),
        refused("SECOND-SAME-PERSON"),
    ),
    scenario(
        "E6R3-4.3.8",
        "nor is the second person the first",
        (*DAY_1, Step(DOCTOR, again(*PRESSURE))),
        Step(DOCTOR, Capture(P, VITALS, PRESSURE)),
        refused("SECOND-SAME-PERSON"),
    ),
    scenario(
        "E6R3-4.3.8",
        "nor does the second person say what was not done",
        (*DAY_1, Step(DOCTOR, again(*PRESSURE))),
        Step(DOCTOR, MarkNotDone(P, VITALS, "no scales", ("weight",))),
        refused("SECOND-SAME-PERSON"),
    ),
    scenario(
        "E6R3-4.3.8",
        "a page has one second person",
        (*FIRST, Step(DOCTOR, again(Typed("systolic", "120")))),
        Step(ASSESSOR, again(Typed("diastolic", "80"))),
        refused("SECOND-SAME-PERSON"),
    ),
    scenario(
        "E6R3-3.16.1",
        "who asks questions enters nothing",
        FIRST,
        Step(Role.DATA_MANAGER, again(*PRESSURE)),
        refused("ROLE-PERMISSION"),
    ),
)
def test_two_people(scenario):
    play(scenario, World(doubled()))


@table(
    scenario(
        "E6R3-4.2.2",
        "the value that counts stands, with a reason",
        DIFFERENT,
        Step(NURSE, reconcile(TakenEntry.FIRST)),
        writes("difference_reconciled"),
        shows(Agreement.RECONCILED, held="120"),
    ),
    scenario(
        "E6R3-4.2.2",
        "the second value takes its place as a correction",
        DIFFERENT,
        Step(NURSE, reconcile(TakenEntry.SECOND)),
        writes("answer_corrected", "difference_reconciled"),
        shows(Agreement.RECONCILED, held="130"),
    ),
    scenario(
        "A08",
        "a soft check asks about the value that takes its place",
        (*FIRST, Step(DOCTOR, again(Typed("systolic", "170")))),
        Step(NURSE, reconcile(TakenEntry.SECOND)),
        writes("answer_corrected", "check_prompted", "difference_reconciled"),
    ),
    scenario(
        "E6R3-4.2.2",
        "a correction to what the second person entered ends the difference",
        DIFFERENT,
        Step(NURSE, correct("systolic", "130")),
        writes("answer_corrected"),
        shows(Agreement.AGREES),
    ),
    scenario(
        "E6R3-4.2.2",
        "what agreed once is corrected like any answer",
        SECOND,
        Step(NURSE, correct("systolic", "125")),
        writes("answer_corrected"),
        shows(Agreement.AGREES),
    ),
    scenario("A07", "no reason", DIFFERENT, Step(NURSE, reconcile(TakenEntry.FIRST, " ")), refused("TEXT-MISSING")),
    scenario(
        "E6R3-4.2.2",
        "what agrees is not reconciled",
        SECOND,
        Step(NURSE, reconcile(TakenEntry.FIRST)),
        refused("RECONCILE-NONE"),
    ),
    scenario(
        "A05",
        "the value was corrected meanwhile",
        (*DIFFERENT, Step(NURSE, correct("systolic", "125"))),
        Step(DOCTOR, Reconcile(P, VITALS, "systolic", 1, TakenEntry.FIRST, "the chart says so")),
        refused("CORRECTION-STALE"),
    ),
    scenario(
        "A16",
        "the data manager changes nothing",
        DIFFERENT,
        Step(Role.DATA_MANAGER, reconcile(TakenEntry.FIRST)),
        refused("ROLE-PERMISSION"),
    ),
)
def test_reconciling(scenario):
    play(scenario, World(doubled()))


def test_an_item_is_asked_again_by_the_own_answers_and_by_what_is_settled():
    """Skip logic tells the second person nothing of the first entry until both agree."""
    captured = Step(NURSE, Capture(P, DEMOGRAPHY, (Typed("sex", "female"), Typed("pregnant", "false"))))
    world = replayed((*DAY_1, captured), World(doubled()))
    other = Step(DOCTOR, again(Typed("sex", "male"), Typed("pregnant", "false"), page=DEMOGRAPHY))
    play(scenario("E6R3-4.2.2", "hidden", (), other, refused("SECOND-HIDDEN")), world)
    replayed((Step(DOCTOR, again(Typed("sex", "male"), page=DEMOGRAPHY)),), world)
    seq = world.state.participant(P).current(DEMOGRAPHY.point("sex")).seq
    replayed((Step(NURSE, Reconcile(P, DEMOGRAPHY, "sex", seq, TakenEntry.FIRST, "her file")),), world)
    replayed((Step(DOCTOR, again(Typed("pregnant", "false"), page=DEMOGRAPHY)),), world)
    assert agreement(world.trial, "pregnant", DEMOGRAPHY) is Agreement.AGREES


def test_who_may_be_the_second_person():
    world = replayed(DIFFERENT, World(doubled()))
    form, person = doubled().form("vitals"), world.state.participant(P)
    assert [may_be_second(form, person, VITALS, f"{each.value}.1") for each in (NURSE, DOCTOR, ASSESSOR)] == [
        False,
        True,
        False,
    ]
    assert not may_be_second(plan().form("vitals"), person, VITALS, "investigator.1")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (DAY_1, {}),
        (FIRST, {"systolic": "second", "diastolic": "second"}),
        ((*DAY_1, Step(DOCTOR, again(Typed("systolic", "120")))), {"systolic": "first"}),
        (DIFFERENT, {"systolic": "differ"}),
        ((*DIFFERENT, Step(NURSE, reconcile(TakenEntry.FIRST))), {}),
        (SECOND, {}),
    ],
)
def test_an_entry_that_is_not_confirmed_stands_in_the_way_of_the_lock(given, expected):
    world = replayed(given, World(doubled()))
    found = [each for each in obstacles(doubled(), world.trial) if each.rule == "LOCK-SECOND"]
    assert len(found) == len(expected)
    for each in found:
        item = each.place.rsplit("/", 1)[-1]
        assert expected[item] in each.message and "120" not in str(each)


def test_a_definition_from_before_the_field_keeps_its_digest():
    assert "double_entry" not in str(study().canonical())
    assert doubled().digest != plan().digest
