"""The trial report: built from frozen inputs, written as HTML, PDF/A, figures and numbers."""

from dataclasses import dataclass
from pathlib import Path

from equipoise.analysis import results_as_json
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.reporting.both import write_both
from equipoise.reporting.document import Block, Document, Heading, Paragraph
from equipoise.reporting.inputs import ReportInputs, TrialInputs
from equipoise.reporting.sections.checklist import checklist_appendix
from equipoise.reporting.sections.conduct import completeness, conduct_section
from equipoise.reporting.sections.design import decisions_appendix, design_section, schedule_table
from equipoise.reporting.sections.efficacy import results_section
from equipoise.reporting.sections.front import front_page, identity, verify_box
from equipoise.reporting.sections.gaps import gap_section
from equipoise.reporting.sections.listing import listing_appendix
from equipoise.reporting.sections.masking import masking_section
from equipoise.reporting.sections.methods import methods_section, traceability_appendix, verification_section
from equipoise.reporting.sections.participants import flow_figure, participants_section, visits_and_doses
from equipoise.reporting.sections.registry import registry_appendix, registry_section
from equipoise.reporting.sections.safety import harms_together, safety_section
from equipoise.vocabulary import utc_text


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report: its document, and the numbers in it as JSON (none while the trial is masked)."""

    document: Document
    numbers: bytes


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """What `write_report` has written."""

    html: Path
    pdf: Path
    figures: tuple[Path, ...]
    numbers: Path | None


def build_report(inputs: ReportInputs) -> Report:
    """The report of a released trial.  Pure: the same inputs give the same document."""
    definition = inputs.trial.definition
    blocks: tuple[Block, ...] = (
        *(registry_section(inputs.registry) if inputs.registry else ()),
        *design_section(definition),
        *participants_section(inputs),
        *results_section(inputs),
        *safety_section(inputs),
        *masking_section(inputs),
        *conduct_section(inputs.trial.conduct),
        *gap_section(inputs),
        *methods_section(inputs),
        *verification_section(inputs.trial.verification),
        *(registry_appendix(inputs.registry) if inputs.registry else ()),
        *(decisions_appendix(definition) if definition.decisions else ()),
        *listing_appendix(inputs),
        *traceability_appendix(inputs.results),
    )
    anchors = {block.anchor for block in blocks if isinstance(block, Heading)}
    whole = (*blocks, *checklist_appendix(anchors))
    document = _document(inputs.trial, "Trial report", front_page(inputs), whole)
    return Report(document, results_as_json(definition, inputs.results))


def build_status(trial: TrialInputs) -> Report:
    """The status of a trial that is still masked: nothing by arm can be in it, for `trial` holds nothing by arm."""
    blocks: tuple[Block, ...] = (
        Heading(1, "Participants", "participants"),
        flow_figure(trial, ()),
        Heading(2, "Visits and doses", "visits"),
        completeness(trial.definition, trial.conduct),
        *visits_and_doses(trial),
        Heading(1, "Schedule", "schedule"),
        schedule_table(trial.definition),
        *harms_together(trial.conduct.harms),
        *conduct_section(trial.conduct),
        *verification_section(trial.verification),
    )
    masked = Paragraph("The trial is masked. This report counts all participants together; it holds no number by arm.")
    front = (identity(trial), masked, verify_box(trial.verification))
    return Report(_document(trial, "Status report, masked", front, blocks), b"")


def write_report(report: Report, folder: Path) -> ReportPaths:
    """Write `report.html`, `report.pdf`, `figures/*.svg` and `numbers.json` into `folder`, which is made if missing."""
    drawings = folder / "figures"
    drawings.mkdir(parents=True, exist_ok=True)
    page, paper = folder / "report.html", folder / "report.pdf"
    write_both(report.document, page, paper)
    figures = []
    for figure in report.document.figures():
        path = drawings / f"{figure.anchor.removeprefix('fig-')}.svg"
        path.write_text(figure.svg, encoding="utf-8", newline="\n")
        figures.append(path)
    numbers = folder / "numbers.json" if report.numbers else None
    if numbers:
        numbers.write_bytes(report.numbers)
    return ReportPaths(page, paper, tuple(figures), numbers)


def _document(trial: TrialInputs, subtitle: str, front: tuple[Block, ...], blocks: tuple[Block, ...]) -> Document:
    definition = trial.definition
    made = utc_text(trial.made_at)[:16].replace("T", " ")
    version = dict(trial.software).get("Equipoise", "")
    return Document(
        title=definition.title.text(),
        subtitle=f"{subtitle}, {definition.label}",
        study=definition.id,
        edition=f"{_producer(version)}, {made} UTC, definition {definition.digest[:12]}",
        made_at=trial.made_at,
        synthetic=trial.synthetic,
        front=front,
        blocks=blocks,
        producer=_producer(version),
        keywords=_keywords(definition, synthetic=trial.synthetic),
    )


def _producer(version: str) -> str:
    return f"Equipoise {version}".strip()


def _keywords(definition: StudyDefinition, *, synthetic: bool) -> tuple[str, ...]:
    return (*(("SYNTHETIC DATA",) if synthetic else ()), definition.id, "randomised trial", "CONSORT 2025")
