"""The planned methods that rest on a model: covariance, Welch's t, the registered paired t."""

from fractions import Fraction

from equipoise.analysis.execution.checks import checked_covariance
from equipoise.analysis.execution.task import Answer, Numbers, Task, result_of
from equipoise.analysis.models.ancova import ancova
from equipoise.analysis.models.columns import Term
from equipoise.analysis.models.t_tests import paired_t_test, welch_t_test


def covariance(task: Task) -> Answer:
    """Analysis of covariance of the metric on arm, baseline value and planned covariates, by least squares."""
    used = task.used
    outcome, arms = [task.cases.metric(case) for case in used], [case.arm for case in used]
    terms = explaining(task)
    model = ancova(outcome, arms, task.reference, terms, level=task.level)
    estimate = model.estimate(f"{task.experimental} - {task.reference}")
    checks, cautions = checked_covariance(task, terms)
    warnings = (*model.warnings, *cautions)
    return Answer(result_of(task, Numbers(estimate, None, model.assumptions, warnings, checks=checks)))


def welch(task: Task) -> Answer:
    """Welch's t test of the metric."""
    first, second = ([task.cases.metric(case) for case in task.cases.of(arm)] for arm in task.arms)
    test = welch_t_test(first, second, level=task.level)
    return Answer(result_of(task, Numbers(test.estimate, test.p, test.assumptions, test.warnings)))


def paired_within_arm(task: Task) -> Answer:
    """The paired t test of the change in one arm, as registered.  It compares no arms, and its result says so."""
    test = paired_t_test([_known(case.change) for case in task.used], level=task.level)
    return Answer(result_of(task, Numbers(test.estimate, test.p, test.assumptions, test.warnings)))


def explaining(task: Task) -> dict[str, Term]:
    """The baseline value, and the planned covariates: numbers, or words of a choice."""
    terms: dict[str, Term] = {"baseline": [_known(case.baseline) for case in task.used]}
    for place, name in enumerate(task.cases.analysis.covariates):
        terms[name] = [case.covariates[place] for case in task.used]
    return terms


def _known(value: Fraction | None) -> Fraction:
    assert value is not None, "complete cases of a method for numbers are numbers"
    return value
