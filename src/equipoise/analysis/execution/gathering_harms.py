"""From the fold of the ledger to the data of harms, while everybody is still masked."""

from collections.abc import Iterable, Iterator
from datetime import date

from equipoise.analysis.harms_data import Exposure, Guess, HarmsData, ListedEvent, RecordedEvent, WorstGrade
from equipoise.closure import Trial
from equipoise.conduct import Participant, Plan
from equipoise.conduct.events import DoseAdministered, EncounterStarted
from equipoise.safety import AdverseEvent, GradedResult, RangeOf, graded_results
from equipoise.safety.words import ActionTaken, Causality, Outcome

ADVERSE_EVENTS = "adverse_events"
"""The form that a definition names for adverse events; the safety room's reports count as its pages."""

_GUESSES = "arm_guess"


def harms_data(plan: Plan, trial: Trial, range_of: RangeOf | None = None) -> HarmsData:
    """Read events, exposure, grades and guesses of everybody who was randomised.  Pure.

    `range_of` gives a laboratory's own limits; without it only criteria that need none grade a result.
    """
    people = [trial.conduct.participants[number] for number in trial.conduct.allocation.slot_of]
    reported = [event for person in people for event in trial.safety.events_of(person.number)]
    started = {person.number: person.randomised_on for person in people}
    events = [_recorded(event, started[event.participant]) for event in reported]
    later = tuple(event for event in events if event.study_day >= 1)
    return HarmsData(
        events=later,
        listing=tuple(_listed(event, started[event.participant]) for event in reported),
        before_day_one=tuple(entry for event in events if event.study_day < 1 for entry in event.entries),
        exposure={person.number: _exposure(person) for person in people},
        grades=tuple(grade for person in people for grade in _grades(graded_results(plan, person, range_of))),
        guesses=tuple(guess for person in people for guess in _guesses(plan, person)),
        logged=_logged(plan, people, later),
    )


def _recorded(event: AdverseEvent, day_one: date | None) -> RecordedEvent:
    now = event.current
    return RecordedEvent(
        participant=event.participant,
        term=" ".join(now.term.split()),
        study_day=_study_day(now.started_on, day_one),
        grade=event.worst_grade,
        is_serious=event.is_serious,
        is_related=now.causality is not Causality.UNRELATED,
        is_fatal=now.outcome is Outcome.FATAL,
        stopped_doses=any(each.assessment.action is ActionTaken.DOSES_STOPPED for each in event.versions),
        entries=tuple(version.seq for version in event.versions),
    )


def _listed(event: AdverseEvent, day_one: date | None) -> ListedEvent:
    return ListedEvent(
        participant=event.participant,
        study_day=_study_day(event.current.started_on, day_one),
        grade=event.worst_grade,
        assessment=event.current,
        entries=tuple(version.seq for version in event.versions),
    )


def _study_day(day: date, day_one: date | None) -> int:
    """1 on the day of randomisation, -1 on the day before: there is no day 0."""
    assert day_one is not None, "only randomised participants are read"
    offset = (day - day_one).days
    return offset + 1 if offset >= 0 else offset


def _exposure(person: Participant) -> Exposure:
    assert person.randomised_on is not None, "only randomised participants are read"
    seen = [each.on for each in person.encounters.values() if isinstance(each, EncounterStarted)]
    seen += [each.on for each in person.withdrawals]
    last = max([person.randomised_on, *seen, *([person.completed_on] if person.completed_on else [])])
    doses = sum(isinstance(dose, DoseAdministered) for dose in person.doses.values())
    return Exposure(doses, (last - person.randomised_on).days + 1)


def _grades(results: Iterable[GradedResult]) -> Iterator[WorstGrade]:
    by_term: dict[str, list[GradedResult]] = {}
    for each in results:
        by_term.setdefault(each.term, []).append(each)
    for term, found in by_term.items():
        given = [each.grade for each in found if each.grade is not None]
        worst = max(given) if given else None
        entries = tuple(sorted({each.seq for each in found}))
        yield WorstGrade(found[0].participant, term, found[0].baseline_grade, worst, entries)


def _guesses(plan: Plan, person: Participant) -> Iterator[Guess]:
    """Every page of the questionnaire; who does not know stays so, whatever a forced guess said."""
    for page, items in person.pages.items():
        if _GUESSES not in plan.forms[page.form].form.uses:
            continue
        answers = person.answers(page)
        if "guess" in answers and "guess_respondent" in answers:
            seq = items["guess"][-1].seq
            yield Guess(person.number, answers["guess_respondent"].value, answers["guess"].value, seq)


def _logged(
    plan: Plan, people: Iterable[Participant], events: tuple[RecordedEvent, ...]
) -> dict[str, dict[str, tuple[int, ...]]]:
    """Pages of the log forms that endpoints read; an adverse event of the safety room is a page of its form."""
    logs = {plan.form_of[endpoint.item] for endpoint in plan.definition.endpoints}
    found: dict[str, dict[str, tuple[int, ...]]] = {name: {} for name in logs if plan.forms[name].is_log}
    for person in people:
        for page, items in person.pages.items():
            if page.form in found:
                seqs = tuple(past[-1].seq for past in items.values())
                found[page.form][person.number] = tuple(sorted({*found[page.form].get(person.number, ()), *seqs}))
    if ADVERSE_EVENTS in found:
        for event in events:
            before = found[ADVERSE_EVENTS].get(event.participant, ())
            found[ADVERSE_EVENTS][event.participant] = tuple(sorted({*before, *event.entries}))
    return found
