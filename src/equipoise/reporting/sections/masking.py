"""How well the masking was kept: what people guessed, and the indices of Bang and of James (CONSORT 2025 item 20)."""

from equipoise.analysis.harms_results import GuessTable, Index
from equipoise.reporting.document import Align, Block, Column, Heading, Paragraph, Row, RowKind, Table
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.numbers import ENGLISH, NOTHING
from equipoise.reporting.reading import arm_names


def masking_section(inputs: ReportInputs) -> tuple[Block, ...]:
    """The guesses by kind of respondent and arm; nothing where nobody was asked."""
    guesses = inputs.results.harms.guesses
    if not guesses:
        return ()
    return (
        Heading(2, "Guesses of the arm", "guesses"),
        Paragraph(
            "Asked while everybody was masked. Bang’s index is 1 if all in an arm guess right, 0 as by chance, −1 if "
            "all guess wrong; James’s is 0 if all guess right, 0.5 as by chance, 1 if nobody knows. A right guess may "
            "come of an effect as well as of a leak."
        ),
        _table(inputs, guesses),
    )


def _table(inputs: ReportInputs, guesses: tuple[GuessTable, ...]) -> Table:
    names = arm_names(inputs.trial.definition)
    answers = tuple(dict.fromkeys(answer for each in guesses for row in each.counts.values() for answer in row))
    rows: list[Row] = []
    for each in guesses:
        james = f"; James {_index(each.james)}" if each.james else ""
        rows.append(Row((f"{each.respondent.replace('_', ' ').capitalize()}{james}",), RowKind.GROUP))
        for arm, name in names.items():
            counts = each.counts.get(arm, {})
            rows.append(Row((name, *(str(counts.get(answer, 0)) for answer in answers), _index(each.bang.get(arm)))))
    return Table(
        "tab-guesses",
        "Guesses by the arm that was received",
        (
            Column("Arm", share=3),
            *(Column(answer.replace("_", " ").capitalize(), Align.END) for answer in answers),
            Column("Bang’s index (95 % CI)", Align.END, share=2),
        ),
        tuple(rows),
    )


def _index(index: Index | None) -> str:
    if index is None:
        return NOTHING
    value = ENGLISH.fixed(index.value, 2)
    return f"{value} ({ENGLISH.interval(index.interval, 2)})" if index.interval else value
