"""Who took part: the flow diagram, when and how the visits took place, and how alike the arms were at the start."""

from equipoise.analysis.analysis_results import ArmSummary
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.reporting.conduct_summary import ConductSummary, VisitCounts
from equipoise.reporting.document import (
    Align,
    Block,
    Column,
    Figure,
    Heading,
    Paragraph,
    Reserve,
    Row,
    RowKind,
    Table,
    reference,
)
from equipoise.reporting.figures.flow_diagram import flow_diagram
from equipoise.reporting.figures.mosaic import Bar, mosaic
from equipoise.reporting.flow import ArmFlow, FlowCounts, flow_by_arm, flow_counts, total
from equipoise.reporting.inputs import ReportInputs, TrialInputs
from equipoise.reporting.numbers import ENGLISH, NOTHING, decimals_for, plural
from equipoise.reporting.reading import analysed_participants, arm_names, plain_unit

_ENDS = ("analysed, every dose", "analysed, not every dose", "not analysed")


def participants_section(inputs: ReportInputs) -> tuple[Block, ...]:
    """Flow, visits and doses, baseline (CONSORT 2025 items 22 to 25)."""
    names = arm_names(inputs.trial.definition)
    analysed = analysed_participants(inputs.trial.definition, inputs.results)
    arms = flow_by_arm(inputs.trial.conduct.flow, inputs.results.arms, names, analysed)
    return (
        Reserve(150),  # the flow diagram fills half a page: its heading would stay behind
        Heading(1, "Participants", "participants"),
        Paragraph((_recruitment(inputs.trial.conduct), " The flow is drawn in ", reference("fig-flow"), ".")),
        flow_figure(inputs.trial, arms),
        *([_mosaic(inputs.trial, arms)] if inputs.trial.conduct.flow.randomised else []),
        Heading(2, "Visits and doses", "visits"),
        *visits_and_doses(inputs.trial),
        Heading(2, "The arms at baseline", "baseline"),
        _baseline(inputs, arms),
    )


def flow_figure(trial: TrialInputs, arms: tuple[ArmFlow, ...]) -> Figure:
    """The flow diagram; without arms it stops at what a masked reader may know."""
    title = "Flow of participants (CONSORT 2025)"
    counts = flow_counts(trial.conduct.flow)
    words = flow_in_words(counts, arms)
    svg = flow_diagram(counts, arms, title=title, description=words, synthetic=trial.synthetic)
    return Figure("fig-flow", title, svg, words)


def _mosaic(trial: TrialInputs, arms: tuple[ArmFlow, ...]) -> Figure:
    """The same flow as areas: how much of each arm is behind the primary result."""
    title = "What became of everybody, every participant with the same area"
    columns = tuple(
        Bar(arm.name, (arm.complete, arm.analysed - arm.complete, arm.allocated - arm.analysed)) for arm in arms
    )
    words = "; ".join(
        f"{each.name}: {', '.join(f'{n} {end}' for n, end in zip(each.counts, _ENDS, strict=True))}" for each in columns
    )
    svg = mosaic(columns, _ENDS, title=title, description=f"{words}.", synthetic=trial.synthetic)
    return Figure("fig-mosaic", title, svg, f"{words}.")


def flow_in_words(counts: FlowCounts, arms: tuple[ArmFlow, ...]) -> str:
    """The diagram as sentences, with all its numbers."""
    reasons = ", ".join(f"{each.count} {each.text.lower()}" for each in counts.excluded)
    text = f"{counts.assessed} assessed for eligibility; {counts.assessed - counts.randomised} not randomised"
    text += f" ({reasons}); " if reasons else "; "
    text += f"{counts.randomised} randomised."
    for arm in arms:
        text += (
            f" {arm.name}: {arm.allocated} allocated, {arm.received} received at least one dose, "
            f"{arm.all_doses} every dose, {total(arm.left_follow_up)} left the follow-up, "
            f"{arm.analysed} analysed for the primary endpoint."
        )
    if not arms:
        text += f" All arms together: {counts.dosed} dosed, {counts.completed} completed."
    return text


def _recruitment(conduct: ConductSummary) -> str:
    if conduct.recruited is None:
        return "Nobody has been randomised yet."
    first, last = conduct.recruited
    return (
        f"Participants were randomised from {first.isoformat()} to {last.isoformat()}; the last visit was on "
        f"{conduct.last_contact.isoformat() if conduct.last_contact else NOTHING}."
    )


def visits_and_doses(trial: TrialInputs) -> tuple[Block, ...]:
    """Planned visits as they were held, and doses given of those planned."""
    conduct, definition = trial.conduct, trial.definition
    planned = sum(course.doses_planned for course in conduct.flow.courses)
    omitted = total(conduct.doses_omitted)
    reasons = "; ".join(f"{each.text} ({each.count})" for each in conduct.doses_omitted)
    return (
        Paragraph(
            f"{conduct.doses_given} of {plural(planned, 'planned dose')} were given and {omitted} recorded as omitted"
            f"{f': {reasons}' if reasons else ''}."
        ),
        Table(
            "tab-visits",
            "Visits of randomised participants",
            (
                Column("Visit", share=3),
                Column("In its window", Align.END),
                Column("Outside", Align.END),
                Column("Missed", Align.END),
                Column("After leaving", Align.END),
                Column("Not recorded", Align.END),
            ),
            tuple(_visit_row(definition, visit) for visit in conduct.visits),
        ),
    )


def _visit_row(definition: StudyDefinition, visit: VisitCounts) -> Row:
    counts = (visit.in_window, visit.outside, visit.missed, visit.after_leaving, visit.unrecorded)
    name = definition.encounter(visit.encounter).name.text()
    return Row((name, *(str(count) if count else NOTHING for count in counts)))


def _baseline(inputs: ReportInputs, arms: tuple[ArmFlow, ...]) -> Table:
    names = arm_names(inputs.trial.definition)
    allocated = {flow.arm: flow.allocated for flow in arms}
    columns = tuple(Column(f"{name} (n = {allocated[arm]})", Align.END, share=2) for arm, name in names.items())
    rows = [
        Row((plain_unit(characteristic), *(_summary(summaries, arm, allocated[arm]) for arm in names)))
        for characteristic, summaries in inputs.results.baseline.items()
    ]
    asked = ""
    for row in inputs.results.baseline_categories:
        if row.characteristic != asked:
            asked = row.characteristic
            rows.append(Row((f"{asked}, n (%)",), RowKind.GROUP))
        counts = (ENGLISH.count_percent(row.counts.get(arm, 0), row.answered.get(arm, 0)) for arm in names)
        rows.append(Row((row.level, *counts), RowKind.INDENTED))
    return Table(
        "tab-baseline",
        "The arms at baseline: mean (standard deviation); median [quartiles]",
        (Column("Characteristic", share=3), *columns),
        tuple(rows),
        (
            "There are no p-values: the arms were made by chance, so a test of their difference at baseline asks a "
            "question whose answer is known (CONSORT 2025, item 25). n is given where not everybody was measured.",
        ),
    )


def _summary(summaries: tuple[ArmSummary, ...], arm: str, allocated: int) -> str:
    found = next((each for each in summaries if each.arm == arm), None)
    if found is None or found.mean is None:
        return NOTHING
    decimals = decimals_for(found.sd)
    quartiles = ENGLISH.median_quartiles((found.median, found.lower_quartile, found.upper_quartile), decimals)
    measured = "" if found.n == allocated else f"; n = {found.n}"
    return f"{ENGLISH.mean_sd(found.mean, found.sd, decimals)}; {quartiles}{measured}"
