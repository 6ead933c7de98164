"""The checks of a published table, as findings.  They say what cannot be or does not fit, and never why."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from equipoise.analysis.forensics.balance import baseline_balance
from equipoise.analysis.forensics.feasible import feasible
from equipoise.analysis.forensics.grim import debit, grim, grim_power, grimmer
from equipoise.analysis.forensics.printed import PrintedP
from equipoise.analysis.forensics.recomputed import (
    PRange,
    Summary,
    stated_range,
    stated_tests,
    student_range,
    welch_range,
)
from equipoise.analysis.forensics.table import Group, PublishedTable, Variable
from equipoise.vocabulary import Finding, Refusal, Severity, Verdict

_ASK = "Compare with the protocol and the other tables; then ask the authors for the counts or the data."
_LOOK_AGAIN = 0.005  # in each direction


def judge_table(table: PublishedTable) -> tuple[Finding, ...]:
    """Every finding of every check, rows in order; a check that passed or could not decide is an INFO finding."""
    findings: list[Finding] = []
    for variable in table.variables:
        for group in variable.groups:
            findings += _group_findings(variable, group)
        findings += _p_findings(variable)
    for sentence in table.sentences:
        findings += _sentence_findings(sentence)
    return (*findings, *_balance_findings(table))


def _group_findings(variable: Variable, group: Group) -> Iterator[Finding]:
    place = f"{variable.name}, {group.arm}"
    if variable.kind == "integer" and group.mean is not None:
        yield _grim(place, group)
        if group.sd is not None and group.n > 1 and grim(group.mean, group.n):
            yield _sd(place, variable, group)
    if variable.kind == "binary" and group.mean is not None and group.sd is not None and group.n > 1:
        what = f"mean {group.mean.text} and SD {group.sd.text} of {group.n} zeros and ones"
        yield _verdict("FRN-04", place, debit(group.mean, group.sd, group.n), "DEBIT", what)
    if group.events is not None and group.percent is not None:
        fits = group.percent.admits(Fraction(100 * group.events, group.n))
        yield _verdict("FRN-05", place, fits, "percentage", f"{group.events}/{group.n} as {group.percent.text} %")


def _grim(place: str, group: Group) -> Finding:
    assert group.mean is not None
    what = f"mean {group.mean.text} of {group.n} whole numbers"
    power = grim_power(group.n, group.mean.decimals)
    if power == 0:
        why = f"with {group.mean.decimals} decimals and n = {group.n} every mean is possible"
        return Finding(
            "FRN-01", Severity.INFO, place, f"GRIM cannot decide: {what}", why=why, verdict=Verdict.UNDECIDABLE
        )
    if grim(group.mean, group.n):
        return _verdict("FRN-01", place, True, "GRIM", what)
    below = math.floor(group.mean.value * group.n)
    nearest = " and ".join(f"{s}/{group.n} = {s / group.n:.{group.mean.decimals}f}" for s in (below, below + 1))
    return _verdict("FRN-01", place, False, "GRIM", f"{what} (the nearest are {nearest})")


def _sd(place: str, variable: Variable, group: Group) -> Finding:
    assert group.mean is not None and group.sd is not None
    what = f"mean {group.mean.text} and SD {group.sd.text} of {group.n} whole numbers"
    if variable.limits is not None:
        try:
            answer = feasible(group.mean, group.sd, group.n, *variable.limits)
        except Refusal:
            pass  # too large for the complete check: the weaker one below still says something
        else:
            low, high = variable.limits
            found = _verdict("FRN-03", place, answer.possible, "complete check", f"{what} from {low} to {high}")
            if answer.witness is None:
                return found
            example = ", ".join(str(value) for value in answer.witness)
            return replace(found, message=f"{found.message}, for example {example}")
    return _verdict("FRN-02", place, grimmer(group.mean, group.sd, group.n), "GRIMMER", what)


def _p_findings(variable: Variable) -> Iterator[Finding]:
    pair = _summaries(variable)
    if variable.p is None or pair is None:
        return
    compute = student_range if variable.test == "student" else welch_range
    name = "Student's t" if variable.test == "student" else "Welch's t"
    yield _p_finding(f"{variable.name}, p", variable.p, compute(*pair), f"{name} test from the printed summaries")


def _sentence_findings(sentence: str) -> Iterator[Finding]:
    for test in stated_tests(sentence):
        yield _p_finding(test.text, test.p, stated_range(test), "printed statistic and degrees of freedom")


def _p_finding(place: str, stated: PrintedP, found: PRange, how: str) -> Finding:
    what = f"p printed as {stated.relation} {stated.number.text}; {how} gives {found.at_printed:.4g}"
    span = f"{found.low:.4g} to {found.high:.4g} with rounding"
    if stated.admits(found.low, found.high):
        return Finding("FRN-06", Severity.INFO, place, f"p-value fits: {what} ({span})", verdict=Verdict.OK)
    reasons = "Another test, other numbers analysed, or an error of transcription may explain it."
    return Finding("FRN-06", Severity.WARNING, place, f"p-value does not fit: {what} ({span})", f"{reasons} {_ASK}")


def _balance_findings(table: PublishedTable) -> Iterator[Finding]:
    pairs = [pair for v in table.variables if v.is_baseline and v.kind != "binary" and (pair := _summaries(v))]
    if len(pairs) < 2:
        return
    found = baseline_balance(pairs)
    what = (
        f"{found.variables} baseline variables: {found.at_least_as_alike:.2%} of simulated tables are at least as "
        f"alike, {found.at_least_as_unlike:.2%} at least as unlike"
    )
    why = "variables of one trial are correlated and skewed, and restricted randomisation makes arms more alike"
    if min(found.at_least_as_alike, found.at_least_as_unlike) < _LOOK_AGAIN:
        yield Finding("FRN-07", Severity.WARNING, "baseline table", f"look again: {what}", _ASK, why=why)
    else:
        message = f"as chance makes it: {what}"
        yield Finding("FRN-07", Severity.INFO, "baseline table", message, why=why, verdict=Verdict.OK)


def _summaries(variable: Variable) -> tuple[Summary, Summary] | None:
    """Both summaries of a two-arm row with means and SDs, otherwise None."""
    found = [Summary(g.mean, g.sd, g.n) for g in variable.groups if g.mean and g.sd and g.sd.value > 0 and g.n > 1]
    return (found[0], found[1]) if len(found) == 2 == len(variable.groups) else None


def _verdict(rule: str, place: str, possible: bool, check: str, what: str) -> Finding:
    if possible:
        return Finding(rule, Severity.INFO, place, f"{check}: {what} is possible", verdict=Verdict.OK)
    return Finding(rule, Severity.ERROR, place, f"{check}: {what} is impossible", _ASK, sources=_SOURCES[rule])


_SOURCES = {
    "FRN-01": ("Brown & Heathers 2017",),
    "FRN-02": ("Anaya 2016", "Allard 2018"),
    "FRN-03": ("complete enumeration of sums and sums of squares",),
    "FRN-04": ("Heathers & Brown 2019",),
    "FRN-05": (),
}
