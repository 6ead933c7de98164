"""The parts of the site that need no server: typed fields, drawings, words, agenda, schedule of activities."""

from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction
from pathlib import Path

import pytest

from conduct_world import World, on, plan
from equipoise.conduct import AdministerDose, Capture, RecordConsent, Screen, StartEncounter, Typed, Withdraw
from equipoise.conduct.point import Page
from equipoise.conduct.progress import Progress
from equipoise.safety import Assessment, ReportAdverseEvent, Seriousness
from equipoise.store.running import RunningTrial
from equipoise.vocabulary import Refusal, Role
from equipoise.web import agenda
from equipoise.web.agenda import agenda_of, find_open, open_of, tasks_of
from equipoise.web.drawing import Sample, draw, number_text, y_ticks_of
from equipoise.web.intake import read_command, read_date
from equipoise.web.matrix import SYMBOLS, matrix_of
from equipoise.web.recruitment import recruitment_of
from equipoise.web.trajectories import trajectories_of
from equipoise.web.words import WORDS
from scenario import DAY_1, NURSE, P, Step, replayed

# --- intake ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2022-08-31", "31-08-2022", "31/8/2022", "31.08.2022", " 2022-08-31 "])
def test_a_date_is_read_as_it_is_written_here_and_there(text: str) -> None:
    assert read_date(text) == date(2022, 8, 31)


@pytest.mark.parametrize("text", ["", "31-02-2022", "08-31-2022", "yesterday", "0001-01-01", "9999-12-31", "2022-8x"])
def test_what_is_no_date_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_date(text, "signed_on")
    assert caught.value.rule == "FIELD"
    assert not text.strip() or text.strip() not in str(caught.value).replace("31-08-2022", "").replace("2022-08-31", "")


def test_a_command_is_read_from_its_own_fields_and_no_others() -> None:
    fields = {"stops": ["treatment"], "reason": ["pregnancy"], "on": ["02-08-2022"], "participant": ["01-0099"]}
    command = read_command(Withdraw, fields, plan(), participant=P)
    assert (command.participant, command.on, command.detail) == (P, date(2022, 8, 2), "")


def test_a_local_time_is_read_where_the_trial_is() -> None:
    fields = {
        "encounter": ["day_1"],
        "pack": ["1"],
        "given_at": ["2022-08-08T09:30"],
        "volume_ml": ["1,5"],
        "body_site": ["arm"],
    }
    given = read_command(AdministerDose, fields, plan(), participant=P).given_at
    assert given.astimezone(UTC) == datetime(2022, 8, 8, 2, 30, tzinfo=UTC)


def test_a_nested_assessment_is_read_from_the_same_fields() -> None:
    once = {"known_on": "2022-08-08", "term": "rash", "started_on": "2022-08-08", "grade": "2", "causality": "possible"}
    once |= {"action": "none", "outcome": "recovering", "expectedness": "expected"}
    fields = {name: [text] for name, text in once.items()}
    fields["serious"] = ["hospitalisation", "medically_important"]
    command = read_command(ReportAdverseEvent, fields, plan(), participant=P)
    assert isinstance(command.assessment, Assessment)
    assert command.assessment.serious == (Seriousness.HOSPITALISATION, Seriousness.MEDICALLY_IMPORTANT)
    assert command.assessment.ended_on is None and command.candidate is None


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (StartEncounter, {"encounter": ["day_1"]}),
        (Withdraw, {"stops": ["everything"], "reason": ["other"], "on": ["2022-08-08"]}),
        (
            RecordConsent,
            {"version": ["1.0"], "language": ["en"], "explained_by": ["x"], "signed_on": ["soon"], "scan": ["a"]},
        ),
    ],
)
def test_a_missing_or_unreadable_field_is_refused(kind: type, fields: dict[str, list[str]]) -> None:
    with pytest.raises(Refusal, match="field"):
        read_command(kind, fields, plan(), participant=P)


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_every_stored_word_has_a_wording(kind: type[Enum]) -> None:
    assert set(WORDS[kind]) == {word.value for word in kind}


def test_every_state_has_a_symbol_of_its_own() -> None:
    assert set(SYMBOLS) == set(Progress) and len(set(SYMBOLS.values())) == len(Progress)


# --- schedule of activities, agenda, recruitment ---------------------------------------------------------------------


def matrix(world: World, day: int, role: Role = Role.CARE_PROVIDER):
    return matrix_of(world.plan, world.state.participant(P), on(day), role)


