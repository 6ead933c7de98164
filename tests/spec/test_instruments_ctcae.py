"""CTCAE v5: every boundary, missing limits, comparators, raised baselines, units, signs, shift (one row per rule)."""

from decimal import Decimal

import pytest

from equipoise.instruments import (
    Circumstances,
    Ctcae,
    Flag,
    GradedTerm,
    Grading,
    ReferenceRange,
    Remark,
    SignTerm,
    ctcae,
    derived_score,
    grade,
    grade_form,
    grade_signs,
    laboratory,
    shift,
)
from equipoise.vocabulary import parse_reported

CRITERIA = ctcae()


def limits(low: str | None, high: str | None, unit: str) -> ReferenceRange:
    return ReferenceRange(
        laboratory="lab",
        analyte="any",
        unit=unit,
        low=Decimal(low) if low else None,
        high=Decimal(high) if high else None,
    )


def graded(term_id: str, typed: str, unit: str, about: Circumstances) -> Grading:
    term = CRITERIA.term(term_id)
    assert isinstance(term, GradedTerm)
    known = [each.equivalence for each in laboratory().analytes if each.id == term.analyte and each.equivalence]
    return grade(
        term, parse_reported(typed, unit, three_decimals=True), about, known[0].equivalence() if known else None
    )


BELOW = [
    # term, unit, lower limit, value -> grade; each boundary belongs to the milder grade
    ("anemia", "g/dL", "12.0", [("12.0", 0), ("11.9", 1), ("10.0", 1), ("9.9", 2), ("8.0", 2), ("7.9", 3), ("2", 3)]),
    ("anemia", "g/L", "120", [("120", 0), ("119", 1), ("100", 1), ("99", 2), ("80", 2), ("79", 3)]),
    ("anemia", "mmol/L", "7.4", [("7.4", 0), ("7.3", 1), ("6.2", 1), ("6.1", 2), ("4.9", 2), ("4.8", 3)]),
    (
        "white_blood_cell_decreased",
        "10*9/L",
        "4.0",
        [("4.0", 0), ("3.9", 1), ("3.0", 1), ("2.9", 2), ("2.0", 2), ("1.9", 3), ("1.0", 3), ("0.9", 4)],
    ),
    (
        "lymphocyte_count_decreased",
        "10*3/uL",
        "1.0",
        [("1.0", 0), ("0.9", 1), ("0.8", 1), ("0.7", 2), ("0.5", 2), ("0.4", 3), ("0.2", 3), ("0.1", 4)],
    ),
    (
        "neutrophil_count_decreased",
        "/uL",
        "1800",
        [("1800", 0), ("1799", 1), ("1500", 1), ("1499", 2), ("1000", 2), ("999", 3), ("500", 3), ("499", 4)],
    ),
    (
        "platelet_count_decreased",
        "10*9/L",
        "150",
        [("150", 0), ("149", 1), ("75", 1), ("74", 2), ("50", 2), ("49", 3), ("25", 3), ("24", 4), ("0", 4)],
    ),
    ("hypoalbuminemia", "g/L", "35", [("35", 0), ("34", 1), ("30", 1), ("29", 2), ("20", 2), ("19", 3)]),
    ("hypoalbuminemia", "g/dL", "3.5", [("3.5", 0), ("3.4", 1), ("3.0", 1), ("2.9", 2), ("2.0", 2), ("1.9", 3)]),
    ("haptoglobin_decreased", "g/L", "0.3", [("0.3", 0), ("0.29", 1)]),
]
ABOVE = [
    # term, unit, upper limit, value -> grade
    (
        "alt_increased",
        "U/L",
        "40",
        [("40", 0), ("41", 1), ("120", 1), ("121", 2), ("200", 2), ("201", 3), ("800", 3), ("801", 4)],
    ),
    (
        "ast_increased",
        "U/L",
        "40",
        [("40", 0), ("41", 1), ("120", 1), ("121", 2), ("200", 2), ("201", 3), ("800", 3), ("801", 4)],
    ),
    (
        "alkaline_phosphatase_increased",
        "U/L",
        "100",
        [("100", 0), ("101", 1), ("250", 1), ("251", 2), ("500", 2), ("501", 3), ("2000", 3), ("2001", 4)],
    ),
    (
        "ggt_increased",
        "U/L",
        "60",
        [("60", 0), ("61", 1), ("150", 1), ("151", 2), ("300", 2), ("301", 3), ("1200", 3), ("1201", 4)],
    ),
    (
        "bilirubin_increased",
        "mg/dL",
        "1.2",
        [("1.2", 0), ("1.3", 1), ("1.8", 1), ("1.81", 2), ("3.6", 2), ("3.61", 3), ("12", 3), ("12.1", 4)],
    ),
    (
        "creatinine_increased",
        "mg/dL",
        "1.0",
        [("1.0", 0), ("1.01", 1), ("1.5", 1), ("1.51", 2), ("3.0", 2), ("3.01", 3), ("6.0", 3), ("6.01", 4)],
    ),
    (
        "cpk_increased",
        "U/L",
        "200",
        [("200", 0), ("201", 1), ("500", 1), ("501", 2), ("1000", 2), ("1001", 3), ("2000", 3), ("2001", 4)],
    ),
    ("ldh_increased", "U/L", "250", [("250", 0), ("251", 1), ("5000", 1)]),
    ("aptt_prolonged", "s", "40", [("40", 0), ("41", 1), ("60", 1), ("61", 2), ("100", 2), ("101", 3)]),
    (
        "hemoglobin_increased",
        "g/dL",
        "16.0",
        [("16.0", 0), ("16.1", 1), ("18.0", 1), ("18.1", 2), ("20.0", 2), ("20.1", 3)],
    ),
    ("hemoglobin_increased", "g/L", "160", [("160", 0), ("161", 1), ("180", 1), ("181", 2), ("200", 2), ("201", 3)]),
    ("leukocytosis", "10*9/L", None, [("100", 0), ("100.1", 3)]),
    ("lymphocyte_count_increased", "10*9/L", None, [("4", 0), ("4.1", 2), ("20", 2), ("20.1", 3)]),
]
ROWS = [(*row[:2], limits(row[2], None, row[1]), each) for row in BELOW for each in row[3]]
ROWS += [(*row[:2], limits(None, row[2], row[1]), each) for row in ABOVE for each in row[3]]


