"""What a person types becomes a reported quantity, or a clear sentence (E6(R3) 4.2.2: nothing typed is lost)."""

from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise.vocabulary import Comparator, Refusal, Reported, canonical_json, parse_reported, reported_from_json


@pytest.mark.parametrize(
    ("typed", "text", "echo_en", "echo_id"),
    [
        ("12.5", "12.5 mg/L", "12.5 mg/L", "12,5 mg/L"),
        ("12,5", "12.5 mg/L", "12.5 mg/L", "12,5 mg/L"),
        ("<0,3", "<0.3 mg/L", "less than 0.3 mg/L", "kurang dari 0,3 mg/L"),
        ("< 0.30", "<0.30 mg/L", "less than 0.30 mg/L", "kurang dari 0,30 mg/L"),
        ("≥140", ">=140 mg/L", "at least 140 mg/L", "paling sedikit 140 mg/L"),
        ("<=5", "<=5 mg/L", "at most 5 mg/L", "paling banyak 5 mg/L"),
        (">140", ">140 mg/L", "more than 140 mg/L", "lebih dari 140 mg/L"),
        ("  7 mg/L ", "7 mg/L", "7 mg/L", "7 mg/L"),
        ("0,125", "0.125 mg/L", "0.125 mg/L", "0,125 mg/L"),
        ("250000", "250000 mg/L", "250000 mg/L", "250000 mg/L"),
        ("\u22122", "-2 mg/L", "-2 mg/L", "-2 mg/L"),
    ],
)
def test_accepted(typed: str, text: str, echo_en: str, echo_id: str) -> None:
    reported = parse_reported(typed, "mg/L")
    assert reported.text() == text
    assert reported.echo() == echo_en
    assert reported.echo("id") == echo_id
    assert reported.typed == typed


@pytest.mark.parametrize(
    ("typed", "rule", "says"),
    [
        ("", "QTY", "no number"),
        ("   ", "QTY", "no number"),
        ("NaN", "QTY", "not a number"),
        ("-inf", "QTY", "not a number"),
        ("n/a", "QTY", "not a number"),
        ("1.234,5", "QTY", "Thousands separators"),
        ("1,234.5", "QTY", "Thousands separators"),
        ("1 234", "QTY", "Thousands separators"),
        ("1\u00a0234", "QTY", "Thousands separators"),
        ("1'234'567", "QTY", "Thousands separators"),
        ("250.000", "QTY-AMBIGUOUS", "two ways"),
        ("1,234", "QTY-AMBIGUOUS", "two ways"),
        ("<1.234", "QTY-AMBIGUOUS", "two ways"),
        ("<", "QTY", "comparator without a number"),
        ("1e3", "QTY", "as a laboratory prints it"),
        ("+1", "QTY", "as a laboratory prints it"),
        (".5", "QTY", "as a laboratory prints it"),
        ("5,", "QTY", "as a laboratory prints it"),
        ("5 mg/dL", "QTY", "as a laboratory prints it"),
        ("\u0663", "QTY", "as a laboratory prints it"),
        ("1" * 41, "QTY", "too long"),
    ],
)
def test_refused_with_a_sentence(typed: str, rule: str, says: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_reported(typed, "mg/L")
    assert caught.value.rule == rule
    assert says in caught.value.sentence
    assert caught.value.remedy
    digits = "".join(character for character in typed if character.isdigit())
    assert len(digits) < 5 or digits not in str(caught.value), "a refusal never repeats a participant's value"


def test_three_decimals_are_read_once_a_person_has_confirmed_them() -> None:
    assert parse_reported("1,234", "pg/mL", three_decimals=True).value == Decimal("1.234")


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(Refusal, match=r"Write \[IU\]/mL"):
        parse_reported("12", "IU/mL")


def test_a_unit_of_digits_is_not_cut_off_the_number() -> None:
    assert parse_reported("11", "1").value == 11


def test_stored_form_is_text_only_and_reads_back() -> None:
    reported = parse_reported("<0,30", "mg/L")
    stored = {"value": "0.30", "comparator": "<", "unit": "mg/L", "typed": "<0,30"}
    assert reported.as_json() == stored
    assert canonical_json(reported.as_json())
    assert reported_from_json(stored) == reported
    assert reported_from_json(stored).typed == "<0,30"


def test_same_value_typed_differently_is_the_same_report() -> None:
    assert parse_reported("0,3", "mg/L") == parse_reported("0.3", "mg/L")
    assert parse_reported("0,3", "mg/L") != parse_reported("<0,3", "mg/L")


@pytest.mark.parametrize(
    ("comparator", "low", "high", "low_included", "high_included"),
    [
        (Comparator.EXACT, 2, 2, True, True),
        (Comparator.BELOW, None, 2, True, False),
        (Comparator.AT_MOST, None, 2, True, True),
        (Comparator.ABOVE, 2, None, False, True),
        (Comparator.AT_LEAST, 2, None, True, True),
    ],
)
def test_what_a_report_allows(
    comparator: Comparator, low: int, high: int, low_included: bool, high_included: bool
) -> None:
    allowed = Reported(Decimal("2"), comparator, "mg/dL").interval("g/L")
    scale = Fraction(1, 100)
    assert allowed.low == (None if low is None else low * scale)
    assert allowed.high == (None if high is None else high * scale)
    assert (allowed.low_included, allowed.high_included) == (low_included, high_included)
