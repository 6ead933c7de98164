"""What the prose of a record is taken to say."""

from decimal import Decimal

import pytest

from equipoise.instruments import grouped_index
from equipoise.registration.language.dosage import giving, volumes_ml
from equipoise.registration.language.measures import SCALES, measures_in
from equipoise.registration.language.numbers import people_counts
from equipoise.registration.language.passage import Passage
from equipoise.registration.language.spelling import misspelt
from equipoise.registration.language.times import dosing_days, time_points
from equipoise.registration.registry_date import Precision, parse_registry_date


@pytest.mark.parametrize(
    ("frame", "days"),
    [
        ("6 weeks", [(42, 42)]),
        ("at 1 months", [(28, 31)]),
        ("Baseline, Week 24 and 48", [(168, 168), (336, 336)]),
        ("Day 22 and day 43", [(22, 22), (43, 43)]),
        ("two years", [(730, 732)]),
        ("24 hours", [(0, 1)]),
        ("Day 1, 2 weeks", [(14, 14)]),
        ("until discharge", []),
        ("9999999 years", []),
    ],
)
def test_time_frames(frame: str, days: list[tuple[int, int]]) -> None:
    assert [(point.earliest, point.latest) for point in time_points(frame)] == days


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("who got it on the 1st, 2nd day, 3rd, 7th, 14th and 28th days", (1, 2, 3, 7, 14, 28)),
        ("given on days 1-7, 14, 21 and 28", (1, 2, 3, 4, 5, 6, 7, 14, 21, 28)),
        ("injected on Day 1, Day 8 and Day 15", (1, 8, 15)),
        ("DAYS 1 to 3: 400 mg DAYS 4 to 6: 200 mg", (1, 2, 3, 4, 5, 6)),
        ("given for 7 days", ()),
        ("visits on days 1, 8 and 15", ()),  # nothing is given
    ],
)
def test_dosing_days(sentence: str, days: tuple[int, ...]) -> None:
    assert dosing_days(sentence) == days


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The study was conducted on 30 SLE patient subjects.", [(30, False)]),
        ("A total of 1,206 children were enrolled.", [(1206, False)]),
        ("The targeted sample is 240 adolescents.", [(240, True)]),
        ("Enrolment of up to 25 subjects.", [(25, True)]),
        ("15 patients in each group were included.", []),
        ("Patients aged 18 to 60 years were included.", []),
    ],
)
def test_numbers_of_people(text: str, numbers: list[tuple[int, bool]]) -> None:
    assert [(one.number, one.planned) for one in people_counts([Passage(text, "here")])] == numbers


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        ("NaCl infusion", "a 1.5 cc injection", True),
        ("placebo tablet", "intravenous infusion", True),
        ("placebo capsule by mouth", "oral capsule", False),
        ("saline IM", "intramuscular injection", False),
        ("saline", "intramuscular injection", False),  # nothing is said of the saline
    ],
)
def test_forms_and_routes(left: str, right: str, differ: bool) -> None:
    assert giving(left).differs_from(giving(right)) is differ


def test_volumes_with_point_or_comma() -> None:
    assert volumes_ml("1.5 cc, then 2,5 mL, never 5 mL/h") == (Decimal("1.5"), Decimal("2.5"))


def test_measures_by_their_usual_names() -> None:
    text = "ESR, hs-CRP, C3, C4, interlukin 6, anti-ds-DNA antibody, MEX SLEDAI score, and drug side effects"
    assert [named.measure.name for named in measures_in(text)] == [
        *("ESR", "CRP", "C3", "C4", "IL-6", "anti-dsDNA", "MEX-SLEDAI", "side effects"),
    ]


def test_misspelt_words_and_words_that_are_only_rare() -> None:
    assert list(misspelt("paatients Messenchymal interlukin")) == [
        ("paatients", "patients"),
        ("Messenchymal", "mesenchymal"),
        ("interlukin", "interleukin"),
    ]
    assert list(misspelt("dealing haematological randomised randomized mediation hypotheses tumour tumor")) == []


def test_the_range_of_mex_sledai_is_that_of_the_instrument() -> None:
    scale = next(one for one in SCALES if one.name == "MEX-SLEDAI")
    weights = [group.weight for group in grouped_index("mex_sledai").groups]
    assert (scale.low, scale.high) == (0, sum(weights))


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("2022-08-01", "2022-08-01", Precision.DAY),
        ("Aug 1, 2022", "2022-08-01", Precision.DAY),
        ("August 2022", "2022-08", Precision.MONTH),
        ("2022-08", "2022-08", Precision.MONTH),
        ("2022", "2022", Precision.YEAR),
    ],
)
def test_dates_keep_their_precision(text: str, iso: str, precision: Precision) -> None:
    date = parse_registry_date(text)
    assert (date.iso, date.precision) == (iso, precision)


@pytest.mark.parametrize("text", ["2023-02-30", "2022-13", "soon", "1066", "Augustus 1, 2022", "99999"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|is outside|must be in|is out of range"):
        parse_registry_date(text)
