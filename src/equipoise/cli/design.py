"""`equipoise design`: what a trial could find, and how often its plan would claim an effect that is not there.

A second process loads figures and typesetting while the first one loads and simulates, and then writes the report.
"""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from equipoise.cli.hands import Hands
from equipoise.vocabulary import Refusal

if TYPE_CHECKING:
    from equipoise.design.design_report import DesignReport
    from equipoise.protocol import StudyDefinition

_LOST = Refusal(
    "DESIGN-REPORT",
    "The process that writes the report was ended by the machine.",
    "Close other programs and try again; without --out the report is printed alone.",
)


def run(
    study: str,
    *,
    scenario: Path | None,
    participants: int | None,
    trials: int,
    seed: int,
    on: str | None,
    out: Path | None,
    console: Console,
) -> int:
    """Examine a study's design, print it, and write its report if `out` is given; gives the exit status."""
    examine = partial(
        _examine, study, scenario=scenario, participants=participants, trials=trials, seed=seed, on=on, console=console
    )
    if out is None:
        examine()
        return 0
    with Hands[tuple[Path, ...]](_get_ready, _LOST) as writer:
        report, definition = examine()
        writer.give(partial(_write, report, definition, out, datetime.now(UTC).replace(microsecond=0)))
        while not (paths := writer.answer()):
            pass  # until it was ready
    for path in paths:
        console.print(f"  {path}", soft_wrap=True)
    return 0


def _examine(
    study: str,
    *,
    scenario: Path | None,
    participants: int | None,
    trials: int,
    seed: int,
    on: str | None,
    console: Console,
) -> tuple["DesignReport", "StudyDefinition"]:
    """Examine a design and print it."""
    from equipoise.cli.design_view import show_design  # here, since the writer gets ready in the meantime
    from equipoise.cli.designing import examined

    with console.status(f"Simulating {trials:,} trials in each of several worlds"):
        found = examined(study, scenario=scenario, participants=participants, trials=trials, seed=seed, on=on)
    show_design(*found, console)
    return found


def _get_ready() -> None:
    """Load what the report needs."""
    import equipoise.cli.design_writing  # noqa: F401  # for `_write`
    from equipoise.reporting.figures.canvas import load_drawing

    load_drawing()


def _write(report: "DesignReport", definition: "StudyDefinition", out: Path, made_at: datetime) -> tuple[Path, ...]:
    from equipoise.cli.design_writing import write_design

    return write_design(report, definition, out, made_at)
