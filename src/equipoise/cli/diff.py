"""`equipoise diff`: say in words what changed between two study definitions."""

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from rich.markup import escape

from equipoise.protocol import StudyDefinition, load_definition
from equipoise.protocol.amendment import judge_amendment
from equipoise.protocol.change import Change, Weight
from equipoise.protocol.differences import diff_definitions
from equipoise.vocabulary import Finding, Refusal

if TYPE_CHECKING:
    from rich.console import Console

_HEADINGS = {
    Weight.QUESTION: ("bold red", "What is asked, of whom, and how it is answered"),
    Weight.SAFETY: ("bold yellow", "What is given, who is masked, what is watched"),
    Weight.CONDUCT: ("bold cyan", "When and how it is done"),
    Weight.WORDING: ("bold", "How it is said, and what was decided"),
}


def run(before: str, after: str, *, output_format: str, console: "Console") -> int:
    """Print every change, heaviest first; for a later version also whether it names its parent.  Raises `Refusal`.

    Gives 1 if the later version is no proper amendment of the earlier one, else 0.
    """
    old, new = load_definition(before), load_definition(after)
    changes = diff_definitions(old, new)
    faults = judge_amendment(old, new) if _claims_to_follow(old, new) else ()
    if output_format == "json":
        document = {"changes": [asdict(change) for change in changes], "amendment": [_as_json(each) for each in faults]}
        console.print(json.dumps(document, ensure_ascii=False, indent=2), soft_wrap=True, markup=False, highlight=False)
    elif output_format == "text":
        _print(old, new, changes, faults, console)
    else:
        raise Refusal("FORMAT", f"There is no format '{output_format}'.", "Write --format text or --format json.")
    return 1 if faults else 0


def _claims_to_follow(old: StudyDefinition, new: StudyDefinition) -> bool:
    return new.parent is not None or new.version != old.version


def _as_json(finding: Finding) -> dict[str, str]:
    return {"rule": finding.rule, "place": finding.place, "message": finding.message, "suggestion": finding.suggestion}


def _print(
    old: StudyDefinition,
    new: StudyDefinition,
    changes: tuple[Change, ...],
    faults: tuple[Finding, ...],
    console: "Console",
) -> None:
    console.print(f"[bold]{escape(_named(old))}[/]  ->  [bold]{escape(_named(new))}[/]", soft_wrap=True)
    if not changes:
        console.print("Nothing differs.")
    for weight, of_weight in groupby(changes, key=lambda change: change.weight):
        style, heading = _HEADINGS[weight]
        console.print(f"\n[{style}]{heading}[/]")
        for topic, of_topic in groupby(of_weight, key=lambda change: change.topic):
            console.print(f"  [dim]{escape(topic)}[/]")
            for change in of_topic:
                console.print(f"    {escape(change.sentence)}", soft_wrap=True)
    for fault in faults:
        console.print(f"\n[bold red]{fault.rule}[/]  {escape(fault.place)}: {escape(fault.message)}", soft_wrap=True)
        console.print(f"  {escape(fault.suggestion)}", soft_wrap=True)


def _named(definition: StudyDefinition) -> str:
    return f"{definition.id} version {definition.version} ({definition.label}, {definition.digest[:12]})"
