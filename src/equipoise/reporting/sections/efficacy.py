"""The results: the primary endpoint, the registered analysis beside it, the other endpoints, and every participant."""

from equipoise.analysis.analysis_results import Result
from equipoise.protocol.objectives import Endpoint, Rank
from equipoise.reporting.document import (
    Align,
    Block,
    Callout,
    Column,
    Content,
    Heading,
    Paragraph,
    Row,
    Table,
    Tone,
    code,
    reference,
)
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.numbers import ENGLISH, NOTHING, plural
from equipoise.reporting.reading import (
    arm_names,
    between_arms,
    main_result,
    measure_name,
    method_name,
    primary_endpoint,
    short_visit,
    summary_of,
    with_unit,
    within_arm,
)
from equipoise.reporting.sections.finding_table import finding_table
from equipoise.reporting.sections.result_figures import primary_figures, secondary_figures
from equipoise.reporting.shown import (
    GEOMETRIC,
    is_ratio,
    p_of,
    shown,
    shown_change,
    shown_level,
    shown_quartiles,
)

_WITHIN = "PLAN-WITHIN"
"""The finding on tests inside one arm; it stands beside their table and not in the list."""

NO_COMPARISON = (
    "This test looks at one arm at a time. It answers whether participants changed, which they also do by chance, by "
    "regression to the mean and by the care that everybody received. It does not compare the arms: with two arms "
    "and no effect at all, the chance that one of them is “significant” and the other is not can reach one half "
    "(Bland and Altman, Trials 2011;12:264). No conclusion about the intervention may rest on it."
)


_RATIOS = (
    "×: analysed as logarithms; the change is the ratio of the geometric means after and before, and the arms are "
    "compared by the ratio of these ratios (1 means no difference)."
)


def results_section(inputs: ReportInputs) -> tuple[Block, ...]:
    """The results (CONSORT 2025 items 26 and 28)."""
    endpoint = primary_endpoint(inputs.trial.definition)
    others = [
        each
        for each in inputs.trial.definition.endpoints
        if each.id != endpoint.id and each.rank is not Rank.SAFETY and between_arms(inputs.results, each.id)
    ]
    return (
        Heading(1, "Results", "results"),
        Heading(2, f"Primary endpoint: {measure_name(endpoint)}", "results-primary"),
        *_primary(inputs, endpoint),
        *primary_figures(inputs, endpoint),
        *(_others(inputs, others) if others else ()),
        *_unforeseen(inputs),
    )


def _primary(inputs: ReportInputs, endpoint: Endpoint) -> tuple[Block, ...]:
    main = main_result(inputs.results, endpoint.id)
    if main is None:
        return (Paragraph("The primary endpoint could not be analysed; the findings below say why."),)
    return (
        _arm_table(inputs, endpoint, main),
        _comparison_table(inputs, endpoint),
        *_registered(inputs, endpoint),
    )


def _arm_table(inputs: ReportInputs, endpoint: Endpoint, main: Result) -> Table:
    definition = inputs.trial.definition
    rows = []
    for arm, name in arm_names(definition).items():
        summary = summary_of(main, arm)
        if summary is None:
            rows.append(Row((name, "0", *[NOTHING] * 4)))
            continue
        quartiles = (summary.median, summary.lower_quartile, summary.upper_quartile)
        rows.append(
            Row(
                (
                    name,
                    str(summary.n),
                    shown_level(main, summary.baseline_mean, summary.baseline_sd),
                    shown_level(main, summary.mean, summary.sd),
                    shown_quartiles(main, quartiles, summary.sd),
                    shown_change(main, summary),
                )
            )
        )
    followed = short_visit(definition, endpoint.encounter)
    return Table(
        "tab-primary-arms",
        f"{with_unit(measure_name(endpoint), endpoint.unit)}: each arm before and after",
        (
            Column("Arm", share=3),
            Column("n", Align.END),
            Column(short_visit(definition, endpoint.baseline), Align.END, "Mean (SD)", share=2),
            Column(followed, Align.END, "Mean (SD)", share=2),
            Column(followed, Align.END, "Median [quartiles]", share=2),
            Column("Change", Align.END, "Mean (SD)", share=2),
        ),
        tuple(rows),
        (GEOMETRIC,) if is_ratio(main) else (),
    )


def _comparison_table(inputs: ReportInputs, endpoint: Endpoint) -> Table:
    results = between_arms(inputs.results, endpoint.id)
    adjusted = any(each.p_adjusted is not None for each in results)
    columns = [
        Column("Method", share=4),
        Column("Role", share=2),
        Column("n", Align.END),
        Column("Difference", Align.END, share=2),
        Column("95 % CI", Align.END, share=3),
        Column("p", Align.END),
    ]
    if adjusted:
        columns.append(Column("Adjusted p", Align.END))
    rows = []
    for each in results:
        cells: list[Content] = [method_name(each.method), each.role.replace("_", " "), str(sum(each.n.values()))]
        printed = shown(each)
        cells += [printed.with_unit(), printed.interval, p_of(each)]
        rows.append(Row((*cells, ENGLISH.p(each.p_adjusted)) if adjusted else tuple(cells)))
    names = arm_names(inputs.trial.definition)
    return Table(
        "tab-primary-comparison",
        f"{measure_name(endpoint)}: the comparison of the arms ({_contrast(names, inputs)})",
        tuple(columns),
        tuple(rows),
        (*_notes(results), _traced(results)),
    )


