"""From the fold of the ledger to the data that an analysis reads, while everybody is still masked."""

from collections.abc import Iterator

from equipoise.analysis.execution.gathering_harms import harms_data
from equipoise.analysis.trial_data import Absence, Choice, Key, Measurement, TrialData
from equipoise.closure import Trial
from equipoise.conduct import Answer, Page, Participant, Plan, WithdrawalFrom, WithdrawalReason, answer_at
from equipoise.conduct.events import EncounterMissed
from equipoise.conduct.plan import PlannedForm
from equipoise.instruments.item import Item, ItemType
from equipoise.protocol import StudyDefinition
from equipoise.safety import RangeOf
from equipoise.vocabulary import Comparator

_NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY})
_WORDS = frozenset({ItemType.CHOICE, ItemType.BOOLEAN})


def trial_data_of(plan: Plan, trial: Trial, range_of: RangeOf | None = None) -> TrialData:
    """Read what the plan of analysis needs of everybody who was randomised.  Pure.

    Endpoint items and covariates are read at every encounter that asks them, what describes the baseline at those up
    to day 1.  `range_of` gives a laboratory's own limits, for grading.
    """
    state = trial.conduct
    participants = tuple(state.allocation.slot_of)
    measurements: dict[Key, Measurement] = {}
    absences: dict[Key, Absence] = {}
    choices: dict[Key, Choice] = {}
    wanted = tuple(_wanted(plan))
    for number in participants:
        person = state.participants[number]
        for encounter, item in wanted:
            key = (number, encounter, item.id)
            answer = answer_at(plan, person, encounter, item.id)
            if answer is None:
                absences[key] = _why_absent(plan, person, encounter, item)
            elif item.type in _WORDS:
                choices[key] = Choice(*key, answer.value, max(_entries(plan, person, encounter, item.id)))
            elif (found := _measurement(key, item, answer, _entries(plan, person, encounter, item.id))) is not None:
                measurements[key] = found
            else:
                absences[key] = Absence.UNIT
    return TrialData(
        study_digest=state.study_digest,
        participants=participants,
        places={number: state.allocation.slot_of[number] for number in participants},
        measurements=measurements,
        absences=absences,
        choices=choices,
        harms=harms_data(plan, trial, range_of),
        randomised_in={number: _year(state.participants[number]) for number in participants},
    )


def _year(person: Participant) -> int:
    assert person.randomised_on is not None, "only randomised participants are read"
    return person.randomised_on.year


def analysed_items(definition: StudyDefinition) -> frozenset[str]:
    """The items that the plan of analysis names: those of endpoints, and covariates."""
    covariates = {name for analysis in definition.analysis.analyses for name in analysis.covariates}
    return frozenset(covariates | {endpoint.item for endpoint in definition.endpoints})


def _wanted(plan: Plan) -> Iterator[tuple[str, Item]]:
    """Every (encounter, item) to read: numbers and choices that the plan names, and what describes the baseline."""
    named = analysed_items(plan.definition)
    for encounter in plan.definition.encounters:
        for form_id in encounter.forms:
            form = plan.forms[form_id]
            own = {item.id for item in form.form.items} if plan.before_day_one(encounter) else set[str]()
            for item in form.items.values():
                readable = item.type in _NUMBERS | _WORDS
                if readable and not form.form.repeating and (item.id in named or item.id in own):
                    yield encounter.id, item


def _measurement(key: Key, item: Item, answer: Answer, entries: tuple[int, ...]) -> Measurement | None:
    value = item.in_unit(answer.number(), answer.unit or item.unit)
    if value is None:
        return None
    converted = (answer.unit or item.unit) != item.unit
    return Measurement(*key, value, answer.comparator or Comparator.EXACT, answer.text(), entries, converted)


def _entries(plan: Plan, person: Participant, encounter: str, item_id: str) -> tuple[int, ...]:
    form = plan.forms[plan.form_of[item_id]]
    answered = person.pages.get(Page(encounter, form.form.id), {})
    return tuple(sorted(answered[name][-1].seq for name in _asked_behind(form, item_id) if name in answered))


def _asked_behind(form: PlannedForm, item_id: str) -> frozenset[str]:
    """The asked items that a value rests on: itself, or those of its expression; a score rests on the whole form."""
    if item_id in form.asked:
        return frozenset({item_id})
    expression = form.derivations.get(item_id)
    if expression is None:
        return frozenset(form.asked)
    return frozenset().union(*(_asked_behind(form, name) for name in expression.names))


def _why_absent(plan: Plan, person: Participant, encounter: str, item: Item) -> Absence:
    form = plan.forms[plan.form_of[item.id]]
    answered = person.pages.get(Page(encounter, form.form.id), {})
    why = Absence.NOT_RECORDED
    if item.id in answered:
        why = Absence.NOT_DONE
    elif item.derived is not None and answered:
        why = Absence.NOT_DERIVED
    elif isinstance(person.encounters.get(encounter), EncounterMissed):
        why = Absence.MISSED
    elif person.started(encounter) is None:
        why = _why_not_seen(person)
    return why


def _why_not_seen(person: Participant) -> Absence:
    if any(each.reason is WithdrawalReason.DEATH for each in person.withdrawals):
        return Absence.DEATH
    left = any(each.stops is WithdrawalFrom.FOLLOW_UP for each in person.withdrawals)
    return Absence.LEFT if left else Absence.NO_ENCOUNTER
