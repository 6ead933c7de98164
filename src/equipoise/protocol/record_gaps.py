"""Where a definition differs from the registry record: each difference with the words of both, declared or not.

A difference that a decision explains is declared, and is only told; one that nothing explains is a warning.  COMPare's
rule is kept: a declared change is not misreporting.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.form_items import asked_items
from equipoise.protocol.objectives import Endpoint, Rank
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.registration import Field, RegistryRecord, each
from equipoise.registration.derive import registered_dosing_days
from equipoise.registration.language.dosage import routes_in, volumes_ml
from equipoise.registration.language.measures import MeasureKind, measures_in
from equipoise.registration.language.passage import descriptions, interventions
from equipoise.registration.language.plain_text import one_line, unmarked
from equipoise.registration.language.times import last_time_point
from equipoise.registration.record import Outcome
from equipoise.registration.words import MaskedRole, OutcomeRank
from equipoise.vocabulary import MASKED_ROLES, Finding, Role, Severity


@dataclass(frozen=True, slots=True)
class _Difference:
    """One difference: what the record says and where, what the definition says, and the part of it that says so."""

    record_says: str
    record_place: str
    definition_says: str
    part: str


_Compare = Callable[[StudyDefinition, RegistryRecord], Iterator[_Difference]]


def compare_with_record(definition: StudyDefinition, record: RegistryRecord) -> tuple[Finding, ...]:
    """Compare topic by topic (rules `GAP-01` to `GAP-13`, numbered as the comparisons of record and paper).

    `evidence` holds the words of the record with their place, then those of the definition.  What the record leaves
    open is no difference.
    """
    found: list[Finding] = []
    for rule, title, compare in _TOPICS:
        alike: dict[tuple[str, tuple[str, ...]], list[_Difference]] = {}
        for difference in compare(definition, record):
            alike.setdefault((difference.record_says, _declared(difference, definition)), []).append(difference)
        found += [_finding(rule, title, one, declared) for (_, declared), one in alike.items()]
    return tuple(found)


def _declared(difference: _Difference, definition: StudyDefinition) -> tuple[str, ...]:
    """Give the decisions that were taken on the part where a difference stands."""
    return tuple(
        decision.id
        for decision in definition.decisions
        if _is_about(decision.place, difference.part) and decision.choice != UNDECIDED
    )


def _finding(rule: str, title: str, differences: list[_Difference], declared: tuple[str, ...]) -> Finding:
    first = differences[0]
    here = ", ".join(difference.definition_says for difference in differences)
    names = ", ".join(f"`{name}`" for name in declared)
    return Finding(
        rule=rule,
        severity=Severity.INFO if declared else Severity.WARNING,
        place=first.part,
        message=f"{title}: record {first.record_says}; definition {here}.",
        suggestion=f"Declared in decision {names}." if declared else "Say in a decision why the definition differs.",
        evidence=(f"'{first.record_says}' ({first.record_place})", f"'{here}' (definition, {first.part})"),
        why="A difference that is declared before the data are seen is a decision; one that is not is a discrepancy.",
        sources=("COMPare: a declared change is not misreporting (PMC6375128)",),
    )


def _is_about(place: str, part: str) -> bool:
    return place == part or place.startswith(f"{part}.") or part.startswith(f"{place}.")


def _participants(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    count = record.design.enrolment.count
    planned = definition.planned_participants
    if count.value is not None and planned not in (UNDECIDED, count.value):
        yield _Difference(f"{count.value}", count.place, f"{planned}", "planned_participants")


def _dosing(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    found = registered_dosing_days(record)
    days = tuple(encounter.day for encounter in definition.dose_encounters())
    if found and len(found[0]) > 1 and found[0] != days:
        yield _Difference(
            f"{len(found[0])} doses on days {_listed(found[0])}",
            found[1].place,
            f"{len(days)} doses on days {_listed(days)}",
            "encounters",
        )


def _listed(days: tuple[int, ...]) -> str:
    return ", ".join(str(day) for day in days)


def _volume(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    found = registered_dosing_days(record)
    texts = [*descriptions(record), *interventions(record)]
    volumes = {(volume, text.place) for text in texts for volume in volumes_ml(text.plain)}
    if not found or len({volume for volume, _ in volumes}) != 1:
        return
    volume, place = min(volumes)
    registered, doses = volume * len(found[0]), len(definition.dose_encounters())
    given = {one.dose_ml * doses for one in definition.interventions if isinstance(one.dose_ml, Decimal)}
    if given and given != {registered}:
        totals = " or ".join(f"{total.normalize():f}" for total in sorted(given))
        part = "encounters" if doses != len(found[0]) else "interventions"
        yield _Difference(f"{registered.normalize():f} mL", place, f"{totals} mL", part)


def _primary_time(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    days = {encounter.id: encounter.day for encounter in definition.encounters}
    primary = [each for each in _named(definition) if each[0].rank is Rank.PRIMARY]
    for outcome in record.of_rank(OutcomeRank.PRIMARY):
        point = last_time_point(outcome.time_frame.value or "")
        for endpoint in _matching(primary, outcome):
            day = days.get(endpoint.encounter)
            if endpoint.encounter == endpoint.baseline:
                continue
            if point and day is not None and not point.earliest <= day <= point.latest + 1:
                yield _Difference(
                    f"'{outcome.time_frame.value}'",
                    outcome.time_frame.place,
                    f"day {day}",
                    f"endpoints.{endpoint.id}.encounter",
                )


def _population(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    who = record.eligibility
    if who.sex.value and who.sex.value.lower() != definition.sexes:
        yield _Difference(f"sexes {who.sex.value.lower()}", who.sex.place, f"sexes {definition.sexes}", "sexes")
    for limit, here, name in (
        (who.minimum_age, definition.age_years[0], "from"),
        (who.maximum_age, definition.age_years[1], "to"),
    ):
        if limit.value and limit.value.years == limit.value.number and limit.value.number != here:
            yield _Difference(f"{name} {limit.value}", limit.place, f"{name} {here or 'any age'}", "age_years")
    text = unmarked(who.criteria.value or "").lower()
    added = [one for one in definition.inclusion if not _is_said(one.text.text(), text)]
    if text and added:
        names = ", ".join(f"{one.id} ({one.text.text()})" for one in added)
        yield _Difference("other words", who.criteria.place, f"inclusion {names}", "inclusion")


def _is_said(criterion: str, text: str) -> bool:
    """True if all longer words of a criterion stand in the record's criteria; ages are a field of their own."""
    words = [word.strip(".,;()") for word in criterion.lower().split()]
    longer = [word for word in words if len(word) > 4]
    return "age" in words or all(word in text for word in longer)


