"""`equipoise report`: the report of a trial, from its folder; the masked status report until the release."""

from pathlib import Path

from rich.console import Console

from equipoise.cli.report_writing import write_report_of
from equipoise.cli.trial_folder import open_folder
from equipoise.cli.written import tell


def run(folder: Path, *, out: Path | None, console: Console) -> int:
    """Read the trial, write its report into `out` (default: `report` in its folder), and say where it lies."""
    opened = open_folder(folder)
    try:
        with console.status("Analysing and writing the report"):
            written = write_report_of(opened, out or folder / "report")
    finally:
        opened.book.ledger.close()
    tell(written, console)
    return 0
