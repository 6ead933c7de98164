"""A study definition made ready to conduct: looked up by id, items of instruments in place, expressions compiled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from equipoise.instruments.item import Item
from equipoise.protocol.expression import Expression, compile_expression
from equipoise.protocol.form_items import items_of
from equipoise.protocol.forms import EditCheck, Form
from equipoise.protocol.schedule import Activity, Encounter
from equipoise.protocol.study_definition import ConsentDocument, StudyDefinition
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """An edit check with its expression compiled.

    `names` are the items that it reads, and it is judged only when all of them have values; `inputs` are the answered
    items behind them, those of derived items included.
    """

    check: EditCheck
    must: Expression
    inputs: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        return self.must.names


@dataclass(frozen=True)
class PlannedForm:
    """A form with the items of its instruments in place, in the order in which they are asked.

    `asked` are the items that a person answers; `derived` those that are computed, by an expression of `derivations`
    or by the score of an instrument; a log form is asked at no encounter and may be filled at any time.
    """

    form: Form
    items: Mapping[str, Item]
    asked: tuple[str, ...]
    derived: tuple[str, ...]
    derivations: Mapping[str, Expression]
    shown_if: Mapping[str, Expression]
    checks: tuple[PlannedCheck, ...]
    is_log: bool

    def item(self, item_id: str) -> Item:
        """The item of this id.  Raises `Refusal` if the form does not ask it."""
        found = self.items.get(item_id)
        if found is None:
            raise Refusal("FORM-ITEM", f"The form {self.form.id} has no such item.", "Choose an item of this form.")
        return found


@dataclass(frozen=True)
class Plan:
    """What the conduct of a trial looks up, made once per version of the definition by `make_plan`."""

    definition: StudyDefinition
    digest: str
    zone: ZoneInfo
    encounters: Mapping[str, Encounter]
    forms: Mapping[str, PlannedForm]
    dose_numbers: Mapping[str, int]
    """Encounter -> number of the dose that is given there, from 1."""
    form_of: Mapping[str, str]
    """Item -> the form that asks it; item ids are unique in a definition."""
    criteria: tuple[str, ...]
    consents: Mapping[str, ConsentDocument]
    strata: tuple[tuple[str, ...], ...]
    """Every combination of levels, in the order of the sealed list; one empty combination without strata."""

    def local_date(self, moment: datetime) -> date:
        """The calendar day of a moment where the trial takes place."""
        return moment.astimezone(self.zone).date()

    def encounter(self, encounter_id: str) -> Encounter:
        """The planned encounter of this id.  Raises `Refusal` if there is none."""
        found = self.encounters.get(encounter_id)
        if found is None:
            raise Refusal("ENCOUNTER", "The schedule has no such encounter.", "Choose an encounter of the schedule.")
        return found

    def form(self, form_id: str) -> PlannedForm:
        """The planned form of this id.  Raises `Refusal` if there is none."""
        found = self.forms.get(form_id)
        if found is None:
            raise Refusal("FORM", "The study has no such form.", "Choose a form of the study.")
        return found

    def is_unwanted(self, criterion: str) -> bool:
        """True for an exclusion criterion: fulfilling it keeps a person out."""
        return any(each.id == criterion for each in self.definition.exclusion)

    def before_day_one(self, encounter: Encounter) -> bool:
        """True if the encounter may start before randomisation: an earlier day, or the day that randomises."""
        return encounter.day < 1 or Activity.RANDOMISATION in encounter.activities


def scheduled_on(day: int, day_one: date) -> date:
    """The date of a study day; there is no day 0, the day before day 1 is day -1."""
    return day_one + timedelta(days=day - 1 if day > 0 else day)


def window_of(encounter: Encounter, day_one: date) -> tuple[date, date]:
    """The first and the last date on which the encounter is in time."""
    first, last = encounter.window()
    return scheduled_on(first, day_one), scheduled_on(last, day_one)


def make_plan(definition: StudyDefinition) -> Plan:
    """Prepare a definition that the protocol room has judged to be without errors."""
    doses = definition.dose_encounters()
    at_encounters = {form for encounter in definition.encounters for form in encounter.forms}
    forms = {form.id: _planned(form, items_of(form), form.id not in at_encounters) for form in definition.forms}
    return Plan(
        definition=definition,
        digest=definition.digest,
        zone=ZoneInfo(definition.time_zone),
        encounters={encounter.id: encounter for encounter in definition.encounters},
        forms=forms,
        dose_numbers={encounter.id: number for number, encounter in enumerate(doses, start=1)},
        form_of={item: form.form.id for form in forms.values() for item in form.items},
        criteria=tuple(criterion.id for criterion in (*definition.inclusion, *definition.exclusion)),
        consents={document.version: document for document in definition.consent},
        strata=tuple(product(*(stratum.levels for stratum in definition.randomisation.strata))),
    )


def _planned(form: Form, items: Iterable[Item], is_log: bool) -> PlannedForm:
    by_id = {item.id: item for item in items}
    asked = tuple(item_id for item_id, item in by_id.items() if item.derived is None)
    derivations = {
        item_id: compile_expression(item.derived.cel)
        for item_id, item in by_id.items()
        if item.derived and item.derived.cel
    }
    checks = tuple((check, compile_expression(check.must)) for check in form.checks)
    return PlannedForm(
        form=form,
        items=by_id,
        asked=asked,
        derived=tuple(item_id for item_id in by_id if item_id not in asked),
        derivations=derivations,
        shown_if={item.id: compile_expression(item.shown_if) for item in by_id.values() if item.shown_if},
        checks=tuple(PlannedCheck(check, must, _inputs(must, asked, derivations)) for check, must in checks),
        is_log=is_log,
    )


def _inputs(must: Expression, asked: tuple[str, ...], derivations: Mapping[str, Expression]) -> frozenset[str]:
    """The asked items that an expression rests on; behind the score of an instrument stands the whole form."""
    found = set[str]()
    for name in must.names:
        if name in asked:
            found.add(name)
        elif name in derivations:
            found |= _inputs(derivations[name], asked, derivations)
        else:
            found |= set(asked)
    return frozenset(found)