@pytest.mark.parametrize(
    ("term", "unit", "normal", "row"), ROWS, ids=lambda each: str(each) if isinstance(each, (str, tuple)) else ""
)
def test_every_boundary_belongs_to_the_milder_grade(
    term: str, unit: str, normal: ReferenceRange, row: tuple[str, int]
) -> None:
    typed, expected = row
    assert graded(term, typed, unit, Circumstances(limits=normal, baseline_flag=Flag.NORMAL)).grade == expected


RAISED = [
    # term, baseline, value -> grade when the baseline was flagged high
    (
        "alt_increased",
        "100",
        [("149", 0), ("150", 1), ("300", 1), ("301", 2), ("500", 2), ("501", 3), ("2000", 3), ("2001", 4)],
    ),
    (
        "ast_increased",
        "100",
        [("149", 0), ("150", 1), ("300", 1), ("301", 2), ("500", 2), ("501", 3), ("2000", 3), ("2001", 4)],
    ),
    (
        "alkaline_phosphatase_increased",
        "200",
        [("399", 0), ("400", 1), ("500", 1), ("501", 2), ("1000", 2), ("1001", 3), ("4000", 3), ("4001", 4)],
    ),
    (
        "ggt_increased",
        "200",
        [("399", 0), ("400", 1), ("500", 1), ("501", 2), ("1000", 2), ("1001", 3), ("4000", 3), ("4001", 4)],
    ),
    (
        "bilirubin_increased",
        "2.0",
        [("2.0", 0), ("2.1", 1), ("3.0", 1), ("3.1", 2), ("6.0", 2), ("6.1", 3), ("20", 3), ("20.1", 4)],
    ),
]


@pytest.mark.parametrize(
    ("term", "baseline", "typed", "expected"), [(term, base, *row) for term, base, rows in RAISED for row in rows]
)
def test_a_raised_baseline_is_the_yardstick(term: str, baseline: str, typed: str, expected: int) -> None:
    unit = "mg/dL" if term.startswith("bilirubin") else "U/L"
    about = Circumstances(limits(None, "1", unit), parse_reported(baseline, unit), Flag.HIGH)
    assert graded(term, typed, unit, about).grade == expected


