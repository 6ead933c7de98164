"""A design report written: as a page, as PDF and as JSON."""

from datetime import datetime
from pathlib import Path

from equipoise.design.design_report import DesignReport
from equipoise.protocol import StudyDefinition
from equipoise.reporting.both import write_both
from equipoise.reporting.design_document import design_document
from equipoise.vocabulary import canonical_json


def write_design(report: DesignReport, definition: StudyDefinition, out: Path, made_at: datetime) -> tuple[Path, ...]:
    """Write the report into a folder; gives the files, the one for the archive first."""
    out.mkdir(parents=True, exist_ok=True)
    page, paper, numbers = out / "design.html", out / "design.pdf", out / "design.json"
    write_both(design_document(report, definition, made_at), page, paper)
    numbers.write_bytes(canonical_json(report.canonical()) + b"\n")
    return paper, page, numbers
