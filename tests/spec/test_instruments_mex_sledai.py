"""MEX-SLEDAI: ten groups, each scored once; unknown is not absent (vectors: instruments_mex_sledai_vectors.json)."""

import json
from pathlib import Path
from typing import Any

import pytest

from equipoise.instruments import (
    GroupedIndex,
    Presence,
    Score,
    band,
    derived_score,
    grouped_index,
    instrument,
    score,
    score_names,
    suggestions,
)
from equipoise.vocabulary import Refusal, parse_reported

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("instruments_mex_sledai_vectors.json").read_text("utf-8"))
INDEX = grouped_index("mex_sledai")
DESCRIPTORS = {group.id: [each.id for each in group.descriptors] for group in INDEX.groups}
SPLIT = {"haemolysis_or_thrombocytopenia", "fever_or_fatigue", "leucopenia_or_lymphopenia"}


def answers_of(vector: dict[str, Any]) -> dict[str, str]:
    answers = {descriptor: "absent" for group in DESCRIPTORS.values() for descriptor in group}
    answers |= dict.fromkeys(vector.get("present_descriptors", ()), "present")
    answers |= {DESCRIPTORS[group][0]: "present" for group in vector.get("present_groups", ())}
    answers |= {descriptor: "unknown" for group in vector["unknown_groups"] for descriptor in DESCRIPTORS[group]}
    return answers


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_vector(vector: dict[str, Any]) -> None:
    outcome = score(INDEX, answers_of(vector))
    assert outcome.total == vector["expected"]["total"]
    assert [outcome.lowest, outcome.highest] == vector["expected"]["bounds"]


def test_groups_weights_and_descriptors_are_those_of_the_vectors() -> None:
    given = [(each["number"], each["id"], each["weight"], each["descriptors"]) for each in VECTORS["groups"]]
    assert [(group.number, group.id, group.weight, DESCRIPTORS[group.id]) for group in INDEX.groups] == given
    assert VECTORS["range"] == [0, INDEX.highest]


def split_into_single_items(index: GroupedIndex) -> GroupedIndex:
    """The fault of a public calculator: groups 4, 9 and 10 scored per descriptor."""
    groups = []
    for group in index.groups:
        parts = [(each,) for each in group.descriptors] if group.id in SPLIT else [group.descriptors]
        groups += [
            group.model_copy(update={"descriptors": part, "id": f"{group.id}_{n}"}) for n, part in enumerate(parts)
        ]
    return index.model_copy(update={"groups": tuple(groups)})


@pytest.mark.parametrize(
    "vector",
    [each for each in VECTORS["vectors"] if "total_if_groups_4_9_10_are_split" in each],
    ids=lambda each: each["name"],
)
def test_the_wrong_split_would_be_noticed(vector: dict[str, Any]) -> None:
    wrong = split_into_single_items(INDEX)
    assert wrong.highest == 37
    assert score(wrong, answers_of(vector)).total == vector["total_if_groups_4_9_10_are_split"]
    assert score(wrong, answers_of(vector)).total != vector["expected"]["total"]


def test_present_decides_a_group_whatever_else_is_unknown() -> None:
    outcome = score(INDEX, answers_of({"unknown_groups": ["neuro"]}) | {"seizure": "present"})
    assert (outcome.total, outcome.groups_present, outcome.groups_unknown) == (8, ("neuro",), ())
    assert outcome.descriptors_present == ("seizure",)


def test_no_answer_is_unknown() -> None:
    assert score(INDEX, {}) == Score(None, 0, 32, (), tuple(DESCRIPTORS), ())


@pytest.mark.parametrize("answers", [{"lupus_headache": "present"}, {"seizure": "maybe"}, {"seizure": "yes"}])
def test_what_the_instrument_does_not_have_is_refused(answers: dict[str, str]) -> None:
    with pytest.raises(Refusal, match="no descriptor"):
        score(INDEX, answers)


def test_bands_are_a_reading_by_a_named_source_and_no_part_of_the_score() -> None:
    readings = {
        name: [band(INDEX, name, total).label.text() for total in (1, 2, 5, 6)] for name in ("thesis", "quoted")
    }
    assert readings["thesis"] == ["Mild", "Moderate", "Moderate", "Severe"]
    assert readings["quoted"] == ["Inactive", "Probably active", "Probably active", "Active"]
    assert not [name for name in Score.__slots__ if "band" in name]
    without = INDEX.model_copy(update={"band_schemes": ()})
    for vector in VECTORS["vectors"]:
        assert score(without, answers_of(vector)) == score(INDEX, answers_of(vector))
    with pytest.raises(Refusal, match="no band"):
        band(INDEX, "thesis", 33)


def test_the_items_ask_each_descriptor_once_and_derive_the_score() -> None:
    asked = instrument("mex_sledai")
    choices = [item for item in asked.items if item.derived is None]
    assert [item.id for item in choices] == [f"mex_{each}" for group in DESCRIPTORS.values() for each in group]
    assert all(item.required and [code.value for code in item.codes] == list(Presence) for item in choices)
    derived = {item.id: item.derived.score for item in asked.items if item.derived}
    assert derived == {f"mex_{part}": f"mex_sledai.{part}" for part in ("total", "lowest", "highest")}
    assert set(derived.values()) <= score_names()


