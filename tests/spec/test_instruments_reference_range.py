"""The laboratory's own limits: which range applies, what it flags, what the assay can measure."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from equipoise.instruments import Flag, ReferenceRange, Sex, applicable_range, flag, judge_against_assay, judge_ranges
from equipoise.vocabulary import Equivalence, Refusal, parse_reported

DAY = date(2022, 9, 1)


def stated(**changes: Any) -> ReferenceRange:
    return ReferenceRange.model_validate(
        {"laboratory": "A", "analyte": "c3", "unit": "g/L", "low": "0.9", "high": "1.8"} | changes
    )


def applies(*ranges: ReferenceRange, **changes: Any) -> ReferenceRange | None:
    about: dict[str, Any] = {"sex": Sex.FEMALE, "age_years": 30, "sampled_on": DAY} | changes
    return applicable_range(ranges, "A", "c3", **about)


def test_the_range_of_the_laboratory_and_analyte() -> None:
    assert applies(stated(laboratory="B"), stated(analyte="c4")) is None
    assert applies(stated(laboratory="B"), stated(low="0.8")) == stated(low="0.8")


def test_a_range_for_the_sex_or_the_method_wins_over_a_general_one() -> None:
    general, women, men = stated(), stated(sex="female", low="0.83"), stated(sex="male", low="0.82")
    assert applies(general, men, women) == women
    assert applies(general, men) == general
    nephelometry = stated(method="nephelometry", low="0.7")
    assert applies(general, women, nephelometry, method="nephelometry") == nephelometry
    assert applies(general, women, nephelometry, method="other") == women


@pytest.mark.parametrize(("age", "low"), [(17, None), (18, "1"), (49, "1"), (50, "2"), (90, "2")])
def test_age_bands_include_both_ends(age: int, low: str | None) -> None:
    found = applies(
        stated(age_from=18, age_to=49, low="1", high=None), stated(age_from=50, low="2", high=None), age_years=age
    )
    assert (found.low if found else None) == (Decimal(low) if low else None)


def test_a_range_ends_when_the_laboratory_changes_it() -> None:
    old = stated(valid_to="2022-08-31", low="0.8")
    new = stated(valid_from="2022-09-01", low="0.9")
    assert applies(old, new, sampled_on=date(2022, 8, 31)) == old
    assert applies(old, new, sampled_on=DAY) == new


def test_two_ranges_for_one_sample_are_refused_not_guessed_at() -> None:
    with pytest.raises(Refusal, match="2 reference ranges"):
        applies(stated(), stated(low="0.8"))


@pytest.mark.parametrize(
    ("changes", "clash"),
    [
        ({}, True),
        ({"laboratory": "B"}, False),
        ({"analyte": "c4"}, False),
        ({"sex": "female"}, False),
        ({"method": "nephelometry"}, False),
        ({"age_from": 50}, False),
        ({"age_from": 49}, True),
        ({"valid_from": "2023-01-01"}, False),
        ({"valid_from": "2022-12-31"}, True),
    ],
)
def test_a_list_with_two_ranges_for_one_sample_is_found_before_a_sample_comes(
    changes: dict[str, Any], clash: bool
) -> None:
    first = stated(age_to=49, valid_to="2022-12-31")
    assert [each.rule for each in judge_ranges([first, stated(**changes)])] == ["LAB-RANGE"] * clash


def test_limits_that_fall_are_refused() -> None:
    for wrong in ({"low": "2", "high": "1"}, {"detection_limit": "2", "lowest_quantified": "1"}):
        with pytest.raises(ValidationError, match="must rise"):
            stated(**wrong)


@pytest.mark.parametrize(
    ("typed", "unit", "expected"),
    [
        ("0.89", "g/L", "low"),
        ("0.9", "g/L", "normal"),
        ("1.8", "g/L", "normal"),
        ("1.81", "g/L", "high"),
        ("89", "mg/dL", "low"),
        ("180", "mg/dL", "normal"),
        ("<0.9", "g/L", "low"),
        ("<1.0", "g/L", "undecided"),
        (">1.8", "g/L", "high"),
        (">1.0", "g/L", "undecided"),
        ("5", "[IU]/mL", "undecided"),
    ],
)
def test_flag(typed: str, unit: str, expected: str) -> None:
    assert flag(parse_reported(typed, unit), stated()) == Flag(expected)


def test_flag_with_one_limit_or_none() -> None:
    upper = stated(low=None, high="5")
    assert [flag(parse_reported(typed, "g/L"), upper) for typed in ("5", "5.1", "<2", ">3")] == [
        Flag.NORMAL,
        Flag.HIGH,
        Flag.NORMAL,
        Flag.UNDECIDED,
    ]
    assert flag(parse_reported("5", "g/L"), stated(low=None, high=None)) is Flag.UNDECIDED
    assert flag(parse_reported("5", "g/L"), None) is Flag.UNDECIDED


def test_flag_across_mass_and_substance() -> None:
    creatinine = stated(analyte="creatinine", unit="mg/dL", low="0.5", high="1.0")
    joined = Equivalence("mg/dL", Decimal("88.4"), "umol/L")
    assert flag(parse_reported("89", "umol/L"), creatinine, joined) is Flag.HIGH
    assert flag(parse_reported("89", "umol/L"), creatinine) is Flag.UNDECIDED


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("<0.3", None),
        ("0.3", None),
        ("0.2", "LAB-LOQ-LOW"),
        ("<0.5", "LAB-LOQ-MARK"),
        ("300", None),
        ("301", "LAB-LOQ-HIGH"),
        (">300", None),
        (">250", "LAB-LOQ-MARK"),
    ],
)
def test_results_outside_what_the_assay_quantifies(typed: str, rule: str | None) -> None:
    assay = stated(analyte="hs_crp", unit="mg/L", low=None, high="3", lowest_quantified="0.3", highest_quantified="300")
    found = judge_against_assay(parse_reported(typed, "mg/L"), assay)
    assert [each.rule for each in found] == ([rule] if rule else [])
    assert all(typed.strip("<>") not in each.message for each in found), "a finding carries no participant's value"
