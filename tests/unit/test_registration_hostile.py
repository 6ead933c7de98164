"""Whatever a file holds, the reader gives a record or one clear sentence, never a traceback."""

import json
from pathlib import Path

import pytest

from equipoise.registration import judge, parse_record, read_record, scope
from equipoise.vocabulary import Refusal
from registration_sample import GOOD, record_with

XML = "<clinical_study><id_info><nct_id>NCT00000000</nct_id></id_info>{}</clinical_study>"
DEEP = 100_000
HOSTILE = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n", "is empty"),
    "binary": (bytes(range(256)) * 8, "not text in UTF-8|binary"),
    "UTF-16": ("Sponsor".encode("utf-16"), "binary or UTF-16"),
    "Latin-1": ("Universität\n".encode("latin-1"), "byte 10"),
    "some other text": (b"Dear Sir or Madam,\nplease find enclosed", "neither the page"),
    "truncated JSON": (json.dumps(GOOD).encode()[:2000], "breaks off or is malformed at line 1"),
    "deep JSON": (b"[" * DEEP + b"]" * DEEP, "nested more than 60"),
    "deep JSON object": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "nested more than 60"),
    "rather deep JSON": (b'{"protocolSection":' * 70 + b"1" + b"}" * 70, "nested more than 60"),
    "huge integer": (b'{"protocolSection": {"x": ' + b"9" * 5000 + b"}}", "5000 digits"),
    "long integer": (b'{"protocolSection": {"x": ' + b"9" * 19 + b"}}", "19 digits"),
    "not a number": (b'{"protocolSection": {"x": NaN}}', "NaN"),
    "half a letter": (b'{"protocolSection": {"x": "\\ud800"}}', "surrogate"),
    "half a letter as key": (b'{"protocolSection": {"\\ud800": "x"}}', "surrogate"),
    "JSON list": (b'[{"protocolSection": {"a": "b"}}]', "no 'protocolSection'"),
    "search result": (b'{"studies": []}', "no 'protocolSection'"),
    "empty record": (b'{"protocolSection": {}}', "no 'protocolSection'"),
    "null record": (b'{"protocolSection": null}', "no 'protocolSection'"),
    "truncated XML": (XML.format("").encode()[:40], "breaks off or is malformed at line 1"),
    "other XML": (b"<html><body>x</body></html>", "root 'html'"),
    "deep XML": (b"<clinical_study>" + b"<a>" * DEEP, "nested more than 60"),
    "entity bomb": (
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><clinical_study>&b;</clinical_study>',
        "document type or entities",
    ),
    "external entity": (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><clinical_study>&a;</clinical_study>',
        "document type or entities",
    ),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><clinical_study/>', "encoding|malformed|decoded"),
    "long enrolment in XML": (XML.format(f"<enrollment>{'9' * 30}</enrollment>").encode(), "30 digits"),
    "long text": (
        json.dumps({"protocolSection": {"descriptionModule": {"briefSummary": "a " * 150_000}}}).encode(),
        "no field of a registry record has more",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_unreadable_input_is_refused_with_one_sentence(name: str) -> None:
    content, sentence = HOSTILE[name]
    with pytest.raises(Refusal, match=sentence) as refused:
        parse_record(content)
    assert refused.value.rule == "READ-01"
    assert refused.value.sentence.endswith(".")
    assert "\n" not in refused.value.sentence


def test_a_page_that_breaks_off_is_refused() -> None:
    from importlib.resources import files

    page = files("equipoise").joinpath("studies/NCT05921058/record.txt").read_bytes()
    with pytest.raises(Refusal, match="breaks off in the section 'Arms and Interventions'"):
        parse_record(page[:2200])


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="No such file"):
        read_record(tmp_path / "missing.json")
    with pytest.raises(Refusal, match="is a folder"):
        read_record(tmp_path)


def test_a_file_beyond_the_limit_is_not_even_read(tmp_path: Path) -> None:
    big = tmp_path / "big.json"
    with big.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(Refusal, match="has 50 MB; a record may have at most 20 MB"):
        read_record(big)


@pytest.mark.parametrize(
    "changes",
    [
        {"statusModule.startDateStruct.date": "2023-02-31"},
        {"statusModule.startDateStruct.date": "9999-01-01"},
        {"statusModule.startDateStruct.date": {"year": 2023}},
        {"designModule.enrollmentInfo.count": "many"},
        {"designModule.enrollmentInfo.count": -5},
        {"designModule.enrollmentInfo.count": 999_999_999_999_999_999},
        {"designModule.phases": "PHASE9"},
        {"designModule.phases": [["PHASE1"]]},
        {"armsInterventionsModule.armGroups": "none"},
        {"outcomesModule.primaryOutcomes": [None, 3, "x", {}]},
        {"outcomesModule.primaryOutcomes.0.timeFrame": "day " + "1, " * 2000},
        {"outcomesModule.primaryOutcomes.0.timeFrame": "9999999999 years"},
        {"eligibilityModule.minimumAge": "0 Years"},
        {"eligibilityModule.eligibilityCriteria": "* " * 5000},
        {"contactsLocationsModule.overallOfficials.0.name": ", MD"},
        {"identificationModule.nctId": "\x1b[31mNCT\u202e00000000"},
    ],
)
def test_odd_values_are_kept_and_judged(changes: dict[str, object]) -> None:
    record = record_with(changes)
    provenance = record.provenance
    assert provenance.read + len(provenance.unread) == provenance.leaves
    assert len(judge(record)) == 76
    scope(record)


def test_repeated_keys_are_not_lost() -> None:
    record = parse_record(
        b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "nctId": "NCT00000002"}}}'
    )
    assert record.id == "NCT00000001"
    assert [one.text for one in record.provenance.unread] == ["NCT00000002"]