@pytest.mark.parametrize("flag", [Flag.LOW, Flag.NORMAL])
def test_a_low_baseline_counts_as_normal(flag: Flag) -> None:
    about = Circumstances(limits("10", "40", "U/L"), parse_reported("5", "U/L"), flag)
    outcome = graded("alt_increased", "41", "U/L", about)
    assert (outcome.grade, outcome.remarks) == (1, ())


def test_without_a_baseline_flag_the_assumption_is_shown() -> None:
    outcome = graded("alt_increased", "41", "U/L", Circumstances(limits("10", "40", "U/L")))
    assert (outcome.grade, outcome.remarks) == (1, (Remark.BASELINE_TAKEN_AS_NORMAL,))


MISSING = [
    # a missing limit gives a missing grade, not grade 0
    ("neutrophil_count_decreased", "1.4", "10*9/L", 2, ()),
    ("neutrophil_count_decreased", "1.5", "10*9/L", None, (Remark.LOWER_LIMIT_MISSING,)),
    ("neutrophil_count_decreased", "9.0", "10*9/L", None, (Remark.LOWER_LIMIT_MISSING,)),
    ("anemia", "7.9", "g/dL", 3, ()),
    ("anemia", "10.0", "g/dL", None, (Remark.LOWER_LIMIT_MISSING,)),
    ("cpk_increased", "100000", "U/L", None, (Remark.UPPER_LIMIT_MISSING,)),
    ("creatinine_increased", "1.0", "mg/dL", None, (Remark.UPPER_LIMIT_MISSING, Remark.BASELINE_MISSING)),
]


@pytest.mark.parametrize(("term", "typed", "unit", "expected", "remarks"), MISSING)
def test_missing_limits(term: str, typed: str, unit: str, expected: int | None, remarks: tuple[Remark, ...]) -> None:
    outcome = graded(term, typed, unit, Circumstances())
    assert (outcome.grade, outcome.remarks) == (expected, remarks)


def test_a_raised_baseline_still_needs_the_upper_limit_and_an_exact_baseline() -> None:
    high = Flag.HIGH
    no_limit = graded("alt_increased", "5000", "U/L", Circumstances(None, parse_reported("100", "U/L"), high))
    assert (no_limit.grade, no_limit.remarks) == (None, (Remark.UPPER_LIMIT_MISSING,))
    censored = Circumstances(limits(None, "40", "U/L"), parse_reported(">100", "U/L"), high)
    assert graded("alt_increased", "5000", "U/L", censored).remarks == (Remark.BASELINE_MISSING,)


@pytest.mark.parametrize(
    ("typed", "upper", "baseline", "expected"),
    [
        ("1.6", None, "1.0", 2),
        ("3.0", None, "1.0", 2),
        ("3.1", None, "1.0", 3),
        ("1.5", None, "1.0", None),
        ("1.6", "2.0", "1.0", 2),
        ("1.2", "1.1", "0.9", 1),
        ("9.0", "1.0", "8.0", 4),
        ("0.9", "1.0", None, 0),
    ],
)
def test_creatinine_takes_the_higher_of_limit_and_baseline(
    typed: str, upper: str | None, baseline: str | None, expected: int | None
) -> None:
    known = parse_reported(baseline, "mg/dL") if baseline else None
    about = Circumstances(limits(None, upper, "mg/dL") if upper else None, known)
    assert graded("creatinine_increased", typed, "mg/dL", about).grade == expected


def test_a_grade_below_a_missing_limit_says_that_a_higher_one_is_open() -> None:
    outcome = graded("creatinine_increased", "3.1", "mg/dL", Circumstances(None, parse_reported("1.0", "mg/dL")))
    assert (outcome.grade, outcome.at_least, outcome.remarks) == (3, True, (Remark.UPPER_LIMIT_MISSING,))


def test_a_fixed_threshold_comes_before_the_laboratorys_range() -> None:
    about = Circumstances(limits("1.3", "7.0", "10*9/L"))
    assert graded("neutrophil_count_decreased", "1.4", "10*9/L", about).grade == 2