def _traced(results: tuple[Result, ...]) -> Content:
    """The ids of the rows, by which each number is followed back to the ledger."""
    ids = [part for each in results for part in (", ", code(each.id))]
    return ("The rows, in this order: ", *ids[1:], "; the entries behind them: ", reference("tab-traceability"), ".")


def _contrast(names: dict[str, str], inputs: ReportInputs) -> str:
    reference_arm = inputs.trial.definition.analysis.reference_arm
    return f"{' / '.join(name for arm, name in names.items() if arm != reference_arm)} minus {names[reference_arm]}"


def _notes(results: tuple[Result, ...]) -> list[Content]:
    notes: list[Content] = []
    for each in results:
        name = f"{method_name(each.method)}, {each.role.replace('_', ' ')}"
        if each.p_exact is not None:
            fraction = f"{each.p_exact.numerator}/{each.p_exact.denominator}"
            printed = fraction if len(fraction) <= 60 else f"a fraction of {len(fraction)} characters, in numbers.json"
            notes.append(f"{name}: exact p = {printed}; two-sided p is {each.two_sided}.")
        notes += [f"{name}: {text}." for text in each.warnings]
    return notes


def _registered(inputs: ReportInputs, endpoint: Endpoint) -> tuple[Block, ...]:
    """The registered within-arm test, beside the finding that it compares nothing."""
    results = within_arm(inputs.results, endpoint.id)
    if not results:
        return ()
    names = arm_names(inputs.trial.definition)
    rows = tuple(
        Row((_arm_of(each, names), str(sum(each.n.values())), shown(each).estimate, shown(each).interval, p_of(each)))
        for each in results
    )
    return (
        Heading(3, "The registered analysis, which does not compare the arms", "results-registered"),
        Callout(Tone.CAUTION, f"{_WITHIN}: what the next table cannot show", (Paragraph(NO_COMPARISON),)),
        Table(
            "tab-registered",
            f"{measure_name(endpoint)}: change inside each arm, as registered",
            (
                Column("Arm", share=3),
                Column("n", Align.END),
                Column("Mean change", Align.END, share=2),
                Column("95 % CI", Align.END, share=2),
                Column("p within the arm", Align.END, share=2),
            ),
            rows,
        ),
    )


def _arm_of(result: Result, names: dict[str, str]) -> str:
    return " and ".join(names[arm] for arm in result.n)


def _others(inputs: ReportInputs, endpoints: list[Endpoint]) -> tuple[Block, ...]:
    definition = inputs.trial.definition
    names = arm_names(definition)
    adjusted = any((each := main_result(inputs.results, one.id)) and each.p_adjusted is not None for one in endpoints)
    columns = [
        Column("Endpoint", share=4),
        *(Column(name, Align.END, "Mean change (SD)", share=2) for name in names.values()),
        Column("Difference or ratio", Align.END, share=2),
        Column("95 % CI", Align.END, share=3),
        Column("p", Align.END),
    ]
    if adjusted:
        columns.append(Column("Adj. p", Align.END))
    rows = tuple(_other_row(inputs, endpoint, names, adjusted=adjusted) for endpoint in endpoints)
    note = _families(inputs, endpoints)
    return (
        Heading(2, "Other endpoints", "results-others"),
        Paragraph((f"All {len(endpoints)} other endpoints of the plan are in ", reference("tab-others"), ".")),
        Table("tab-others", "Other endpoints, main analysis of each", tuple(columns), rows, (note, _RATIOS)),
        *secondary_figures(inputs, endpoints),
    )


def _families(inputs: ReportInputs, endpoints: list[Endpoint]) -> str:
    """How the tests of the table share the error rate."""
    shown_here = {each.id for one in endpoints if (each := main_result(inputs.results, one.id))}
    shared = [
        f"{family.method.replace('_', ' ').capitalize()} over {plural(len(family.members), 'test')} ({family.rank}), "
        f"together at {family.alpha}"
        for family in inputs.results.families
        if family.method != "none" and shown_here & set(family.members)
    ]
    if shared:
        return f"Adjusted p: {'; '.join(shared)}."
    return f"{plural(len(endpoints), 'test')} without adjustment for their number: read them as description."


def _other_row(inputs: ReportInputs, endpoint: Endpoint, names: dict[str, str], *, adjusted: bool) -> Row:
    result = main_result(inputs.results, endpoint.id)
    assert result is not None, "only endpoints with a result come to the table"
    printed = shown(result)
    unit = f", {printed.unit}" if printed.unit else ""
    cells: list[Content] = [f"{measure_name(endpoint)}{unit}"]
    cells += [shown_change(result, summary_of(result, arm)) for arm in names]
    cells += [printed.estimate, printed.interval, p_of(result)]
    return Row((*cells, ENGLISH.p(result.p_adjusted)) if adjusted else tuple(cells))


def _unforeseen(inputs: ReportInputs) -> tuple[Block, ...]:
    findings = [each for each in inputs.results.findings if each.rule != _WITHIN]
    if not findings:
        return ()
    caption = "What the data hold that the plan does not foresee, and what was done"
    return (
        Heading(2, "What the plan did not foresee", "results-findings"),
        finding_table("tab-unforeseen", caption, findings, evidence=False),
    )
