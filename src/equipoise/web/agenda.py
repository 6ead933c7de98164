"""What is due today and what is late, over a whole trial; computed again only for who has changed since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from equipoise.closure import Trial
from equipoise.conduct import Page, Participant, Plan, Stage
from equipoise.conduct.progress import Progress, encounter_window, next_encounter, page_progress
from equipoise.store.running import RunningTrial


@dataclass(frozen=True, slots=True)
class Task:
    """A visit that is due or late, or a form of a held visit that is late; `until` is the last day in time."""

    participant: str
    site: str
    encounter: str
    form: str
    progress: Progress
    until: date | None


@dataclass(frozen=True, slots=True)
class Open:
    """What is open of one participant, whatever the day: visits with their windows, forms of held visits."""

    visits: tuple[tuple[str, date | None, date | None], ...]
    forms: tuple[tuple[str, str, Progress, date], ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The tasks of a day: visits due, visits late, forms late."""

    due: tuple[Task, ...]
    late: tuple[Task, ...]
    forms: tuple[Task, ...]


_known: WeakKeyDictionary[object, dict[str, tuple[tuple[str, int], Open]]] = WeakKeyDictionary()
"""Book -> participant -> by which plan, up to which entry, and what was found to be open."""


def find_open(running: RunningTrial) -> None:
    """Find out for everybody what is open, before the first person looks at the trial's home."""
    today = running.today()
    running.look(lambda trial: agenda_of(running.book, running.plan, trial, trial.conduct.participants.values(), today))


def agenda_of(book: object, plan: Plan, trial: Trial, people: Iterable[Participant], today: date) -> Agenda:
    """The agenda of some participants.  What was found for one holds until an entry changes it."""
    known = _known.setdefault(book, {})
    tasks: list[Task] = []
    for person in people:
        as_of = (plan.digest, trial.touched.get(person.number, 0))
        found = known.get(person.number)
        if found is None or found[0] != as_of:
            found = known[person.number] = (as_of, open_of(plan, person))
        tasks.extend(tasks_of(person, found[1], today))
    visits = [task for task in tasks if not task.form]
    return Agenda(
        due=tuple(task for task in visits if task.progress is Progress.DUE),
        late=tuple(task for task in visits if task.progress is Progress.LATE),
        forms=tuple(task for task in tasks if task.form),
    )


def open_of(plan: Plan, person: Participant) -> Open:
    """What is open of a participant; nothing of somebody whose screening failed."""
    if person.stage is Stage.SCREEN_FAILED:
        return Open((), ())
    return Open(tuple(_visits(plan, person)), tuple(_forms(plan, person)))


def tasks_of(person: Participant, still_open: Open, today: date) -> Iterator[Task]:
    """The tasks of one participant on a day: visits that are due or late, then forms of earlier days."""
    for encounter, first, last in still_open.visits:
        if first is None or first <= today:
            progress = Progress.LATE if last is not None and today > last else Progress.DUE
            yield Task(person.number, person.site, encounter, "", progress, last)
    for encounter, form, progress, held_on in still_open.forms:
        if held_on < today:
            yield Task(person.number, person.site, encounter, form, progress, held_on)


def _visits(plan: Plan, person: Participant) -> Iterator[tuple[str, date | None, date | None]]:
    if next_encounter(plan, person) is None:
        return
    for encounter in plan.encounters.values():
        if encounter.id in person.encounters:
            continue
        window = encounter_window(person, encounter)
        if window is not None:
            yield (encounter.id, *window)
        elif plan.before_day_one(encounter):
            yield (encounter.id, None, None)
            return  # before randomisation one step follows the other


def _forms(plan: Plan, person: Participant) -> Iterator[tuple[str, str, Progress, date]]:
    for encounter in plan.encounters.values():
        started = person.started(encounter.id)
        if started is None:
            continue
        for form in encounter.forms:
            progress = page_progress(plan, person, Page(encounter.id, form), date.max)
            if progress is not Progress.DONE:
                yield encounter.id, form, progress, started.on
