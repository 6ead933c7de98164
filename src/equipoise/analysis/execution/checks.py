"""Whether the data look as the model assumes: what was checked, in words with numbers, and what did not hold."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from equipoise.analysis.execution.task import Task
from equipoise.analysis.models.ancova import ancova
from equipoise.analysis.models.columns import Floats, Term, design, numbers
from equipoise.analysis.models.linear import Variance, least_squares, linear_model
from equipoise.vocabulary import Refusal

_SMALL_P = 0.05
_LARGE_RATIO = 2.0
_FAR = 3.0


def checked_covariance(task: Task, terms: Mapping[str, Term]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what was checked, what gives cause to look again) for the analysis of covariance of a task.

    Slopes by the interaction of arm and baseline (t test); spread by the residual standard deviations of the arms;
    single participants by the largest internally studentised residual; and the limits once more with the HC3 variance,
    which needs no equal spread.  Sources: MacKinnon & White 1985; Cook & Weisberg, Residuals and Influence, 1982.
    """
    outcome = [task.cases.metric(case) for case in task.used]
    treated = [int(case.arm == task.experimental) for case in task.used]
    lines: list[str] = []
    warnings: list[str] = []
    for check in (_slopes, _spread, _single, _robust):
        try:
            line, warning = check(task, outcome, treated, terms)
        except Refusal:  # too few participants for this check; the analysis itself has spoken or will
            continue
        lines.append(line)
        warnings += [warning] if warning else []
    return tuple(lines), tuple(warnings)


Checked = tuple[str, str]
"""(What was found, a warning or an empty text)."""


def _slopes(task: Task, outcome: Sequence[Fraction], treated: Sequence[int], terms: Mapping[str, Term]) -> Checked:
    crossed = [arm * case.baseline for arm, case in zip(treated, task.used, strict=True) if case.baseline is not None]
    model = linear_model(outcome, {"arm": list(treated), **terms, "baseline by arm": crossed})
    p = model.estimate("baseline by arm").p
    assert p is not None, "a fitted slope has a test"
    warning = "the arms differ in their slope on the baseline value" if float(p) < _SMALL_P else ""
    return f"same slope in both arms: interaction p = {float(p):.3f}", warning


def _spread(task: Task, outcome: Sequence[Fraction], treated: Sequence[int], terms: Mapping[str, Term]) -> Checked:
    residuals, _ = _fitted(outcome, treated, terms)
    arms = np.array(treated, dtype=bool)
    sds = [float(np.std(residuals[own], ddof=1)) for own in (arms, ~arms) if own.sum() > 1]
    if len(sds) < 2 or not min(sds) > 0:
        raise Refusal("CHECK-SPREAD", "One arm is too small for this check.", "")
    ratio = max(sds) / min(sds)
    line = f"equal spread: residual standard deviations {sds[0]:.3g} and {sds[1]:.3g}"
    unequal = "the residual standard deviations of the arms differ by more than a factor of 2"
    return line, unequal if ratio > _LARGE_RATIO else ""


def _single(task: Task, outcome: Sequence[Fraction], treated: Sequence[int], terms: Mapping[str, Term]) -> Checked:
    residuals, leverage = _fitted(outcome, treated, terms)
    df = len(residuals) - 2 - len(terms)
    scale = np.sqrt(residuals @ residuals / max(1, df) * np.clip(1 - leverage, 1e-12, None))
    if not scale.min() > 0:
        raise Refusal("CHECK-RESIDUAL", "The model fits without a residual.", "")
    largest = float(np.max(np.abs(residuals) / scale))
    line = f"no single participant far off: largest studentised residual {largest:.2f}"
    return line, "a participant lies far off the model (studentised residual beyond 3)" if largest > _FAR else ""


def _robust(task: Task, outcome: Sequence[Fraction], treated: Sequence[int], terms: Mapping[str, Term]) -> Checked:
    arms = [case.arm for case in task.used]
    model = ancova(outcome, arms, task.reference, terms, variance=Variance.HC3, level=task.level)
    limits = model.estimate(f"{task.experimental} - {task.reference}").interval
    if limits is None:
        raise Refusal("CHECK-HC3", "There is no spread.", "")
    return f"limits with HC3 standard errors: {float(limits.lower):.4g} to {float(limits.upper):.4g}", ""


def _fitted(outcome: Sequence[Fraction], treated: Sequence[int], terms: Mapping[str, Term]) -> tuple[Floats, Floats]:
    """Residuals and leverages."""
    names, matrix = design(len(outcome), {"arm": list(treated), **terms})
    fit = least_squares(numbers(outcome), names, matrix)
    q, _ = np.linalg.qr(matrix)
    return fit.residuals, np.asarray((q * q).sum(axis=1))
