"""A study as it lies in its folder, examined."""

import os
from dataclasses import replace
from itertools import product
from pathlib import Path

from equipoise import __version__
from equipoise.allocation import RandomisationDesign, default_design, read_design
from equipoise.analysis.many.examining import Examined, examine_design
from equipoise.design.design_report import DesignReport
from equipoise.design.scenario import scenario_of_study
from equipoise.design.simulation.workers import dask_workers, local_workers
from equipoise.protocol import StudyDefinition, load_definition, study_file
from equipoise.vocabulary import Refusal
from equipoise.vocabulary.yaml_source import read_yaml


def examined(
    study: str, *, scenario: Path | None, participants: int | None, trials: int, seed: int, on: str | None
) -> tuple[DesignReport, StudyDefinition]:
    """The design report of a study, and the definition that it is on."""
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
    if on:
        return examine_design(given, dask_workers(on)), definition
    with local_workers(os.cpu_count() or 1, trials) as workers:
        return examine_design(given, workers), definition


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