COMPARATORS = [
    ("neutrophil_count_decreased", "<0.5", "10*9/L", 4),
    ("neutrophil_count_decreased", "<0.4", "10*9/L", 4),
    ("neutrophil_count_decreased", "<=0.5", "10*9/L", None),
    ("neutrophil_count_decreased", "<1.0", "10*9/L", None),
    ("neutrophil_count_decreased", ">=1.8", "10*9/L", 0),
    ("neutrophil_count_decreased", ">1.0", "10*9/L", None),
    ("platelet_count_decreased", "<10", "10*9/L", 4),
    ("anemia", "<8.0", "g/dL", 3),
    ("anemia", "<8.1", "g/dL", None),
    ("alt_increased", ">800", "U/L", 4),
    ("alt_increased", ">=800", "U/L", None),
    ("alt_increased", ">799", "U/L", None),
    ("alt_increased", "<5", "U/L", 0),
    ("alt_increased", "<=40", "U/L", 0),
    ("alt_increased", "<41", "U/L", None),
    ("ldh_increased", ">40", "U/L", 1),
    ("ldh_increased", ">=40", "U/L", None),
]


@pytest.mark.parametrize(("term", "typed", "unit", "expected"), COMPARATORS)
def test_a_comparator_is_graded_only_if_all_allowed_values_agree(
    term: str, typed: str, unit: str, expected: int | None
) -> None:
    about = Circumstances(limits("1.8", "40", unit), baseline_flag=Flag.NORMAL)
    outcome = graded(term, typed, unit, about)
    assert outcome.grade == expected
    assert (Remark.COMPARATOR in outcome.remarks) == (expected is None)


def test_limits_in_another_unit_are_converted() -> None:
    about = Circumstances(limits(None, "88.4", "umol/L"), parse_reported("0.8", "mg/dL"))
    assert [graded("creatinine_increased", typed, "mg/dL", about).grade for typed in ("1.0", "1.1", "1.3", "6.1")] == [
        0,
        1,
        2,
        4,
    ]
    assert graded("bilirubin_increased", "17.2", "umol/L", Circumstances(limits(None, "1", "mg/dL"))).grade == 1


def test_a_unit_outside_the_criteria_is_not_graded() -> None:
    assert graded("neutrophil_count_decreased", "50", "%", Circumstances()).remarks == (Remark.UNIT,)
    assert graded("anemia", "9.0", "g/dL", Circumstances(limits("7.4", None, "mmol/L"))).grade == 2
    crossed = graded("anemia", "11.0", "g/dL", Circumstances(limits("7.4", None, "mmol/L")))
    assert (crossed.grade, crossed.remarks) == (None, (Remark.LOWER_LIMIT_MISSING,))


@pytest.mark.parametrize(
    ("typed", "baseline", "anticoagulated", "expected"),
    [
        ("1.2", None, False, 0),
        ("1.21", None, False, 1),
        ("1.5", None, False, 1),
        ("1.51", None, False, 2),
        ("2.5", None, False, 2),
        ("2.51", None, False, 3),
        ("2.0", "2.0", True, 0),
        ("2.1", "2.0", True, 1),
        ("3.1", "2.0", True, 2),
        ("5.1", "2.0", True, 3),
        ("2.1", None, True, None),
        ("9.0", "1.0", None, None),
    ],
)
def test_inr_depends_on_anticoagulation(
    typed: str, baseline: str | None, anticoagulated: bool | None, expected: int | None
) -> None:
    about = Circumstances(
        baseline=parse_reported(baseline, "{INR}") if baseline else None, anticoagulated=anticoagulated
    )
    assert graded("inr_increased", typed, "{INR}", about).grade == expected


@pytest.mark.parametrize(
    ("celsius", "hours", "expected", "at_least"),
    [
        ("37.9", None, 0, False),
        ("38.0", None, 1, False),
        ("39.0", None, 1, False),
        ("39.1", None, 2, False),
        ("40.0", None, 2, False),
        ("40.1", "24", 3, False),
        ("40.1", "24.5", 4, False),
        ("40.1", None, 3, True),
    ],
)
def test_fever(celsius: str, hours: str | None, expected: int, at_least: bool) -> None:
    answers = {"highest_temperature": Decimal(celsius), "fever_hours_above_40": Decimal(hours) if hours else None}
    outcome = grade_form("fever", answers)
    assert (outcome.grade, outcome.at_least) == (expected, at_least)
    assert derived_score("ctcae_v5.fever", answers) == expected


