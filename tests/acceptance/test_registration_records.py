"""Thirteen real records of three formats: nothing is lost, everything is judged, and quickly."""

import json
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from equipoise.registration import (
    RULES,
    Node,
    RecordFormat,
    RegistryRecord,
    derive,
    each,
    judge,
    parse_record,
    read_record,
    scope,
)
from equipoise.registration.record import Unread
from shared_data import SHARED, needs_shared

pytestmark = needs_shared
RECORDS = sorted(SHARED.glob("records/NCT*"))
OUTSIDE = {
    "NCT01841593": ["SCOPE-03"],  # crossover
    "NCT02028676": ["SCOPE-03"],  # factorial
    "NCT03418623": ["SCOPE-03"],  # crossover
    "NCT04207047": ["SCOPE-02", "SCOPE-03"],  # not randomised, single group
    "NCT05594173": ["SCOPE-01"],  # observational
}


@cache
def _read(path: Path) -> RegistryRecord:
    return read_record(path)


def _json_leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _json_leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _json_leaves(item)
    elif value is not None and str(value).strip():
        yield str(value).lower() if isinstance(value, bool) else str(value)


def _xml_leaves(element: ET.Element) -> Iterator[str]:
    yield from (value for value in element.attrib.values() if value.strip())
    own = "".join([element.text or "", *(child.tail or "" for child in element)])
    if own.strip():
        yield own
    for child in element:
        yield from _xml_leaves(child)


def _leaves(path: Path) -> list[str]:
    """Count by a second way, which shares no code with the readers."""
    if path.suffix == ".json":
        return list(_json_leaves(json.loads(path.read_text(encoding="utf-8"), parse_float=str)))
    if path.suffix == ".xml":
        return list(_xml_leaves(ET.parse(path).getroot()))
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _texts(value: Any) -> Iterator[str]:
    """Every text that can be reached from a record."""
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Node):
        yield from (" ".join((node.text or "").split()) for node in value.walk())
    elif is_dataclass(value):
        for one in fields(value):
            yield from _texts(getattr(value, one.name))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
class TestRealRecords:
    def test_every_leaf_is_read_or_listed(self, path: Path) -> None:
        provenance = _read(path).provenance
        assert provenance.leaves == len(_leaves(path))
        assert provenance.read + len(provenance.unread) == provenance.leaves
        assert provenance.unread == ()

    def test_every_longer_text_can_be_reached_from_the_record(self, path: Path) -> None:
        reachable = "\n".join(_texts(_read(path)))
        texts = (" ".join(leaf.split()).removeprefix("• ") for leaf in _leaves(path))
        taken_apart = ("1. ", "Keywords provided by", "Quadruple (", "Principal Investigator:")  # by the page's reader
        lost = [text for text in texts if len(text) > 60 and text not in reachable]
        assert [text for text in lost if not text.startswith(taken_apart)] == []

    def test_it_is_judged_by_every_rule(self, path: Path) -> None:
        findings = judge(_read(path), date(2024, 6, 1))
        assert [finding.rule for finding in findings] == [rule for rule in RULES if not rule.startswith("CMP")]
        assert all(finding.message for finding in findings)

    def test_its_design_is_in_scope_or_refused_with_a_reason(self, path: Path) -> None:
        findings = scope(_read(path))
        assert [finding.rule for finding in findings] == OUTSIDE.get(path.stem, [])
        assert all(finding.message.startswith("Outside the scope") and finding.evidence for finding in findings)

    def test_reading_takes_well_under_a_second(self, path: Path) -> None:
        started = time.process_time()  # of this process: other work on the machine does not count
        read_record(path)
        assert time.process_time() - started < 0.8


def _record(name: str) -> RegistryRecord:
    return _read(next(path for path in RECORDS if path.stem == name))


def test_the_three_formats_say_the_same_in_the_same_words() -> None:
    page, api, legacy = _record("NCT05921058"), _record("NCT00763412"), _record("NCT00734539")
    assert [one.provenance.format for one in (page, api, legacy)] == [
        RecordFormat.PAGE,
        RecordFormat.API_V2,
        RecordFormat.LEGACY_XML,
    ]
    assert page.design.masked_roles.value == api.design.masked_roles.value == legacy.design.masked_roles.value
    assert page.design.model.value is api.design.model.value is legacy.design.model.value


def test_results_stay_within_reach() -> None:
    record = _record("NCT02552212")
    assert record.results.value is not None
    analyses = record.results.value.all("outcomeMeasuresModule/outcomeMeasures/analyses/statisticalMethod")
    assert "ANCOVA" in {node.text for node in analyses}


def test_two_phases_in_one_text() -> None:
    assert [phase.value for phase in each(_record("NCT03424005").design.phases)] == ["PHASE1", "PHASE2"]


def test_nobody_enrolled() -> None:
    record = _record("NCT00973089")
    assert record.design.enrolment.count.value == 0
    assert derive(record).per_site_per_month.shown == "0.0"


def test_a_field_that_the_record_does_not_know_is_listed_not_lost() -> None:
    document = json.loads(next(path for path in RECORDS if path.stem == "NCT03630471").read_text(encoding="utf-8"))
    document["protocolSection"]["designModule"]["newField"] = "new"
    record = parse_record(json.dumps(document).encode())
    assert record.provenance.unread == (
        Unread("protocolSection.designModule.newField", "new", "no field of the record takes this"),
    )
