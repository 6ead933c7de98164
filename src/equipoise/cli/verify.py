"""`equipoise verify`: prove that nothing in a trial's ledger was changed since it was written, or show where it was."""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from itertools import zip_longest
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from equipoise.cli.check_view import HEADINGS, STYLES, clean
from equipoise.cli.names import ANCHORS, LEDGER
from equipoise.ledger import Anchor, Projection, VerificationReport, read_anchors, verify
from equipoise.ledger.connection import Connection
from equipoise.ledger.engine import Engine
from equipoise.ledger.sqlite import SQLITE
from equipoise.store.keeping import ledger_to_judge
from equipoise.vocabulary import Finding, Refusal, Severity

ROOMS = ("allocation", "conduct", "safety", "closure")
"""The rooms that declare entry types: what they have not declared cannot be read."""
_QUIET = "dim"


def run(
    folder: Path,
    *,
    console: Console,
    anchors: Path | None = None,
    trusted_keys: Sequence[str] = (),
    projections: Mapping[str, Projection] | None = None,
) -> int:
    """Judge the ledger of a trial's folder, or a ledger file, and print what was found.

    Anchors are read from `anchors`, else from `anchors.txt` beside the ledger if there is one; `trusted_keys` are
    public keys in hexadecimal that the reader knows from elsewhere.  Gives 1 where something was changed or damaged,
    else 0.  Raises `Refusal` where there is nothing to judge, which the command line turns into exit status 2.
    """
    ledger = folder / LEDGER if folder.is_dir() else folder
    if anchors is None and (beside := ledger.with_name(ANCHORS)).is_file():
        anchors = beside
    known = _read(anchors) if anchors else ()
    keys = [_key(text) for text in trusted_keys]
    for room in ROOMS:
        import_module(f"equipoise.{room}")
    with _opened(folder) as (source, engine), _bar(console) as bar:
        task = bar.add_task("Verifying", total=None)
        report = verify(
            source,
            engine=engine,
            anchors=known,
            trusted_keys=keys,
            projections=projections,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    console.print(_page(ledger.name, report, known, anchors))
    return 0 if report.is_sound else 1


def _opened(folder: Path) -> AbstractContextManager[tuple[Path | Connection, Engine]]:
    """The ledger of a trial's folder, which may lie on a server, or a ledger file."""
    return ledger_to_judge(folder) if folder.is_dir() else nullcontext((folder, SQLITE))


def _read(path: Path) -> tuple[Anchor, ...]:
    try:
        return read_anchors(path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        raise Refusal(
            "LEDGER-ANCHOR-TEXT", f"{path.name} cannot be read as text.", "Give a text file with one anchor a line."
        ) from None


def _key(text: str) -> str:
    key = text.strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise Refusal("LEDGER-KEY", "This is not a public key.", "It is written as 64 hexadecimal digits.")
    return key


def _bar(console: Console) -> Progress:
    """A bar that is gone when the work is done; nothing at all where the output is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _page(name: str, report: VerificationReport, anchors: Sequence[Anchor], source: Path | None) -> RenderableType:
    parts: list[RenderableType] = [_facts(name, report, anchors, source)]
    for severity in Severity:
        if found := [finding for finding in report.findings if finding.severity is severity]:
            parts += [Text(), Text(f"{HEADINGS[severity]}  {len(found)}", style=STYLES[severity])]
            parts.append(Padding(_table(found), (0, 0, 0, 2)))
    return Group(*parts, Text(), _verdict(report))


def _facts(name: str, report: VerificationReport, anchors: Sequence[Anchor], source: Path | None) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row("Ledger", f"{clean(name)}, {report.entries:,} entries")
    table.add_row("End", report.head)
    table.add_row("Signed", f"to entry {report.signed_to:,}" if report.signed_to else "by no key that you have named")
    for key in report.signing_keys:
        table.add_row("Key", clean(key))
    table.add_row("Anchored", f"to entry {report.anchored_to:,}" if report.anchored_to else "by nothing outside")
    if source:
        beside = ", which lies beside the ledger: compare it with your own copy" if source.name == ANCHORS else ""
        table.add_row("Anchors", f"{len(anchors)} in {clean(source.name)}{beside}")
    for projection in report.projections:
        table.add_row("Rebuilt", clean(projection))
    return table


def _table(findings: Sequence[Finding]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for finding, following in zip_longest(findings, findings[1:]):
        place, message = clean(finding.place), clean(finding.message)
        table.add_row(finding.rule, Text.assemble((f"{place}: ", "bold"), message))
        if finding.suggestion and (following is None or following.suggestion != finding.suggestion):
            table.add_row("", Text(f"→ {clean(finding.suggestion)}", style="green"))
    return table


def _verdict(report: VerificationReport) -> Text:
    if report.is_sound:
        return Text("Nothing was found changed since it was written.", style="bold green")
    return Text("This ledger is not as it was written: see the errors.", style="bold red")