def test_fever_without_a_temperature_has_no_grade() -> None:
    assert grade_form("fever", {}).remarks == (Remark.NO_VALUE,)


SIGNS = [
    ({}, 0, ()),
    ({"tenderness": "present"}, 1, ()),
    ({"tenderness": "present", "erythema": "present"}, 1, ()),
    ({"erythema": "present"}, None, (Remark.ONLY_ASSOCIATED_SIGNS,)),
    ({"itching": "unknown"}, None, (Remark.SIGNS_NOT_ASSESSED,)),
    ({"pain": "present"}, 2, ()),
    ({"swelling": "present", "tenderness": "unknown"}, 2, ()),
    ({"pain": "present", "necrosis": "unknown"}, 2, (Remark.SIGNS_NOT_ASSESSED,)),
    ({"ulceration": "present", "pain": "present"}, 3, ()),
    ({"life_threatening": "present"}, 4, ()),
    ({"pain": "unknown"}, None, (Remark.SIGNS_NOT_ASSESSED,)),
]


@pytest.mark.parametrize(("signs", "expected", "remarks"), SIGNS)
def test_injection_site_reaction(signs: dict[str, str], expected: int | None, remarks: tuple[Remark, ...]) -> None:
    term = CRITERIA.term("injection_site_reaction")
    assert isinstance(term, SignTerm)
    answers = dict.fromkeys((*term.signs, *term.associated), "absent") | signs
    outcome = grade_signs(term, answers)
    assert (outcome.grade, outcome.remarks) == (expected, remarks)
    assert outcome.at_least == (expected is not None and bool(remarks))
    form = {f"isr_{sign}": answer for sign, answer in answers.items()} | {"isr_site": "other"}
    assert derived_score("ctcae_v5.injection_site_reaction", form) == expected


def test_criteria_that_were_not_read_in_their_source_say_so() -> None:
    assert not [term.id for term in CRITERIA.all_terms() if CRITERIA.is_unconfirmed(term)]
    raw = CRITERIA.model_dump(mode="json")
    raw["sources"]["nci"]["standing"] = "unconfirmed"
    doubted = Ctcae.model_validate(raw)
    assert {term.id for term in doubted.all_terms() if doubted.is_unconfirmed(term)} == {
        "fever",
        "injection_site_reaction",
    }


def test_a_grade_is_a_candidate_and_clinical_criteria_stay_with_the_investigator() -> None:
    outcome = graded("anemia", "7.0", "g/dL", Circumstances())
    assert outcome.is_candidate
    assert [(each.grade, each.label.text()) for each in outcome.to_judge][:2] == [
        (3, "Transfusion indicated"),
        (4, "Life-threatening, urgent intervention indicated"),
    ]
    assert not graded("anemia", "13", "g/dL", Circumstances(limits("12", None, "g/dL"))).is_candidate
    assert not graded("anemia", "13", "g/dL", Circumstances()).is_candidate


def test_shift_against_baseline() -> None:
    about = Circumstances(limits("4.0", None, "10*9/L"))
    three, two, unknown = (
        graded("white_blood_cell_decreased", typed, "10*9/L", about) for typed in ("3.5", "2.5", "<4")
    )
    assert (shift(three, two).baseline, shift(three, two).now, shift(three, two).worsened) == (1, 2, True)
    assert shift(two, three).worsened is False
    assert shift(two, two).worsened is False
    assert shift(unknown, two).worsened is None


def test_one_analyte_may_raise_two_terms() -> None:
    assert [term.id for term in CRITERIA.terms_of("lymphocytes")] == [
        "lymphocyte_count_decreased",
        "lymphocyte_count_increased",
    ]


def test_every_graded_laboratory_term_has_an_analyte_and_every_remark_a_sentence() -> None:
    analytes = {analyte.id for analyte in laboratory().analytes}
    assert {term.analyte for term in CRITERIA.terms} <= analytes | {"highest_temperature"}
    assert all(remark.label().text("en") and remark.label().text("id") for remark in Remark)
