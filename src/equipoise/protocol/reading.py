"""Read a study definition and report its mistakes as a compiler does: file, line, column, what, and the remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from equipoise.protocol.expression_faults import judge_expressions
from equipoise.protocol.model_faults import Fault, faults_of
from equipoise.protocol.open_decisions import judge_decisions
from equipoise.protocol.purpose import judge_purpose
from equipoise.protocol.references import judge_references
from equipoise.protocol.rules import RULES, group_order
from equipoise.protocol.shipped import study_file
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.protocol.timing import judge_schedule
from equipoise.protocol.wording import judge_wording
from equipoise.vocabulary import Finding, Refusal, Severity
from equipoise.vocabulary.yaml_source import Path_, YamlSource, parse_yaml, read_yaml


class DefinitionError(Refusal):
    """A definition that cannot be used, with every finding of error level."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        more = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(first.rule, f"{first.place}: {first.message}{more}", first.suggestion)
        self.findings = findings

    def __reduce__(self) -> tuple[type["DefinitionError"], tuple[tuple[Finding, ...]]]:  # type: ignore[override]
        return DefinitionError, (self.findings,)


@dataclass(frozen=True)
class DefinitionReading:
    """What came out of a file: the definition, if the models accepted it, and all findings on it."""

    source: YamlSource
    definition: StudyDefinition | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings for which the definition cannot be used."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


def load_definition(path: Path | str) -> StudyDefinition:
    """Read a study definition that can be used.

    `path` is a file, a folder with a `study.yaml`, or the name of a shipped study (`NCT05921058`,
    `NCT05921058/as-published`).  Raises `DefinitionError` with its findings, or `UnreadableYaml` for a file that is no
    YAML at all.
    """
    reading = read_definition(path)
    if reading.definition is None or reading.errors:
        raise DefinitionError(reading.errors)
    return reading.definition


def read_definition(path: Path | str) -> DefinitionReading:
    """Read a study definition with all its findings, whether it can be used or not.  Raises `UnreadableYaml`."""
    return _judge_source(read_yaml(study_file(path)))


def parse_definition(content: bytes, name: str = "study.yaml") -> DefinitionReading:
    """Read a definition from bytes; `name` is what its places are called.  Raises `UnreadableYaml`."""
    return _judge_source(parse_yaml(content, name))


def judge_definition(definition: StudyDefinition) -> tuple[Finding, ...]:
    """Judge a definition that is already in memory; places are paths such as `encounters.3.forms.0`."""
    return _findings(_faults(definition), None)


def _judge_source(source: YamlSource) -> DefinitionReading:
    try:
        definition = StudyDefinition.model_validate(source.data)
    except ValidationError as error:
        return DefinitionReading(source, None, _findings(faults_of(error, StudyDefinition, source.data), source))
    return DefinitionReading(source, definition, _findings(_faults(definition), source))


def _faults(definition: StudyDefinition) -> Iterable[Fault]:
    yield from judge_references(definition)
    yield from judge_schedule(definition)
    yield from judge_expressions(definition)
    yield from judge_purpose(definition)
    yield from judge_wording(definition)
    yield from judge_decisions(definition)


_HEAVIEST_FIRST = list(Severity)


def _findings(faults: Iterable[Fault], source: YamlSource | None) -> tuple[Finding, ...]:
    ordered = sorted(faults, key=lambda fault: (_HEAVIEST_FIRST.index(fault.severity), group_order(fault.rule)))
    return tuple(
        Finding(
            fault.rule, fault.severity, _place(fault, source), fault.message, fault.suggestion, why=RULES[fault.rule]
        )
        for fault in ordered
    )


def _place(fault: Fault, source: YamlSource | None) -> str:
    if source is None:
        return _dotted(fault.path)
    return source.place(fault.path, key=fault.at_key)


def _dotted(path: Path_) -> str:
    return ".".join(str(part) for part in path) or "the definition"
