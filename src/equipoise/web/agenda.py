"""What is due today and what is late, over a whole trial; computed again only for who has changed since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from equipoise.closure import Trial
from equipoise.conduct import Page, Participant, Plan, Stage
from equipoise.conduct.progress import Progress, encounter_window, next_encounter, page_progress


@dataclass(frozen=True, slots=True)
class Task:
    """A visit that is due or late, or a form of a held visit that is late; `until` is the last day in time."""

    participant: str
    site: str
    encounter: str
    form: str
    progress: Progress
    until: date | None


_Known = dict[str, tuple[int, date, tuple[Task, ...]]]
_known: WeakKeyDictionary[object, _Known] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Agenda:
    """The tasks of a day: visits due, visits late, forms late."""

    due: tuple[Task, ...]
    late: tuple[Task, ...]
    forms: tuple[Task, ...]


def agenda_of(book: object, plan: Plan, trial: Trial, people: Iterable[Participant], today: date) -> Agenda:
    """The agenda of some participants.  What was computed for one holds until an entry or the day changes it."""
    known = _known.setdefault(book, {})
    tasks: list[Task] = []
    for person in people:
        if person.stage is Stage.SCREEN_FAILED:
            continue
        seq = trial.touched.get(person.number, 0)
        found = known.get(person.number)
        if found is None or found[:2] != (seq, today):
            found = known[person.number] = (seq, today, tasks_of(plan, person, today))
        tasks.extend(found[2])
    visits = [task for task in tasks if not task.form]
    return Agenda(
        due=tuple(task for task in visits if task.progress is Progress.DUE),
        late=tuple(task for task in visits if task.progress is Progress.LATE),
        forms=tuple(task for task in tasks if task.form),
    )


def tasks_of(plan: Plan, person: Participant, today: date) -> tuple[Task, ...]:
    """The tasks of one participant: the visits that are due or late, then the late forms of visits that were held."""
    return (*_visits(plan, person, today), *_forms(plan, person, today))


def _visits(plan: Plan, person: Participant, today: date) -> Iterable[Task]:
    if next_encounter(plan, person) is None:
        return
    for encounter in plan.encounters.values():
        if encounter.id in person.encounters:
            continue
        window = encounter_window(person, encounter)
        if window is None:
            if plan.before_day_one(encounter):
                yield Task(person.number, person.site, encounter.id, "", Progress.DUE, None)
                return  # before randomisation one step follows the other
        elif today >= window[0]:
            progress = Progress.LATE if today > window[1] else Progress.DUE
            yield Task(person.number, person.site, encounter.id, "", progress, window[1])


def _forms(plan: Plan, person: Participant, today: date) -> Iterable[Task]:
    for encounter in plan.encounters.values():
        started = person.started(encounter.id)
        if started is None or started.on >= today:
            continue
        for form in encounter.forms:
            progress = page_progress(plan, person, Page(encounter.id, form), today)
            if progress in {Progress.LATE, Progress.PART_DONE}:
                yield Task(person.number, person.site, encounter.id, form, progress, started.on)
