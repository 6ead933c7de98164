"""Unit conversions against definitions printed elsewhere.

Sources: UCUM essence 2.2 (2024-06-17) for the definitions of atoms and prefixes; the factors of the laboratory rows are
the ones that Indonesian and SI reports use side by side; creatinine 88.4 is the conventional factor (113.12 g/mol).
Tolerance: none, all factors are exact fractions.
"""

from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise.vocabulary import Equivalence, Refusal, as_decimal, convert, convertible, unit

CREATININE = Equivalence("mg/dL", Decimal("88.4"), "umol/L")

TABLE = [
    ("mg/dL", "mg/L", "10"),
    ("ng/mL", "mg/L", "0.001"),
    ("mg/dL", "g/L", "0.01"),
    ("pg/mL", "ng/L", "1"),
    ("[IU]/mL", "k[IU]/L", "1"),
    ("g/dL", "g/L", "10"),
    ("10*3/uL", "10*9/L", "1"),
    ("10^9/L", "10*9/L", "1"),
    ("/uL", "10*9/L", "0.001"),
    ("10*6/uL", "10*12/L", "1"),
    ("U/L", "nkat/L", None),
    ("mm/h", "cm/h", "0.1"),
    ("mm[Hg]", "Pa", "133.322"),
    ("mm[Hg]", "kPa", "0.133322"),
    ("a", "d", "365.25"),
    ("mo", "d", "30.4375"),
    ("wk", "h", "168"),
    ("kg", "g", "1000"),
    ("kg/m2", "g/cm2", "0.1"),
    ("mL", "cm3", "1"),
    ("mg/g", "%", "0.1"),
    ("{beats}/min", "/min", "1"),
]


@pytest.mark.parametrize(("start", "end", "factor"), TABLE)
def test_factor(start: str, end: str, factor: str | None) -> None:
    expected = Fraction(50, 3) if factor is None else Fraction(factor)  # 1 U = 1 umol/min = 16.6... nkat
    assert convert(1, start, end) == expected
    assert convert(expected, end, start) == 1


@pytest.mark.parametrize(
    ("celsius", "fahrenheit"), [("37", "98.6"), ("38", "100.4"), ("-40", "-40"), ("0", "32"), ("-273.15", "-459.67")]
)
def test_temperature_has_an_offset(celsius: str, fahrenheit: str) -> None:
    assert convert(Decimal(celsius), "Cel", "[degF]") == Fraction(fahrenheit)
    assert convert(Decimal(fahrenheit), "[degF]", "Cel") == Fraction(celsius)


def test_creatinine_joins_mass_and_substance() -> None:
    assert convert(Decimal("1.0"), "mg/dL", "umol/L", CREATININE) == Fraction("88.4")
    assert convert(Decimal("442"), "umol/L", "mg/dL", CREATININE) == 5
    assert convert(Decimal("0.0884"), "mmol/L", "mg/L", CREATININE) == 10


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("mg/dL", "umol/L"),  # without knowing the analyte
        ("[IU]/mL", "mg/L"),
        ("[IU]/mL", "U/mL"),
        ("[IU]/mL", "[arb'U]/mL"),
        ("/[HPF]", "/uL"),
        ("/[HPF]", "/[LPF]"),
        ("%", "10*9/L"),
        ("mm/h", "mm"),
        ("Cel", "mm[Hg]"),
    ],
)
def test_impossible_conversions_are_refused(start: str, end: str) -> None:
    assert not convertible(start, end)
    with pytest.raises(Refusal, match="do not measure the same thing"):
        convert(1, start, end)


def test_an_equivalence_does_not_open_other_doors() -> None:
    assert not convertible("[IU]/mL", "umol/L", CREATININE)
    with pytest.raises(Refusal):
        convert(1, "mg", "umol", CREATININE)


@pytest.mark.parametrize(
    "code", ["", "mg//L", "mg/", "/", "Cel/s", "cd", "mg/dL ", "{", "0", "mg(L)", "kmin", "+2", "[IU", "mg/0", "x" * 65]
)
def test_what_is_not_ucum_is_refused(code: str) -> None:
    with pytest.raises(Refusal, match="not a UCUM unit code"):
        unit(code)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Fraction(1, 3), 4, "0.3333"),
        (Fraction(2, 3), 1, "0.7"),
        (Fraction("99.9996"), 5, "100"),
        (Fraction(-12500), 12, "-12500"),
        (Fraction("0.000123"), 12, "0.000123"),
        (Fraction(0), 3, "0"),
        (Fraction("2.5"), 1, "2"),
        (Fraction("3.5"), 1, "4"),
    ],
)
def test_a_fraction_as_a_decimal(value: Fraction, digits: int, text: str) -> None:
    assert f"{as_decimal(value, digits):f}" == text