def test_the_matrix_has_a_row_per_encounter_and_a_column_per_form() -> None:
    drawn = matrix(replayed(DAY_1), 1)
    assert [form.id for form in drawn.forms] == ["demography", "scores", "vitals", "laboratory", "guess"]
    assert [row.encounter.id for row in drawn.rows] == list(plan().encounters)
    day_8 = drawn.rows[2]
    assert [cell.page.form if cell else None for cell in day_8.cells] == [None, None, "vitals", "laboratory", None]
    assert drawn.next_row is not None and drawn.next_row.encounter.id == "day_8"
    assert day_8.window == (on(7), on(9)) and day_8.planned == on(8) and day_8.dose == 2


def test_what_is_due_and_late_is_listed_once() -> None:
    world = replayed(DAY_1)
    person = world.state.participant(P)
    found = open_of(world.plan, person)
    assert {(task.encounter, task.form, task.progress) for task in tasks_of(person, found, on(8))} == {
        ("day_8", "", Progress.DUE),
        ("screening", "demography", Progress.LATE),
        ("screening", "scores", Progress.LATE),
        ("day_1", "vitals", Progress.LATE),
    }
    late = [task for task in tasks_of(person, found, on(10)) if not task.form]
    assert [(task.encounter, task.progress) for task in late] == [("day_8", Progress.LATE)]


def test_the_agenda_follows_every_entry() -> None:
    world = replayed(DAY_1)
    people = [world.state.participant(P)]
    before = agenda_of(world.book, world.plan, world.trial, people, on(8))
    assert [task.encounter for task in before.due] == ["day_8"]
    replayed((Step(NURSE, StartEncounter(P, "day_8", on(8)), 8),), world)
    after = agenda_of(world.book, world.plan, world.trial, [world.state.participant(P)], on(8))
    assert not after.due


def test_nobody_waits_for_the_agenda_and_one_entry_costs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `open_trials` has found for everybody before the first look is found anew for whom an entry changes."""
    world = replayed((*DAY_1, *(Step(NURSE, Screen("01", on(1)), 1) for _ in range(4))))
    running = RunningTrial("test", Path(), world.plan, world.book, world.clock)
    found: list[str] = []
    monkeypatch.setattr(agenda, "open_of", lambda plan, person: (found.append(person.number), open_of(plan, person))[1])

    def look() -> list[str]:
        found.clear()
        people = world.state.participants.values()
        agenda_of(running.book, running.plan, world.trial, people, on(8))
        return list(found)

    find_open(running)
    assert len(found) == 5
    assert look() == []
    replayed((Step(NURSE, StartEncounter(P, "day_8", on(8)), 8),), world)
    assert (look(), look()) == ([P], [])


def test_recruitment_counts_and_projects() -> None:
    world = replayed(DAY_1)
    found = recruitment_of([world.state.participant(P)], 30, on(31), str)
    assert (found.screened, found.randomised, found.percent) == (1, 1, 3)
    assert found.reached_on is not None and found.chart is not None and found.chart.target
    assert recruitment_of([], 30, on(1), str).chart is None


# --- drawings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 30), (-3, 8), (80, 120), (0, 10_000), (Fraction(1, 100), Fraction(3, 100))]
)
def test_ticks_are_round_and_enclose_the_data(low: Fraction, high: Fraction) -> None:
    ticks = y_ticks_of(Fraction(low), Fraction(high))
    assert ticks[0] <= low and ticks[-1] >= high and 2 <= len(ticks) <= 7
    assert all(float(number_text(tick)) == pytest.approx(float(tick)) for tick in ticks)


def test_a_drawing_is_the_same_for_the_same_data_and_stays_inside() -> None:
    samples = [Sample(-1, Fraction(8), "8"), Sample(31, None, "2–10", low=Fraction(2), high=Fraction(10))]
    chart = draw(samples, [(-1, "-1"), (31, "31")])
    assert chart == draw(samples, [(-1, "-1"), (31, "31")])
    assert chart.marks[1].low and chart.marks[1].high and not chart.marks[1].y
    assert all(0 <= float(mark.x) <= chart.width for mark in chart.marks)


def test_a_hidden_item_is_drawn_for_nobody_who_may_not_see_it() -> None:
    lab = Page("day_8", "laboratory")
    typed = (Typed("il_6", "<2,5"), Typed("crp", "3"))
    steps = (Step(NURSE, StartEncounter(P, "day_8", on(8)), 8), Step(Role.INVESTIGATOR, Capture(P, lab, typed), 8))
    person = (world := replayed((*DAY_1, *steps))).state.participant(P)
    seen = {each.item.id: each for each in trajectories_of(world.plan, person, Role.INVESTIGATOR)}
    assert seen["il_6"].chart.marks[0].sign == "<" and seen["il_6"].readings[0].text == "<2.5 pg/mL"
    assert "il_6" not in {each.item.id for each in trajectories_of(world.plan, person, Role.CARE_PROVIDER)}
    assert "crp" in {each.item.id for each in trajectories_of(world.plan, person, Role.CARE_PROVIDER)}
