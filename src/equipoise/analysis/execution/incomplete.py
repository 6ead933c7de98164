"""The planned methods that use incomplete participants: MMRM, and ANCOVA after imputation."""

from collections.abc import Mapping

from equipoise.analysis.execution.cases import Course
from equipoise.analysis.execution.randomisation import drawn_words, law_of
from equipoise.analysis.execution.task import Answer, Numbers, Task, result_of
from equipoise.analysis.missing.imputing import Imputations, multiple_imputation
from equipoise.analysis.missing.incomplete import IncompleteData
from equipoise.analysis.missing.re_randomised import imputation_randomisation_test
from equipoise.analysis.missing.strategy import Strategy
from equipoise.analysis.mixed.model import LongData, mmrm
from equipoise.analysis.models.columns import Term

STRATEGIES: Mapping[str, Strategy] = {
    "multiple_imputation": Strategy.MISSING_AT_RANDOM,
    "jump_to_reference": Strategy.JUMP_TO_REFERENCE,
    "copy_increments": Strategy.COPY_INCREMENTS,
}

_RUBIN = "limits: Rubin's rules; where they contradict p, p holds"
_RUBIN_ALONE = "p is by Rubin's rules; without effect, fewer than 5 % of trials then have p <= 5 %"


def repeated_measures(task: Task) -> Answer:
    """Mixed model for repeated measures: the contrast at the endpoint's encounter, every measured visit used."""
    people = _people(task)
    visits = task.cases.visits
    model = mmrm(
        LongData(
            outcome=[outcome for one in people for outcome in one.outcomes],
            participants=[one.participant for one in people for _ in visits],
            visits=[visit for _ in people for visit in visits],
            arms=[one.arm for one in people for _ in visits],
            visit_order=visits,
            covariates={name: [value for value in term for _ in visits] for name, term in _terms(task).items()},
        ),
        task.reference,
        by_visit=frozenset({"baseline"}),
        level=task.level,
    )
    estimate = model.estimate(f"{task.experimental} - {task.reference} at {visits[-1]}")
    return Answer(result_of(task, Numbers(estimate, None, (model.method, *model.assumptions), model.warnings)))


def imputed_covariance(task: Task) -> Answer:
    """Analysis of covariance after multiple imputation under the planned assumption: estimate and limits by Rubin's
    rules, p by the imputed comparison under the recorded procedure, Rubin's p among the checks.

    Where there are more than two arms p is Rubin's, and a warning says so.
    """
    people = _people(task)
    data = IncompleteData([one.outcomes for one in people], [one.arm for one in people], _terms(task))
    strategy = STRATEGIES[task.cases.analysis.missing]
    chosen = Imputations(seed=task.means.resampling.seed)
    model = multiple_imputation(data, task.reference, strategy, imputations=chosen, level=task.level)
    estimate = model.estimate(f"{task.experimental} - {task.reference}")
    assumptions = (f"{model.method}, seed {chosen.seed}", *model.assumptions)
    if len(task.allocation.design.arms) > 2:
        return Answer(result_of(task, Numbers(estimate, None, assumptions, (*model.warnings, _RUBIN_ALONE))))
    procedure = law_of(task, {one.participant for one in people}).rerun()
    test = imputation_randomisation_test(data, task.reference, procedure, strategy, resampling=task.means.resampling)
    assert estimate.p is not None, "the model gives its own p-value"
    numbers = Numbers(
        estimate,
        test.p,
        (*assumptions, f"p: {test.method}; procedure: {test.reference}", *test.assumptions),
        (*model.warnings, _RUBIN, drawn_words(task, test)),
        checks=(f"p by Rubin's rules: {estimate.p.text()}",),
    )
    return Answer(result_of(task, numbers))


def _people(task: Task) -> tuple[Course, ...]:
    return tuple(each for each in task.cases.courses if each.arm in task.arms)


def _terms(task: Task) -> dict[str, Term]:
    people = _people(task)
    terms: dict[str, Term] = {"baseline": [one.baseline for one in people]}
    for place, name in enumerate(task.cases.analysis.covariates):
        terms[name] = [one.covariates[place] for one in people]
    return terms
