"""Hodges-Lehmann estimates and their exact limits: published examples."""

from fractions import Fraction

from analysis_vectors import close, column, rows
from equipoise.analysis import hodges_lehmann, pseudomedian
from shared_data import needs_shared


@needs_shared
def test_bloodp_of_the_statxact_manual() -> None:
    table = rows("bloodp.csv")
    shift = hodges_lehmann(column(table, "bp", group="group1"), column(table, "bp", group="group2"))
    assert (shift.value, shift.interval.lower, shift.interval.upper) == (Fraction(19, 2), -4, 22)


@needs_shared
def test_depression_of_hollander_and_wolfe() -> None:
    change = [Fraction(row["first_visit"]) - Fraction(row["second_visit"]) for row in rows("depression.csv")]
    centre = pseudomedian(change)
    assert close(centre.value, "0.46")
    assert (centre.interval.lower, centre.interval.upper) == (Fraction("0.010"), Fraction("0.786"))


def test_few_values_have_no_limits() -> None:
    assert hodges_lehmann([1, 2], [3, 4]).interval.lower == float("-inf")
    assert pseudomedian([1, 2, 3]).interval.upper == float("inf")
