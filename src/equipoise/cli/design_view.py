"""How a design report looks in a terminal: the honest table first, then power, variations and findings."""

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from equipoise.cli.check_view import STYLES
from equipoise.design.design_report import PLAN_HEADINGS, Assumption, Curve, DesignReport, HonestRow, Plan
from equipoise.design.forecast import Forecast
from equipoise.design.simulation.modelling import primary_endpoint
from equipoise.design.simulation.operating import Rate
from equipoise.protocol import StudyDefinition
from equipoise.vocabulary import Finding

_BAR = 24
_SHOWN = 9
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def show_design(report: DesignReport, definition: StudyDefinition, console: Console) -> None:
    """Print a design report."""
    for part in _parts(report, definition):
        console.print(part)
        console.print()


def _parts(report: DesignReport, definition: StudyDefinition) -> Iterator[RenderableType]:
    yield _headline(report, definition)
    yield _honest_table(report)
    yield _assumptions(report, definition)
    yield _variations(report)
    yield _sizes(report)
    yield _needed(report)
    yield _curves(report)
    yield _supply(report.supply)
    yield _closing(report, definition)
    for finding in report.findings:
        yield _finding(finding)


def _headline(report: DesignReport, definition: StudyDefinition) -> Text:
    """What is examined, and the honest table in two sentences."""
    rows = {row.plan: row for row in reversed(report.rows)}  # the first row of each plan
    text = Text()
    text.append(f"{definition.title.text()}\n", style="bold")
    text.append(f"{report.study}, {report.label}: {report.participants} participants. ")
    text.append("Assumptions, not results: ", style="yellow")
    text.append(f"{report.scenario_name}.\n\n")
    if registered := rows.get(Plan.AS_REGISTERED):
        text.append("If the product did nothing at all, ")
        text.append(_of_100(registered.without_effect), style="bold red" if not registered.is_honest else "bold")
        text.append(" such trials would still be “positive” as registered.\n")
    if defined := rows.get(Plan.AS_DEFINED):
        text.append(f"The comparison of the arms as defined would be wrong in {_of_100(defined.without_effect)}, ")
        text.append(f"and would find {report.effect} in ")
        text.append(_of_100(defined.with_effect), style="bold")
        text.append(".")
    return text


def _of_100(rate: Rate) -> str:
    return f"{100 * rate.share:.0f} of 100"


def _assumptions(report: DesignReport, definition: StudyDefinition) -> Table:
    shown = _most_telling(report, definition)
    table = _table("What was assumed")
    table.show_header = False
    for _ in range(2):
        table.add_column(vertical="top")
    for each in shown:
        table.add_row(f"  {each.name}", each.value)
    table.add_row(f"  … and {len(report.assumptions) - len(shown)} more", "with their sources: --out DIR", style="dim")
    return table


def _most_telling(report: DesignReport, definition: StudyDefinition) -> list[Assumption]:
    """The assumptions without those on the items of other endpoints than the primary one."""
    others = {each.item for each in definition.endpoints} - {primary_endpoint(definition).item}
    technical = {"Distribution", "Allocation", "Correlation between items", "Not simulated"}
    return [each for each in report.assumptions if each.name not in others | technical]


