"""Harms: every event term by arm, with the difference of risks and its interval (CONSORT 2025 items 15 and 27)."""

from collections.abc import Sequence

from equipoise.analysis.harms_results import EventRow, GradeShift
from equipoise.reporting.document import (
    Align,
    Block,
    Column,
    Content,
    Density,
    Figure,
    Heading,
    Paragraph,
    Row,
    RowKind,
    Table,
    code,
    reference,
)
from equipoise.reporting.figures.events import EventLine, events
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.numbers import ENGLISH, NOTHING, plural
from equipoise.reporting.reading import arm_names
from equipoise.safety import OpenReport

_DRAWN_AT_MOST = 15


def safety_section(inputs: ReportInputs) -> tuple[Block, ...]:
    """All adverse events, the commonest first; nothing is left out for being rare."""
    rows = inputs.results.events
    blocks: list[Block] = [
        Heading(1, "Safety", "safety"),
        Paragraph(_serious(inputs.trial.conduct.harms)),
        Paragraph(
            f"{plural(len(rows), 'term')}, counted by the arm that was received. Each participant counts once per "
            "term; the grade is the worst that anyone had (CTCAE v5.0: 1 mild to 5 death). Intervals are not adjusted "
            "for the number of terms: they describe, they do not test."
        ),
        _table(inputs, rows),
    ]
    if rows:
        blocks += [_rates(inputs, rows), _figure(inputs, rows)]
    if any(inputs.results.harms.listing.values()):
        blocks.append(Paragraph(("Each event, participant by participant: ", reference("tab-listing"), ".")))
    if inputs.results.harms.shifts:
        blocks += [Heading(2, "Shifts of graded laboratory results", "shifts"), _shifts(inputs)]
    return tuple(blocks)


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


def _observed(inputs: ReportInputs) -> dict[str, int]:
    """Arm -> participants of the safety set who received it, in the order of the report."""
    found = {row.arm: row.participants for row in inputs.results.harms.exposure}
    return {arm: found.get(arm, 0) for arm in arm_names(inputs.trial.definition)}


def _table(inputs: ReportInputs, rows: Sequence[EventRow]) -> Table:
    whole = _observed(inputs)
    columns = [Column("Term", share=8)]
    for arm, name in arm_names(inputs.trial.definition).items():
        group = f"{name} (n = {whole[arm]})"
        columns += [
            Column("n (%)", Align.END, group, 4),
            Column("Events", Align.END, group, 3),
            Column("Grade", Align.END, group, 3),
        ]
    columns += [Column("Difference", Align.END, share=4), Column("95 % CI", Align.END, share=5)]
    laid = [Row(("All events together",), RowKind.GROUP)]
    laid += [_row(row, whole) for row in inputs.results.harms.overview]
    laid += [Row(("By term",), RowKind.GROUP), *(_row(row, whole) for row in rows)] if rows else []
    methods = dict.fromkeys(row.interval_method for row in rows if row.interval_method)
    return Table(
        "tab-events",
        "Adverse events by arm: participants with the event, events, worst grade, difference of risks",
        tuple(columns),
        tuple(laid),
        (
            "Difference of risks in percentage points, the arm on the left minus the arm on the right"
            + (f"; interval: {', '.join(methods)}." if methods else "."),
            *_exposure(inputs),
            (
                "The entries behind a row: ",
                code("equipoise trace . TERM"),
                ", as in ",
                reference("tab-traceability"),
                ".",
            ),
        ),
        Density.COMPACT,
    )


def _exposure(inputs: ReportInputs) -> tuple[str, ...]:
    names = arm_names(inputs.trial.definition)
    parts = [
        f"{names[row.arm]}: {plural(row.doses, 'dose')} in {plural(row.person_days, 'person-day')}"
        for row in inputs.results.harms.exposure
    ]
    return (f"Exposure: {'; '.join(parts)}.",) if parts else ()


def _row(row: EventRow, whole: dict[str, int]) -> Row:
    cells: list[Content] = [row.term]
    for arm, participants in whole.items():
        grade = row.worst_grade.get(arm, 0)
        cells += [
            ENGLISH.count_percent(row.participants.get(arm, 0), participants),
            str(row.events.get(arm, 0)),
            str(grade) if grade else NOTHING,
        ]
    limits = (100 * row.interval[0], 100 * row.interval[1]) if row.interval else None
    difference = None if row.risk_difference is None else 100 * row.risk_difference
    return Row((*cells, ENGLISH.fixed(difference, 0), ENGLISH.interval(limits, 0)))


