"""A design report written: as a page, as PDF and as JSON."""

from datetime import datetime
from pathlib import Path

from equipoise.design.design_report import DesignReport
from equipoise.protocol import StudyDefinition
from equipoise.reporting.design_document import design_document
from equipoise.reporting.html import render_html
from equipoise.reporting.pdf import render_pdf
from equipoise.vocabulary import canonical_json


def write_design(report: DesignReport, definition: StudyDefinition, out: Path, made_at: datetime) -> tuple[Path, ...]:
    """Write the report into a folder; gives the files, the one for the archive first."""
    out.mkdir(parents=True, exist_ok=True)
    document = design_document(report, definition, made_at)
    page, paper, numbers = out / "design.html", out / "design.pdf", out / "design.json"
    page.write_text(render_html(document), encoding="utf-8", newline="\n")
    paper.write_bytes(render_pdf(document))
    numbers.write_bytes(canonical_json(report.canonical()) + b"\n")
    return paper, page, numbers
