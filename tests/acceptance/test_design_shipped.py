"""The shipped study's design report belongs to its definition, answers its question, and can be made again."""

import json
import os
from typing import Any

import pytest

from equipoise.allocation import read_design
from equipoise.analysis.many.examining import Examined, examine_design, scenario_digest, unlinked
from equipoise.design import scenario_of_study
from equipoise.design.simulation.workers import threads
from equipoise.protocol import load_definition, study_file
from equipoise.vocabulary import digest
from equipoise.vocabulary.yaml_source import read_yaml

STUDY = study_file("NCT05921058")


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(STUDY.with_name("design.json").read_text(encoding="utf-8"))
    return report


def test_the_report_is_that_of_the_definition(shipped) -> None:
    """Its parents are the definition and the scenario beside it, and the definition names its digest."""
    definition = load_definition(STUDY)
    assert shipped["definition"] == unlinked(definition).digest
    assert shipped["scenario"] == scenario_digest(scenario_of_study(STUDY))
    assert definition.planned_participants == shipped["participants"] == 30
    assert definition.design_report == digest(shipped)


def test_it_says_what_this_trial_would_have_needed(shipped) -> None:
    """Power at 15, 29 and 30, the detectable effect, and n for 80 % and 90 %, from the planning values."""
    power = {(each["participants"], each["effect"]): float(each["ancova"]) for each in shipped["sizes"]}
    assert {n for n, _ in power} == {15, 29, 30}
    assert power[30, "0.78"] == pytest.approx(0.807, abs=0.001)
    assert {(each["participants"], each["power"]) for each in shipped["detectable"]} == {
        (n, share) for n in (15, 29, 30) for share in ("0.8", "0.9")
    }
    needed = {(each["effect"], each["power"]): (each["t_test"], each["ancova"]) for each in shipped["needed"]}
    assert needed == {
        ("0.78", "0.8"): (54, 30),
        ("0.78", "0.9"): (72, 40),
        ("0.31", "0.8"): (330, 170),
        ("0.31", "0.9"): (440, 228),
    }


def test_the_report_can_be_made_again(shipped) -> None:
    """The same assumptions and seed give the same counts; another processor's logarithms may move a few trials."""
    definition = load_definition(STUDY)
    details = read_yaml(STUDY.with_name(definition.randomisation.details)).data
    given = Examined(
        definition,
        scenario_of_study(STUDY),
        read_design({**details, "study": definition.digest}),
        shipped["participants"],
        shipped["trials"],
        shipped["seed"],
        shipped["software"],
    )
    again = json.loads(json.dumps(examine_design(given, threads(os.cpu_count() or 1)).canonical()))
    assert [row["id"] for row in again["rows"]] == [row["id"] for row in shipped["rows"]]
    for row, former in zip(again["rows"], shipped["rows"], strict=True):
        for world in ("without_effect", "with_effect"):
            assert row[world]["count"] == pytest.approx(former[world]["count"], abs=5), row["id"]
    for part in ("assumptions", "definition", "scenario", "sizes", "needed", "predictability"):
        assert again[part] == shipped[part], part
