"""Numbers as they are printed."""

from fractions import Fraction

import pytest

from equipoise.reporting.numbers import Numbers, decimals_for, hex_groups, plural, ranges
from equipoise.reporting.reading import unit_name

ENGLISH = Numbers()


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (-2.04, 1, "−2.0"),
        (-0.04, 1, "0.0"),
        (1234.5, 0, "1234"),
        (Fraction(1, 3), 3, "0.333"),
        (float("-inf"), 1, "−∞"),
        (float("nan"), 1, "–"),
        (None, 1, "–"),
    ],
)
def test_a_number_has_a_true_minus_and_no_signed_zero(value, decimals, printed):
    assert ENGLISH.fixed(value, decimals) == printed


@pytest.mark.parametrize(
    ("p", "printed"),
    [
        (0.0004, "<0.001"),
        (0.0005, "0.001"),
        (Fraction(1, 2001), "<0.001"),
        (0.0496, "0.050"),
        (1, "1.000"),
        (None, "–"),
    ],
)
def test_p_has_three_decimals(p, printed):
    assert ENGLISH.p(p) == printed


def test_indonesian_writes_a_decimal_comma():
    assert Numbers(",").mean_sd(5.25, 3.14, 1) == "5,2 (3,1)"
    assert Numbers(",").p(0.0001) == "<0,001"


@pytest.mark.parametrize(("spread", "decimals"), [(3.2, 1), (21.0, 0), (0.43, 2), (150.0, 0), (0.0, 1), (None, 1)])
def test_a_standard_deviation_shows_two_digits(spread, decimals):
    assert decimals_for(spread) == decimals


def test_counts_runs_and_groups():
    assert plural(1, "query", "queries") == "1 query"
    assert plural(4210, "query", "queries") == "4\u202f210 queries"
    assert ranges((5, 3, 4, 9, 12, 13)) == "3–5, 9, 12–13"
    assert hex_groups("0123456789abcdef") == "0123 4567 89ab cdef"
    assert ENGLISH.count_percent(4, 15) == "4 (27 %)"
    assert ENGLISH.count_percent(0, 0) == "0"


@pytest.mark.parametrize(
    ("code", "printed"),
    [("10*9/L", "×10⁹/L"), ("[IU]/mL", "IU/mL"), ("ug/L", "µg/L"), ("{score}", ""), ("mg/dL", "mg/dL")],
)
def test_units_are_written_as_readers_write_them(code, printed):
    assert unit_name(code) == printed
