"""Write what is generated from the code: the reference pages and the published schema.

With `--check`, write nothing, name what is out of date, and end with status 1 if anything is.
"""

import json
import sys
from pathlib import Path

from statistics_page import statistics_page
from typer.testing import CliRunner

from equipoise.cli.app import app
from equipoise.protocol import study_file
from equipoise.protocol.reference_page import study_yaml_page
from equipoise.protocol.study_schema import SCHEMA_FILE, study_schema_text
from equipoise.registration.rules import RULES
from equipoise.registration.rules.sources import SOURCES
from equipoise.vocabulary import digest

REFERENCE = Path(__file__).parent / "reference"


def generated() -> dict[Path, str]:
    """Give every generated file with the text that it should hold."""
    return {
        SCHEMA_FILE: study_schema_text(),
        REFERENCE / "study-yaml.md": study_yaml_page(),
        REFERENCE / "command-line.md": command_line_page(),
        REFERENCE / "registry-rules.md": registry_rules_page(),
        REFERENCE / "statistics.md": statistics_page(),
        REFERENCE / "design-NCT05921058.md": design_page("NCT05921058"),
    }


def command_line_page() -> str:
    """Every command with its own help text."""
    names = ["", *sorted(command.callback.__name__ for command in app.registered_commands if command.callback)]
    parts = ["# The command line", "", "Generated from the commands' own help.", ""]
    for name in names:
        shown = CliRunner().invoke(
            app, [*([name] if name else []), "--help"], env={"COLUMNS": "100"}, prog_name="equipoise"
        )
        parts += [f"## equipoise {name}".rstrip(), "", "```", shown.stdout.rstrip(), "```", ""]
    return "\n".join(parts)


def registry_rules_page() -> str:
    """Every rule that a registration is judged by: id, weight, why, source keys; then what the keys mean."""
    parts = ["# Rules for registrations", "", "Generated from the rules.", "", "| id | weight | why | sources |"]
    parts.append("|---|---|---|---|")
    for rule in RULES.values():
        sources = "; ".join(rule.sources).replace("|", "/")
        parts.append(f"| {rule.id} | {rule.severity.value} | {rule.why.replace('|', '/')} | {sources} |")
    legend = [f"- **{key}**: {text}" for key, text in SOURCES.items()]
    return "\n".join([*parts, "", "## Sources", "", *legend, ""])


def design_page(study: str) -> str:
    """What a shipped study can answer, from the design report that its number of participants rests on."""
    file = study_file(study).with_name("design.json")
    report = json.loads(file.read_text(encoding="utf-8"))
    parts = [
        f"# What {study} can answer",
        "",
        f"From the shipped design report `{digest(report)[:16]}`, made by `equipoise design {study}` "
        f"({report['software']}, {report['trials']:,} trials in each world, seed {report['seed']}); assumptions, not "
        "results.",
        "",
        "| participants | effect (SD) | power, t test | power, ANCOVA |",
        "|---|---|---|---|",
    ]
    parts += [
        f"| {each['participants']} | {each['effect']} | {_two(each['t_test'])} | {_two(each['ancova'])} |"
        for each in report["sizes"]
    ]
    parts += ["", "| participants | power | detectable, t test (SD) | detectable, ANCOVA (SD) |", "|---|---|---|---|"]
    parts += [
        f"| {each['participants']} | {_percent(each['power'])} | {_two(each['t_test'])} | {_two(each['ancova'])} |"
        for each in report["detectable"]
    ]
    parts += ["", "| effect (SD) | power | needed, t test | needed, ANCOVA |", "|---|---|---|---|"]
    parts += [
        f"| {each['effect']} | {_percent(each['power'])} | {each['t_test']} | {each['ancova']} |"
        for each in report["needed"]
    ]
    parts += ["", "| claim | plan | believed | no effect at all | effect planned for |", "|---|---|---|---|---|"]
    parts += [
        f"| {row['claim']} | {row['plan']} | {float(row['nominal']):.1%} | {_rate(row['without_effect'])} | "
        f"{_rate(row['with_effect'])} |"
        for row in report["rows"]
    ]
    return "\n".join([*parts, ""])


def _two(number: str) -> str:
    return f"{float(number):.2f}"


def _percent(share: str) -> str:
    return f"{float(share):.0%}"


def _rate(rate: dict[str, int]) -> str:
    return f"{rate['count'] / rate['trials']:.0%}"


def main(arguments: list[str]) -> int:
    """Write every generated file, or check that each is current."""
    stale = [
        path for path, text in generated().items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in arguments:
        for path in stale:
            print(f"{path} is out of date: run `make docs`.", file=sys.stderr)  # noqa: T201  # a script for a terminal
        return 1 if stale else 0
    REFERENCE.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(generated()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
