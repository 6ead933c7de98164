"""No text breaks the reader of quantities; what it accepts it keeps."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from equipoise.vocabulary import Comparator, Refusal, Reported, convert, parse_reported, reported_from_json, unit

numbers = st.decimals(min_value=-100_000, max_value=100_000, places=4, allow_nan=False, allow_infinity=False)
comparators = st.sampled_from(Comparator)
masses = st.sampled_from(["mg/L", "mg/dL", "g/L", "ng/mL", "pg/mL", "ug/dL"])


@given(st.text(max_size=60) | st.text(alphabet="0123456789.,<>= -'", max_size=12))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        reported = parse_reported(typed, "mg/L")
    except Refusal as refusal:
        assert refusal.rule in {"QTY", "QTY-AMBIGUOUS"}
    else:
        assert reported.typed == typed
        assert reported.value.is_finite()


@given(numbers, comparators)
def test_text_form_is_lossless(value: Decimal, comparator: Comparator) -> None:
    reported = Reported(value, comparator, "mg/L")
    again = parse_reported(reported.text(), "mg/L", three_decimals=True)
    assert again == reported
    assert again.value.as_tuple() == value.as_tuple() or value == 0
    assert reported_from_json(again.as_json()) == again  # type: ignore[arg-type]  # texts only


@given(numbers, comparators)
def test_a_decimal_comma_reads_like_a_point(value: Decimal, comparator: Comparator) -> None:
    text = f"{comparator}{value:f}"
    assert parse_reported(text.replace(".", ","), "mg/L") == parse_reported(text, "mg/L")


@given(numbers, masses, masses, masses)
def test_conversion_is_exact_whatever_the_way(value: Decimal, first: str, second: str, third: str) -> None:
    straight = convert(value, first, third)
    assert convert(convert(value, first, second), second, third) == straight
    assert convert(straight, third, first) == value


@given(st.text(max_size=20) | st.text(alphabet="mgLd/.[IU]10*9{}%^-", max_size=10))
def test_any_unit_code_is_read_or_refused(code: str) -> None:
    try:
        read = unit(code)
    except Refusal as refusal:
        assert refusal.rule == "UCUM"
    else:
        assert read.factor > 0
