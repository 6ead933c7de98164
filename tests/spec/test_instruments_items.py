"""Items, labels, codes and limits: what a file may say, and what is refused with a sentence."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from equipoise.instruments import Derivation, Item, Label, Limits
from equipoise.instruments.item import Translation
from equipoise.vocabulary import MASKED_ROLES, Role, canonical_json


def item(**changes: Any) -> Item:
    return Item.model_validate({"id": "esr", "label": "ESR", "type": "decimal"} | changes)


def test_a_plain_label_is_english_and_a_missing_language_falls_back() -> None:
    assert item().label == Label(en="ESR")
    assert item().label.text("id") == "ESR"
    assert Label(und="MEX-SLEDAI").text("id") == "MEX-SLEDAI"
    assert Label(en="Fever", id="Demam").text("id") == "Demam"


def test_an_indonesian_wording_is_a_draft_until_a_native_reader_accepts_it() -> None:
    assert Label(en="Fever", id="Demam").needs_native_reader()
    assert Label(en="Fever", id="Demam", id_status=Translation.SEEN).needs_native_reader()
    assert not Label(en="Fever", id="Demam", id_status=Translation.REVIEWED).needs_native_reader()
    assert not Label(en="Fever").needs_native_reader()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"type": "choice"}, "a choice needs codes"),
        ({"codes": [{"value": "a", "label": "A"}]}, "only a choice has codes"),
        (
            {"type": "choice", "codes": [{"value": 1, "label": "A"}, {"value": "1", "label": "B"}]},
            "same code stands twice",
        ),
        ({"type": "choice", "codes": [{"value": False, "label": "no"}]}, "write this code in quotes"),
        ({"type": "reported_quantity"}, "needs at least one unit"),
        ({"type": "text", "units": ["mg/L"]}, "only a number has units"),
        ({"units": ["mg/L", "mg/dL"]}, "only a reported quantity offers a choice of units"),
        ({"type": "reported_quantity", "units": ["mg/L", "mg/L"]}, "same unit stands twice"),
        ({"units": ["IU/mL"]}, "Write [IU]/mL"),
        ({"type": "text", "limits": {"hard_low": 0}}, "only a number has limits"),
        ({"units": ["mg/L"], "limits": {"hard_low": 0, "unit": "mm/h"}}, "cannot reach"),
        ({"limits": {"hard_low": 2, "soft_low": 1}}, "limits must rise"),
        ({"limits": {"hard_low": "NaN"}}, "finite number"),
        ({"comparator_allowed": True}, "only a reported quantity may carry a comparator"),
        ({"max_length": 5}, "only a text has a max_length"),
        ({"required": True, "derived": "a + b"}, "cannot be required"),
        ({"derived": {"cel": "a", "score": "b"}}, "and not both"),
        ({"label": {}}, "at least one of und, en, id"),
        ({"label": {"fr": "VS"}}, "Extra inputs are not permitted"),
        ({"id": "ESR"}, "should match pattern"),
        ({"requird": True}, "Extra inputs are not permitted"),
        ({"restricted": ["nobody"]}, "Input should be"),
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        item(**changes)
    assert says in str(caught.value)


def test_restricted_is_a_list_of_roles_and_true_means_every_masked_role() -> None:
    assert set(item(restricted=True).restricted) == MASKED_ROLES
    assert item(restricted=False).restricted == ()
    assert item(restricted=["statistician", "investigator", "statistician"]).restricted == (
        Role.INVESTIGATOR,
        Role.STATISTICIAN,
    )


def test_the_stored_form_hashes_the_same_and_reads_back() -> None:
    whole = item(
        type="reported_quantity",
        units=["mg/dL", "umol/L"],
        equivalence={"unit": "mg/dL", "factor": "88.4", "other": "umol/L"},
        limits={"hard_low": 0, "hard_high": 50.5},
        restricted=True,
        derived=None,
    )
    stored = whole.model_dump(mode="json")
    assert Item.model_validate(stored) == whole
    assert canonical_json(stored) == canonical_json(Item.model_validate(stored).model_dump(mode="json"))
    assert whole.limits and whole.limits.hard_high == Decimal("50.5")


def test_a_plain_derivation_is_an_expression() -> None:
    assert item(derived="weight / 2").derived == Derivation(cel="weight / 2")
    assert item(derived={"score": "mex_sledai.total"}).derived == Derivation(score="mex_sledai.total")


def test_the_published_schema_knows_the_short_forms() -> None:
    schema = Item.model_json_schema(mode="validation")
    label, derivation = schema["$defs"]["Label"]["anyOf"], schema["$defs"]["Derivation"]["anyOf"]
    assert [each["type"] for each in label] == ["string", "object"]
    assert [each["type"] for each in derivation] == ["string", "object"]
    assert {"type": "boolean"} in schema["properties"]["restricted"]["anyOf"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("value", "unit", "allowed", "expected"),
    [
        ("0.05", "g/L", True, False),
        ("0.04", "g/L", False, False),
        ("5", "mg/dL", True, False),
        ("4.9", "mg/dL", False, False),
        ("90", "mg/dL", True, True),
        ("90", "", True, True),
        ("400", "mg/dL", True, False),
        ("401", "mg/dL", False, False),
        ("401", "[IU]/mL", True, True),
    ],
)
def test_limits_hold_in_any_unit_that_can_be_converted(value: str, unit: str, allowed: bool, expected: bool) -> None:
    c3 = item(
        type="reported_quantity",
        units=["mg/dL", "g/L"],
        limits={"hard_low": "0.05", "soft_low": "0.5", "soft_high": "2", "hard_high": "4", "unit": "g/L"},
    )
    assert c3.allows(Decimal(value), unit) is allowed
    assert c3.expects(Decimal(value), unit) is expected


def test_an_item_without_a_unit_has_limits_as_plain_numbers() -> None:
    score = item(type="integer", limits={"hard_low": 0, "hard_high": 32})
    assert [score.allows(Decimal(number)) for number in (-1, 0, 32, 33)] == [False, True, True, False]


def test_a_molar_factor_joins_the_units_of_one_item() -> None:
    creatinine = item(
        type="reported_quantity",
        units=["mg/dL", "umol/L"],
        equivalence={"unit": "mg/dL", "factor": "88.4", "other": "umol/L"},
        limits={"hard_high": "50", "unit": "mg/dL"},
    )
    assert creatinine.in_unit(Decimal("88.4"), "umol/L") == Fraction(1)
    assert creatinine.in_unit(Decimal("1"), "mg/dL", "umol/L") == Fraction("88.4")
    assert creatinine.in_unit(Decimal("1"), "[IU]/mL") is None
    assert not creatinine.allows(Decimal("4421"), "umol/L")


def test_limits_have_open_ends() -> None:
    assert Limits(hard_low=Decimal(0)).hard() == (Decimal(0), None)
    assert Limits(soft_high=Decimal(9)).soft() == (None, Decimal(9))
