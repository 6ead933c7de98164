"""What was planned: arms, masking, randomisation, the schedule of activities, endpoints and estimands."""

from equipoise.protocol.arms import Intervention
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.objectives import Endpoint, Estimand
from equipoise.protocol.schedule import Activity, Encounter
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.reporting.document import (
    Align,
    Block,
    Column,
    Content,
    Density,
    Facts,
    Heading,
    Paragraph,
    Row,
    RowKind,
    Table,
    strong,
)
from equipoise.reporting.numbers import MINUS, NOTHING, days_in_words, plural
from equipoise.reporting.reading import ANALYSIS_SETS, arm_names, encounter_name, measure_name, method_name, unit_name

_DONE = "●"
_ACTIVITIES = {
    Activity.CONSENT: "Consent",
    Activity.ELIGIBILITY: "Eligibility",
    Activity.RANDOMISATION: "Randomisation",
    Activity.DOSE: "Dose",
}


def design_section(definition: StudyDefinition) -> tuple[Block, ...]:
    """The design as the definition has it, version and digest named elsewhere."""
    return (
        Heading(1, "Design", "design"),
        Paragraph(_in_a_sentence(definition)),
        Facts(tuple(_criteria(definition))),
        Heading(2, "Arms and interventions", "design-arms"),
        *_arms(definition),
        Heading(2, "Randomisation and masking", "design-masking"),
        Facts(tuple(_randomisation(definition))),
        Heading(2, "Schedule of activities", "design-schedule"),
        schedule_table(definition),
        Heading(2, "Endpoints and estimands", "design-endpoints"),
        _endpoints(definition),
        *(block for estimand in definition.estimands for block in _estimand(definition, estimand)),
        Heading(2, "Planned analyses", "design-analyses"),
        _analyses(definition),
    )


def decisions_appendix(definition: StudyDefinition) -> tuple[Block, ...]:
    """Every decision that the team took where the record is silent or contradicts itself."""
    still_open = sum(decision.choice == UNDECIDED for decision in definition.decisions)
    rows = tuple(
        Row((decision.question, strong(decision.choice), _why(decision.reason, decision.source)))
        for decision in definition.decisions
    )
    return (
        Heading(1, "Decisions of the study team", "decisions"),
        Paragraph(
            f"The record leaves {plural(len(rows), 'question')} open; each answer carries its reason and source. "
            f"{plural(still_open, 'question')} {'is' if still_open == 1 else 'are'} still undecided."
        ),
        Table(
            "tab-decisions",
            "Where the record is silent or contradicts itself, and what was decided",
            (Column("Question", share=3), Column("Decision", share=2), Column("Reason and source", share=4)),
            rows,
        ),
    )


def _why(reason: str, source: str) -> Content:
    return f"{reason} [{source}]" if source else reason


def _in_a_sentence(definition: StudyDefinition) -> str:
    arms = arm_names(definition)
    ratio = ":".join(str(definition.randomisation.ratio.get(arm, 1)) for arm in arms)
    return (
        f"A randomised, parallel-arm trial with {plural(len(arms), 'arm')} ({' and '.join(arms.values())}), allocated "
        f"{ratio}, {_planned(definition)}, at "
        f"{plural(len(definition.sites), 'site')}."
    )


def _planned(definition: StudyDefinition) -> str:
    """How many, and which design report chose the number."""
    planned = definition.planned_participants
    if planned == UNDECIDED:
        return UNDECIDED
    chosen = definition.design_report
    return f"{planned} participants planned" + (f" (the number rests on design report {chosen[:16]})" if chosen else "")


def _criteria(definition: StudyDefinition) -> list[tuple[str, Content]]:
    low, high = definition.age_years
    ages = f"{low if low is not None else 'no lower limit'} to {high if high is not None else 'no upper limit'} years"
    return [
        ("Age and sex", f"{ages}; {definition.sexes}"),
        ("Included", "; ".join(f"{each.id} {each.text.text()}" for each in definition.inclusion)),
        ("Excluded", "; ".join(f"{each.id} {each.text.text()}" for each in definition.exclusion)),
    ]


def _arms(definition: StudyDefinition) -> tuple[Block, ...]:
    names = arm_names(definition)
    rows = []
    for arm in sorted(definition.arms, key=lambda each: list(names).index(each.id)):
        given = [each for each in definition.interventions if each.id in arm.interventions]
        rows.append(
            Row((names[arm.id], arm.role.value.replace("_", " "), "; ".join(_intervention(each) for each in given)))
        )
    days = tuple(encounter.day for encounter in definition.dose_encounters())
    table = Table(
        "tab-arms",
        "Arms and what they receive",
        (Column("Arm", share=2), Column("Role", share=2), Column("Intervention, dose and route", share=4)),
        tuple(rows),
        (f"{plural(len(days), 'dose')}, on {days_in_words(days)}; day 1 is the day of randomisation.",),
    )
    return (table,)


def _intervention(intervention: Intervention) -> str:
    dose = f"{intervention.dose_ml} mL" if intervention.dose_ml != UNDECIDED else "volume undecided"
    route = intervention.route if intervention.route != UNDECIDED else "route undecided"
    return f"{intervention.name.text()}: {dose}, {route}"


