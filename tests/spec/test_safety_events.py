"""Adverse events: the investigator decides, earlier assessments stay, the clock of expedited reports runs."""

from dataclasses import replace

import pytest

from conduct_world import World, at, on, study
from equipoise.conduct import Capture, Page, StartEncounter, Typed, make_plan
from equipoise.instruments.item import Item
from equipoise.instruments.reference_range import ReferenceRange
from equipoise.safety import (
    ActionTaken,
    Assessment,
    Causality,
    DeclineCandidate,
    Expectedness,
    FollowUpAdverseEvent,
    Outcome,
    RecordExpeditedReport,
    ReportAdverseEvent,
    Seriousness,
    candidates,
    deadlines,
    open_report,
)
from scenario import (
    CONSENTED,
    DAY_1,
    DOCTOR,
    NURSE,
    OPENED,
    RANDOMISED,
    SCREENED,
    SPONSOR,
    P,
    Step,
    play,
    refused,
    replayed,
    scenario,
    table,
    writes,
)

RASH = Assessment("rash", on(2), 1, Causality.POSSIBLE, ActionTaken.NONE, Outcome.NOT_RECOVERED)
OVER = replace(RASH, outcome=Outcome.RECOVERED, ended_on=on(5))
SUSAR = replace(
    RASH, grade=3, serious=(Seriousness.HOSPITALISATION,), expectedness=Expectedness.UNEXPECTED, term="anaphylaxis"
)
DEATH = replace(
    SUSAR,
    grade=5,
    serious=(Seriousness.DEATH,),
    outcome=Outcome.FATAL,
    ended_on=on(4),
    action=ActionTaken.NOT_APPLICABLE,
)
REPORTED = (*DAY_1, Step(DOCTOR, ReportAdverseEvent(P, on(2), RASH), 6))


DAY_2 = on(2)


def report(assessment, known_on=DAY_2):
    return ReportAdverseEvent(P, known_on, assessment)


@table(
    scenario(
        "E6R3-2.7.2", "an event is reported", DAY_1, Step(DOCTOR, report(RASH), 2), writes("adverse_event_reported")
    ),
    scenario(
        "E6R3-2.7.2",
        "also before randomisation",
        CONSENTED,
        Step(DOCTOR, report(replace(RASH, started_on=on(-7)), on(-7))),
        writes("adverse_event_reported"),
    ),
    scenario(
        "E6R3-2.7.2",
        "not before consent",
        SCREENED,
        Step(DOCTOR, report(replace(RASH, started_on=on(-7)), on(-7))),
        refused("STEP-ORDER"),
    ),
    scenario(
        "S08",
        "the investigator decides, not the nurse",
        DAY_1,
        Step(NURSE, report(RASH), 2),
        refused("ROLE-PERMISSION"),
    ),
    scenario("A11", "not in the future", DAY_1, Step(DOCTOR, report(RASH), 1), refused("DATE-FUTURE")),
    scenario(
        "E2A", "known no sooner than it started", DAY_1, Step(DOCTOR, report(RASH, on(1)), 2), refused("AE-KNOWN")
    ),
    scenario("E2A", "a grade is 1 to 5", DAY_1, Step(DOCTOR, report(replace(RASH, grade=0)), 2), refused("AE-GRADE")),
    scenario("E2A", "grade 5 is a death", DAY_1, Step(DOCTOR, report(replace(RASH, grade=5)), 2), refused("AE-DEATH")),
    scenario(
        "E2A",
        "a serious event needs its expectedness",
        DAY_1,
        Step(DOCTOR, report(replace(RASH, serious=(Seriousness.HOSPITALISATION,))), 2),
        refused("AE-EXPECTED"),
    ),
    scenario(
        "E2A",
        "an end belongs to what is over",
        DAY_1,
        Step(DOCTOR, report(replace(RASH, ended_on=on(3))), 4),
        refused("AE-OUTCOME"),
    ),
    scenario(
        "E2A",
        "nothing ends before it starts",
        DAY_1,
        Step(DOCTOR, report(replace(OVER, ended_on=on(1)), on(4)), 4),
        refused("AE-DATES"),
    ),
    scenario(
        "A04",
        "a follow-up stands beside what was said",
        REPORTED,
        Step(DOCTOR, FollowUpAdverseEvent(P, 1, on(5), OVER, "seen again")),
        writes("adverse_event_followed_up"),
        lambda trial: len(trial.safety.adverse_events[1].versions) == 2 or pytest.fail(),
    ),
    scenario(
        "A07",
        "not without a reason",
        REPORTED,
        Step(DOCTOR, FollowUpAdverseEvent(P, 1, on(5), OVER, "")),
        refused("TEXT-MISSING"),
    ),
    scenario(
        "A07",
        "nor without news",
        REPORTED,
        Step(DOCTOR, FollowUpAdverseEvent(P, 1, on(5), RASH, "seen again")),
        refused("AE-SAME"),
    ),
    scenario(
        "A07",
        "nor of an event that is not there",
        REPORTED,
        Step(DOCTOR, FollowUpAdverseEvent(P, 2, on(5), OVER, "x")),
        refused("ADVERSE-EVENT"),
    ),
    scenario(
        "E2A-III",
        "an expedited report is recorded",
        (*DAY_1, Step(DOCTOR, report(SUSAR), 2)),
        Step(SPONSOR, RecordExpeditedReport(P, 1, on(3), "ethics committee"), 3),
        writes("expedited_report_sent"),
    ),
    scenario(
        "E2A-III",
        "what needs none has none",
        REPORTED,
        Step(SPONSOR, RecordExpeditedReport(P, 1, on(3), "ethics committee")),
        refused("AE-EXPEDITED"),
    ),
)
def test_adverse_events(scenario):
    play(scenario)


