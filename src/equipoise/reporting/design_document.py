"""The design report as a document of a few pages: the honest table first, then what it rests on."""

from collections.abc import Iterator
from datetime import datetime

from equipoise.design.design_report import PLAN_HEADINGS, DesignReport, HonestRow, Plan
from equipoise.design.simulation.operating import Rate
from equipoise.protocol import StudyDefinition
from equipoise.reporting.document import (
    Align,
    Block,
    Callout,
    Column,
    Content,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Row,
    RowKind,
    Table,
    Tone,
    code,
    strong,
)
from equipoise.reporting.figures.claims import ClaimRates, claims
from equipoise.reporting.figures.curves import Line, Panel, curves
from equipoise.reporting.figures.supply import Band, supply
from equipoise.reporting.numbers import ENGLISH, NOTHING, plural
from equipoise.reporting.sections.finding_table import finding_table
from equipoise.vocabulary import utc_text


def design_document(report: DesignReport, definition: StudyDefinition, made_at: datetime) -> Document:
    """The document of a design report.  Pure: the same report and moment give the same document."""
    made = utc_text(made_at)[:16].replace("T", " ")
    return Document(
        title=definition.title.text(),
        subtitle=f"Design report, {definition.label}: simulated under assumptions, not observed",
        study=definition.id,
        edition=f"{report.software}, {made} UTC, design report {report.digest[:12]}",
        made_at=made_at,
        synthetic=False,
        front=(*_front(report),),
        blocks=(
            Heading(1, "How often the plan would claim an effect", "claims"),
            *_claims(report, definition),
            Heading(1, "How many participants", "sizes"),
            *_sizes(report),
            Heading(1, "Time, doses and packs", "supply"),
            *_supply(report),
            Heading(1, "What was assumed", "assumptions"),
            *_assumptions(report),
        ),
        producer=report.software,
        keywords=(definition.id, "trial design", "simulation"),
    )


def rate_text(rate: Rate | None) -> str:
    """`77.2 % (0.4)`: share and Monte Carlo standard error, in percent."""
    if rate is None:
        return NOTHING
    return f"{ENGLISH.fixed(100 * rate.share, 1)} % ({ENGLISH.fixed(100 * rate.se, 1)})"


def of_100(rate: Rate) -> str:
    """`77 of 100`."""
    return f"{ENGLISH.fixed(100 * rate.share, 0)} of 100"


def percent(share: float) -> str:
    return f"{ENGLISH.fixed(100 * share, 0)} %"


def _front(report: DesignReport) -> Iterator[Block]:
    yield Callout(Tone.KEY, "What this design can answer", tuple(Paragraph(each) for each in _answers(report)))
    yield Facts(
        (
            ("Participants", f"{report.participants}"),
            ("Study definition", code(report.definition[:16])),
            ("Scenario", (f"{report.scenario_name}; digest ", code(report.scenario[:16]))),
            ("Simulated", f"{plural(report.trials, 'trial')} in each world, seed {report.seed}"),
            ("Design report", code(report.digest[:16])),
        )
    )
    if report.findings:
        yield finding_table(
            "tab-findings", "What to mend before the first participant", report.findings, evidence=False
        )


def _answers(report: DesignReport) -> Iterator[Content]:
    rows = {row.plan: row for row in reversed(report.rows)}  # the first row of each plan
    if registered := rows.get(Plan.AS_REGISTERED):
        yield (
            "If the product did nothing at all, ",
            strong(of_100(registered.without_effect)),
            " such trials would still be “positive” by the registered test inside the arm; "
            f"{ENGLISH.fixed(100 * registered.nominal, 1)} of 100 are believed.",
        )
    if defined := rows.get(Plan.AS_DEFINED):
        yield (
            f"The comparison of the arms as defined would be wrong in {of_100(defined.without_effect)} trials, as "
            f"believed, and would find {report.effect} in ",
            strong(of_100(defined.with_effect)),
            "." if defined.is_honest else ": more often wrong than believed.",
        )
    first = next(each for each in report.needed if each.power == 0.8)
    yield (
        f"For 80 % power to find {ENGLISH.fixed(first.effect, 2)} standard deviations, {first.ancova} participants are "
        f"needed with analysis of covariance, and {first.t_test} with a t test."
    )


def _claims(report: DesignReport, definition: StudyDefinition) -> Iterator[Block]:
    rows: list[Row] = []
    for plan, title in PLAN_HEADINGS.items():
        group = [row for row in report.rows if row.plan is plan]
        if group:
            rows.append(Row((title,), RowKind.GROUP))
            rows += [_claim_row(row) for row in group]
    yield Table(
        "tab-claims",
        f"In how many of {plural(report.trials, 'simulated trial')} of {report.participants} participants each way to "
        "claim an effect succeeds",
        (
            Column("Claim", share=3),
            Column("Believed", Align.END),
            Column("No effect at all", Align.END),
            Column(f"If it is {report.effect}", Align.END),
        ),
        tuple(rows),
        (
            "In brackets: Monte Carlo standard error, in percentage points. "
            f"{plural(3 * report.trials, 'more trial')} would halve it.",
            "A test inside an arm claims when it is significant for the better, a comparison of arms when it is "
            "significant in either direction; with an effect, both have to be for the better.",
        ),
    )
    yield Figure("fig-claims", "The same, drawn", _claims_figure(report), _claims_words(report))
    yield _variation_table(report)
    if report.estimates:
        yield _estimate_table(report, definition)


