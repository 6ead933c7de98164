"""What `equipoise check` found, ready to be shown: the same for a record and for a study definition."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.registration import RULES, DerivedFigures, PublishedFacts, RegistryRecord, derive, judge, scope, text_of
from equipoise.vocabulary import Finding, Severity, Verdict

if TYPE_CHECKING:
    from equipoise.protocol import DefinitionReading


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Findings on one document, with the lines that introduce it.

    `introduction` and `figures_in_words` are sentences for people; `source`, `figures`, `unread` are for machines.
    """

    kind: str
    id: str
    title: str
    file: str
    introduction: tuple[str, ...]
    findings: tuple[Finding, ...]
    scope: tuple[Finding, ...] = ()
    as_of: date | None = None
    figures_in_words: tuple[str, ...] = ()
    source: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    unread: list[dict[str, str]] = field(default_factory=list)
    paper: str | None = None
    groups: dict[str, str] = field(default_factory=dict)

    def hits(self, severity: Severity) -> tuple[Finding, ...]:
        """Give the findings of one weight."""
        return tuple(one for one in self.findings if one.verdict is Verdict.HIT and one.severity is severity)

    def of_verdict(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Give the findings with one verdict."""
        return tuple(one for one in self.findings if one.verdict is verdict)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings of each kind."""
        return {
            "outside_scope": len(self.scope),
            **{severity.value: len(self.hits(severity)) for severity in Severity},
            "source_artefact": len(self.of_verdict(Verdict.SOURCE_ARTEFACT)),
            "undecidable": len(self.of_verdict(Verdict.UNDECIDABLE)),
            "ok": len(self.of_verdict(Verdict.OK)),
        }

    @property
    def has_errors(self) -> bool:
        """True when a finding is an error, or the design lies outside the system."""
        return bool(self.scope or self.hits(Severity.ERROR))


def report_on_record(record: RegistryRecord, as_of: date | None, paper: PublishedFacts | None) -> CheckReport:
    """Judge a record, and lay it beside the paper where one is given."""
    source, figures = record.provenance, derive(record)
    unread = f", {len(source.unread)} not understood" if source.unread else ""
    introduction = [
        f"Read from {source.format}: {source.read} of {source.leaves} pieces taken into the record{unread}."
    ]
    if as_of:
        introduction.append(f"Judged as of {as_of}.")
    if paper:
        introduction.append(f"Compared with {paper.citation} ({paper.extent}).")
    return CheckReport(
        kind="registry record",
        id=record.id,
        title=text_of(record.identity.brief_title) or text_of(record.identity.official_title),
        file=source.file,
        introduction=tuple(introduction),
        findings=judge(record, as_of, paper),
        scope=scope(record),
        as_of=as_of,
        figures_in_words=_figures_in_words(figures),
        source={"file": source.file, "format": source.format.value, "sha256": source.sha256, "bytes": source.size}
        | {"pieces": source.leaves, "read": source.read},
        figures={
            name: {"value": figure.shown if figure.value is not None else None, "formula": figure.formula}
            for name, figure in _figures(figures).items()
        },
        unread=[{"path": one.path, "text": one.text, "reason": one.reason} for one in source.unread],
        paper=paper.citation if paper else None,
        groups={rule.id: rule.group.value for rule in RULES.values()},
    )


def report_on_definition(reading: "DefinitionReading") -> CheckReport:
    """Show the findings on a study definition, and where it differs from the record that lies beside it."""
    from equipoise.protocol.own_record import own_record
    from equipoise.protocol.record_gaps import compare_with_record
    from equipoise.protocol.rules import group_of

    definition, file = reading.definition, reading.source.name
    if definition is None:
        mend = "The definition cannot be used until its errors are mended."
        groups = {one.rule: group_of(one.rule) for one in reading.findings}
        return CheckReport("study definition", file, "", file, (mend,), reading.findings, groups=groups)
    record = own_record(definition, Path(file))
    gaps = compare_with_record(definition, record) if record else ()
    introduction = [file, f"Version {definition.version}, {definition.label}; digest {definition.digest[:12]}."]
    introduction += [f"Compared with its record, {record.provenance.file}."] if record else []
    findings = (*reading.findings, *gaps)
    return CheckReport(
        kind="study definition",
        id=definition.id,
        title=definition.title.text(),
        file=file,
        introduction=tuple(introduction),
        findings=findings,
        groups={one.rule: group_of(one.rule) for one in findings},
    )


def _figures(figures: DerivedFigures) -> dict[str, Any]:
    return {
        "participants": figures.participants,
        "sites": figures.sites,
        "arms": figures.arms,
        "months": figures.months,
        "per_site_per_month": figures.per_site_per_month,
        "recruitment_rate": figures.recruitment_rate,
    }


def _figures_in_words(figures: DerivedFigures) -> tuple[str, ...]:
    known = [
        f"{figure.shown} {words}"
        for figure, words in (
            (figures.participants, "participants"),
            (figures.sites, "sites" if figures.sites.value != 1 else "site"),
            (figures.arms, "arms"),
            (figures.months, "months"),
            (figures.per_site_per_month, "per site and month"),
        )
        if figure.value is not None
    ]
    lines = [" · ".join(known)] if known else []
    if figures.window and figures.recruitment_rate.value:
        lines.append(
            f"Recruitment: {figures.recruitment_rate.shown} per month over the {figures.window.months:.1f} months "
            f"in which someone could start ({figures.window.opens} to {figures.window.closes})."
        )
    return tuple(lines)