@pytest.mark.parametrize(
    ("assessments", "due"),
    [
        ([(RASH, 2)], []),
        ([(replace(SUSAR, causality=Causality.UNRELATED), 2)], []),
        ([(replace(SUSAR, expectedness=Expectedness.EXPECTED), 2)], []),
        ([(SUSAR, 2)], [17]),
        ([(replace(DEATH, started_on=on(2)), 4)], [11]),
        ([(SUSAR, 2), (DEATH, 4)], [11, 17]),
        ([(RASH, 2), (SUSAR, 5)], [20]),
    ],
)
def test_the_expedited_clock(assessments, due):
    """ICH E2A III.B: 15 days, 7 for what is fatal or life-threatening; day 0 is the day on which it was known."""
    world = replayed(DAY_1)
    (first, known), *later = assessments
    world.do(DOCTOR, ReportAdverseEvent(P, on(known), first), when=at(6))
    for assessment, day in later:
        world.do(DOCTOR, FollowUpAdverseEvent(P, 1, on(day), assessment, "seen again"))
    assert [each.due_on for each in deadlines(study().monitoring, world.trial.safety)] == [on(day) for day in due]


def test_a_late_report_is_overdue_and_stays_so():
    world = replayed((*DAY_1, Step(DOCTOR, report(SUSAR), 2)))
    (before,) = deadlines(study().monitoring, world.trial.safety)
    assert not before.is_overdue(on(17))
    assert before.is_overdue(on(18))
    world.do(SPONSOR, RecordExpeditedReport(P, 1, on(18), "ethics committee"), when=at(18))
    (after,) = deadlines(study().monitoring, world.trial.safety)
    assert after.sent_on == on(18)
    assert after.is_overdue(on(18))


def _graded_world():
    """A study whose laboratory form asks for haemoglobin and platelets before and after."""
    counts = tuple(
        Item.model_validate(
            {"id": name, "label": name, "type": "reported_quantity", "units": [unit], "comparator_allowed": True}
        )
        for name, unit in (("haemoglobin", "g/dL"), ("platelets", "10*9/L"))
    )
    definition = study()
    laboratory = definition.form("laboratory").model_copy(update={"items": counts})
    forms = tuple(laboratory if form.id == "laboratory" else form for form in definition.forms)
    screening = definition.encounters[0].model_copy(update={"forms": ("laboratory",)})
    changes = {"forms": forms, "encounters": (screening, *definition.encounters[1:])}
    return World(make_plan(definition.model_copy(update=changes)))


def _ranges(participant, encounter, analyte):
    low = {"haemoglobin": ("g/dL", "12.0"), "platelets": ("10*9/L", "150")}[analyte]
    return ReferenceRange(laboratory="L", analyte=analyte, unit=low[0], low=low[1])


def test_a_result_that_grades_above_baseline_is_offered_until_somebody_decides():
    world = replayed(RANDOMISED, _graded_world())
    before, after = Page("screening", "laboratory"), Page("day_8", "laboratory")
    world.do(NURSE, Capture(P, before, (Typed("haemoglobin", "9.0"), Typed("platelets", "160"))))
    world.do(NURSE, StartEncounter(P, "day_8", on(8)), when=at(8))
    world.do(NURSE, Capture(P, after, (Typed("haemoglobin", "8.9"), Typed("platelets", "60"))))

    def offered(range_of=_ranges):
        return candidates(world.plan, world.trial.safety, world.state.participants[P], range_of)

    (found,) = offered()  # anaemia was of the same grade before: it is no candidate
    assert (found.term, found.grade, found.baseline_grade) == ("platelet_count_decreased", 2, 0)
    assert found.point == after.point("platelets")
    assert [each.grade for each in offered(None)] == [2]
    world.do(DOCTOR, DeclineCandidate(P, found.term, found.seq, "a clotted sample"))
    assert offered() == ()


def test_a_candidate_that_became_an_event_is_not_offered_again():
    world = replayed(RANDOMISED, _graded_world())
    world.do(NURSE, StartEncounter(P, "day_8", on(8)), when=at(8))
    (entry,) = world.do(NURSE, Capture(P, Page("day_8", "laboratory"), (Typed("platelets", "60"),)))
    event = replace(RASH, term="platelets low", grade=2, started_on=on(8))
    world.do(DOCTOR, ReportAdverseEvent(P, on(8), event, entry.seq))
    assert candidates(world.plan, world.trial.safety, world.state.participants[P]) == ()


def test_the_open_report_counts_the_whole_trial_and_names_no_arm():
    world = replayed(
        (
            *DAY_1,
            Step(DOCTOR, report(RASH), 2),
            Step(DOCTOR, report(replace(RASH, grade=2))),
            Step(DOCTOR, report(SUSAR)),
        )
    )
    told = open_report(world.plan, world.state, world.trial.safety, on(18))
    assert (told.flow.screened, told.flow.randomised) == (1, 1)
    assert (told.adverse_events, told.participants_with_events, told.serious_events) == (3, 1, 1)
    assert told.reports_overdue == 1
    rash = next(each for each in told.terms if each.term == "rash")
    assert (rash.events, rash.participants, dict(rash.by_worst_grade)) == (2, 1, {2: 1})
    assert "active" not in repr(told)
    assert "placebo" not in repr(told)


def test_nothing_happens_in_an_empty_trial():
    world = replayed(OPENED)
    told = open_report(world.plan, world.state, world.trial.safety, on(1))
    assert (told.flow.screened, told.adverse_events, told.terms) == (0, 0, ())
