"""`equipoise rehearse`: the whole trial on synthetic participants, record to report, with a progress bar."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from equipoise.allocation.rehearsal import RehearsalVault
from equipoise.cli.rehearsal.reporter import Reporter
from equipoise.cli.rehearsal.times import rehearsal_clock
from equipoise.cli.written import Written, tell
from equipoise.vocabulary import Refusal

if TYPE_CHECKING:
    from equipoise.cli.rehearsal.part import Part

_TURNS_A_READING = 25  # often enough that little is left to read at the end
_MARK = "SYNTHETIC.txt"
_MARK_TEXT = """Everything in this folder was made by `equipoise rehearse`.
All participants, values and results are SYNTHETIC. Nothing here was observed in a person.
"""


def run(study: str, *, participants: int | None, seed: int, scenario: Path | None, out: Path, console: Console) -> int:
    """Play, end and report a rehearsal; gives the exit status."""
    trial = out / "trial"
    with _progress(console) as progress, RehearsalVault(out / "vault", seed, rehearsal_clock()) as vault:
        _begin(progress, "Reading the study")
        from equipoise.cli.rehearsal.part import furnish, read_part  # here, since the vault gets ready in the meantime
        from equipoise.protocol import study_file

        file = study_file(study)
        part = read_part(file, participants, seed, scenario)
        _fresh(out)
        trial.mkdir()
        furnish(trial, file, part.definition)
        with Reporter(trial, out / "report") as reporter:  # now: it gets ready while the trial is played, not before
            written = _play(part, trial, vault, reporter, progress)
    tell(written, console)
    return 0


def _play(part: "Part", trial: Path, vault: RehearsalVault, reporter: Reporter, progress: Progress) -> Written:
    from equipoise.cli.rehearsal.ending import end  # as above
    from equipoise.cli.rehearsal.trial import recruit, start

    _begin(progress, "Sealing the allocation list")
    rehearsal = start(part, trial, vault)
    turns = part.participants * (len(part.definition.encounters) + 2)
    playing = _begin(progress, "Screening, treating, monitoring", turns)
    for turn, _ in enumerate(recruit(rehearsal)):
        progress.advance(playing)
        if turn % _TURNS_A_READING == 0:
            reporter.read_along()
    _begin(progress, "Blind review, lock, release")
    end(rehearsal, trial)
    _begin(progress, "Analysing and writing the report")
    try:
        return reporter.write()
    finally:
        rehearsal.desk.book.ledger.close()


def _begin(progress: Progress, stage: str, turns: int | None = None) -> TaskID:
    """A line for the next stage; `turns` is None where nobody can say how far it has come."""
    for task in progress.tasks:
        if not task.finished:
            progress.update(task.id, total=1, completed=1)
    return progress.add_task(stage, total=turns)


def _fresh(out: Path) -> None:
    """Make an empty folder; a former rehearsal in it is replaced, anything else is left alone."""
    if out.is_dir() and any(out.iterdir()):
        if not (out / _MARK).is_file():
            raise Refusal(
                "REHEARSE-FOLDER", f"{out} holds something that is no rehearsal.", "Name another folder with --out."
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).write_text(_MARK_TEXT, encoding="utf-8")


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress
