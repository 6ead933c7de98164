"""The gap report: the registered, the defined, the conducted and the reported trial, topic by topic."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from equipoise.analysis.analysis_results import AnalysisResults
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.objectives import Rank
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.registration import RULES, RegistryRecord, RuleGroup, each
from equipoise.registration.derive import registered_dosing_days
from equipoise.registration.published import PublishedFacts
from equipoise.registration.words import OutcomeRank
from equipoise.reporting.conduct_summary import ConductSummary
from equipoise.reporting.flow import total
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.numbers import NOTHING, days_in_words
from equipoise.reporting.reading import encounter_name, main_result, method_name, primary_endpoint
from equipoise.vocabulary import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Gap:
    """One topic in its four tellings; an empty paper means that there is none.  `findings` are what judges it."""

    topic: str
    record: str
    definition: str
    conduct: str
    paper: str
    findings: tuple[Finding, ...]

    @property
    def differs(self) -> bool:
        """True if a rule says so; a rule that cannot decide does not."""
        return any(each.verdict is Verdict.HIT for each in self.findings)


@dataclass(frozen=True, slots=True)
class _Telling:
    """How one topic is told, and the rules that compare it; no text of the record means that it has no such field."""

    topic: str
    rules: tuple[str, ...]
    record: Callable[[RegistryRecord], str]
    definition: Callable[[StudyDefinition], str]
    conduct: Callable[[StudyDefinition, ConductSummary, AnalysisResults], str]
    paper: Callable[[PublishedFacts], str | None]


def gap_report(inputs: ReportInputs) -> tuple[Gap, ...]:
    """Every topic, differing or not, in a fixed order."""
    trial = inputs.trial
    judged = (*(inputs.registry.findings if inputs.registry else ()), *inputs.differences)
    findings = tuple(each for each in judged if each.verdict in (Verdict.HIT, Verdict.UNDECIDABLE))
    return tuple(_gap(telling, inputs, trial.definition, findings) for telling in _TELLINGS)


def is_comparison(finding: Finding) -> bool:
    """True if a finding compares the record with a paper, instead of judging the record alone."""
    rule = RULES.get(finding.rule)
    return rule is not None and rule.group is RuleGroup.COMPARISON


def _gap(telling: _Telling, inputs: ReportInputs, definition: StudyDefinition, findings: Sequence[Finding]) -> Gap:
    about = tuple(each for each in findings if each.rule in telling.rules)
    recorded = telling.record(inputs.registry.record) if inputs.registry else NOTHING
    return Gap(
        telling.topic,
        recorded or _words_of_record(about) or _NO_FIELD,
        telling.definition(definition),
        telling.conduct(definition, inputs.trial.conduct, inputs.results),
        (telling.paper(inputs.published) or "not stated") if inputs.published else "",
        about,
    )


def _words_of_record(findings: Sequence[Finding]) -> str:
    """What the record's prose says where it has no field: the first words that a rule on the record quotes."""
    quoted = (each.evidence[0] for each in findings if each.evidence and not is_comparison(each))
    return next((text.rpartition(" (")[0].strip("'") for text in quoted), "")


def _participants_recorded(record: RegistryRecord) -> str:
    count, kind = record.design.enrolment.count, record.design.enrolment.kind
    return f"{count.value if count.is_given else count.state.value}{f' ({kind.value.lower()})' if kind.value else ''}"


def _population_defined(definition: StudyDefinition) -> str:
    low, high = definition.age_years
    criteria = "; ".join(each.text.text() for each in definition.inclusion)
    return f"{criteria}; {definition.sexes}, {low or 'any'} to {high or 'any'} years"


def _population_recorded(record: RegistryRecord) -> str:
    who = record.eligibility
    ages = " to ".join(str(age.value) for age in (who.minimum_age, who.maximum_age) if age.value)
    parts = ("; ".join(each(record.conditions)), who.sex.value.lower() if who.sex.value else "", ages)
    return ", ".join(part for part in parts if part) or who.sex.state.value


def _dosing_recorded(record: RegistryRecord) -> str:
    found = registered_dosing_days(record)
    return f"{len(found[0])} doses, {days_in_words(found[0])}" if found else "not in this source"


def _dosing_defined(definition: StudyDefinition) -> str:
    days = tuple(encounter.day for encounter in definition.dose_encounters())
    return f"{len(days)} doses, {days_in_words(days)}"


def _dosing_conducted(_: StudyDefinition, conduct: ConductSummary, __: AnalysisResults) -> str:
    planned = sum(course.doses_planned for course in conduct.flow.courses)
    return f"{conduct.doses_given} of {planned} planned doses given, {total(conduct.doses_omitted)} omitted"


def _volume_defined(definition: StudyDefinition) -> str:
    doses = len(definition.dose_encounters())
    totals = {
        f"{each.name.text()}: {each.dose_ml * doses} mL"
        if each.dose_ml != UNDECIDED
        else f"{each.name.text()}: undecided"
        for each in definition.interventions
    }
    return "; ".join(sorted(totals))


def _volume_published(paper: PublishedFacts) -> str | None:
    if paper.dosing is None or paper.dosing.volume_ml is None:
        return None
    return f"{paper.dosing.volume_ml * len(paper.dosing.days)} mL in {len(paper.dosing.days)} doses"


def _primary_recorded(record: RegistryRecord) -> str:
    primary = record.of_rank(OutcomeRank.PRIMARY)
    return "; ".join(f"{each.measure.value}, {each.time_frame.value}" for each in primary) or "not in this source"


def _primary_defined(definition: StudyDefinition) -> str:
    endpoint = primary_endpoint(definition)
    when = encounter_name(definition, endpoint.encounter)
    return f"{endpoint.name.text()}, {endpoint.metric} at {when} (day {definition.encounter(endpoint.encounter).day})"


def _primary_measured(definition: StudyDefinition, conduct: ConductSummary, results: AnalysisResults) -> str:
    result = main_result(results, primary_endpoint(definition).id)
    return f"analysed in {sum(result.n.values()) if result else 0} of {conduct.flow.randomised} randomised"


def _outcomes_recorded(record: RegistryRecord) -> str:
    return "; ".join(str(one.measure.value) for one in each(record.outcomes)) or "not in this source"


def _outcomes_defined(definition: StudyDefinition) -> str:
    return "; ".join(endpoint.name.text() for endpoint in definition.endpoints if endpoint.rank is not Rank.SAFETY)


def _outcomes_measured(definition: StudyDefinition, _: ConductSummary, results: AnalysisResults) -> str:
    reported = {each.endpoint for each in results.results}
    planned = [endpoint for endpoint in definition.endpoints if endpoint.rank is not Rank.SAFETY]
    missing = [endpoint.name.text() for endpoint in planned if endpoint.id not in reported]
    return f"without a result: {'; '.join(missing)}" if missing else "every planned endpoint has a result"


def _safety_defined(definition: StudyDefinition) -> str:
    return (
        "; ".join(each.name.text() for each in definition.endpoints if each.rank is Rank.SAFETY) or "no safety endpoint"
    )


def _safety_recorded(record: RegistryRecord) -> str:
    named = [one.measure.value for one in each(record.outcomes) if "adverse" in (one.measure.value or "").lower()]
    return "; ".join(text for text in named if text) or "no outcome names adverse events"


def _masking_recorded(record: RegistryRecord) -> str:
    roles = ", ".join(role.value.replace("_", " ").lower() for role in each(record.design.masked_roles))
    label = record.design.masking
    return f"{label.value.lower() if label.value else label.state.value}{f': {roles}' if roles else ''}"


def _masking_conducted(_: StudyDefinition, conduct: ConductSummary, __: AnalysisResults) -> str:
    broken = sum(each.kind == "masking" for each in conduct.deviations)
    return f"{broken} masking deviation{'' if broken == 1 else 's'} recorded"


def _analysis_defined(definition: StudyDefinition) -> str:
    endpoint = primary_endpoint(definition).id
    planned = [each for each in definition.analysis.analyses if each.endpoint == endpoint]
    return "; ".join(f"{method_name(each.method)} ({each.role.replace('_', ' ')})" for each in planned)


def _analysis_conducted(definition: StudyDefinition, _: ConductSummary, results: AnalysisResults) -> str:
    endpoint = primary_endpoint(definition).id
    done = {each.method for each in results.results if each.endpoint == endpoint}
    planned = {each.method for each in definition.analysis.analyses if each.endpoint == endpoint}
    left_out, added = sorted(planned - done), sorted(done - planned)
    parts = [f"not done: {', '.join(map(method_name, left_out))}"] if left_out else []
    parts += [f"added: {', '.join(map(method_name, added))}"] if added else []
    return "; ".join(parts) or "as planned"


_NO_FIELD = "not a field of the registry"

_TELLINGS = (
    _Telling(
        "Participants",
        ("ENR-01", "CMP-01", "GAP-01"),
        _participants_recorded,
        lambda definition: f"{definition.planned_participants} planned",
        lambda _, conduct, __: f"{conduct.flow.randomised} randomised",
        lambda paper: paper.participants.says if paper.participants else None,
    ),
    _Telling(
        "Population",
        ("CMP-05", "GAP-05"),
        _population_recorded,
        _population_defined,
        lambda _, conduct, __: f"{conduct.flow.screened} assessed, {conduct.flow.randomised} randomised",
        lambda paper: paper.population.says if paper.population else None,
    ),
    _Telling(
        "Dosing schedule",
        ("CMP-02", "GAP-02"),
        _dosing_recorded,
        _dosing_defined,
        _dosing_conducted,
        lambda paper: paper.dosing.says if paper.dosing else None,
    ),
    _Telling(
        "Volume in all",
        ("CMP-03", "GAP-03"),
        lambda _: "",
        _volume_defined,
        lambda _, __, ___: "volumes stand in the ledger",
        _volume_published,
    ),
    _Telling(
        "Route",
        ("DES-12", "CMP-09", "GAP-09"),
        lambda _: "",
        lambda definition: "; ".join(sorted({str(each.route) for each in definition.interventions})),
        lambda _, __, ___: "body site stands in the ledger",
        lambda paper: paper.dosing.route if paper.dosing else None,
    ),
    _Telling(
        "Product",
        ("CMP-10",),
        lambda record: "; ".join(str(one.name.value) for one in each(record.interventions)),
        lambda definition: "; ".join(each.name.text() for each in definition.interventions),
        lambda _, __, ___: NOTHING,
        lambda paper: paper.product.says if paper.product else None,
    ),
    _Telling(
        "Primary endpoint",
        ("CMP-04", "CMP-08", "GAP-04", "GAP-08"),
        _primary_recorded,
        _primary_defined,
        _primary_measured,
        lambda paper: paper.assessment_days.says if paper.assessment_days else None,
    ),
    _Telling(
        "All outcomes",
        ("OUT-07", "CMP-06", "CMP-07", "GAP-06", "GAP-07"),
        _outcomes_recorded,
        _outcomes_defined,
        _outcomes_measured,
        lambda paper: "; ".join(one.measure for one in paper.outcomes) or None,
    ),
    _Telling(
        "Safety",
        ("OUT-08", "CMP-13", "GAP-13"),
        _safety_recorded,
        _safety_defined,
        lambda _, __, results: f"{sum(sum(row.events.values()) for row in results.events)} events recorded",
        lambda paper: paper.claims_safety.says if paper.claims_safety else None,
    ),
    _Telling(
        "Masking",
        ("CMP-11", "GAP-11"),
        _masking_recorded,
        lambda definition: ", ".join(role.value.replace("_", " ") for role in definition.masking.masked),
        _masking_conducted,
        lambda paper: paper.masking.says if paper.masking else None,
    ),
    _Telling(
        "Analysis",
        ("ANA-01", "CMP-12"),
        lambda _: "",
        _analysis_defined,
        _analysis_conducted,
        lambda paper: paper.comparison.says if paper.comparison else None,
    ),
    _Telling(
        "Identity",
        ("CMP-14", "GAP-14"),
        lambda record: record.id,
        lambda definition: definition.id,
        lambda definition, _, __: definition.digest[:16],
        lambda paper: paper.registration_number.says if paper.registration_number else None,
    ),
)
