"""The arms at baseline: what was asked before the first dose, chosen from the definition (CONSORT 2025 item 25).

There is no test: the arms were made by chance.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from equipoise.analysis.analysis_results import ArmSummary, CategoryRow
from equipoise.analysis.execution.cases import BELOW
from equipoise.analysis.execution.summaries import known_numbers, mean, quantile, standard_deviation
from equipoise.analysis.trial_data import Choice, Measurement, TrialData
from equipoise.instruments.item import Item, ItemType
from equipoise.protocol import StudyDefinition, asked_items
from equipoise.protocol.forms import Form

Arms = Mapping[str, Sequence[str]]
"""Arm -> its participants."""

_YEAR = "_year"
_BIRTH = "birth_year"


def characteristics(definition: StudyDefinition) -> tuple[tuple[str, Item], ...]:
    """(encounter, item) of each characteristic, in the order of the schedule.

    Items that the study itself defines on forms asked before day 1, or on day 1 alone, and the items of primary and
    secondary endpoints at their baseline.  The items of instruments are left to their scores.
    """
    chosen: dict[str, tuple[str, Item]] = {}
    later = {form for each in definition.encounters if each.day > 1 for form in each.forms}
    for encounter in definition.encounters:
        for form in (definition.form(name) for name in encounter.forms if encounter.day <= 1):
            if not form.repeating and (encounter.day < 1 or form.id not in later):
                chosen |= {item.id: (encounter.id, item) for item in form.items if item.type in _ALL}
    asked = asked_items(definition)
    for endpoint in definition.endpoints:
        if endpoint.rank in ("primary", "secondary") and asked[endpoint.item].item.type in _NUMBERS:
            chosen[endpoint.item] = (endpoint.baseline, asked[endpoint.item].item)
    return tuple(chosen.values())


_NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY})
_ALL = _NUMBERS | {ItemType.CHOICE, ItemType.BOOLEAN}


def summaries(definition: StudyDefinition, data: TrialData, arms: Arms) -> dict[str, tuple[ArmSummary, ...]]:
    """Each numeric characteristic by arm, as it was measured, without a scale.

    A year (`..._year`) is shown as years before randomisation, the year of birth as age.  A value below a limit enters
    as the main analysis of its endpoint says, otherwise as half the limit; one known by its order alone leaves only n.
    """
    rules, asked = _rules(definition), asked_items(definition)
    return {
        _name(item, asked[item.id].form): tuple(
            _summary(arm, _values(data, members, (encounter, item), rules.get(item.id, "half_limit")))
            for arm, members in arms.items()
        )
        for encounter, item in characteristics(definition)
        if item.type in _NUMBERS
    }


def entries(definition: StudyDefinition, data: TrialData) -> dict[str, tuple[int, ...]]:
    """The ledger entries behind each numeric characteristic."""
    asked = asked_items(definition)
    return {
        _name(item, asked[item.id].form): tuple(
            sorted(
                entry
                for participant in data.participants
                if (found := data.measured(participant, encounter, item.id)) is not None
                for entry in found.entries
            )
        )
        for encounter, item in characteristics(definition)
        if item.type in _NUMBERS
    }


def _rules(definition: StudyDefinition) -> dict[str, str]:
    """Item -> how a value below its limit enters the main analysis."""
    item_of = {endpoint.id: endpoint.item for endpoint in definition.endpoints}
    return {item_of[each.endpoint]: each.below_limit for each in definition.analysis.analyses if each.role == "main"}


def categories(definition: StudyDefinition, data: TrialData, arms: Arms) -> tuple[CategoryRow, ...]:
    """Each answer of each characteristic that is a choice, counted by arm among those who answered."""
    return tuple(
        row
        for encounter, item in characteristics(definition)
        if item.type not in _NUMBERS
        for row in _rows(data, arms, encounter, item)
    )


def _name(item: Item, form: Form) -> str:
    """What a table calls it; a score is called by its form, since its own label is no more than a total."""
    if item.id == _BIRTH:
        return "Age (years)"
    if item.id.endswith(_YEAR):
        return f"{item.label.text()}: years before randomisation"
    if item.derived is not None and item.derived.score:
        return f"{form.title.text()}: {item.label.text().lower()}"
    return f"{item.label.text()} ({item.unit})" if item.unit else item.label.text()


def _values(data: TrialData, members: Sequence[str], place: tuple[str, Item], rule: str) -> tuple[Fraction | None, ...]:
    encounter, item = place
    found = (data.measured(participant, encounter, item.id) for participant in members)
    return tuple(_shown(data, item, each, rule) for each in found if each is not None)


def _shown(data: TrialData, item: Item, measurement: Measurement, rule: str) -> Fraction | None:
    if item.id.endswith(_YEAR):
        return data.randomised_in[measurement.participant] - measurement.value
    if measurement.comparator not in BELOW or rule == "limit":
        return measurement.value
    return measurement.value / 2 if rule == "half_limit" else None


def _summary(arm: str, given: tuple[Fraction | None, ...]) -> ArmSummary:
    values = known_numbers(given)
    low, middle, high = (quantile(values, Fraction(quarter, 4)) for quarter in (1, 2, 3))
    average, sd = mean(values), standard_deviation(values)
    return ArmSummary(arm, len(given), average, sd, average, sd, middle, low, high, None, None)


def _rows(data: TrialData, arms: Arms, encounter: str, item: Item) -> Iterator[CategoryRow]:
    answers = {
        arm: [each for each in (data.choices.get((p, encounter, item.id)) for p in members) if each is not None]
        for arm, members in arms.items()
    }
    levels = [(code.value, code.label.text()) for code in item.codes] or [("true", "yes"), ("false", "no")]
    for value, label in levels:
        given = {arm: [each for each in found if each.code == value] for arm, found in answers.items()}
        yield CategoryRow(
            item.label.text(),
            label,
            {arm: len(found) for arm, found in given.items()},
            {arm: len(found) for arm, found in answers.items()},
            _entries(given.values()),
        )


def _entries(by_arm: Iterable[list[Choice]]) -> tuple[int, ...]:
    return tuple(sorted(each.entry for found in by_arm for each in found))
