"""`equipoise rehearse`: the whole trial on synthetic participants, record to report, with a progress bar."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from equipoise.allocation import RandomisationDesign, read_design
from equipoise.cli.rehearsal.ending import end
from equipoise.cli.rehearsal.outcome import Outcome, write_outcome
from equipoise.cli.rehearsal.trial import Part, recruit, start
from equipoise.design import scenario_of_study
from equipoise.protocol import StudyDefinition, load_definition, study_file
from equipoise.protocol.readiness import read_randomisation, require_times
from equipoise.vocabulary import Refusal

_MARK = "SYNTHETIC.txt"
_MARK_TEXT = """Everything in this folder was made by `equipoise rehearse`.
All participants, values and results are SYNTHETIC. Nothing here was observed in a person.
"""


def run(study: str, *, participants: int | None, seed: int, scenario: Path | None, out: Path, console: Console) -> int:
    """Play, end and report a rehearsal; gives the exit status."""
    file = study_file(study)
    part = _part(file, load_definition(file), participants, seed, scenario)
    trial = _fresh(out) / "trial"
    trial.mkdir()
    turns = part.participants * (len(part.definition.encounters) + 2)
    with _progress(console) as progress:
        task = progress.add_task("Sealing the allocation list", total=turns)
        rehearsal = start(part, trial)
        with rehearsal.vault:
            progress.update(task, description="Screening, treating, monitoring")
            for _ in recruit(rehearsal):
                progress.advance(task)
            progress.update(task, description="Blind review, lock, release", total=turns, completed=turns)
            ending = end(rehearsal)
        progress.update(task, description="Analysing and writing the report")
        outcome = write_outcome(rehearsal, ending, file, out)
        rehearsal.desk.book.ledger.close()
        progress.update(task, description="Done")
    _tell(outcome, console)
    return 0


def _part(file: Path, definition: StudyDefinition, participants: int | None, seed: int, scenario: Path | None) -> Part:
    require_times(definition)
    wanted = participants or definition.planned_participants
    if not isinstance(wanted, int):
        raise Refusal(
            "REHEARSE-SIZE", "The definition leaves the number of participants open.", "Add --participants 30."
        )
    return Part(definition, _design(file, definition, wanted), scenario_of_study(file, scenario), wanted, seed, seed)


def _design(file: Path, definition: StudyDefinition, participants: int) -> RandomisationDesign:
    """The sealed details, bound to this definition, with a list that is long enough for the rehearsal."""
    document = read_randomisation(definition, file)
    design = read_design({**document, "study": definition.digest})
    return replace(design, slots=max(design.slots, 2 * participants))


def _fresh(out: Path) -> Path:
    """An empty folder; a former rehearsal in it is replaced, anything else is left alone."""
    if out.is_dir() and any(out.iterdir()):
        if not (out / _MARK).is_file():
            raise Refusal(
                "REHEARSE-FOLDER", f"{out} holds something that is no rehearsal.", "Name another folder with --out."
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).write_text(_MARK_TEXT, encoding="utf-8")
    return out


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress


def _tell(outcome: Outcome, console: Console) -> None:
    console.print("[bold yellow]SYNTHETIC[/]  No number below was observed in a person.\n")
    for label, text in outcome.lines:
        console.print(f"  [dim]{label:<13}[/] {text}", soft_wrap=True)
    console.print()
    console.print(f"  [dim]{'Report':<13}[/] [bold]{outcome.report.pdf}[/]", soft_wrap=True)
    console.print(f"  [dim]{'':<13}[/] {outcome.report.html}", soft_wrap=True)
    console.print(f"  [dim]{'Check it':<13}[/] {outcome.command}", soft_wrap=True)
