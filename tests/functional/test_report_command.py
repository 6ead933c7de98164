"""`equipoise report`: a trial's folder alone gives its report, to anybody and again."""

import filecmp
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from equipoise.cli.rehearsal.part import furnish, read_part
from equipoise.cli.rehearsal.reporter import Reporter
from equipoise.cli.rehearsal.trial import recruit, start
from equipoise.cli.rehearse import run as rehearse
from equipoise.cli.report import run
from equipoise.cli.trial_folder import open_folder
from equipoise.closure.events import DatabaseUnlocked
from equipoise.protocol import study_file
from equipoise.vocabulary import Refusal, Role


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "out"
    console = Console(file=StringIO())
    assert rehearse("NCT05921058", participants=4, seed=5, scenario=None, out=out, console=console) == 0
    return out


@pytest.fixture
def trial(played: Path, tmp_path: Path) -> Path:
    """A trial's folder that was carried to somebody else's machine."""
    return Path(shutil.copytree(played / "trial", tmp_path / "carried"))


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trial before its release."""
    folder = tmp_path_factory.mktemp("masked") / "trial"
    folder.mkdir()
    study = study_file("NCT05921058")
    part = read_part(study, 2, 5, None)
    furnish(folder, study, part.definition)
    rehearsal = start(part, folder)
    with rehearsal.vault:
        for _ in recruit(rehearsal):
            pass
    rehearsal.desk.book.ledger.close()
    return folder


def report(folder: Path, out: Path | None = None) -> str:
    screen = StringIO()
    assert run(folder, out=out, console=Console(file=screen, width=200)) == 0
    return screen.getvalue()


def refusal(folder: Path) -> str:
    with pytest.raises(Refusal) as refused:
        report(folder)
    assert refused.value.remedy
    return refused.value.rule


def test_anybody_gets_the_same_report_from_the_folder_alone(played: Path, trial: Path, tmp_path: Path) -> None:
    screen = report(trial, tmp_path / "anew")
    assert "SYNTHETIC" in screen
    assert "4 randomised" in screen
    files = [str(path.relative_to(played / "report")) for path in (played / "report").rglob("*") if path.is_file()]
    assert {"report.pdf", "report.html", "numbers.json", "ledger.jsonl", "verify_trial.py"} <= set(files)
    _, different, unreadable = filecmp.cmpfiles(played / "report", tmp_path / "anew", files, shallow=False)
    assert (different, unreadable) == ([], [])


def test_without_a_place_it_lies_in_the_trial_s_own_folder(trial: Path) -> None:
    report(trial)
    assert (trial / "report" / "report.html").is_file()


def test_before_the_release_it_is_the_masked_status_report(masked: Path) -> None:
    screen = report(masked)
    page = (masked / "report" / "report.html").read_text(encoding="utf-8")
    assert "Status report, masked" in page
    assert "holds no number by arm" in page
    assert "secretome:" not in screen
    assert {path.name for path in (masked / "report").iterdir()} == {"report.html", "report.pdf", "figures"}


def test_another_definition_is_refused(trial: Path) -> None:
    shutil.copyfile(study_file("NCT05921058/as-published"), trial / "study.yaml")
    assert refusal(trial) == "REPORT-STUDY"


def test_a_folder_without_a_trial_is_refused(trial: Path) -> None:
    (trial / "study.yaml").unlink()
    assert refusal(trial) == "TRIAL-FOLDER"
    assert refusal(trial / "nowhere") == "TRIAL-FOLDER"


def _another_arm(text: str) -> str:
    opening = json.loads(text)
    arms = sorted({slot["arm"] for slot in opening["slots"]})
    opening["slots"][0]["arm"] = next(arm for arm in arms if arm != opening["slots"][0]["arm"])
    return json.dumps(opening)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (_another_arm, "OPENING-OTHER"),
        (lambda _: '{"slots": 1.5}', "OPENING-OTHER"),
        (lambda _: "[]", "OPENING"),
        (lambda _: "{", "OPENING"),
        (lambda _: "[" * 100_000, "OPENING"),
        (lambda _: None, "REPORT-OPENING"),
    ],
)
def test_only_the_opening_that_was_received_is_believed(
    trial: Path, spoil: Callable[[str], str | None], rule: str
) -> None:
    opening = trial / "opening.json"
    spoiled = spoil(opening.read_text(encoding="utf-8"))
    if spoiled is None:
        opening.unlink()
    else:
        opening.write_text(spoiled, encoding="utf-8")
    assert refusal(trial) == rule


def test_a_second_process_that_was_ended_is_a_sentence(trial: Path, tmp_path: Path) -> None:
    with Reporter(trial, tmp_path / "lost") as reporter:
        reporter._hands._process.kill()
        with pytest.raises(Refusal, match="ended by the machine") as refused:
            reporter.write()
    assert str(trial) in refused.value.remedy


def test_the_second_process_ends_with_the_first_one(trial: Path, tmp_path: Path) -> None:
    """The first one is killed, and can tell nobody."""
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from equipoise.cli.rehearsal.reporter import Reporter\n"
        "if __name__ == '__main__':\n"
        "    reporter = Reporter(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "    print(reporter._hands._process.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    script = tmp_path / "first.py"
    script.write_text(program, encoding="utf-8")
    first = subprocess.Popen([sys.executable, script, trial, tmp_path / "out"], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    hands = int(first.stdout.readline())
    first.kill()
    first.wait()
    end = time.monotonic() + 30
    while _runs(hands) and time.monotonic() < end:
        time.sleep(0.1)
    assert not _runs(hands)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").is_file() or ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")


def test_after_an_unlocking_there_is_no_report_until_the_next_lock(trial: Path) -> None:
    folder = open_folder(trial)
    certificate = folder.trial().closure.certificate
    assert certificate is not None
    unlocked = DatabaseUnlocked(certificate.digest, "a late result", certificate.signatures[0])
    folder.book.ledger.append([unlocked], who="synthetic.investigator", role=Role.INVESTIGATOR)
    folder.book.ledger.close()
    assert refusal(trial) == "REPORT-LOCK"
