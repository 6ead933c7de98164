"""Harms: every event term by arm, with the difference of risks and its interval (CONSORT 2025 items 15 and 27)."""

from equipoise.analysis.analysis_results import EventRow
from equipoise.reporting.document import Align, Block, Column, Content, Density, Figure, Heading, Paragraph, Row, Table
from equipoise.reporting.figures.events import EventLine, events
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.numbers import ENGLISH, NOTHING, plural
from equipoise.reporting.reading import arm_names
from equipoise.safety import OpenReport

_DRAWN_AT_MOST = 15


def safety_section(inputs: ReportInputs) -> tuple[Block, ...]:
    """All adverse events, the commonest first; nothing is left out for being rare."""
    heading = Heading(1, "Safety", "safety")
    rows = sorted(inputs.results.events, key=lambda row: (-sum(row.participants.values()), row.term))
    if not rows:
        return (heading, Paragraph("No adverse event was recorded in any arm."))
    whole = _safety_set(inputs)
    total = sum(sum(row.events.values()) for row in rows)
    intro = (
        f"{plural(len(rows), 'term')}, {plural(total, 'event')}. Each participant counts once per term; the "
        "grade is the worst that anyone had (CTCAE v5.0: 1 mild to 5 death). Intervals are not adjusted for the number "
        "of terms: they describe, they do not test."
    )
    return (
        heading,
        Paragraph(intro),
        Paragraph(_serious(inputs.trial.conduct.harms)),
        _table(inputs, rows, whole),
        _figure(inputs, rows[:_DRAWN_AT_MOST], whole, rows),
    )


def harms_together(harms: OpenReport) -> tuple[Block, ...]:
    """Adverse events of the whole trial, nothing by arm: for the time of masking."""
    heading = Heading(1, "Safety, all arms together", "safety")
    if not harms.terms:
        return (heading, Paragraph("No adverse event has been recorded."))
    grades = sorted({grade for term in harms.terms for grade in term.by_worst_grade})
    rows = tuple(
        Row(
            (
                term.term,
                str(term.participants),
                str(term.events),
                *(str(term.by_worst_grade.get(grade, 0) or NOTHING) for grade in grades),
            )
        )
        for term in sorted(harms.terms, key=lambda term: (-term.participants, term.term))
    )
    table = Table(
        "tab-harms",
        "Adverse events: participants with the event, events, participants by worst grade",
        (
            Column("Term", share=4),
            Column("Participants", Align.END),
            Column("Events", Align.END),
            *(Column(f"Grade {grade}", Align.END) for grade in grades),
        ),
        rows,
    )
    return (heading, Paragraph(_serious(harms)), table)


def _serious(harms: OpenReport) -> str:
    return (
        f"{plural(harms.adverse_events, 'adverse event')} in {plural(harms.participants_with_events, 'participant')}; "
        f"{harms.serious_events} serious, {harms.fatal_events} fatal, "
        f"{plural(harms.reports_overdue, 'expedited report')} overdue."
    )


def _safety_set(inputs: ReportInputs) -> dict[str, int]:
    """Arm -> participants in the safety set; everyone analysed where the plan names no such set."""
    members = inputs.results.sets.get("safety_set", tuple(inputs.results.arms))
    return {
        arm: sum(inputs.results.arms.get(each) == arm for each in members) for arm in arm_names(inputs.trial.definition)
    }


def _table(inputs: ReportInputs, rows: list[EventRow], whole: dict[str, int]) -> Table:
    names = arm_names(inputs.trial.definition)
    columns = [Column("Term", share=4)]
    for arm, name in names.items():
        group = f"{name} (n = {whole[arm]})"
        columns += [
            Column("n (%)", Align.END, group, 2),
            Column("Events", Align.END, group),
            Column("Grade", Align.END, group),
        ]
    columns += [Column("Difference, %", Align.END, share=2), Column("95 % CI", Align.END, share=3)]
    return Table(
        "tab-events",
        "Adverse events by arm: participants with the event, events, worst grade, difference of risks",
        tuple(columns),
        tuple(_row(row, names, whole) for row in rows),
        ("Difference in percentage points, in the direction of the arms from left to right.",),
        Density.COMPACT,
    )


def _row(row: EventRow, names: dict[str, str], whole: dict[str, int]) -> Row:
    cells: list[Content] = [row.term]
    for arm in names:
        grade = row.worst_grade.get(arm, 0)
        cells += [
            ENGLISH.count_percent(row.participants.get(arm, 0), whole[arm]),
            str(row.events.get(arm, 0)),
            str(grade) if grade else NOTHING,
        ]
    limits = (100 * row.interval[0], 100 * row.interval[1]) if row.interval else None
    difference = None if row.risk_difference is None else 100 * row.risk_difference
    return Row((*cells, ENGLISH.fixed(difference, 0), ENGLISH.interval(limits, 0)))


def _figure(inputs: ReportInputs, shown: list[EventRow], whole: dict[str, int], rows: list[EventRow]) -> Figure:
    names = arm_names(inputs.trial.definition)
    lines = tuple(_line(row, names, whole) for row in shown)
    title = "Adverse events: share of participants, and difference of the arms"
    listed = "; ".join(_in_words(line, tuple(names.values())) for line in lines)
    words = f"Participants with each event: {listed}."
    svg = events(lines, tuple(names.values()), title=title, description=words, synthetic=inputs.trial.synthetic)
    notes = (
        (f"The {len(shown)} commonest of {len(rows)} terms; all are in the table.",) if len(rows) > len(shown) else ()
    )
    return Figure("fig-events", title, svg, words, notes)


def _in_words(line: EventLine, arms: tuple[str, ...]) -> str:
    shares = zip(arms, line.percentages, strict=True)
    return f"{line.term} {', '.join(f'{arm} {ENGLISH.fixed(share, 0)} %' for arm, share in shares)}"


def _line(row: EventRow, names: dict[str, str], whole: dict[str, int]) -> EventLine:
    shares = tuple(100 * row.participants.get(arm, 0) / whole[arm] if whole[arm] else 0.0 for arm in names)
    difference = None
    if row.risk_difference is not None and row.interval is not None:
        difference = (100 * row.risk_difference, 100 * row.interval[0], 100 * row.interval[1])
    return EventLine(row.term, shares, difference)