def _table(title: str, *columns: tuple[str, str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head, justify in columns:
        table.add_column(head, justify=justify, header_style="dim", vertical="bottom")  # type: ignore[arg-type]  # ours
    return table


def _honest_table(report: DesignReport) -> Table:
    table = _table(
        f"How often the plan would claim an effect ({report.trials:,} simulated trials each)",
        ("", "left"),
        ("believed", "right"),
        ("if there is\nno effect at all", "right"),
        (f"if it is\n{report.effect}", "right"),
    )
    plan: Plan | None = None
    for row in report.rows:
        if row.plan is not plan:
            plan = row.plan
            table.add_row(Text(PLAN_HEADINGS[plan], style="italic"))
        table.add_row(*_honest_row(row))
    return table


def _honest_row(row: HonestRow) -> tuple[RenderableType, ...]:
    style = "" if row.is_honest else "bold red"
    return (
        f"  {row.claim}",
        f"{row.nominal:.1%}",
        Text(_rate(row.without_effect), style=style),
        _rate(row.with_effect),
    )


def _rate(rate: Rate | None) -> str:
    return "" if rate is None else f"{rate.share:.1%} ±{rate.se * 100:.1f}"


def _variations(report: DesignReport) -> Table:
    table = _table(
        "False claims without any effect, when entry and shared improvement vary",
        ("participants", "right"),
        ("entry", "left"),
        ("everybody\nimproves by", "right"),
        ("claimed inside\nthe arm", "right"),
        ("claimed between\nthe arms", "right"),
    )
    for each in report.variations:
        entry = "no rule" if each.entry is None else f"at least {each.entry:g}"
        table.add_row(
            f"{each.participants}",
            entry,
            f"{each.improvement:g}",
            _rate(each.within_arm),
            _rate(each.between_arms),
        )
    return table


def _sizes(report: DesignReport) -> Table:
    effects = list(dict.fromkeys(row.effect for row in report.sizes))
    columns = [("participants", "right"), ("arms", "right")]
    columns += [(f"{effect:g} SD:\nt, ANCOVA", "right") for effect in effects]
    columns.append(("detectable with 80 %:\nt, ANCOVA", "right"))
    table = _table(f"Power by formula (correlation with baseline {report.correlation:g})", *columns)
    for size in dict.fromkeys(row.participants for row in report.sizes):
        rows = [row for row in report.sizes if row.participants == size]
        found = next(each for each in report.detectable if each.participants == size and each.power == 0.8)
        table.add_row(
            f"{size}",
            "/".join(map(str, rows[0].arms)),
            *(f"{row.t_test:.2f}  {row.ancova:.2f}" for row in rows),
            f"{found.t_test:.2f}  {found.ancova:.2f} SD",
        )
    return table


def _needed(report: DesignReport) -> Table:
    table = _table(
        "What the question would need (participants, both arms)",
        ("effect", "right"),
        ("power", "right"),
        ("t test", "right"),
        ("ANCOVA", "right"),
        ("to randomise", "right"),
    )
    for each in report.needed:
        table.add_row(
            f"{each.effect:g} SD",
            f"{each.power:.0%}",
            f"{each.t_test}",
            f"{each.ancova}",
            f"{each.ancova_with_leaving}",
        )
    return table


def _curves(report: DesignReport) -> Table:
    table = _table("Power against the number of participants (ANCOVA)", ("", "right"))
    for curve in report.by_size:
        table.add_column(f"{curve.name} SD", header_style="dim")
    shown = _thinned(report.by_size[0], report.participants)
    for place in shown:
        size = report.by_size[0].points[place][0]
        style = "bold" if size == report.participants else ""
        table.add_row(
            Text(f"{size:.0f}", style=style),
            *(Text.assemble((_bar(curve.points[place][1]), "blue"), f" {curve.points[place][1]:.2f}")
              for curve in report.by_size),
        )  # fmt: skip
    return table


def _thinned(curve: Curve, always: int) -> list[int]:
    count = len(curve.points)
    chosen = {round(i * (count - 1) / (_SHOWN - 1)) for i in range(_SHOWN)}
    chosen |= {place for place, (size, _) in enumerate(curve.points) if size == always}
    return sorted(chosen)


def _bar(share: float) -> str:
    whole, rest = divmod(round(share * _BAR * 8), 8)
    bar = "█" * whole + (_EIGHTHS[rest] if rest else "")
    return f"{bar:<{_BAR}}"


def _supply(forecast: Forecast) -> Text:
    weeks, packs = forecast.total_weeks, forecast.product_packs
    text = Text("Time and packs\n", style="bold")
    lines = [
        f"{forecast.per_week:.2f} randomised per week; {weeks.median:.0f} weeks to the last visit "
        f"(90 % of trials: {weeks.low:.0f} to {weeks.high:.0f}), {forecast.doses.mean:.0f} doses.",
        f"{packs.high:.0f} packs of the product let 95 % of trials finish: {forecast.overage:.0%} more than without "
        "losses.",
    ]
    if forecast.runs_out:
        lines.append(f"The stock runs out in {forecast.runs_out:.0%} of trials, in week {forecast.runs_out_week:.0f}.")
    text.append("\n".join(f"  {line}" for line in lines), style="not bold")
    return text


def _closing(report: DesignReport, definition: StudyDefinition) -> Text:
    guess, certain, imbalance = report.predictability
    half = report.rows[0].without_effect.more_to_halve
    return Text(
        f"Randomisation: with all earlier arms known {guess:.1%} of allocations can be guessed and {certain:.1%} are "
        f"certain; the arms differ by {imbalance:.1f} participants on average. Not for those who recruit.\n"
        f"± is the Monte Carlo standard error in percentage points; {half:,} more trials would halve it. "
        f"Seed {report.seed}, {report.software}.\nDesign report {report.digest}{_linked(report, definition)}",
        style="dim",
    )


def _linked(report: DesignReport, definition: StudyDefinition) -> str:
    """What the definition says of the report that its number rests on."""
    if definition.design_report is None:
        return "\nTo rest the number on it, write `design_report:` with this digest beside planned_participants."
    same = definition.design_report == report.digest
    return "\nThe definition's number rests on this report." if same else "\nThe definition's number rests on another."


def _finding(finding: Finding) -> Text:
    text = Text.assemble((f"{finding.rule}  ", STYLES[finding.severity]), finding.message)
    if finding.suggestion:
        text.append(f" {finding.suggestion}", style="dim")
    return text