def _outcomes_added(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    for endpoint, measures in _named(definition):
        if endpoint.rank is Rank.SAFETY or any(_is_same(endpoint, measures, one) for one in each(record.outcomes)):
            continue
        yield _Difference(
            "no such outcome",
            record.outcomes.place,
            f"{endpoint.name.text()} ({endpoint.rank})",
            f"endpoints.{endpoint.id}",
        )


def _outcomes_missing(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    named = _named(definition)
    for outcome in each(record.outcomes):
        if not _matching(named, outcome):
            yield _Difference(f"'{outcome.measure.value}'", outcome.measure.place, "no such endpoint", "endpoints")


def _ranks(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    named = _named(definition)
    for outcome in each(record.outcomes):
        matching = _matching(named, outcome)
        if matching and all(endpoint.rank != _RANKS[outcome.rank] for endpoint in matching):
            endpoint = matching[0]
            yield _Difference(
                f"'{outcome.measure.value}' {_RANKS[outcome.rank]}",
                outcome.measure.place,
                f"{endpoint.rank}",
                f"endpoints.{endpoint.id}.rank",
            )


_RANKS = {OutcomeRank.PRIMARY: Rank.PRIMARY, OutcomeRank.SECONDARY: Rank.SECONDARY, OutcomeRank.OTHER: Rank.EXPLORATORY}


_Named = tuple[Endpoint, frozenset[str]]


def _named(definition: StudyDefinition) -> list[_Named]:
    """Give each endpoint with the measures that its name holds, or else the words of its item and form."""
    items = asked_items(definition)
    named: list[_Named] = []
    for endpoint in definition.endpoints:
        asked = items.get(endpoint.item)
        words = f"{asked.item.label.text()} {asked.form.title.text()}" if asked else ""
        named.append((endpoint, _measures(endpoint.name.text()) or _measures(words)))
    return named


def _matching(named: list[_Named], outcome: Outcome) -> tuple[Endpoint, ...]:
    return tuple(endpoint for endpoint, measures in named if _is_same(endpoint, measures, outcome))


def _is_same(endpoint: Endpoint, here: frozenset[str], outcome: Outcome) -> bool:
    """Compare the measures that both name; where the lexicon knows none, the words."""
    there = _measures(outcome.measure.value or "") or _measures(outcome.description.value or "")
    if here and there:
        return bool(here & there)
    return one_line(endpoint.name.text()).casefold() == one_line(outcome.measure.value or "").casefold()


@lru_cache(maxsize=4096)
def _measures(text: str) -> frozenset[str]:
    return frozenset(each.measure.name for each in measures_in(text))


def _route(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    texts = [*descriptions(record), *interventions(record)]
    found = {route: text.place for text in texts for route in routes_in(text.plain)}
    for one in definition.interventions:
        if one.route != UNDECIDED and one.route not in found:
            says = ", ".join(sorted(found)) or "no route"
            place = next(iter(found.values()), record.provenance.file)
            yield _Difference(says, place, f"{one.id} {one.route}", f"interventions.{one.id}.route")


def _arms(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    arms = each(record.arms)
    if arms and len(arms) != len(definition.arms):
        yield _Difference(f"{len(arms)} arms", record.arms.place, f"{len(definition.arms)} arms", "arms")


_MASKED = {
    MaskedRole.PARTICIPANT: Role.PARTICIPANT,
    MaskedRole.CARE_PROVIDER: Role.CARE_PROVIDER,
    MaskedRole.INVESTIGATOR: Role.INVESTIGATOR,
    MaskedRole.OUTCOMES_ASSESSOR: Role.OUTCOMES_ASSESSOR,
}


def _masking(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    roles: Field[tuple[MaskedRole, ...]] = record.design.masked_roles
    registered = {_MASKED[role] for role in each(roles)}
    here = set(definition.masking.masked) & MASKED_ROLES
    if roles.value is not None and registered != here:
        yield _Difference(_roles(registered), roles.place, _roles(here), "masking.masked")


def _roles(roles: set[Role]) -> str:
    return ", ".join(sorted(role.replace("_", " ") for role in roles)) or "nobody"


def _safety(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    registered = any(
        named.measure.kind is MeasureKind.SAFETY
        for outcome in each(record.outcomes)
        for named in measures_in(outcome.measure.value or "")
    )
    here = [endpoint for endpoint in definition.endpoints if endpoint.rank is Rank.SAFETY]
    if here and not registered:
        names = ", ".join(endpoint.name.text() for endpoint in here)
        yield _Difference("no safety outcome", record.outcomes.place, names, f"endpoints.{here[0].id}")


def _identity(definition: StudyDefinition, record: RegistryRecord) -> Iterator[_Difference]:
    if definition.id != record.id:
        yield _Difference(record.id, record.identity.nct_id.place, definition.id, "id")


_TOPICS: tuple[tuple[str, str, _Compare], ...] = (
    ("GAP-01", "number of participants", _participants),
    ("GAP-02", "dosing schedule", _dosing),
    ("GAP-03", "volume in all", _volume),
    ("GAP-04", "primary time point", _primary_time),
    ("GAP-05", "population", _population),
    ("GAP-06", "endpoints that are not registered", _outcomes_added),
    ("GAP-07", "outcome that is not defined", _outcomes_missing),
    ("GAP-08", "rank of an outcome", _ranks),
    ("GAP-09", "route", _route),
    ("GAP-10", "arms", _arms),
    ("GAP-11", "masked roles", _masking),
    ("GAP-13", "safety", _safety),
    ("GAP-14", "identity", _identity),
)
