"""`equipoise check` as a person, a pipe and a program see it."""

import io
import json
import os
import subprocess
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from rich.console import Console

from equipoise.cli.check import run
from equipoise.vocabulary import Refusal
from registration_sample import GOOD

RECORD = Path(str(files("equipoise").joinpath("studies/NCT05921058/record.txt")))
DAY = date(2024, 6, 1)


def checked(document: Path | str, output_format: str = "text", width: int = 80) -> tuple[int, str]:
    """Run the check on a console of some width; gives exit status and output."""
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False)
    return run(str(document), as_of=DAY, output_format=output_format, console=console), out.getvalue()


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as its own process, with its output in a pipe."""
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return subprocess.run(
        [sys.executable, "-c", "from equipoise.cli import main; main()", *arguments],
        capture_output=True,
        env={**plain, **environment},
        timeout=60,
        check=False,
    )


def test_a_record_with_errors_gives_status_1_and_names_them_heaviest_first() -> None:
    status, output = checked(RECORD)
    assert status == 1
    places = [
        output.index(heading) for heading in ("Errors", "Warnings", "Notes", "Faults of the page", "Not decidable")
    ]
    assert places == sorted(places)
    assert "15 participants · 1 site · 2 arms · 7.2 months · 2.1 per site and month" in output
    assert "Recruitment: 3.7 per month" in output
    assert "“Nacl 0,9% infusion”" in output
    assert "A finding is a question to the team" in output


def test_a_record_without_errors_gives_status_0(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text(json.dumps(GOOD), encoding="utf-8")
    status, output = checked(good)
    assert status == 0
    assert "0 errors" in output


@pytest.mark.parametrize("width", [32, 50, 80, 120])
def test_lines_fit_the_terminal_and_end_without_blanks(width: int) -> None:
    _, output = checked(RECORD, width=width)
    assert all(len(line) <= width for line in output.splitlines())
    assert all(line == line.rstrip() for line in output.splitlines())


def test_the_paper_beside_a_record_is_compared(tmp_path: Path) -> None:
    alone = tmp_path / "record.txt"
    alone.write_bytes(RECORD.read_bytes())
    assert "CMP-01" in checked(RECORD)[1]
    assert "CMP-01" not in checked(alone)[1]


def test_machines_read_a_stable_form() -> None:
    status, output = checked(RECORD, "json")
    report = json.loads(output)
    assert status == 1
    assert report["schema"] == "equipoise.check/1"
    assert list(report) == [
        *("schema", "kind", "id", "title", "as_of", "source", "paper", "figures", "unread", "counts", "findings"),
    ]
    assert report["counts"]["error"] == sum(
        one["severity"] == "error" and one["verdict"] == "hit" for one in report["findings"]
    )
    assert set(report["findings"][0]) == {
        *("rule", "group", "severity", "verdict", "place", "message", "suggestion", "evidence", "why", "sources"),
    }
    assert len(report["findings"]) == 91


def test_a_design_out_of_scope_is_refused_with_a_reason_and_checked_all_the_same(tmp_path: Path) -> None:
    text = json.dumps(GOOD).replace('"PARALLEL"', '"CROSSOVER"')
    crossover = tmp_path / "crossover.json"
    crossover.write_text(text, encoding="utf-8")
    status, output = checked(crossover)
    assert status == 1
    assert "Outside the scope of Equipoise" in output
    assert "crossover model instead of parallel arms" in " ".join(output.split())


def test_a_study_definition_is_checked_by_the_same_command() -> None:
    for document in ("NCT05921058", RECORD.parent / "as-registered", RECORD.parent / "as-registered" / "study.yaml"):
        status, output = checked(document, "json")
        assert json.loads(output)["kind"] == "study definition"
        assert status in (0, 1)


def test_a_document_cannot_move_the_cursor_or_turn_the_line(tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.json"
    hostile.write_text(json.dumps(GOOD).replace("Secretome in Lupus", "\\u001b[31mred\\u202e [bold]b[/bold]"), "utf-8")
    _, output = checked(hostile)
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "[31mred [bold]b[/bold]" in output


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(Refusal, match="no format 'xml'"):
        checked(RECORD, "xml")


@pytest.mark.parametrize("content", [b'{"protocolSection":', b"[" * 50_000])
def test_unreadable_input_gives_status_2_and_one_sentence(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(content)
    done = command("check", str(broken))
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"READ-01" in done.stderr
    assert b"Traceback" not in done.stderr


def test_colours_survive_a_pipe_when_asked_for() -> None:
    assert b"\x1b[1;31m" in command("check", str(RECORD), FORCE_COLOR="1").stdout


@pytest.mark.parametrize("environment", [{}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}])
def test_colours_are_absent_otherwise(environment: dict[str, str]) -> None:
    out = io.StringIO()
    run(str(RECORD), as_of=DAY, output_format="text", console=Console(file=out, width=80, _environ=environment))
    assert "\x1b[31m" not in out.getvalue()
    assert "\x1b[1;31m" not in out.getvalue()