def _randomisation(definition: StudyDefinition) -> list[tuple[str, Content]]:
    masking = definition.masking
    strata = [f"{each.item} ({', '.join(each.levels)})" for each in definition.randomisation.strata]
    rows: list[tuple[str, Content]] = [
        ("Strata", "; ".join(strata) or "none"),
        ("Concealment", "sealed list in a vault of its own; each participant takes the next place"),
        ("Masked", ", ".join(_role(role.value) for role in masking.masked)),
    ]
    rows += [(f"Not masked: {_role(role.value)}", reason) for role, reason in masking.unmasked.items()]
    if masking.look_alike:
        rows.append(("Kept alike by", masking.look_alike))
    return rows


def _role(role: str) -> str:
    return role.replace("_", " ")


def schedule_table(definition: StudyDefinition) -> Table:
    """The schedule of activities: a column per encounter, a dot where an activity or form is due (SPIRIT 2025, 18)."""
    encounters = definition.encounters
    epochs = {epoch.id: epoch.name.text() for epoch in definition.epochs}
    columns = (
        Column("Day"),
        *(Column(_day(each.day), Align.CENTRE, epochs.get(each.epoch, each.epoch), 1) for each in encounters),
    )
    rows = [Row(("Window, days", *(_window(each) for each in encounters)))]
    for activity, name in _ACTIVITIES.items():
        if any(activity in each.activities for each in encounters):
            rows.append(Row((name, *(_DONE if activity in each.activities else "" for each in encounters))))
    rows.append(Row(("Forms",), RowKind.GROUP))
    for form in definition.forms:
        if any(form.id in each.forms for each in encounters):
            rows.append(Row((form.title.text(), *(_DONE if form.id in each.forms else "" for each in encounters))))
    return Table(
        "tab-schedule",
        "Schedule of activities",
        columns,
        tuple(rows),
        (
            "; ".join(f"{_day(each.day)}: {each.name.text()}" for each in encounters if not _plain(each)) or "",
            "Day 1 is the day of randomisation and first dose; there is no day 0.",
        ),
        Density.COMPACT,
    )


def _plain(encounter: Encounter) -> bool:
    return encounter.name.text().lower() == f"day {encounter.day}"


def _day(day: int) -> str:
    return str(day).replace("-", MINUS)


def _window(encounter: Encounter) -> str:
    before, after = encounter.days_before, encounter.days_after
    if not before and not after:
        return "0"
    return f"±{before}" if before == after else f"{MINUS}{before} +{after}"


def _endpoints(definition: StudyDefinition) -> Table:
    return Table(
        "tab-endpoints",
        "Endpoints, in the order of the hierarchy",
        (Column("Endpoint", share=3), Column("Rank"), Column("Metric", share=3), Column("Unit"), Column("Better")),
        tuple(
            Row(
                (
                    each.name.text(),
                    each.rank.value,
                    _metric(definition, each),
                    unit_name(each.unit) or NOTHING,
                    each.better,
                )
            )
            for each in definition.endpoints
        ),
    )


def _metric(definition: StudyDefinition, endpoint: Endpoint) -> str:
    at = encounter_name(definition, endpoint.encounter)
    scale = ", on the log10 scale" if endpoint.scale == "log10" else ""
    if endpoint.metric == "change":
        return f"change from {encounter_name(definition, endpoint.baseline)} to {at}{scale}"
    return f"{endpoint.metric} at {at}{scale}"


def _estimand(definition: StudyDefinition, estimand: Estimand) -> tuple[Block, ...]:
    endpoint = next(each for each in definition.endpoints if each.id == estimand.endpoint)
    events = tuple(
        f"{each.event}: {each.strategy.replace('_', ' ')}{f' ({each.reason})' if each.reason else ''}"
        for each in estimand.intercurrent_events
    )
    return (
        Heading(3, f"Estimand: {estimand.id.replace('_', ' ')}", f"estimand-{estimand.id}"),
        Facts(
            (
                ("Population", estimand.population),
                ("Treatments compared", estimand.treatment),
                ("Variable", f"{endpoint.name.text()}: {_metric(definition, endpoint)}"),
                ("Intercurrent events", "; ".join(events) or "none named"),
                ("Summary", estimand.summary),
            )
        ),
    )


def _analyses(definition: StudyDefinition) -> Table:
    """Methods by role; endpoints that are analysed alike share a row."""
    names = {endpoint.id: measure_name(endpoint) for endpoint in definition.endpoints}
    plan = definition.analysis
    alike: dict[tuple[str, str, str], list[str]] = {}
    for each in plan.analyses:
        alike.setdefault((each.role, each.method, each.analysis_set), []).append(names[each.endpoint])
    rows: list[Row] = []
    for role in dict.fromkeys(role for role, _, _ in alike):
        rows.append(Row((role.replace("_", " ").capitalize(),), RowKind.GROUP))
        for (own, method, members), endpoints in alike.items():
            if own == role:
                rows.append(Row((method_name(method), ANALYSIS_SETS[members], "; ".join(endpoints))))
    return Table(
        "tab-analyses",
        "Analyses planned before the arms were known",
        (Column("Method", share=4), Column("Set", share=2), Column("Endpoints", share=5)),
        tuple(rows),
        (f"Two-sided significance level {plan.alpha}; multiplicity: {plan.multiplicity.replace('_', ' ')}.",),
    )
