"""Departures from the protocol, and how the data came to be what they are."""

from collections import Counter

from equipoise.protocol.study_definition import StudyDefinition
from equipoise.reporting.conduct_summary import ConductSummary, DataCounts, DeviationLine
from equipoise.reporting.document import Align, Block, Column, Content, Facts, Heading, Paragraph, Row, Table
from equipoise.reporting.numbers import NOTHING, plural

LISTED_AT_MOST = 150
"""Beyond it the report counts the deviations by kind; each of them stands in the ledger."""


def conduct_section(conduct: ConductSummary) -> tuple[Block, ...]:
    """Deviations and data quality, all arms together: recorded and judged before the list was released."""
    return (
        Heading(1, "Deviations and data quality", "conduct"),
        *_deviations(conduct.deviations),
        Heading(2, "Data quality", "data-quality"),
        Facts(_data(conduct.data, conduct.harms.seq)),
    )


def _deviations(deviations: tuple[DeviationLine, ...]) -> tuple[Block, ...]:
    if not deviations:
        return (Paragraph("No protocol deviation was recorded."),)
    kinds = Counter(each.kind for each in deviations)
    counted = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    text = f"{plural(len(deviations), 'protocol deviation')} ({counted})."
    if len(deviations) > LISTED_AT_MOST:
        return (Paragraph(f"{text} There are too many to list here; each is an entry of the ledger."),)
    table = Table(
        "tab-deviations",
        "Protocol deviations, in the order in which they were recorded",
        (
            Column("No.", Align.END),
            Column("Participant"),
            Column("Kind"),
            Column("Date"),
            Column("What happened", share=1),
            Column("Important"),
        ),
        tuple(_row(each) for each in deviations),
        ("Important: as judged at the blind review, before anybody knew an arm.",),
    )
    return (Paragraph(text), table)


def _row(each: DeviationLine) -> Row:
    important = NOTHING if each.important is None else "yes" if each.important else "no"
    return Row((str(each.number), each.participant, each.kind, each.on.isoformat(), each.text, important))


def _data(data: DataCounts, entries: int) -> tuple[tuple[str, Content], ...]:
    reasons = "; ".join(f"{each.text} ({each.count})" for each in data.why_corrected[:8])
    return (
        ("Ledger", f"{plural(entries, 'entry', 'entries')}; nothing in it was changed or removed"),
        ("Answers", f"{plural(data.answered, 'data point')} answered, {data.not_done} marked as not done"),
        (
            "Corrections",
            f"{plural(data.corrected, 'data point')} corrected, {data.corrected_after_query} of them after a query"
            + (f". Reasons: {reasons}" if reasons else ""),
        ),
        ("Questions of the form", f"{plural(data.prompts, 'time')} a check asked whether an unusual value is right"),
        ("Queries", f"{data.queries} raised, {data.queries_open} still open"),
    )


def completeness(definition: StudyDefinition, conduct: ConductSummary) -> Paragraph:
    """How far the planned visits have been accounted for."""
    due = len(definition.encounters) * conduct.flow.randomised
    accounted = due - sum(visit.unrecorded for visit in conduct.visits)
    return Paragraph(f"{accounted} of {plural(due, 'planned visit')} of randomised participants are accounted for.")