def _claim_row(row: HonestRow) -> Row:
    wrong = rate_text(row.without_effect)
    return Row(
        (
            row.claim,
            f"{ENGLISH.fixed(100 * row.nominal, 1)} %",
            wrong if row.is_honest else strong(wrong),
            rate_text(row.with_effect),
        ),
        RowKind.INDENTED,
    )


def _claims_figure(report: DesignReport) -> str:
    rows = tuple(
        ClaimRates(
            row.claim,
            row.nominal,
            (row.without_effect.share, row.without_effect.se),
            (row.with_effect.share, row.with_effect.se),
        )
        for row in report.rows
    )
    return claims(rows, title="How often the plan would claim an effect", description=_claims_words(report))


def _claims_words(report: DesignReport) -> str:
    return "; ".join(
        f"{row.claim}: {percent(row.without_effect.share)} without effect, {percent(row.with_effect.share)} with it"
        for row in report.rows
    )


def _variation_table(report: DesignReport) -> Table:
    rows = tuple(
        Row(
            (
                f"{each.participants}",
                "no rule" if each.entry is None else f"at least {each.entry:g}",
                f"{each.improvement:g}",
                rate_text(each.within_arm),
                rate_text(each.between_arms),
            )
        )
        for each in report.variations
    )
    return Table(
        "tab-variations",
        "False claims for the primary endpoint when nothing works, under other entry rules and shared improvements",
        (
            Column("Participants"),
            Column("Entry"),
            Column("All improve by", Align.END),
            Column("Inside the arm", Align.END),
            Column("Between the arms", Align.END),
        ),
        rows,
        ("The test inside the arm is believed to err in half of alpha, the comparison in alpha.",),
    )


def _estimate_table(report: DesignReport, definition: StudyDefinition) -> Table:
    measured = {each.id: each.name.text() for each in definition.endpoints}
    planned = {each.id: f"{measured[each.endpoint]}: {each.id}" for each in definition.analysis.analyses}
    rows = tuple(
        Row(
            (
                planned.get(name, name),
                ENGLISH.fixed(each.truth, 3),
                f"{ENGLISH.fixed(each.bias, 3)} ({ENGLISH.fixed(each.bias_se, 3)})",
                ENGLISH.fixed(each.sd, 3),
                rate_text(each.coverage),
            )
        )
        for name, each in report.estimates.items()
        if not name.endswith((".treated", ".control"))
    )
    return Table(
        "tab-estimates",
        "How the estimates behave under the effect planned for",
        (
            Column("Analysis", share=3),
            Column("True", Align.END),
            Column("Bias", Align.END),
            Column("SD", Align.END),
            Column("Interval covers", Align.END),
        ),
        rows,
        (
            "True: mean over simulated participants of their value under the experimental arm minus that under the "
            "reference arm, whatever they take or miss. In brackets: Monte Carlo standard errors.",
        ),
    )


def _sizes(report: DesignReport) -> Iterator[Block]:
    yield Paragraph(
        "By formula, two-sided, two-tailed noncentral t; the analysis of covariance over the baselines that chance may "
        f"bring, with a correlation of {report.correlation:g} between baseline and outcome."
    )
    effects = list(dict.fromkeys(row.effect for row in report.sizes))
    rows = []
    for size in dict.fromkeys(row.participants for row in report.sizes):
        own = [row for row in report.sizes if row.participants == size]
        found = [each for each in report.detectable if each.participants == size]
        rows.append(
            Row(
                (
                    f"{size}",
                    "/".join(map(str, own[0].arms)),
                    *(f"{ENGLISH.fixed(row.t_test, 2)}, {ENGLISH.fixed(row.ancova, 2)}" for row in own),
                    *(f"{ENGLISH.fixed(each.t_test, 2)}, {ENGLISH.fixed(each.ancova, 2)}" for each in found),
                )
            )
        )
    yield Table(
        "tab-power",
        "Power, and the effect that can be found, in SDs of the outcome: t test, analysis of covariance",
        (
            Column("Participants"),
            Column("Arms", Align.END),
            *(Column(f"{effect:g} SD", Align.END, "Power for") for effect in effects),
            *(Column(percent(power), Align.END, "Detectable with power") for power in (0.8, 0.9)),
        ),
        tuple(rows),
    )
    yield Table(
        "tab-needed",
        "What the question would have needed: participants of both arms",
        (
            Column("Effect"),
            Column("Power", Align.END),
            Column("t test", Align.END),
            Column("Covariance", Align.END),
            Column("To randomise", Align.END),
        ),
        tuple(
            Row(
                (
                    f"{each.effect:g} SD",
                    percent(each.power),
                    f"{each.t_test}",
                    f"{each.ancova}",
                    f"{each.ancova_with_leaving}",
                )
            )
            for each in report.needed
        ),
        ("To randomise: analysis of covariance, with those who leave before the outcome added.",),
    )
    yield Figure("fig-power", "Power of the analysis of covariance", _power_figure(report), _power_words(report))


