"""What a scenario says, happens: selection at entry, and effects that only the arm's own participants have."""

from dataclasses import replace
from pathlib import Path

import worlds

from equipoise.cli.rehearsal.part import Part
from equipoise.cli.rehearsal.trial import Rehearsal, recruit, start
from equipoise.conduct import Stage, answer_at

PRIMARY = "mex_total"


def play(folder: Path, part: Part) -> Rehearsal:
    (folder / "trial").mkdir(parents=True)
    rehearsal = start(part, folder / "trial")
    with rehearsal.vault:
        for _ in recruit(rehearsal):
            pass
    return rehearsal


def with_scenario(**changes: object) -> Part:
    part = worlds.script()
    return replace(part, scenario=part.scenario.model_copy(update=changes))


def scores(rehearsal: Rehearsal, encounter: str) -> dict[str, float]:
    desk = rehearsal.desk
    people = (desk.state.participant(number) for number in desk.state.allocation.slot_of)
    found = {person.number: answer_at(desk.plan, person, encounter, PRIMARY) for person in people}
    return {number: float(answer.number()) for number, answer in found.items() if answer is not None}


def test_people_below_the_entry_score_are_not_randomised(tmp_path: Path) -> None:
    """Selection of the ill makes regression to the mean; the planted fault is to randomise them all the same."""
    rehearsal = play(tmp_path, with_scenario(entry_item=PRIMARY, entry_score=5.0))
    entered = scores(rehearsal, "baseline")
    assert len(entered) == worlds.PARTICIPANTS
    assert min(entered.values()) >= 5
    failed = [each for each in rehearsal.desk.state.participants.values() if each.stage is Stage.SCREEN_FAILED]
    assert failed, "somebody was not ill enough"


def test_an_effect_reaches_its_own_arm_alone(tmp_path: Path) -> None:
    """The same lives twice, once with a huge effect: only the treated differ at the end, and nobody at baseline."""
    without = play(tmp_path / "without", worlds.script())
    with_effect = play(tmp_path / "with", with_scenario(effect={"secretome": 6.0}))
    assert scores(without, "baseline") == scores(with_effect, "baseline")
    before, after = scores(without, "end_of_treatment"), scores(with_effect, "end_of_treatment")
    arms = {course.number: course.arm for course in without.courses}
    assert all(before[number] == after[number] for number in before if arms[number] == "placebo")
    assert any(after[number] < before[number] for number in before if arms[number] == "secretome")
