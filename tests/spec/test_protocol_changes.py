"""What changed between two definitions is said in words, heaviest first; an amendment names its parent."""

from pathlib import Path
from typing import Any

import pytest

from equipoise.protocol import StudyDefinition, parse_definition
from equipoise.protocol.amendment import judge_amendment
from equipoise.protocol.change import Weight
from equipoise.protocol.differences import _weigh, diff_definitions

SMALL = (Path(__file__).parents[1] / "protocol_study.yaml").read_text(encoding="utf-8")


def small(*replacements: tuple[str, str]) -> StudyDefinition:
    text = SMALL
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    reading = parse_definition(text.encode())
    assert reading.definition is not None, reading.findings
    return reading.definition


BEFORE = small()


def test_nothing_differs_from_itself() -> None:
    assert diff_definitions(BEFORE, small()) == ()


@pytest.mark.parametrize("part", StudyDefinition.model_fields)
def test_a_change_of_any_part_has_its_weight(part: str) -> None:
    weight, topic = _weigh(part)
    assert weight in Weight and topic


def test_another_design_report_is_a_change() -> None:
    (change,) = diff_definitions(BEFORE, BEFORE.model_copy(update={"design_report": "ab" * 32}))
    assert (change.topic, change.after) == ("participants", "ab" * 32)


@pytest.mark.parametrize(
    ("old", "new", "weight", "topic", "sentence"),
    [
        (
            "day: 8,",
            "day: 9,",
            Weight.QUESTION,
            "doses",
            "2 doses on days 1, 8 become 2 on days 1, 9; added on day 9; left out on day 8.",
        ),
        (
            "  - {id: outcome, name: Outcome, epoch: after, day: 29",
            "  - {id: third, name: Third dose, epoch: treatment, day: 15, activities: [dose]}\n"
            "  - {id: outcome, name: Outcome, epoch: after, day: 29",
            Weight.QUESTION,
            "doses",
            "2 doses on days 1, 8 become 3 on days 1, 8, 15; added on day 15.",
        ),
        (
            "days_before: 2, days_after: 2",
            "days_before: 1, days_after: 2",
            Weight.SAFETY,
            "schedule",
            "Encounter `second` stays on day 8, window days 6 to 10 becomes days 7 to 10.",
        ),
        (
            "planned_participants: 20",
            "planned_participants: 40",
            Weight.QUESTION,
            "participants",
            "`planned_participants` changes from 20 to 40.",
        ),
        (
            "item: span, baseline: baseline, encounter: outcome, unit: mg/dL}",
            "item: span, baseline: baseline, encounter: outcome, unit: mg/dL, better: higher}",
            Weight.QUESTION,
            "endpoints",
            "Endpoint `span_change`: better changes from lower to higher.",
        ),
        (
            "{event: missed dose, strategy: treatment_policy}",
            "{event: missed dose, strategy: hypothetical}",
            Weight.QUESTION,
            "estimands",
            "Estimand `span_change`: intercurrent events gains",
        ),
        (
            "masked: [participant, care_provider, outcomes_assessor]",
            "masked: [participant, outcomes_assessor]",
            Weight.SAFETY,
            "masking",
            "`masking.masked` loses care_provider.",
        ),
        (
            "  - {id: E1, text: Is pregnant}",
            "  - {id: E1, text: Is pregnant}\n  - {id: E2, text: Is a smoker}",
            Weight.QUESTION,
            "eligibility",
            "Exclusion criterion `E2` is added: Is a smoker.",
        ),
        (
            "title: Blood",
            "title: Bloods",
            Weight.WORDING,
            "wording",
            "Form `blood`: title en changes from Blood to Bloods.",
        ),
        (
            "where: doses_given > 0",
            "where: doses_given > 1",
            Weight.QUESTION,
            "analysis",
            "Analysis set `safety_set`: where",
        ),
        (
            "choice: intramuscular, reason",
            "choice: undecided, reason",
            Weight.WORDING,
            "decisions",
            "Decision `route` changes from intramuscular to undecided.",
        ),
        (
            "reason: As planned.",
            "reason: As agreed.",
            Weight.WORDING,
            "decisions",
            "Decision `route`: reason changed; the choice",
        ),
        (
            "must: low_count <= high_count",
            "must: low_count < high_count",
            Weight.CONDUCT,
            "forms",
            "Edit check `order`: must",
        ),
        (
            "storage: {low_c: -80",
            "storage: {low_c: -70",
            Weight.SAFETY,
            "interventions",
            "Intervention `product`: product storage low c changes from -80 to -70.",
        ),
        ("approved_by: A committee", "approved_by: Another committee", Weight.SAFETY, "consent", "`consent`"),
    ],
)
def test_a_change_is_said_in_words(old: str, new: str, weight: Weight, topic: str, sentence: str) -> None:
    changes = diff_definitions(BEFORE, small((old, new)))
    found = [change for change in changes if change.topic == topic]
    assert found, changes
    assert found[0].weight is weight
    assert any(change.sentence.startswith(sentence) for change in found), [change.sentence for change in found]


def test_the_same_change_of_several_parts_is_one_sentence() -> None:
    after = small(("encounter: outcome", "encounter: last"), ("{id: outcome,", "{id: last,"))
    sentences = [change.sentence for change in diff_definitions(BEFORE, after)]
    assert "Endpoints `span_change`, `any_event`: encounter changes from outcome to last." in sentences


def test_heavy_changes_come_first() -> None:
    after = small(("title: Blood", "title: Bloods"), ("planned_participants: 20", "planned_participants: 22"))
    assert [change.weight for change in diff_definitions(BEFORE, after)] == [Weight.QUESTION, Weight.WORDING]


def amended(**changed: Any) -> StudyDefinition:
    next_one = {"version": 2, "parent": BEFORE.digest, "planned_participants": 24}
    return BEFORE.model_copy(update={**next_one, **changed})


@pytest.mark.parametrize(
    ("after", "rules"),
    [
        (amended(), []),
        (amended(id="OTHER"), ["AMD-01"]),
        (amended(version=3), ["AMD-02"]),
        (amended(version=1), ["AMD-02"]),
        (amended(parent=None), ["AMD-03"]),
        (amended(parent="0" * 64), ["AMD-03"]),
        (amended(planned_participants=20), ["AMD-04"]),
    ],
)
def test_an_amendment_is_the_next_version_and_names_its_parent(after: StudyDefinition, rules: list[str]) -> None:
    assert [finding.rule for finding in judge_amendment(BEFORE, after)] == rules
