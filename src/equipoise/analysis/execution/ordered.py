"""Proportional odds of an ordered score: the model's estimate, and a p-value that holds in small trials."""

from dataclasses import replace

from equipoise.analysis.execution.models import explaining
from equipoise.analysis.execution.randomisation import recorded_law, treated_of, under_law
from equipoise.analysis.execution.task import Answer, Numbers, Task, result_of
from equipoise.analysis.models.columns import Term
from equipoise.analysis.models.proportional_odds import odds_scores, proportional_odds
from equipoise.analysis.results import Estimate

_WALD = "limits: Wald, asymptotic; where they contradict p, p holds"
_WALD_ALONE = "p is Wald's, asymptotic: in trials of 15 to 30 without effect about 6 % of them are below 5 %"


def odds(task: Task) -> Answer:
    """Proportional odds of a higher value of the metric, adjusted for baseline and planned covariates.

    p is that of the model's score statistic under the recorded procedure; Wald's stands among the checks.  Where there
    are more than two arms p is Wald's, and a warning says so.
    """
    score = [task.cases.metric(case) for case in task.used]
    terms = explaining(task)
    arm: dict[str, Term] = {"arm": treated_of(task)}
    model = proportional_odds(score, arm | terms, level=task.level)
    better = "lower" if task.cases.endpoint.better == "lower" else "higher"
    words = f"log odds ratio of a higher value; {better} values are better"
    numbers = Numbers(model.estimate("arm"), None, (*model.assumptions, words), model.warnings, "log odds ratio")
    if len(task.allocation.design.arms) > 2:
        return Answer(result_of(task, replace(numbers, warnings=(_WALD_ALONE,))))
    test, notes = under_law(task, odds_scores(score, terms), treated_of(task), recorded_law(task))
    return Answer(
        result_of(
            task,
            replace(
                numbers,
                p=test.p,
                assumptions=(*numbers.assumptions, f"p: score statistic; procedure: {test.reference}"),
                warnings=(_WALD, *test.warnings, *notes),
                checks=(_wald(model.estimate("arm")),),
            ),
        )
    )


def _wald(estimate: Estimate) -> str:
    assert estimate.p is not None, "the model gives its own p-value"
    return f"Wald's p, asymptotic: {estimate.p.text()}"
