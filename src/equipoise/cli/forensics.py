"""`equipoise forensics`: check the numbers of a published table against arithmetic, worded as questions to ask."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.padding import Padding

from equipoise.analysis.forensics.judging import judge_table
from equipoise.analysis.forensics.table import read_table
from equipoise.vocabulary import Finding, Refusal, Severity, Verdict

if TYPE_CHECKING:
    from rich.console import Console

_MARKS = {
    Severity.ERROR: "[bold red]impossible[/]",
    Severity.WARNING: "[bold yellow]look again[/]",
    Severity.INFO: "[green]fits[/]",
}
_UNDECIDED = "[dim]no answer[/]"
_FOOTER = "A number that cannot be right is most often a slip of the pen.  These checks ask; they do not accuse."


def run(file: Path, *, output_format: str, console: "Console") -> int:
    """Print every check of the table in `file`.  Raises `Refusal` for a file that cannot be read.

    Gives 1 where a printed number is impossible or does not fit, else 0.
    """
    if output_format not in ("text", "json"):
        raise Refusal("FORENSIC-FORMAT", f"There is no format '{output_format}'.", "Use text or json.")
    table = read_table(file)
    findings = judge_table(table)
    if output_format == "json":
        document = {
            "schema": "equipoise.forensics/1",
            "title": table.title,
            "findings": [asdict(one) for one in findings],
        }
        console.file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        console.print(f"[bold]{escape(table.title)}[/]\n", soft_wrap=True)
        for finding in findings:
            _print(finding, console)
        console.print(f"\n[dim]{_FOOTER}[/]", soft_wrap=True)
    return int(any(one.severity is not Severity.INFO for one in findings))


def _print(finding: Finding, console: "Console") -> None:
    mark = _UNDECIDED if finding.verdict is Verdict.UNDECIDABLE else _MARKS[finding.severity]
    console.print(f"{mark}  {escape(finding.place)}  [dim]{finding.rule}[/]", soft_wrap=True)
    for text in (finding.message, finding.why, finding.suggestion):
        if text:
            console.print(Padding(escape(text), (0, 0, 0, 4)))
