"""`equipoise design`: what a trial could find, and how often its plan would claim an effect that is not there."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from rich.console import Console

from equipoise import __version__
from equipoise.allocation import RandomisationDesign, default_design, read_design
from equipoise.analysis.many.examining import Examined, examine_design
from equipoise.cli.design_view import show_design
from equipoise.design.design_report import DesignReport
from equipoise.design.scenario import scenario_of_study
from equipoise.design.simulation.workers import dask_workers, threads
from equipoise.protocol import StudyDefinition, load_definition, study_file
from equipoise.vocabulary import Refusal, canonical_json
from equipoise.vocabulary.yaml_source import read_yaml


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
    file = study_file(study)
    definition = load_definition(file)
    given = Examined(
        definition=definition,
        scenario=scenario_of_study(file, scenario),
        design=_design(file, definition),
        participants=_participants(definition, participants),
        trials=trials,
        seed=seed,
        software=f"Equipoise {__version__}",
    )
    with console.status(f"Simulating {trials:,} trials in each of several worlds"):
        report = examine_design(given, dask_workers(on) if on else threads(os.cpu_count() or 1))
    show_design(report, definition, console)
    if out is not None:
        _write(report, definition, out, console)
    return 0


def _write(report: DesignReport, definition: StudyDefinition, out: Path, console: Console) -> None:
    """Write the design report as a page, as PDF and as JSON."""
    from equipoise.reporting.design_document import design_document
    from equipoise.reporting.html import render_html
    from equipoise.reporting.pdf import render_pdf

    out.mkdir(parents=True, exist_ok=True)
    document = design_document(report, definition, datetime.now(UTC).replace(microsecond=0))
    page, paper, numbers = out / "design.html", out / "design.pdf", out / "design.json"
    page.write_text(render_html(document), encoding="utf-8", newline="\n")
    paper.write_bytes(render_pdf(document))
    numbers.write_bytes(canonical_json(report.canonical()) + b"\n")
    for path in (paper, page, numbers):
        console.print(f"  {path}", soft_wrap=True)


def _participants(definition: StudyDefinition, wanted: int | None) -> int:
    number = wanted or definition.planned_participants
    if not isinstance(number, int):
        raise Refusal("DESIGN-SIZE", "The definition leaves the number of participants open.", "Add --participants 30.")
    return number


def _design(file: Path, definition: StudyDefinition) -> RandomisationDesign:
    """The sealed details beside the definition; for two arms without any, what the product proposes."""
    details = file.with_name(definition.randomisation.details)
    if details.is_file():
        document = read_yaml(details).data
        design = read_design({**document, "study": definition.digest})
        return replace(design, slots=max(design.slots, 2))
    arms = tuple(arm.id for arm in definition.arms)
    if len(arms) != 2:
        raise Refusal(
            "DESIGN-DETAILS",
            f"The randomisation details ({details.name}) do not lie beside the definition.",
            "Put them there; a design depends on how the arms are allocated.",
        )
    factors = [stratum.levels for stratum in definition.randomisation.strata]
    strata = tuple(", ".join(levels) for levels in product(*factors)) if factors else ()
    return replace(default_design((arms[0], arms[1]), 64), strata=strata)
