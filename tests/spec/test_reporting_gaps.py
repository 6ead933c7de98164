"""The gap report: one trial as registered, defined, conducted and published, and the rules that tell them apart."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib.resources import files

import pytest

from equipoise.protocol.record_gaps import compare_with_record
from equipoise.registration import judge, parse_published
from equipoise.reporting.document import Table
from equipoise.reporting.gap import Gap, gap_report
from equipoise.reporting.report import build_report
from reporting_fixture import some_inputs


@lru_cache
def inputs():
    """The invented trial beside the real record and the abstract of the paper."""
    given = some_inputs()
    study = files("equipoise").joinpath("studies/NCT05921058/published.yaml")
    published = parse_published(study.read_text(encoding="utf-8"))
    findings = judge(given.registry.record, date(2026, 11, 22), published)
    return replace(
        given,
        published=published,
        registry=replace(given.registry, findings=findings),
        differences=compare_with_record(given.trial.definition, given.registry.record),
    )


@lru_cache
def gaps() -> dict[str, Gap]:
    return {gap.topic: gap for gap in gap_report(inputs())}


@pytest.mark.parametrize(
    ("topic", "record", "definition", "conduct", "paper", "rule"),
    [
        ("Participants", "15 (actual)", "30 planned", "30 randomised", "29 female", "CMP-01"),
        ("Dosing schedule", "10 doses, days 1–7, 14, 21, 28", "10 doses", "288 of 300", "weekly", "CMP-02"),
        ("Volume in all", "", "Secretome: 15.0 mL", "", "9.0 mL in 6 doses", "CMP-03"),
        ("Route", "infusion", "intramuscular", "", "intramuscular", "CMP-09"),
        ("Primary endpoint", "at 1 months", "day 36", "28 of 30", "day 22 and day 43", "CMP-04"),
        ("All outcomes", "Lupus Disease activity", "hs-CRP", "every planned endpoint", "TNF-alpha", "CMP-06"),
        ("Masking", "quadruple", "care provider", "0 masking deviations", "double-blind", "CMP-11"),
        ("Analysis", "paired difference test", "Paired t-test inside one arm", "as planned", "p < 0.05", "CMP-12"),
    ],
)
def test_each_topic_is_told_four_times(topic, record, definition, conduct, paper, rule):
    gap = gaps()[topic]
    assert record in gap.record
    assert definition in gap.definition
    assert conduct in gap.conduct
    assert paper in gap.paper
    assert rule in {finding.rule for finding in gap.findings}
    assert gap.differs


def test_what_cannot_be_decided_is_told_and_not_counted_as_a_difference():
    identity = gaps()["Identity"]
    assert {finding.rule for finding in identity.findings} == {"CMP-14"}
    assert not identity.differs


def test_without_a_paper_nothing_is_said_of_one():
    document = build_report(some_inputs()).document
    table = next(block for block in document.blocks if isinstance(block, Table) and block.anchor == "tab-gaps")
    assert [column.head for column in table.columns] == ["Topic", "Registered", "Defined", "Conducted"]


def test_what_the_paper_says_is_not_blamed_on_the_record():
    blocks = build_report(inputs()).document.blocks
    at = {getattr(block, "anchor", ""): place for place, block in enumerate(blocks)}
    judged = blocks[at["record-errors"] + 2].findings
    assert judged
    assert not [finding.rule for finding in judged if finding.rule.startswith("CMP")]
