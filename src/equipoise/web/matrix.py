"""The schedule of activities of one participant as a table: encounter by form, with a state in every cell."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from equipoise.conduct import Page, Participant, Plan, QueryStatus, scheduled_on
from equipoise.conduct.events import DoseAdministered
from equipoise.conduct.progress import Progress, encounter_progress, encounter_window, next_encounter, page_progress
from equipoise.conduct.sight import sees
from equipoise.protocol.forms import Form
from equipoise.protocol.schedule import Activity, Encounter
from equipoise.vocabulary import Role
from equipoise.web.sight import sees_query

SYMBOLS: Mapping[Progress, str] = {
    Progress.NOT_DUE: "·",
    Progress.DUE: "○",
    Progress.LATE: "!",
    Progress.PART_DONE: "◐",
    Progress.DONE: "✓",
    Progress.MISSED: "×",
    Progress.NOT_EXPECTED: "–",
}
"""A state is never told by colour alone (WCAG 2.2, 1.4.1)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One form of one encounter.  `hidden`: the role sees no answer of it; `open`: the page can be filled."""

    page: Page
    progress: Progress
    queries: int
    is_hidden: bool
    is_open: bool

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.progress]


@dataclass(frozen=True, slots=True)
class Row:
    """One encounter; `cells` has one entry per column, None where the form is not asked."""

    encounter: Encounter
    progress: Progress
    planned: date | None
    window: tuple[date, date] | None
    held_on: date | None
    is_next: bool
    dose: int | None
    dose_progress: Progress | None
    may_start: bool
    cells: tuple[Cell | None, ...]

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.progress]

    @property
    def dose_symbol(self) -> str:
        return SYMBOLS[self.dose_progress] if self.dose_progress else ""

    @property
    def asked(self) -> tuple[Cell, ...]:
        """The cells of the forms that this encounter asks."""
        return tuple(cell for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole table.  `forms` are the columns, in the order in which the schedule first asks them."""

    forms: tuple[Form, ...]
    rows: tuple[Row, ...]

    @property
    def next_row(self) -> Row | None:
        return next((row for row in self.rows if row.is_next), None)


def matrix_of(plan: Plan, participant: Participant, today: date, role: Role) -> Matrix:
    """Draw the schedule of activities of a participant, as a role sees it on a day."""
    columns = tuple(dict.fromkeys(form for each in plan.encounters.values() for form in each.forms))
    following = next_encounter(plan, participant)
    asked = Counter(
        Page(query.point.encounter, query.point.form, query.point.repetition)
        for query in participant.queries.values()
        if query.point and query.status is not QueryStatus.CLOSED and sees_query(plan, role, query)
    )

    def row(encounter: Encounter) -> Row:
        cells = _cells(plan, participant, encounter, today, role)
        drawn = tuple(
            replace(cells[form], queries=asked[cells[form].page]) if form in cells else None for form in columns
        )
        return _row(plan, participant, encounter, today, drawn, is_next=following is encounter)

    return Matrix(
        tuple(plan.forms[form].form for form in columns), tuple(row(each) for each in plan.encounters.values())
    )


def _cells(plan: Plan, participant: Participant, encounter: Encounter, today: date, role: Role) -> dict[str, Cell]:
    is_open = participant.started(encounter.id) is not None
    return {
        form: Cell(
            page=Page(encounter.id, form),
            progress=page_progress(plan, participant, Page(encounter.id, form), today),
            queries=0,
            is_hidden=not any(sees(role, plan.forms[form].items[item]) for item in plan.forms[form].asked),
            is_open=is_open,
        )
        for form in encounter.forms
    }


def _row(
    plan: Plan,
    participant: Participant,
    encounter: Encounter,
    today: date,
    cells: tuple[Cell | None, ...],
    *,
    is_next: bool,
) -> Row:
    started = participant.started(encounter.id)
    progress = encounter_progress(plan, participant, encounter, today)
    day_one, dose = participant.randomised_on, plan.dose_numbers.get(encounter.id)

    return Row(
        encounter=encounter,
        progress=progress,
        planned=None if day_one is None else scheduled_on(encounter.day, day_one),
        window=encounter_window(participant, encounter),
        held_on=started.on if started else None,
        is_next=is_next,
        dose=dose,
        dose_progress=None if dose is None else _dose_progress(participant, dose, progress, started is not None),
        may_start=progress in {Progress.DUE, Progress.LATE} or (is_next and day_one is not None),
        cells=cells,
    )


def _dose_progress(participant: Participant, dose: int, visit: Progress, has_started: bool) -> Progress:
    """Given, omitted, or as due as its encounter."""
    if dose in participant.doses:
        return Progress.DONE if isinstance(participant.doses[dose], DoseAdministered) else Progress.MISSED
    return Progress.DUE if has_started else visit


def randomises_at(plan: Plan) -> str:
    """The encounter at which participants are randomised."""
    return next((each.id for each in plan.encounters.values() if Activity.RANDOMISATION in each.activities), "")
