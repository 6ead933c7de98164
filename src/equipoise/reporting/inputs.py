"""What the report is made of: the artefacts of the earlier rooms, first what a masked reader may see, then the rest."""

from dataclasses import dataclass
from datetime import datetime

from equipoise.analysis.analysis_results import AnalysisResults
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.registration import RegistryRecord
from equipoise.registration.derive import DerivedFigures
from equipoise.registration.published import PublishedFacts
from equipoise.reporting.conduct_summary import ConductSummary
from equipoise.vocabulary import Finding


@dataclass(frozen=True, slots=True)
class Verification:
    """What binds the trial to its own past, and how a reader checks it.

    `sealed_root` is the Merkle root of the list (64 hexadecimal digits), `commands` pairs what is shown with the
    command that shows it.  What has not happened yet is an empty text.
    """

    study_digest: str
    sealed_root: str
    slots: int
    ledger_entries: int
    ledger_head: str
    lock_digest: str = ""
    locked_at: datetime | None = None
    allocation_digest: str = ""
    commands: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TrialInputs:
    """A trial as every masked role may know it: there is no place in it for an arm's participants or numbers."""

    definition: StudyDefinition
    conduct: ConductSummary
    verification: Verification
    made_at: datetime
    synthetic: bool
    software: tuple[tuple[str, str], ...] = ()
    """Name and version of each program that made numbers or pages."""


@dataclass(frozen=True, slots=True)
class RegistryInputs:
    """The registry record, what follows from it, and how it was judged."""

    record: RegistryRecord
    figures: DerivedFigures
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """Everything of the released trial.

    `differences` are the findings of the comparison of record and definition; those of record and paper stand among
    the findings of the registry.
    """

    trial: TrialInputs
    registry: RegistryInputs | None
    results: AnalysisResults
    published: PublishedFacts | None = None
    differences: tuple[Finding, ...] = ()