def _power_figure(report: DesignReport) -> str:
    by_size = Panel(
        tuple(Line(f"{curve.name} SD", curve.points) for curve in report.by_size),
        "Participants, both arms",
        "Power",
        float(report.participants),
        (0.8, 0.9),
    )
    by_effect = Panel(
        tuple(Line(f"{curve.name} participants", curve.points) for curve in report.by_effect),
        "Effect in SDs of the outcome",
        "Power",
        report.sizes[0].effect,
        (0.8, 0.9),
    )
    return curves((by_size, by_effect), title="Power against size and effect", description=_power_words(report))


def _power_words(report: DesignReport) -> str:
    said = [
        f"{row.participants} participants find {row.effect:g} SD with power {ENGLISH.fixed(row.ancova, 2)}"
        for row in report.sizes
    ]
    return "; ".join(said)


def _supply(report: DesignReport) -> Iterator[Block]:
    forecast = report.supply
    weeks, total, doses = forecast.recruitment_weeks, forecast.total_weeks, forecast.doses
    yield Facts(
        (
            ("Randomised", f"{ENGLISH.fixed(forecast.per_week, 2)} participants per week"),
            ("Recruitment", f"{weeks.median:.0f} weeks (90 % of trials: {weeks.low:.0f} to {weeks.high:.0f})"),
            ("To the last visit", f"{total.median:.0f} weeks ({total.low:.0f} to {total.high:.0f})"),
            ("Doses given", f"{doses.mean:.0f} on average ({doses.low:.0f} to {doses.high:.0f})"),
            (
                "Packs of the product",
                f"{forecast.product_packs.high:.0f} so that 95 % of trials do not run out: {percent(forecast.overage)} "
                f"more than the {forecast.product_planned:.0f} of a trial without loss",
            ),
            ("Packs of the other arms", f"{forecast.other_packs.high:.0f}, by the same reckoning"),
            *(
                (("Runs out", f"in {percent(forecast.runs_out)} of trials{_when(forecast.runs_out_week)}"),)
                if forecast.runs_out is not None
                else ()
            ),
        )
    )
    bands = [
        Band("Participants randomised", forecast.recruited, float(report.participants)),
        Band("Packs of the product used", forecast.product_used, forecast.product_packs.high),
    ]
    if forecast.stock_left:
        bands.append(Band("Packs of the product left", forecast.stock_left, 0.0))
    words = (
        f"Half of the trials have recruited by week {weeks.median:.0f}, 95 % by week {weeks.high:.0f}; the product "
        f"used grows to {forecast.product_packs.median:.0f} packs (90 % of trials: {forecast.product_packs.low:.0f} to "
        f"{forecast.product_packs.high:.0f})."
    )
    drawn = supply(forecast.weeks, tuple(bands), title="Recruitment and use over time", description=words)
    notes = (f"Line: median of {plural(forecast.runs, 'simulated trial')}; band: the middle 90 %.",)
    yield Figure("fig-supply", "Recruitment, and packs of the product", drawn, words, notes)


def _when(week: float | None) -> str:
    return "" if week is None else f", then in week {week:.0f} (median)"


def _assumptions(report: DesignReport) -> Iterator[Block]:
    yield Table(
        "tab-assumptions",
        "Every assumption; none is a result",
        (Column("What", share=2), Column("Assumed", share=4), Column("Source", share=3)),
        tuple(Row((each.name, each.value, each.source)) for each in report.assumptions),
    )
    guess, certain, imbalance = report.predictability
    yield Paragraph(
        f"Randomisation: with all earlier arms known, {ENGLISH.fixed(100 * guess, 1)} % of allocations can be guessed "
        f"and {ENGLISH.fixed(100 * certain, 1)} % are certain; the arms differ by {ENGLISH.fixed(imbalance, 1)} "
        "participants on average. These figures are for the statistician and the pharmacist, not for those who recruit."
    )
    if report.left_out:
        left_out = "; ".join(f"{name}: {reason}" for name, reason in report.left_out.items())
        yield Paragraph(f"Analyses of the plan that are not simulated: {left_out}.")
    yield Paragraph(
        (
            f"{report.software}, seed {report.seed}, {plural(report.trials, 'trial')} in each world; the same seed "
            "gives the same numbers on one core, on many, and on a cluster. Digest of this report ",
            code(report.digest),
            ".",
        )
    )
