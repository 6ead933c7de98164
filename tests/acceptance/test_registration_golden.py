"""The verdicts on NCT05921058, set by hand for all 91 rules, against those of the catalogue."""

import csv
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from equipoise.registration import RULES, judge, read_published, read_record, scope
from equipoise.vocabulary import Finding, Severity, Verdict

STUDY = files("equipoise").joinpath("studies/NCT05921058")
with Path(__file__).with_name("registration_verdicts.csv").open(encoding="utf-8", newline="") as table:
    BY_HAND = list(csv.DictReader(table))
TIMED = {"DAT-06": (date(2024, 6, 30), date(2024, 7, 1)), "RES-01": (date(2024, 3, 9), date(2024, 3, 10))}
"""The last day on which a rule that depends on time is content, and the first on which it fires."""


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    return _judged(date(2023, 7, 1))


@cache
def _judged(as_of: date) -> dict[str, Finding]:
    with as_file(STUDY) as folder:
        record, paper = read_record(folder / "record.txt"), read_published(folder / "published.yaml")
    return {finding.rule: finding for finding in judge(record, as_of, paper)}


def test_the_record_is_carried_byte_for_byte() -> None:
    with as_file(STUDY) as folder:
        record = read_record(folder / "record.txt")
    assert record.provenance.sha256 == "335a64ed65d43a64a5b342b929769dea579692d063dfeab4acb683a066948f51"
    assert scope(record) == ()


def test_the_catalogue_has_these_rules_and_no_others() -> None:
    assert list(RULES) == [row["rule"] for row in BY_HAND if row["rule"] in RULES]
    assert set(RULES) == {row["rule"] for row in BY_HAND}
    assert len(RULES) == 91


@pytest.mark.parametrize("row", BY_HAND, ids=lambda row: row["rule"])
def test_verdict_as_set_by_hand(row: dict[str, str], findings: dict[str, Finding]) -> None:
    finding = findings[row["rule"]]
    assert finding.severity is Severity(row["severity"])
    expected = Verdict.OK if row["verdict"] == "time" else Verdict(row["verdict"])  # in July 2023 nothing was overdue
    assert finding.verdict is expected, finding.message


@pytest.mark.parametrize(("rule", "days"), TIMED.items())
def test_rules_that_depend_on_time(rule: str, days: tuple[date, date]) -> None:
    last_quiet, first_loud = days
    assert _judged(last_quiet)[rule].verdict is Verdict.OK
    assert _judged(first_loud)[rule].verdict is Verdict.HIT


def test_the_numbers_in_the_messages(findings: dict[str, Finding]) -> None:
    said = {rule: finding.message for rule, finding in findings.items()}
    assert "330 days" in said["REG-01"]
    assert "179 days" in said["REG-02"]
    assert "110 days" in said["REG-03"]
    assert "69 days" in said["DAT-04"]
    assert "4.07 months" in said["DAT-05"]
    assert "3.7 participants per month" in said["DAT-05"]
    assert "d = 1.57" in said["ENR-04"]
    assert "10 doses, 15 mL in all" in said["DES-14"]
    assert "34 %" in said["OUT-09"]
    assert "15 mL in all; the paper 9 mL" in said["CMP-03"]


def test_every_finding_that_fires_says_where_why_and_what_to_do(findings: dict[str, Finding]) -> None:
    for finding in findings.values():
        if finding.verdict in (Verdict.HIT, Verdict.SOURCE_ARTEFACT):
            assert finding.place, finding.rule
            assert finding.why, finding.rule
            assert finding.suggestion, finding.rule
