"""`equipoise new`: draft a study definition from a registry record, and say what is still open."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from equipoise.protocol import StudyDefinition, parse_definition
from equipoise.protocol.drafting import draft, draft_randomisation
from equipoise.protocol.shipped import find_record
from equipoise.protocol.study_schema import SCHEMA_FILE
from equipoise.registration import RegistryRecord, read_record
from equipoise.registration.judge import judge
from equipoise.vocabulary import Finding, Refusal

if TYPE_CHECKING:
    from rich.console import Console

_STUDY = "study.yaml"
_SHOWN = 12


def run(record: Path, out: Path, *, console: "Console") -> int:
    """Write the draft, a copy of the record and the schema into `out`.  Raises `Refusal`; never overwrites a study."""
    source = record if record.exists() else find_record(str(record)) or record
    read = read_record(source)
    text = draft(read, judge(read))
    if (out / _STUDY).exists():
        raise Refusal("NEW", f"{out} holds a study definition already.", "Choose another folder; nothing was written.")
    reading = parse_definition(text.encode(), str(out / _STUDY))
    definition = reading.definition
    assert definition is not None and not reading.errors, "a draft must load"
    try:
        _write(source, out, read, text, draft_randomisation(definition))
    except OSError as error:
        why = error.strerror or "it cannot be written"
        raise Refusal("NEW", f"{out} cannot be written: {why}.", "Choose another folder.") from None
    _tell(definition, reading.findings, out, console)
    return 0


def _write(source: Path, out: Path, record: RegistryRecord, text: str, sealed: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, out / source.name)
    shutil.copyfile(SCHEMA_FILE, out / SCHEMA_FILE.name)
    (out / "README.md").write_text(_readme(record, source.name), encoding="utf-8")
    (out / "randomisation.yaml").write_text(sealed, encoding="utf-8")
    (out / _STUDY).write_text(text, encoding="utf-8")


def _readme(record: RegistryRecord, file: str) -> str:
    seen = record.seen_on.value or record.timeline.last_update_posted.value
    as_of = f", as of {seen.iso}" if seen else ""
    return "\n".join(
        (
            f"# {record.id}: draft of a study definition",
            "",
            "| file | what it is |",
            "|---|---|",
            f"| `{file}` | the registry record, byte for byte{as_of} (SHA-256 `{record.provenance.sha256}`) |",
            "| `study.yaml` | the draft: what the record says, and `undecided` where it does not |",
            "| `randomisation.yaml` | sealed: a proposal for method and restriction, for statistician and pharmacist |",
            f"| `{SCHEMA_FILE.name}` | the schema, so that an editor completes the file |",
            "",
            "The record is public data of ClinicalTrials.gov (US National Library of Medicine); nothing is endorsed.",
            "",
            "Decide what is open, and write the reason and the source of each choice under `decisions`.",
            "`equipoise check .` lists what is left; `equipoise rehearse .` plays the trial on synthetic participants.",
            "Take `randomisation.yaml` out of this folder before anybody recruits: those who enrol never see it.",
            "",
        )
    )


def _tell(definition: StudyDefinition, findings: tuple[Finding, ...], out: Path, console: "Console") -> None:
    doses = len(definition.dose_encounters())
    console.print(
        f"[bold]{escape(definition.id)}[/]: {len(definition.arms)} arms, {len(definition.encounters)} encounters"
        f" ({doses} with a dose), endpoints: {len(definition.endpoints)}; written to {escape(str(out / _STUDY))}",
        soft_wrap=True,
    )
    still_open = [finding for finding in findings if finding.rule == "DEC-OPEN"]
    console.print(f"\n[bold yellow]{len(still_open)} decisions are open[/], for example:")
    for finding in still_open[:_SHOWN]:
        console.print(f"  {_line(finding)}", soft_wrap=True)
    folder = escape(str(out))
    console.print(f"\nAll of them   [bold]equipoise check {folder}[/]", soft_wrap=True)
    console.print(f"Try it        [bold]equipoise rehearse {folder}[/]", soft_wrap=True)


def _line(finding: Finding) -> str:
    line = finding.place.rsplit(":", 2)[-2]
    return f"line {line:>4}  {escape(finding.message.removeprefix('open: '))}"
