"""`equipoise trace`: from a number of the report back to the entries of the ledger that made it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from equipoise.cli.check_view import clean
from equipoise.ledger.entry import Entry
from equipoise.reporting.numbers import plural, ranges
from equipoise.reporting.tracing import Number, Source, find_number, read_ledger, read_numbers, sources_of
from equipoise.vocabulary import Refusal

NUMBERS, LEDGER, ARMS = "numbers.json", "ledger.jsonl", "arms.json"
_SPELT_OUT = 3  # answers of one form that a line shows in full
_LABELS = {
    "estimate": "estimate", "lower": "from", "upper": "to", "p": "p", "p_adjusted": "adjusted p",
    "standard_error": "standard error",
}  # fmt: skip


def run(folder: Path, number: str | None, *, participant: str | None, output_format: str, console: Console) -> int:
    """List the numbers of the report in `folder`, or show where one of them comes from.  Refuses what does not fit."""
    if output_format not in ("text", "json"):
        raise Refusal("TRACE-FORMAT", f"There is no format '{output_format}'.", "Use text or json.")
    home = _home(folder)
    numbers = read_numbers(_read(home / NUMBERS))
    if number is None:
        if output_format == "json":
            _write(console, [asdict(each) for each in numbers])
        else:
            console.print(_listed(numbers, folder))
        return 0
    wanted = find_number(numbers, number)
    ledger = read_ledger(_read(home / LEDGER).splitlines())
    sources = sources_of(wanted, ledger)
    if participant is not None:
        sources = _only(sources, participant)
    if output_format == "json":
        _write(console, {"number": asdict(wanted), "sources": [asdict(each) for each in sources]})
    else:
        arms = json.loads(_read(home / ARMS)) if (home / ARMS).is_file() else {}
        table = _in_full(sources) if participant else _by_participant(sources, arms)
        console.print(Group(_head(wanted, sources, ledger), Text(), table))
        if not participant:
            console.print("\nEvery entry with its time, author and reason: --participant NUMBER.", style="dim")
    return 0


def _home(folder: Path) -> Path:
    for place in (folder, folder / "report"):
        if (place / NUMBERS).is_file():
            return place
    raise Refusal(
        "TRACE-NUMBERS", f"There is no {NUMBERS} in this folder.", "Give the folder of a report, or of its trial."
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refusal(
            "TRACE-FILE", f"{path.name} cannot be read.", "It lies beside numbers.json in the folder of a report."
        ) from None


def _only(sources: Sequence[Source], participant: str) -> tuple[Source, ...]:
    found = tuple(each for each in sources if each.participant == participant)
    if not found:
        raise Refusal(
            "TRACE-PARTICIPANT",
            "No entry of this participant is behind this number.",
            "Leave the option out to see who is.",
        )
    return found


def _write(console: Console, document: object) -> None:
    console.file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def _listed(numbers: Sequence[Number], folder: Path) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("Number", "What", "Method"):
        table.add_column(head, header_style="bold", overflow="fold")
    table.add_column("Entries", header_style="bold", justify="right")
    for each in numbers:
        table.add_row(clean(each.id), clean(each.name), each.method.replace("_", " "), f"{len(each.entries):,}")
    return Group(table, Text(), Text(f"Where one comes from: equipoise trace {folder} NUMBER", style="dim"))


def _head(number: Number, sources: Sequence[Source], ledger: Mapping[int, Entry]) -> RenderableType:
    facts = Table.grid(padding=(0, 2, 0, 0))
    what = ", ".join(part for part in (number.name, number.method.replace("_", " "), number.contrast) if part)
    facts.add_row("Number", Text(clean(number.id), style="bold"))
    facts.add_row("What", clean(what))
    facts.add_row("Value", _value(number))
    if number.inputs_digest:
        facts.add_row("Inputs", f"SHA-256 {number.inputs_digest}")
    people = len({each.participant for each in sources})
    shown = "" if len(sources) == len(number.entries) else f" (of {len(number.entries):,})"
    facts.add_row("From", f"{plural(len(sources), 'entry', 'entries')} of {plural(people, 'participant')}{shown}")
    last = ledger[len(ledger)]
    facts.add_row("Ledger", f"{len(ledger):,} entries, chained without a break to {last.hash}")
    return facts


def _value(number: Number) -> str:
    of_contrast = [(what, text) for what, group, text in number.values if not group and what in _LABELS]
    by_arm = [(f"{what} {group}", text) for what, group, text in number.values if group and what in ("n", "count")]
    by_arm = by_arm or [(f"{what} {group}", text) for what, group, text in number.values if what == "participants"]
    words = [f"{_LABELS.get(what, what)} {_rounded(text)}" for what, text in (*of_contrast, *by_arm)]
    return f"{', '.join(words)}{f' ({number.unit})' if number.unit else ''}"


def _rounded(text: str) -> str:
    """Four digits for the eye; numbers.json has them all."""
    above, slash, below = text.partition("/")
    value = int(above) / int(below) if slash else float(text)
    return f"{value:.4g}"


def _by_participant(sources: Sequence[Source], arms: Mapping[str, str]) -> RenderableType:
    groups: dict[tuple[str, str], list[Source]] = {}
    for each in sources:
        groups.setdefault((each.participant, each.place), []).append(each)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("Participant", *(["Arm"] if arms else []), "Visit and form", "Answers", "Entries"):
        table.add_column(head, header_style="bold", overflow="fold")
    before = ""
    for (participant, place), given in sorted(groups.items(), key=lambda group: (group[0][0], group[1][0].seq)):
        first = participant != before
        arm = [clean(arms.get(participant, "")) if first else ""] if arms else []
        entries = ranges(tuple(each.seq for each in given))
        table.add_row(clean(participant) if first else "", *arm, clean(place), clean(_answers(given)), entries)
        before = participant
    return table


def _answers(given: Sequence[Source]) -> str:
    if len(given) > _SPELT_OUT:
        corrected = sum(each.corrects > 0 for each in given)
        return f"{len(given)} answers" + (f", {corrected} corrected" if corrected else "")
    return "; ".join(_said(each) for each in given)


def _said(source: Source) -> str:
    was = f" (was {source.before}, entry {source.corrects})" if source.corrects else ""
    item = source.item if source.item and not source.place.startswith("adverse") else ""
    return f"{item} {source.said}{was}".strip()


def _in_full(sources: Sequence[Source]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("Entry", "Recorded (UTC)", "By", "Visit and form", "Answer"):
        table.add_column(head, header_style="bold", overflow="fold")
    for each in sources:
        said = _said(each) + (f"\n{each.why}" if each.why else "")
        by = f"{each.who}, {each.role.replace('_', ' ')}"
        table.add_row(str(each.seq), each.at[:19].replace("T", " "), clean(by), clean(each.place), clean(said))
    return table
