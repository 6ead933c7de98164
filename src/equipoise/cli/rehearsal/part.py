"""What a rehearsal is made from."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from equipoise.allocation import RandomisationDesign, read_design
from equipoise.cli.names import PUBLISHED, STUDY
from equipoise.cli.trial_folder import published_beside
from equipoise.design import Scenario, scenario_of_study
from equipoise.protocol import StudyDefinition, load_definition
from equipoise.protocol.own_record import own_record_file
from equipoise.protocol.readiness import read_randomisation, require_times
from equipoise.vocabulary import Refusal


@dataclass(frozen=True)
class Part:
    """What a rehearsal is made from.  `allocation_seed` moves the sealed list alone, and nothing that happens else."""

    definition: StudyDefinition
    design: RandomisationDesign
    scenario: Scenario
    participants: int
    seed: int
    allocation_seed: int


def read_part(file: Path, participants: int | None, seed: int, scenario: Path | None) -> Part:
    """Read a study's file and its scenario.  Raises `Refusal` for one that cannot be rehearsed."""
    definition = load_definition(file)
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


def furnish(trial: Path, study: Path, definition: StudyDefinition) -> None:
    """Put the papers of a study into the folder of its trial: definition, registry record, facts of the paper."""
    shutil.copyfile(study, trial / STUDY)
    record = own_record_file(definition, study)
    if record:
        shutil.copyfile(record, trial / record.name)
    published = published_beside(definition, study)
    if published:
        shutil.copyfile(published, trial / PUBLISHED)
