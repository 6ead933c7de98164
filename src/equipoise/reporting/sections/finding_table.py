"""Findings in short: one row each, where a full list would bury the reader."""

from collections.abc import Sequence

from equipoise.reporting.document import Column, Content, Row, RowKind, Table, code, emphasis
from equipoise.vocabulary import Finding, Severity

_TITLES = {Severity.ERROR: "Errors", Severity.WARNING: "Warnings", Severity.INFO: "Notes"}
_EVIDENCE_AT_MOST = 3
_LETTERS_AT_MOST = 140


def finding_table(anchor: str, caption: str, findings: Sequence[Finding], *, evidence: bool) -> Table:
    """A table of findings, the heaviest first; with `evidence`, the words that led to each."""
    rows: list[Row] = []
    for severity, title in _TITLES.items():
        group = [finding for finding in findings if finding.severity is severity]
        if group:
            rows.append(Row((title,), RowKind.GROUP))
            rows += [_row(finding, evidence=evidence) for finding in group]
    columns = (Column("Rule"), Column("Finding", share=3), Column("What to do", share=2))
    return Table(anchor, caption, columns, tuple(rows))


def _row(finding: Finding, *, evidence: bool) -> Row:
    quoted = "; ".join(_short(each) for each in finding.evidence[:_EVIDENCE_AT_MOST])
    said: Content = (finding.message, emphasis(f" {quoted}")) if evidence and quoted else finding.message
    return Row((code(finding.rule), said, finding.suggestion))


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS_AT_MOST else f"{text[: _LETTERS_AT_MOST - 1].rstrip()}…"
