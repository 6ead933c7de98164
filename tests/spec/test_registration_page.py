"""The page of a mirror: its figures, its doublings and its losses are faults of the page, never of the registration."""

from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from equipoise.registration import Presence, RegistryRecord, derive, each, judge, parse_record
from equipoise.vocabulary import Verdict

PAGE = files("equipoise").joinpath("studies/NCT05921058/record.txt").read_text(encoding="utf-8")


def page(*replacements: tuple[str, str]) -> RegistryRecord:
    """Read the page with some of its words replaced."""
    text = PAGE
    for old, new in replacements:
        assert old in text, f"the page does not say '{old}'"
        text = text.replace(old, new)
    return parse_record(text.encode(), "page.txt")


def verdict(rule: str, record: RegistryRecord) -> Verdict:
    return next(one.verdict for one in judge(record, date(2024, 1, 1)) if one.rule == rule)


@pytest.mark.parametrize(
    ("rule", "replacements", "expected"),
    [
        ("ENR-05", (), Verdict.OK),
        ("ENR-05", (("\n7.2\n", "\n9.9\n"),), Verdict.SOURCE_ARTEFACT),
        ("ENR-05", (("\n2.1\n", "\n3.7\n"),), Verdict.SOURCE_ARTEFACT),
        ("ENR-06", (), Verdict.HIT),
        ("ENR-06", (("\n7.2\n2.1\n", "\n7.2\n3.7\n"),), Verdict.OK),
        ("ENR-06", (("15\n1\n2\n7.2\n2.1\n", ""),), Verdict.OK),
        ("DES-18", (), Verdict.SOURCE_ARTEFACT),
        ("DES-18", (("dayThis study was divided", "day. The study was split"),), Verdict.OK),
        ("ADM-07", (), Verdict.SOURCE_ARTEFACT),
        ("ADM-10", (), Verdict.SOURCE_ARTEFACT),
    ],
)
def test_faults_of_the_page(rule: str, replacements: tuple[tuple[str, str], ...], expected: Verdict) -> None:
    assert verdict(rule, page(*replacements)) is expected


def test_figures_as_the_page_prints_them_and_the_honest_rate_beside() -> None:
    figures = derive(page())
    shown = [figures.participants, figures.sites, figures.arms, figures.months, figures.per_site_per_month]
    assert [figure.shown for figure in shown] == ["15", "1", "2", "7.2", "2.1"]
    assert figures.months.value == Decimal(220) / Decimal("30.4375")
    assert figures.recruitment_rate.shown == "3.7"
    assert figures.window is not None
    assert (figures.window.opens, figures.window.closes) == (date(2022, 8, 1), date(2022, 12, 3))


def test_silence_is_not_none() -> None:
    record = page()
    assert record.parties.collaborators.state is Presence.NONE
    assert record.references.state is Presence.NONE
    assert record.conditions.state is Presence.ABSENT
    assert record.timeline.first_submitted.state is Presence.ABSENT
    assert record.timeline.start.state is Presence.VALUE


def test_every_field_says_where_it_stands() -> None:
    record = page()
    assert record.design.masking.place == "page.txt:44-45 Study Design > Masking"
    assert each(record.outcomes)[0].time_frame.place == "page.txt:82 Primary Outcome Measures > 1 > time frame"


def test_what_a_page_says_twice_must_agree_or_is_left_unread() -> None:
    record = page(("Identifier:\n    NCT05921058", "Identifier:\n    NCT99999999"))
    assert record.identity.nct_id.value == "NCT05921058"
    assert [one.text for one in record.provenance.unread] == ["ClinicalTrials.gov Identifier:", "NCT99999999"]


def test_a_word_outside_the_list_is_left_unread_with_its_reason() -> None:
    record = page(("Parallel Assignment", "Circular Assignment"))
    assert record.design.model.state is Presence.ABSENT
    assert "not a word of the registry's list" in record.provenance.unread[0].reason


def test_a_larger_page_of_the_same_shape() -> None:
    record = page(
        (
            "    1. Lupus Disease activity [Change of Lupus Disease Activity at 1 months]",
            "    1. ESR [Day 28]\n\n    2. Lupus Disease activity [1 month]",
        ),
        (
            "    Eligibility Criteria\n",
            "    Secondary Outcome Measures\n\n    1. C3 [Day 28]\n\n      In g/L.\n\n    2. C4\n\n"
            "    Eligibility Criteria\n",
        ),
        ("Collaborator\n(none)", "Collaborator\nContoh Pharma (Industry)"),
        (
            "    • Universitas Sebelas Maret\n\n    Inv",
            "    • Universitas Sebelas Maret\n    • Contoh Pharma\n\n    Inv",
        ),
        (
            "Middle Java Indonesia\n",
            "Middle Java Indonesia 57126\n    2 RS Contoh Boston Massachusetts United States 02115\n",
        ),
        ("    • NAP05\n", "    • NAP05\n    • U1111-0000-0000\n"),
        ("Placebo Comparator: Placebo", "No Intervention: Waiting list\n\nPlacebo Comparator: Placebo"),
    )
    outcomes = [
        (one.rank.value, one.measure.value, one.time_frame.value, one.description.value)
        for one in each(record.outcomes)
    ]
    assert outcomes == [
        ("PRIMARY", "ESR", "Day 28", None),
        ("PRIMARY", "Lupus Disease activity", "1 month", each(record.outcomes)[1].description.value),
        ("SECONDARY", "C3", "Day 28", "In g/L."),
        ("SECONDARY", "C4", None, None),
    ]
    assert [one.name.value for one in each(record.parties.collaborators)] == ["Contoh Pharma"]
    assert [(site.country.value, site.postal_code.value) for site in each(record.sites)] == [
        ("Indonesia", "57126"),
        ("United States", "02115"),
    ]
    assert [one.id.value for one in each(record.identity.secondary_ids)] == ["U1111-0000-0000"]
    assert [arm.label.value for arm in each(record.arms)] == [
        "Messenchymal stem cell secretome",
        "Waiting list",
        "Placebo",
    ]
    assert record.provenance.unread == ()
