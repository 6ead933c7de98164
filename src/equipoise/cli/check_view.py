"""How findings look in a terminal: grouped by weight, quotations under each, calm colours, any width."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from equipoise.vocabulary import Finding, Severity, Verdict

if TYPE_CHECKING:  # other views borrow the colours, and judge no record
    from equipoise.cli.check_report import CheckReport

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
HEADINGS = {Severity.ERROR: "Errors", Severity.WARNING: "Warnings", Severity.INFO: "Notes"}
QUOTED = re.compile(r"'(?P<words>.*)' \((?P<place>.*)\)\Z", re.DOTALL)
QUOTES = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 2}
SHOWN_UNREAD = 5
ONE_LINE = 62
"""Letters of a quotation and its place that still read well on one line."""
QUIET = "dim"


def show(report: "CheckReport", console: Console) -> None:
    """Print a report; heaviest findings first, then what is the page's fault, then what could not be decided."""
    if hasattr(console.file, "reconfigure"):
        console.file.reconfigure(errors="replace")  # a terminal without these letters shows a mark, not a traceback
    for part in _parts(report):
        _print(part, console)


def _parts(report: "CheckReport") -> Iterator[RenderableType]:
    yield _introduction(report)
    if report.scope:
        yield _section("Outside the scope of Equipoise", report.scope, "bold magenta", report)
    for severity in Severity:
        if found := report.hits(severity):
            yield _section(HEADINGS[severity], found, STYLES[severity], report)
    if faults := report.of_verdict(Verdict.SOURCE_ARTEFACT):
        yield _section("Faults of the page, not of the registration", faults, "cyan", report)
    if open_questions := report.of_verdict(Verdict.UNDECIDABLE):
        yield _undecided(open_questions)
    if report.unread:
        yield _unread(report)
    yield _closing(report)


def _print(part: RenderableType, console: Console) -> None:
    """Print without the blanks with which a table fills its lines."""
    for line in console.render_lines(part, pad=False):
        while line and not line[-1].text.strip():
            line.pop()
        if line:
            last = line.pop()
            line.append(Segment(last.text.rstrip(), last.style, last.control))
        console.print(Segments([*line, Segment.line()]), end="")


def clean(text: str) -> str:
    """Take out control and direction characters: a document must not move the cursor or turn the line."""
    return "".join(" " if letter in "\r\n\t" else letter for letter in text if _is_harmless(letter))


def _is_harmless(letter: str) -> bool:
    return letter in "\r\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")


def _introduction(report: "CheckReport") -> RenderableType:
    head = Text(clean(report.id), style="bold")
    lines: list[RenderableType] = [head]
    if report.title:
        lines.append(Text(clean(report.title)))
    lines += [Text(clean(line), style=QUIET) for line in report.introduction]
    if report.figures_in_words:
        lines += [Text(), *(Text(clean(line)) for line in report.figures_in_words)]
    return Group(*lines)


def _section(title: str, findings: tuple[Finding, ...], style: str, report: "CheckReport") -> RenderableType:
    parts: list[RenderableType] = [Text(), Text(f"{title}  {len(findings)}", style=style)]
    for group, members in groupby(findings, key=lambda one: report.groups.get(one.rule, "")):
        if group:
            parts.append(Padding(Text(group[:1].upper() + group[1:], style="italic"), (1, 0, 0, 2)))
        parts.append(Padding(_table(members, style, report), (0 if group else 1, 0, 0, 2)))
    return Group(*parts)


def _table(findings: Iterable[Finding], style: str, report: "CheckReport") -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for finding, following in pairwise([*findings, None]):
        assert finding is not None, "only the last one has nothing after it"
        table.add_row(Text(finding.rule, style=style), Text(clean(finding.message), style="bold"))
        for quotation in _quotations(finding, report.file):
            table.add_row("", quotation)
        if finding.severity is Severity.ERROR and finding.why:
            table.add_row("", Text(clean(finding.why)))
        if following and _is_mended_alike(finding, following):
            continue
        if finding.suggestion:
            table.add_row("", _marked("→", Text(clean(finding.suggestion), style="green")))
        if following:
            table.add_row()
    return table


def _is_mended_alike(one: Finding, other: Finding) -> bool:
    """True for two findings of one rule with one remedy, which is said once, after the last of them."""
    return (one.rule, one.suggestion) == (other.rule, other.suggestion)


def _marked(mark: str, text: Text) -> Table:
    """Put a mark before a text, whose further lines hang below its first."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(mark, style=text.style), text)
    return table


def _quotations(finding: Finding, file: str) -> Iterable[Text]:
    if not finding.evidence and finding.place != file:
        yield Text(clean(_short_place(finding.place, file)), style=QUIET)
    for evidence in finding.evidence[: QUOTES[finding.severity]]:
        found = QUOTED.match(evidence)
        words, place = (found["words"], found["place"]) if found else ("", evidence)
        where = clean(_short_place(place, file))
        gap = "\n" if len(words) + len(where) > ONE_LINE else "  "
        yield Text.assemble(f"“{clean(words)}”{gap}" if words else "", (where, QUIET))


def _short_place(place: str, file: str) -> str:
    """Leave out the file's folder, and a record's name, which the heading has given: `lines 131-132, First Posted`."""
    inside = place.removeprefix(file)
    if inside == place:
        return place
    if re.fullmatch(r":\d+:\d+", inside):
        return Path(file).name + inside
    lines = re.match(r":(\d+(?:-\d+)?) (.*)\Z", inside, re.DOTALL)
    if not lines:
        return inside.lstrip(": ")
    return f"line{'s' if '-' in lines[1] else ''} {lines[1]}, {lines[2]}"


def _undecided(findings: tuple[Finding, ...]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for finding in findings:
        table.add_row(Text(finding.rule, style=QUIET), Text(clean(finding.message)))
    return Group(
        Text(), Text(f"Not decidable from this source  {len(findings)}", style="bold"), Padding(table, (1, 0, 0, 2))
    )


def _unread(report: "CheckReport") -> RenderableType:
    lines = [Text(), Text(f"Not understood  {len(report.unread)}", style="bold")]
    lines += [
        Text(f"  {clean(one['path'])}: {clean(one['reason'])}", style=QUIET) for one in report.unread[:SHOWN_UNREAD]
    ]
    if len(report.unread) > SHOWN_UNREAD:
        lines.append(Text(f"  and {len(report.unread) - SHOWN_UNREAD} more; --format json lists all", style=QUIET))
    return Group(*lines)


def _closing(report: "CheckReport") -> RenderableType:
    counts = report.counts
    parts: list[str | tuple[str, str]] = ["\n"]
    for severity, one, many in (
        (Severity.ERROR, "error", "errors"),
        (Severity.WARNING, "warning", "warnings"),
        (Severity.INFO, "note", "notes"),
    ):
        number = counts[severity.value]
        parts += [(f"{number} {one if number == 1 else many}", STYLES[severity] if number else QUIET), "  "]
    quiet = [
        f"{counts[name]} {words}"
        for name, words in (
            ("source_artefact", "faults of the page"),
            ("undecidable", "not decidable"),
            ("ok", "without a finding"),
        )
        if counts[name]
    ]
    parts.append((" · ".join(quiet), QUIET))
    parts.append(("\nA finding is a question to the team, not a judgement on anybody.", QUIET))
    return Text.assemble(*parts)
