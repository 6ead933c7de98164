"""The main job: a real record's trial, played from the empty folder to the report, through the real commands."""

import filecmp
import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from rich.console import Console

from equipoise.cli.rehearse import run
from equipoise.reporting.tracing import read_ledger, read_numbers, sources_of
from equipoise.vocabulary import Refusal

Play = Callable[..., tuple[Path, str]]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Rehearse a study with few participants; gives the folder and what the screen showed."""

    def rehearse(study: str = "NCT05921058", *, participants: int | None = 8, seed: int = 3) -> tuple[Path, str]:
        out = tmp_path_factory.mktemp("rehearsal") / "out"
        screen = StringIO()
        console = Console(file=screen, width=100)
        assert run(study, participants=participants, seed=seed, scenario=None, out=out, console=console) == 0
        return out, screen.getvalue()

    return rehearse


@pytest.fixture(scope="module")
def played(play: Play) -> tuple[Path, str]:
    return play()


def files_in(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_the_same_seed_gives_the_same_bytes(play: Play, played: tuple[Path, str]) -> None:
    first, again = played[0], play()[0]
    assert files_in(first) == files_in(again)
    _, different, unreadable = filecmp.cmpfiles(first, again, [str(path) for path in files_in(first)], shallow=False)
    assert (different, unreadable) == ([], [])


def test_another_seed_gives_another_trial(play: Play, played: tuple[Path, str]) -> None:
    other = play(seed=4)[0]
    assert (other / "report" / "ledger.jsonl").read_bytes() != (played[0] / "report" / "ledger.jsonl").read_bytes()


def test_the_list_is_proven_by_the_program_that_lies_beside_the_report(played: tuple[Path, str]) -> None:
    report = played[0] / "report"
    command = [sys.executable, "-I", "-S", "verify_trial.py", "opening.json", "ledger.jsonl", "arms.json"]
    proof = subprocess.run(command, cwd=report, capture_output=True, text=True, check=False)
    assert proof.returncode == 0, proof.stdout
    assert proof.stdout.rstrip().endswith("PASS")


def test_an_arm_that_was_changed_after_release_is_found(played: tuple[Path, str], tmp_path: Path) -> None:
    report = played[0] / "report"
    arms = json.loads((report / "arms.json").read_text(encoding="utf-8"))
    someone = next(iter(arms))
    arms[someone] = next(arm for arm in set(arms.values()) if arm != arms[someone])
    (tmp_path / "arms.json").write_text(json.dumps(arms), encoding="utf-8")
    command = [
        sys.executable,
        "-I",
        "-S",
        "verify_trial.py",
        "opening.json",
        "ledger.jsonl",
        str(tmp_path / "arms.json"),
    ]
    proof = subprocess.run(command, cwd=report, capture_output=True, text=True, check=False)
    assert proof.returncode != 0
    assert "FAIL" in proof.stdout


def test_synthetic_stands_on_every_page_and_in_every_figure(played: tuple[Path, str]) -> None:
    out, screen = played
    assert "SYNTHETIC" in screen
    assert "SYNTHETIC" in (out / "SYNTHETIC.txt").read_text(encoding="utf-8")
    assert all("SYNTHETIC" in page.extract_text() for page in PdfReader(out / "report" / "report.pdf").pages)
    assert "SYNTHETIC" in (out / "report" / "report.html").read_text(encoding="utf-8")
    for figure in (out / "report" / "figures").glob("*.svg"):
        assert "SYNTHETIC" in figure.read_text(encoding="utf-8"), figure.name


def test_the_published_version_is_played_on_its_own_schedule(play: Play) -> None:
    out, screen = play("NCT05921058/as-published")
    assert "as published" in screen
    page = (out / "report" / "report.html").read_text(encoding="utf-8")
    assert "TNF" in page


def test_every_number_of_the_report_leads_back_to_the_ledger(played: tuple[Path, str]) -> None:
    report = played[0] / "report"
    numbers = read_numbers((report / "numbers.json").read_text(encoding="utf-8"))
    ledger = read_ledger((report / "ledger.jsonl").read_text(encoding="utf-8").splitlines())
    assert {each.id for each in numbers} >= {"activity_change.ancova", "esr_change.ancova", "baseline.Age (years)"}
    for number in numbers:
        sources = sources_of(number, ledger)
        assert len(sources) == len(number.entries)
        assert all(each.participant and each.place and each.said for each in sources)
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "equipoise trace . activity_change.ancova" in page


def test_a_folder_that_is_no_rehearsal_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("two years of work", encoding="utf-8")
    with pytest.raises(Refusal, match="no rehearsal"):
        run("NCT05921058", participants=4, seed=1, scenario=None, out=tmp_path, console=Console(file=StringIO()))
    assert (tmp_path / "thesis.docx").read_text(encoding="utf-8") == "two years of work"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: x\nitems: {esr: {kind: quantity, typical: 1, spread: -2}}", "spread"),
        ("name: x\nvisit_correlation: 1.5", "visit_correlation"),
        ("name: x\nmisspelt: 1", "misspelt"),
        ("name: [", "not YAML"),
        ("\0\1\2", "binary file"),
    ],
)
def test_a_senseless_scenario_is_refused_in_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=sentence):
        run(
            "NCT05921058",
            participants=4,
            seed=1,
            scenario=scenario,
            out=tmp_path / "o",
            console=Console(file=StringIO()),
        )
