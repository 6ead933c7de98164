"""`equipoise check`: judge a registry record or a study definition, for people as text or for machines as JSON."""

import json
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.cli.check_report import CheckReport, report_on_definition, report_on_record
from equipoise.cli.check_view import show
from equipoise.registration import read_published, read_record
from equipoise.vocabulary import Refusal

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = "equipoise.check/1"
DEFINITION_MARK = re.compile(rb"^equipoise:", re.MULTILINE)
HEAD = 4096
PAPER = "published.yaml"


def run(document: str, *, as_of: date | None, output_format: str, console: "Console") -> int:
    """Judge a document and print what was found.

    `document` is a record's file, a definition's file or folder, or the name of a shipped study; where the facts of a
    paper (`published.yaml`) lie beside a record, both are compared.  Gives 1 where a finding is an error, else 0.
    Raises `Refusal` for a document that cannot be read, which the command line turns into exit status 2.
    """
    if output_format not in ("text", "json"):
        raise Refusal("CHECK-FORMAT", f"There is no format '{output_format}'.", "Use text or json.")
    report = _report(document, as_of)
    if output_format == "json":
        console.file.write(json.dumps(_plain(report), ensure_ascii=False, indent=2) + "\n")
    else:
        show(report, console)
    return 1 if report.has_errors else 0


def _report(document: str, as_of: date | None) -> CheckReport:
    path = Path(document)
    if not _is_definition(path):
        paper = path.with_name(PAPER)
        return report_on_record(read_record(path), as_of, read_published(paper) if paper.is_file() else None)
    from equipoise.protocol import read_definition

    return report_on_definition(read_definition(document))


def _is_definition(path: Path) -> bool:
    """Tell a definition from a record by what it holds; a name that is no file can only be a study."""
    if path.is_dir() or not path.exists():
        return True
    if path.suffix in (".yaml", ".yml"):
        return True
    try:
        with path.open("rb") as file:
            return DEFINITION_MARK.search(file.read(HEAD)) is not None
    except OSError:
        return False  # the reader of records says why it cannot be opened


def _plain(report: CheckReport) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "kind": report.kind,
        "id": report.id,
        "title": report.title,
        "as_of": report.as_of.isoformat() if report.as_of else None,
        "source": report.source,
        "paper": report.paper,
        "figures": report.figures,
        "unread": report.unread,
        "counts": report.counts,
        "findings": [
            {**asdict(one), "group": report.groups.get(one.rule, "")} for one in (*report.scope, *report.findings)
        ],
    }
