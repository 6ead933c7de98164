"""CTCAE grades against a second implementation: one plain chain of comparisons per term, written from the criteria.

Source of the criteria: R package admiral at 6eb5125, data-raw/adlb_grading/ncictcaev5.json, read as text; GGT follows
the criterion (exactly 2.0 x baseline is grade 1), not admiral's code.  Tolerance: none.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.instruments import Circumstances, Flag, GradedTerm, ReferenceRange, Remark, ctcae, grade
from equipoise.vocabulary import Comparator, Reported

D = Decimal
Number = Decimal | None


def count(grade_2: str, grade_3: str, grade_4: str | None) -> Callable[..., int | None]:
    def graded(x: Decimal, low: Number, high: Number, base: Number, raised: bool) -> int | None:
        if grade_4 is not None and x < D(grade_4):
            return 4
        if x < D(grade_3):
            return 3
        if x < D(grade_2):
            return 2
        if low is None:
            return None
        return 1 if x < low else 0

    return graded


def enzyme(two: str, three: str, four: str, one_raised: str, one_raised_included: bool) -> Callable[..., int | None]:
    def graded(x: Decimal, low: Number, high: Number, base: Number, raised: bool) -> int | None:
        if high is None or (raised and base is None):
            return None
        yardstick = base if raised and base is not None else high
        for number, times in ((4, four), (3, three), (2, two)):
            if x > D(times) * yardstick:
                return number
        if not raised:
            return 1 if x > high else 0
        edge = D(one_raised) * yardstick
        return 1 if x > edge or (one_raised_included and x == edge) else 0

    return graded


def creatinine(x: Decimal, low: Number, high: Number, base: Number, raised: bool) -> int | None:
    if high is not None and x > 6 * high:
        return 4
    if (high is not None and x > 3 * high) or (base is not None and x > 3 * base):
        return 3
    if (high is not None and x > D("1.5") * high) or (base is not None and x > D("1.5") * base):
        return 2
    if high is None:
        return None
    return 1 if x > high else 0


def times_upper(*times: str) -> Callable[..., int | None]:
    def graded(x: Decimal, low: Number, high: Number, base: Number, raised: bool) -> int | None:
        if high is None:
            return None
        return sum(x > D(each) * high for each in times)

    return graded


def over_upper(x: Decimal, low: Number, high: Number, base: Number, raised: bool) -> int | None:
    if high is None:
        return None
    return sum(x - high > each for each in (0, 2, 4))


SECOND: dict[str, tuple[str, Callable[..., int | None]]] = {
    "anemia": ("g/dL", count("10.0", "8.0", None)),
    "white_blood_cell_decreased": ("10*9/L", count("3.0", "2.0", "1.0")),
    "lymphocyte_count_decreased": ("10*9/L", count("0.8", "0.5", "0.2")),
    "neutrophil_count_decreased": ("10*9/L", count("1.5", "1.0", "0.5")),
    "platelet_count_decreased": ("10*9/L", count("75", "50", "25")),
    "hypoalbuminemia": ("g/L", count("30", "20", None)),
    "alt_increased": ("U/L", enzyme("3", "5", "20", "1.5", True)),
    "ast_increased": ("U/L", enzyme("3", "5", "20", "1.5", True)),
    "alkaline_phosphatase_increased": ("U/L", enzyme("2.5", "5", "20", "2", True)),
    "ggt_increased": ("U/L", enzyme("2.5", "5", "20", "2", True)),
    "bilirubin_increased": ("mg/dL", enzyme("1.5", "3", "10", "1", False)),
    "creatinine_increased": ("mg/dL", creatinine),
    "cpk_increased": ("U/L", times_upper("1", "2.5", "5", "10")),
    "aptt_prolonged": ("s", times_upper("1", "1.5", "2.5")),
    "ldh_increased": ("U/L", times_upper("1")),
    "hemoglobin_increased": ("g/dL", over_upper),
}

halves = st.integers(min_value=0, max_value=400).map(lambda number: D(number) / 2)
limits = st.none() | st.integers(min_value=1, max_value=40).map(lambda number: D(number) / 2)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(sorted(SECOND)), halves, st.sampled_from([1, 10, 100]), limits, limits, limits, st.booleans())
def test_both_implementations_agree(
    term_id: str, number: Decimal, scale: int, low: Number, high: Number, base: Number, raised: bool
) -> None:
    unit, second = SECOND[term_id]
    x = number / scale
    if low is not None and high is not None and low > high:
        low, high = high, low
    about = circumstances(unit, low, high, base, raised)
    term = ctcae().term(term_id)
    assert isinstance(term, GradedTerm)
    assert grade(term, Reported(x, Comparator.EXACT, unit), about).grade == second(x, low, high, base, raised)


def circumstances(unit: str, low: Number, high: Number, base: Number, raised: bool) -> Circumstances:
    normal = ReferenceRange(laboratory="A", analyte="any", unit=unit, low=low, high=high)
    baseline = None if base is None else Reported(base, Comparator.EXACT, unit)
    return Circumstances(normal, baseline, Flag.HIGH if raised else Flag.NORMAL)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(sorted(SECOND)), halves, st.sampled_from(list(Comparator)[1:]), limits, limits, st.data())
def test_a_comparator_is_graded_exactly_when_all_allowed_values_share_a_grade(
    term_id: str, number: Decimal, comparator: Comparator, high: Number, base: Number, data: Any
) -> None:
    unit, second = SECOND[term_id]
    about = circumstances(unit, None, high, base, raised=False)
    term = ctcae().term(term_id)
    assert isinstance(term, GradedTerm)
    outcome = grade(term, Reported(number, comparator, unit), about)
    tiny, huge = D("0.001"), D(10) ** 9
    ends = {
        Comparator.BELOW: [-huge, number - tiny],
        Comparator.AT_MOST: [-huge, number],
        Comparator.ABOVE: [number + tiny, huge],
        Comparator.AT_LEAST: [number, huge],
    }[comparator]
    grades = {second(each, None, high, base, False) for each in ends}  # grades are monotone: the ends suffice
    if Remark.COMPARATOR in outcome.remarks:
        assert outcome.grade is None
        assert len(grades) > 1
    else:
        assert grades == {outcome.grade}