def _rates(inputs: ReportInputs, rows: Sequence[EventRow]) -> Table:
    """Events over what was given and how long was looked: participants who leave early have less of both."""
    columns = [Column("Term", share=7)]
    for name in arm_names(inputs.trial.definition).values():
        columns += [
            Column("per 100 doses", Align.END, f"{name}: events", 4),
            Column("per person-year", Align.END, f"{name}: events", 5),
        ]
    columns += [Column("Ratio of rates", Align.END, share=4), Column("95 % CI", Align.END, share=5)]
    laid = [_rate_row(inputs, row) for row in (*inputs.results.harms.overview, *rows)]
    return Table(
        "tab-rates",
        "Adverse events by exposure: events per 100 doses given and per person-year of observation",
        tuple(columns),
        tuple(laid),
        (
            "Ratio of the rates per person-year, the arm on the left over the arm on the right; exact interval given "
            "the number of events. It takes events as independent, also those of one participant.",
        ),
        Density.COMPACT,
    )


def _rate_row(inputs: ReportInputs, row: EventRow) -> Row:
    cells: list[Content] = [row.term]
    for arm in arm_names(inputs.trial.definition):
        cells += [
            ENGLISH.fixed(row.per_hundred_doses.get(arm), 1),
            ENGLISH.fixed(row.per_person_year.get(arm), 2),
        ]
    return Row((*cells, ENGLISH.fixed(row.rate_ratio, 2), ENGLISH.interval(row.rate_ratio_interval, 2)))


def _figure(inputs: ReportInputs, rows: Sequence[EventRow]) -> Figure:
    names = arm_names(inputs.trial.definition)
    whole = _observed(inputs)
    lines = tuple(_line(row, whole) for row in rows[:_DRAWN_AT_MOST])
    title = "Adverse events: share of participants, and difference of the arms"
    listed = "; ".join(_in_words(line, tuple(names.values())) for line in lines)
    words = f"Participants with each event: {listed}."
    svg = events(lines, tuple(names.values()), title=title, description=words, synthetic=inputs.trial.synthetic)
    hidden = len(rows) - len(lines)
    notes = (f"The {len(lines)} commonest of {len(rows)} terms; all are in the table.",) if hidden else ()
    return Figure("fig-events", title, svg, words, notes)


def _in_words(line: EventLine, arms: tuple[str, ...]) -> str:
    shares = zip(arms, line.percentages, strict=True)
    return f"{line.term} {', '.join(f'{arm} {ENGLISH.fixed(share, 0)} %' for arm, share in shares)}"


def _line(row: EventRow, whole: dict[str, int]) -> EventLine:
    shares = tuple(100 * row.participants.get(arm, 0) / count if count else 0.0 for arm, count in whole.items())
    difference = None
    if row.risk_difference is not None and row.interval is not None:
        difference = (100 * row.risk_difference, 100 * row.interval[0], 100 * row.interval[1])
    return EventLine(row.term, shares, difference)


def _shifts(inputs: ReportInputs) -> Table:
    names = arm_names(inputs.trial.definition)
    by_place = {(shift.term, shift.arm): shift for shift in inputs.results.harms.shifts}
    terms = dict.fromkeys(shift.term for shift in inputs.results.harms.shifts)
    return Table(
        "tab-shifts",
        "From the grade at baseline to the worst grade after the first dose (CTCAE v5.0)",
        (Column("Term", share=2), *(Column(name, share=3) for name in names.values())),
        tuple(Row((_term(term), *(_worsened(by_place.get((term, arm))) for arm in names))) for term in terms),
        ("Grade 0 is within the laboratory’s limits; ? is a grade that the data do not give.",),
    )


def _worsened(shift: GradeShift | None) -> str:
    if shift is None:
        return NOTHING
    worse = [cell for cell in shift.cells if cell[0] != cell[1] and (cell[1] or 0) > (cell[0] or 0)]
    parts = [f"{_grade(before)} → {_grade(after)}: {count}" for before, after, count in worse]
    return "; ".join([*parts, f"not worse: {sum(cell[2] for cell in shift.cells if cell not in worse)}"])


def _term(identifier: str) -> str:
    """`creatinine_increased` as a reader writes it."""
    return identifier.replace("_", " ").capitalize()


def _grade(grade: int | None) -> str:
    return "?" if grade is None else str(grade)
