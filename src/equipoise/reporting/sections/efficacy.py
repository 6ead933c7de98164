"""The results: the primary endpoint, the registered analysis beside it, the other endpoints, and every participant."""

from equipoise.analysis.analysis_results import Result
from equipoise.protocol.objectives import Endpoint, Rank
from equipoise.reporting.document import (
    Align,
    Block,
    Callout,
    Column,
    Content,
    FindingsList,
    Heading,
    Paragraph,
    Row,
    Table,
    Tone,
    reference,
)
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.numbers import ENGLISH, NOTHING, decimals_for, plural
from equipoise.reporting.reading import (
    arm_names,
    between_arms,
    main_result,
    method_name,
    primary_endpoint,
    randomisation_result,
    short_visit,
    summary_of,
    unit_name,
    with_unit,
    within_arm,
)
from equipoise.reporting.sections.result_figures import primary_figures, secondary_figures

NO_COMPARISON = (
    "This test looks at one arm at a time. It answers whether participants changed, which they also do by chance, by "
    "regression to the mean and by the care that everybody received. It does not compare the arms: with two arms "
    "and no effect at all, the chance that one of them is “significant” and the other is not can reach one half "
    "(Bland and Altman, Trials 2011;12:264). No conclusion about the intervention may rest on it."
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
        Heading(2, f"Primary endpoint: {endpoint.name.text()}", "results-primary"),
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
        decimals = max(decimals_for(summary.baseline_sd), decimals_for(summary.sd))
        quartiles = (summary.median, summary.lower_quartile, summary.upper_quartile)
        rows.append(
            Row(
                (
                    name,
                    str(summary.n),
                    ENGLISH.mean_sd(summary.baseline_mean, summary.baseline_sd, decimals),
                    ENGLISH.mean_sd(summary.mean, summary.sd, decimals),
                    ENGLISH.median_quartiles(quartiles, decimals),
                    ENGLISH.mean_sd(summary.change_mean, summary.change_sd, decimals),
                )
            )
        )
    followed = short_visit(definition, endpoint.encounter)
    return Table(
        "tab-primary-arms",
        f"{with_unit(endpoint.name.text(), endpoint.unit)}: each arm before and after",
        (
            Column("Arm", share=3),
            Column("n", Align.END),
            Column(short_visit(definition, endpoint.baseline), Align.END, "Mean (SD)", share=2),
            Column(followed, Align.END, "Mean (SD)", share=2),
            Column(followed, Align.END, "Median [quartiles]", share=2),
            Column("Change", Align.END, "Mean (SD)", share=2),
        ),
        tuple(rows),
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
        cells += [*estimate_cells(each), ENGLISH.p(_p(each))]
        rows.append(Row((*cells, ENGLISH.p(each.p_adjusted)) if adjusted else tuple(cells)))
    names = arm_names(inputs.trial.definition)
    return Table(
        "tab-primary-comparison",
        f"{endpoint.name.text()}: the comparison of the arms ({_contrast(names, inputs)})",
        tuple(columns),
        tuple(rows),
        tuple(_notes(results)),
    )


def _contrast(names: dict[str, str], inputs: ReportInputs) -> str:
    reference_arm = inputs.trial.definition.analysis.reference_arm
    return f"{' / '.join(name for arm, name in names.items() if arm != reference_arm)} minus {names[reference_arm]}"


def _notes(results: tuple[Result, ...]) -> list[Content]:
    notes: list[Content] = []
    for each in results:
        if each.p_exact is not None:
            fraction = f"{each.p_exact.numerator}/{each.p_exact.denominator}"
            shown = fraction if len(fraction) <= 60 else f"a fraction with {len(fraction)} digits, in numbers.json"
            notes.append(
                f"{method_name(each.method)}: exact p = {shown}{f'; {each.two_sided}' if each.two_sided else ''}."
            )
        notes += [f"{method_name(each.method)}: {text}" for text in (*each.assumptions, *each.warnings)]
    return notes


def _p(result: Result) -> float | None:
    return float(result.p_exact) if result.p_exact is not None else result.p


def estimate_cells(result: Result) -> tuple[str, str]:
    """The estimate and its interval, with as many digits as its precision deserves."""
    width = (result.interval[1] - result.interval[0]) / 4 if result.interval else None
    decimals = decimals_for(result.standard_error or width)
    return ENGLISH.fixed(result.estimate, decimals), ENGLISH.interval(result.interval, decimals)


def _registered(inputs: ReportInputs, endpoint: Endpoint) -> tuple[Block, ...]:
    """The registered within-arm test, beside the finding that it compares nothing."""
    results = within_arm(inputs.results, endpoint.id)
    if not results:
        return ()
    names = arm_names(inputs.trial.definition)
    rows = tuple(
        Row((_arm_of(each, names), str(sum(each.n.values())), *estimate_cells(each), ENGLISH.p(_p(each))))
        for each in results
    )
    return (
        Heading(3, "The registered analysis, which does not compare the arms", "results-registered"),
        Table(
            "tab-registered",
            f"{endpoint.name.text()}: change inside each arm, as registered",
            (
                Column("Arm", share=3),
                Column("n", Align.END),
                Column("Mean change", Align.END, share=2),
                Column("95 % CI", Align.END, share=2),
                Column("p within the arm", Align.END, share=2),
            ),
            rows,
        ),
        Callout(Tone.CAUTION, "What this table cannot show", (Paragraph(NO_COMPARISON),)),
    )


def _arm_of(result: Result, names: dict[str, str]) -> str:
    inside = [names.get(arm, arm) for arm in result.n]
    return names.get(result.contrast, inside[0] if len(inside) == 1 else result.contrast)


def _others(inputs: ReportInputs, endpoints: list[Endpoint]) -> tuple[Block, ...]:
    definition = inputs.trial.definition
    names = arm_names(definition)
    adjusted = any((each := main_result(inputs.results, one.id)) and each.p_adjusted is not None for one in endpoints)
    columns = [
        Column("Endpoint", share=4),
        *(Column(name, Align.END, "Mean change (SD)", share=2) for name in names.values()),
        Column("Difference", Align.END, share=2),
        Column("95 % CI", Align.END, share=3),
        Column("p", Align.END),
    ]
    if adjusted:
        columns.append(Column("Adj. p", Align.END))
    rows = tuple(_other_row(inputs, endpoint, names, adjusted=adjusted) for endpoint in endpoints)
    method = definition.analysis.multiplicity.replace("_", " ")
    note = (
        f"Adjusted p: {method} over the tests of the plan."
        if adjusted
        else f"{plural(len(endpoints), 'test')} without adjustment for their number: read them as description."
    )
    return (
        Heading(2, "Other endpoints", "results-others"),
        Paragraph((f"All {len(endpoints)} other endpoints of the plan are in ", reference("tab-others"), ".")),
        Table("tab-others", "Other endpoints, main analysis of each", tuple(columns), rows, (note,)),
        *secondary_figures(inputs, endpoints),
    )


def _other_row(inputs: ReportInputs, endpoint: Endpoint, names: dict[str, str], *, adjusted: bool) -> Row:
    result = main_result(inputs.results, endpoint.id)
    assert result is not None, "only endpoints with a result come to the table"
    test = randomisation_result(inputs.results, endpoint.id) if result.p is None and result.p_exact is None else None
    cells: list[Content] = [f"{endpoint.name.text()}{f', {unit_name(result.unit)}' if unit_name(result.unit) else ''}"]
    for arm in names:
        summary = summary_of(result, arm)
        sd = summary.change_sd if summary else None
        cells.append(ENGLISH.mean_sd(summary.change_mean if summary else None, sd, decimals_for(sd)))
    cells += [*estimate_cells(result), ENGLISH.p(_p(test or result))]
    return Row((*cells, ENGLISH.p(result.p_adjusted)) if adjusted else tuple(cells))


def _unforeseen(inputs: ReportInputs) -> tuple[Block, ...]:
    if not inputs.results.findings:
        return ()
    return (
        Heading(2, "What the plan did not foresee", "results-findings"),
        FindingsList(inputs.results.findings),
    )
