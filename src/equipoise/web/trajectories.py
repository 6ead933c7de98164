"""How a participant's numbers went, item by item over the encounters, for a role that may see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from equipoise.conduct import Answer, Page, Participant, Plan, PlannedForm, derived_answers
from equipoise.conduct.sight import sees
from equipoise.instruments.item import Item, ItemType
from equipoise.protocol.schedule import Encounter
from equipoise.vocabulary import Role
from equipoise.web.drawing import Chart, Sample, draw

_NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY})
_BOUNDS = ("lowest", "highest", "total")


@dataclass(frozen=True, slots=True)
class Reading:
    """One value in the table below a chart."""

    encounter: Encounter
    day: int
    text: str


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One item over time; the chart shows what the table says.  `is_endpoint`: the trial is about it."""

    item: Item
    chart: Chart
    readings: tuple[Reading, ...]
    is_endpoint: bool


def trajectories_of(plan: Plan, participant: Participant, role: Role) -> tuple[Trajectory, ...]:
    """Every number that is asked more than once and has a value, endpoints first."""
    wanted = list(dict.fromkeys([*(each.item for each in plan.definition.endpoints), *_asked_again(plan)]))
    drawn = (_trajectory(plan, participant, role, item) for item in wanted if item in plan.form_of)
    return tuple(each for each in drawn if each is not None)


def _asked_again(plan: Plan) -> Iterator[str]:
    for form_id, form in plan.forms.items():
        if sum(form_id in each.forms for each in plan.encounters.values()) > 1:
            yield from (item for item in form.items if not item.endswith(_BOUNDS))


def _trajectory(plan: Plan, participant: Participant, role: Role, item_id: str) -> Trajectory | None:
    form = plan.forms[plan.form_of[item_id]]
    item = form.items[item_id]
    hidden = [each for each in form.items.values() if not sees(role, each)]
    if item.type not in _NUMBERS or not sees(role, item) or (item.derived and hidden):
        return None
    readings, samples = list[Reading](), list[Sample]()
    for encounter in plan.encounters.values():
        if form.form.id not in encounter.forms or participant.started(encounter.id) is None:
            continue
        sample = _sample(form, participant.answers(Page(encounter.id, form.form.id)), item, encounter.day)
        if sample:
            samples.append(sample)
            readings.append(Reading(encounter, encounter.day, sample.text))
    if not samples:
        return None
    ticks = [(each.day, str(each.day)) for each in (readings[0], readings[-1])]
    is_endpoint = any(each.item == item_id for each in plan.definition.endpoints)
    return Trajectory(item, draw(samples, list(dict.fromkeys(ticks))), tuple(readings), is_endpoint)


def _sample(form: PlannedForm, answers: dict[str, Answer], item: Item, day: int) -> Sample | None:
    if item.derived is None:
        return _value(item, answers[item.id], day) if item.id in answers else None
    derived = derived_answers(form, answers)
    if item.id in derived:
        return _value(item, derived[item.id], day)
    prefix = item.id.removesuffix("total")
    low, high = derived.get(prefix + "lowest"), derived.get(prefix + "highest")
    if not answers or prefix == item.id or low is None or high is None:
        return None
    return Sample(day, None, f"{low.value}–{high.value}", low=Fraction(low.number()), high=Fraction(high.number()))


def _value(item: Item, answer: Answer, day: int) -> Sample | None:
    height = item.in_unit(answer.number(), answer.unit or item.unit)
    return None if height is None else Sample(day, height, answer.text(), str(answer.comparator or ""))
