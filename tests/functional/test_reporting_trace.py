"""From a number of the report back to its entries: the command, on a small report and ledger made here."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from equipoise.cli.app import app
from equipoise.ledger.entry import GENESIS, chain_hash
from equipoise.reporting.tracing import find_number, read_ledger, read_numbers, sources_of
from equipoise.vocabulary import Refusal


def line(seq: int, prev: str, kind: str, body: dict, role: str = "outcomes_assessor") -> tuple[str, str]:
    fields = {"at": f"2026-02-0{seq}T08:00:00.000000Z", "body": body, "role": role, "seq": seq, "type": kind}
    content = json.dumps({**fields, "version": 1, "who": "a.person"}, sort_keys=True)
    own = chain_hash(prev, content.encode())
    return json.dumps({"seq": seq, "prev": prev, "hash": own, "content": content}), own


def point(encounter: str, item: str = "esr") -> dict:
    return {"encounter": encounter, "form": "laboratory", "item": item, "repetition": 1}


BODIES = [
    ("answer_captured", {"answer": {"value": "4", "unit": "mm/h"}, "participant": "01-1", "point": point("baseline")}),
    ("answer_captured", {"answer": {"value": "30", "unit": "mm/h"}, "participant": "01-1", "point": point("end")}),
    (
        "answer_corrected",
        {
            "answer": {"value": "42", "unit": "mm/h"}, "participant": "01-1", "point": point("baseline"),
            "corrects": 1, "reason": "two digits were lost",
        },
    ),
    ("answer_captured", {"answer": {"value": "<5"}, "participant": "01-2", "point": point("baseline")}),
]  # fmt: skip


def analysis(identity: str, entries: list[int]) -> dict:
    results = [
        {"operationId": "ancova.n", "rawValue": "1", "resultGroups": [{"groupId": "drug", "groupingId": "arm"}]},
        {"operationId": "ancova.estimate", "rawValue": "-12.345678", "resultGroups": []},
        {"operationId": "ancova.p", "rawValue": "1/8", "resultGroups": []},
    ]
    extension = {"entries": entries, "contrast": "drug minus placebo", "unit": "mm/h", "inputsDigest": "ab" * 32}
    return {"id": identity, "name": "Change in ESR", "methodId": "ancova", "results": results, "extension": extension}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder, lines, prev = tmp_path / "trial" / "report", [], GENESIS
    folder.mkdir(parents=True)
    for seq, (kind, body) in enumerate(BODIES, start=1):
        text, prev = line(seq, prev, kind, body)
        lines.append(text + "\n")
    (folder / "ledger.jsonl").write_text("".join(lines), encoding="utf-8")
    analyses = [analysis("esr.ancova", [2, 3, 4]), analysis("esr.paired", [2, 3]), analysis("empty", [])]
    (folder / "numbers.json").write_text(json.dumps({"analyses": analyses}), encoding="utf-8")
    (folder / "arms.json").write_text('{"01-1": "drug"}', encoding="utf-8")
    return folder


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["trace", *arguments], env={"COLUMNS": "140"})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_all_numbers_are_listed_from_either_folder(report: Path) -> None:
    for folder in (report, report.parent):
        text = shown(str(folder))
        assert "esr.ancova" in text
        assert "esr.paired" in text
        assert "empty" not in text


def test_a_number_shows_its_values_and_the_entries_behind_it(report: Path) -> None:
    text = shown(str(report), "esr.ancova")
    assert "estimate -12.35, p 0.125, n drug 1 (mm/h)" in text
    assert "3 entries of 2 participants" in text
    assert "esr 42 mm/h (was 4 mm/h, entry 1)" in text
    assert "esr <5" in text
    assert "4 entries, chained without a break to" in text


def test_a_participant_shows_who_when_and_why(report: Path) -> None:
    text = " ".join(shown(str(report), "esr.ancova", "--participant", "01-1").split())
    assert "2 entries of 1 participant (of 3)" in text
    assert "2026-02-03 08:00:00 a.person, outcomes assessor" in text
    assert "two digits were lost" in text
    assert "01-2" not in text


def test_json_for_machines(report: Path) -> None:
    document = json.loads(shown(str(report), "esr.ancova", "--format", "json"))
    assert [source["seq"] for source in document["sources"]] == [2, 3, 4]
    assert document["number"]["values"][1] == ["estimate", "", "-12.345678"]
    assert len(json.loads(shown(str(report), "--format", "json"))) == 2


def test_names_are_found_and_ambiguity_is_refused(report: Path) -> None:
    numbers = read_numbers((report / "numbers.json").read_text(encoding="utf-8"))
    assert find_number(numbers, "esr.an").id == "esr.ancova"
    for wanted in ("esr", "Change in ESR", "weight"):
        with pytest.raises(Refusal) as refused:
            find_number(numbers, wanted)
        assert refused.value.rule == "TRACE-NUMBER"


@pytest.mark.parametrize(("old", "new"), [('\\"30\\"', '\\"31\\"'), ('"seq": 2', '"seq": 9'), ("{", "")])
def test_a_changed_ledger_is_refused(report: Path, old: str, new: str) -> None:
    lines = (report / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    assert old in lines[1]
    with pytest.raises(Refusal, match=r"Line 2 of ledger\.jsonl"):
        read_ledger([lines[0], lines[1].replace(old, new, 1), *lines[2:]])
    with pytest.raises(Refusal, match="Line 2"):
        read_ledger([lines[0], *lines[2:]])


def test_numbers_of_another_ledger_are_refused(report: Path) -> None:
    lines = (report / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    (number, _) = read_numbers((report / "numbers.json").read_text(encoding="utf-8"))
    with pytest.raises(Refusal) as refused:
        sources_of(number, read_ledger(lines[:3]))
    assert refused.value.rule == "TRACE-LEDGER"


def test_what_is_no_report_is_refused(report: Path, tmp_path: Path) -> None:
    for arguments in (
        [str(tmp_path)],
        [str(report), "esr.ancova", "--participant", "01-9"],
        [str(report), "--format", "xml"],
    ):
        result = CliRunner().invoke(app, ["trace", *arguments])
        assert isinstance(result.exception, Refusal)
    (report / "numbers.json").write_text("[]", encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read_numbers("[]")
    assert refused.value.rule == "TRACE-NUMBERS"
