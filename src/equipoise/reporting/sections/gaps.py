"""The gap report as a section: a table of the four tellings, then what judges each difference."""

from equipoise.reporting.document import Block, Column, Content, Heading, Paragraph, Row, Table, strong
from equipoise.reporting.gap import Gap, gap_report
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.sections.finding_table import finding_table


def gap_section(inputs: ReportInputs) -> tuple[Block, ...]:
    """Record against definition against conduct, and against the paper if there is one (COMPare; CONSORT 2025, 10)."""
    gaps = gap_report(inputs)
    published = inputs.published is not None
    columns = [Column("Topic", share=2), Column("Registered", share=3), Column("Defined", share=4)]
    columns += [Column("Conducted", share=3)] + ([Column("Published", share=3)] if published else [])
    differing = [gap for gap in gaps if gap.differs]
    verb = "differs" if len(differing) == 1 else "differ"
    return (
        Heading(1, "The gaps", "gaps"),
        Paragraph(
            f"The trial in its {'four' if published else 'three'} tellings. By the rules that compare them, "
            f"{len(differing)} of {len(gaps)} topics {verb}; the rules stand under each topic, and below the table "
            "what they say. A difference that a decision declares is told, not blamed."
        ),
        Table(
            "tab-gaps",
            "What was registered, defined, conducted" + (" and published" if published else ""),
            tuple(columns),
            tuple(_row(gap, published=published) for gap in gaps),
            _sources(inputs),
        ),
        *_judged(gaps),
    )


def _judged(gaps: tuple[Gap, ...]) -> tuple[Block, ...]:
    findings = tuple(dict.fromkeys(finding for gap in gaps for finding in gap.findings))
    if not findings:
        return ()
    caption = "What the rules say of each difference"
    return (
        Heading(2, "What judges the differences", "gap-findings"),
        finding_table("tab-gap-findings", caption, findings, evidence=False),
    )


def _row(gap: Gap, *, published: bool) -> Row:
    rules = ", ".join(sorted({finding.rule for finding in gap.findings}))
    topic: Content = (strong(gap.topic), f" ({rules})") if rules else strong(gap.topic)
    cells = (topic, gap.record, gap.definition, gap.conduct)
    return Row((*cells, gap.paper) if published else cells)


def _sources(inputs: ReportInputs) -> tuple[Content, ...]:
    notes: list[Content] = []
    if inputs.published is not None:
        paper = inputs.published
        notes.append(
            f"Published: {paper.citation} (read: {paper.extent.value}). "
            "What an abstract leaves out may stand in the full text."
        )
    if inputs.trial.synthetic:
        notes.append("Conducted: the rehearsal, on invented participants.")
    return tuple(notes)