def test_derived_items_come_from_the_answers_of_the_form() -> None:
    form = {f"mex_{each}": "absent" for group in DESCRIPTORS.values() for each in group}
    form |= {"mex_arthritis": "present", "mex_fever": "present", "other_item": "12"}
    assert [derived_score(f"mex_sledai.{part}", form) for part in ("total", "lowest", "highest")] == [3, 3, 3]
    open_form = {key: value for key, value in form.items() if key != "mex_casts"} | {"mex_haematuria": None}
    assert [derived_score(f"mex_sledai.{part}", open_form) for part in ("total", "lowest", "highest")] == [None, 3, 9]


def test_the_look_back_is_the_protocols_choice() -> None:
    asked = instrument("mex_sledai")
    assert "last 10 days" in asked.instruction_text()
    assert "30 hari terakhir" in asked.instruction_text("id", look_back_days=30)


RESULTS = [
    # descriptor, analyte, value, unit, points to
    ("leucopenia", "leucocytes", "3.9", "10*9/L", "present"),
    ("leucopenia", "leucocytes", "4.0", "10*9/L", "absent"),
    ("leucopenia", "leucocytes", "3900", "/uL", "present"),
    ("leucopenia", "leucocytes", "<4.0", "10*9/L", "present"),
    ("leucopenia", "leucocytes", "<5.0", "10*9/L", None),
    ("lymphopenia", "lymphocytes", "1.19", "10*3/uL", "present"),
    ("lymphopenia", "lymphocytes", "1.2", "10*3/uL", "absent"),
    ("thrombocytopenia", "platelets", "99", "10*9/L", "present"),
    ("thrombocytopenia", "platelets", "100", "10*9/L", "absent"),
    ("creatinine_rise", "creatinine", "5.0", "mg/dL", "absent"),
    ("creatinine_rise", "creatinine", "5.1", "mg/dL", "present"),
    ("haematuria", "urine_red_cells", "5", "/[HPF]", "absent"),
    ("haematuria", "urine_red_cells", ">50", "/[HPF]", "present"),
    ("haematuria", "urine_red_cells", "50", "/uL", None),
    ("proteinuria", "urine_protein", "51", "mg/dL", "present"),
    ("proteinuria", "urine_protein", "50", "mg/dL", "absent"),
    ("fever", "evening_temperature", "38.0", "Cel", "absent"),
    ("fever", "evening_temperature", "38.1", "Cel", "present"),
]


@pytest.mark.parametrize(("descriptor", "analyte", "typed", "unit", "points_to"), RESULTS)
def test_measured_values_suggest(descriptor: str, analyte: str, typed: str, unit: str, points_to: str | None) -> None:
    found = {each.descriptor: each for each in suggestions(INDEX, {analyte: parse_reported(typed, unit)})}
    assert (found[descriptor].points_to if descriptor in found else None) == points_to
    assert set(found) <= {descriptor}


def test_haemolysis_needs_both_values_and_one_alone_can_only_speak_against_it() -> None:
    low, high = parse_reported("11.9", "g/dL"), parse_reported("3.1", "%")
    assert suggestions(INDEX, {"haemoglobin": low}) == ()
    assert [each.points_to for each in suggestions(INDEX, {"haemoglobin": parse_reported("12.0", "g/dL")})] == [
        "absent"
    ]
    both = suggestions(INDEX, {"haemoglobin": low, "reticulocytes_corrected": high})
    assert [(each.descriptor, each.points_to) for each in both] == [("haemolysis", "present")]


def test_raised_creatine_kinase_is_against_the_laboratorys_own_limit() -> None:
    result, limit = parse_reported("201", "U/L"), parse_reported("200", "U/L")
    assert suggestions(INDEX, {"creatine_kinase": result}) == ()
    (found,) = suggestions(INDEX, {"creatine_kinase": result}, {"creatine_kinase": limit})
    assert (found.descriptor, found.points_to, found.unless) == ("myositis", "present", "no proximal pain and weakness")
    (against,) = suggestions(INDEX, {"creatine_kinase": limit}, {"creatine_kinase": limit})
    assert against.points_to == "absent"


def test_casts_are_a_choice_and_a_suggestion_never_answers() -> None:
    assert [each.points_to for each in suggestions(INDEX, {"urine_casts": "red_cell"})] == ["present"]
    assert [each.points_to for each in suggestions(INDEX, {"urine_casts": "none"})] == ["absent"]
    assert suggestions(INDEX, {"leucocytes": parse_reported("1", "10*9/L")})
    assert score(INDEX, {}).total is None


def test_the_doubtful_creatinine_threshold_says_so() -> None:
    (found,) = suggestions(INDEX, {"creatinine": parse_reported("6", "mg/dL")}, language="id")
    assert "misprint" in found.doubt
