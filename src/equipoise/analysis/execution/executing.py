"""The analysis plan, executed as written: every analysis in its order, on the released or on a dummy allocation."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from equipoise.analysis.analysis_results import AnalysisResults, Observation
from equipoise.analysis.execution.cases import Cases, Selection, select_cases
from equipoise.analysis.execution.judging import (
    judge_cases,
    judge_plan,
    judge_received,
    judge_refusal,
    judge_within_arm,
)
from equipoise.analysis.execution.methods import METHODS, PlannedMethod
from equipoise.analysis.execution.task import Answer, Means, Task
from equipoise.analysis.trial_data import TrialData
from equipoise.closure import ReleasedAllocation
from equipoise.closure.events import Membership
from equipoise.protocol import StudyDefinition, asked_items
from equipoise.protocol.analysis_plan import Analysis
from equipoise.vocabulary import Finding, Refusal

Sets = Mapping[str, Sequence[str]]
"""Analysis set -> its participants."""


def analysis_sets(memberships: Sequence[Membership]) -> dict[str, tuple[str, ...]]:
    """The sets that the blind review decided, participants in the order in which it lists them."""
    members: dict[str, list[str]] = {}
    for each in memberships:
        held = members.setdefault(each.analysis_set, [])
        if each.included:
            held.append(each.participant)
    return {name: tuple(held) for name, held in members.items()}


def execute(
    definition: StudyDefinition,
    data: TrialData,
    sets: Sets,
    allocation: ReleasedAllocation,
    *,
    lock_digest: str,
    synthetic: bool,
    means: Means | None = None,
) -> AnalysisResults:
    """Run every analysis of the plan.  Pure: the same inputs give the same results, digit for digit.

    An analysis that the data do not allow gives a finding instead of a result.  `allocation` may be a dummy: nothing
    here depends on whether it is.  Raises `Refusal` if the inputs do not belong together.
    """
    _refuse_strangers(definition, data, sets, allocation)
    run = _Run(definition, data, sets, allocation, means or Means())
    answers = tuple(run.answers())
    return AnalysisResults(
        study_digest=data.study_digest,
        lock_digest=lock_digest,
        allocation="dummy" if allocation.is_dummy else "released",
        allocation_digest=allocation.digest,
        synthetic=synthetic,
        arms=dict(allocation.planned_arm),
        sets={name: _in_order(data, members) for name, members in sets.items()},
        results=tuple(answer.result for answer in answers),
        observations=tuple(_observations(definition, data)),
        findings=tuple(dict.fromkeys(run.findings)),
        distributions={answer.result.id: answer.distribution for answer in answers if answer.distribution},
    )


class _Run:
    """One execution: the inputs, and the findings as they come up."""

    def __init__(
        self,
        definition: StudyDefinition,
        data: TrialData,
        sets: Sets,
        allocation: ReleasedAllocation,
        means: Means,
    ) -> None:
        self.definition, self.data, self.sets, self.allocation, self.means = definition, data, sets, allocation, means
        self.plan = definition.analysis
        self.endpoints = {endpoint.id: endpoint for endpoint in definition.endpoints}
        self.items = {name: asked.item for name, asked in asked_items(definition).items()}
        self.others = tuple(arm.id for arm in definition.arms if arm.id != self.plan.reference_arm)
        self.findings: list[Finding] = [
            *judge_within_arm(self.plan.analyses),
            *judge_plan(definition, allocation.design.stratum_count),
            *judge_received(allocation),
        ]

    def answers(self) -> Iterator[Answer]:
        for analysis in self.plan.analyses:
            method = METHODS.get(analysis.method)
            try:
                if method is None:
                    raise _cannot("method", analysis.method)
                cases = self._cases(analysis, method)
            except Refusal as refusal:
                self.findings.append(judge_refusal(analysis, analysis.id, refusal))
                continue
            self.findings += judge_cases(cases, (*self.others, self.plan.reference_arm))
            for task in self._tasks(analysis, method, cases):
                try:
                    yield method.compute(task)
                except Refusal as refusal:
                    self.findings.append(judge_refusal(analysis, task.id, refusal))

    def _tasks(self, analysis: Analysis, method: PlannedMethod, cases: Cases) -> Iterator[Task]:
        reference, level = self.plan.reference_arm, 1 - Fraction(self.plan.alpha)
        if method.within_arm:
            for arm in (*self.others, reference):
                yield Task(f"{analysis.id}.{arm}", cases, (arm,), level, self.allocation, self.means)
            return
        for arm in self.others:
            name = analysis.id if len(self.others) == 1 else f"{analysis.id}.{arm}"
            yield Task(name, cases, (arm, reference), level, self.allocation, self.means)

    def _cases(self, analysis: Analysis, method: PlannedMethod) -> Cases:
        if analysis.missing != "complete_cases":
            raise _cannot("rule for missing data", analysis.missing)
        if analysis.analysis_set not in self.sets:
            raise Refusal("PLAN-SET", "The blind review formed no such analysis set.", "Review and sign the sets.")
        endpoint = self.endpoints[analysis.endpoint]
        arms = received_arms(self.allocation) if analysis.analysis_set == "safety_set" else self.allocation.planned_arm
        return select_cases(
            analysis,
            Selection(
                data=self.data,
                endpoint=endpoint,
                item=self.items[endpoint.item],
                members=_in_order(self.data, self.sets[analysis.analysis_set]),
                arms=arms,
                covariates=tuple((name, self._measured_at(name, endpoint.baseline)) for name in analysis.covariates),
                needs_baseline=method.needs_baseline or endpoint.metric == "change",
                order_alone=method.order_alone,
            ),
        )

    def _measured_at(self, item: str, baseline: str) -> str:
        """Where a covariate is read: at the endpoint's baseline if it is asked there, else last before day 1."""
        asked = [each.id for each in self.definition.encounters if _asks(self.definition, each.forms, item)]
        before = [name for name in asked if self.definition.encounter(name).day < 1]
        return baseline if baseline in asked else (before or asked or [baseline])[-1]


def received_arms(allocation: ReleasedAllocation) -> dict[str, str]:
    """The arm that each participant received most doses of; who received none keeps the planned arm."""
    return {number: allocation.actual_arm[number] or planned for number, planned in allocation.planned_arm.items()}


def _asks(definition: StudyDefinition, forms: Sequence[str], item: str) -> bool:
    asked = asked_items(definition).get(item)
    return asked is not None and asked.form.id in forms


def _cannot(what: str, name: str) -> Refusal:
    return Refusal(
        "PLAN-METHOD",
        f"The {what} “{name.replace('_', ' ')}” is not available in this version.",
        "Analyse it elsewhere, or amend the plan while everybody is masked.",
    )


def _in_order(data: TrialData, members: Sequence[str]) -> tuple[str, ...]:
    chosen = frozenset(members)
    return tuple(number for number in data.participants if number in chosen)


def _refuse_strangers(definition: StudyDefinition, data: TrialData, sets: Sets, allocation: ReleasedAllocation) -> None:
    if definition.digest != data.study_digest:
        raise Refusal("PLAN-VERSION", "The data belong to another version of the definition.", "Use that version.")
    if tuple(allocation.places) != data.participants or dict(allocation.places) != dict(data.places):
        raise Refusal("PLAN-ALLOCATION", "Allocation and data name different participants.", "Take both from one lock.")
    if any(set(members) - set(data.participants) for members in sets.values()):
        raise Refusal("PLAN-SET", "An analysis set names somebody who was not randomised.", "Review the sets again.")


def _observations(definition: StudyDefinition, data: TrialData) -> Iterator[Observation]:
    """The endpoints' values as they were reported; a limit is no number, so its `value` is None."""
    items = {endpoint.item for endpoint in definition.endpoints}
    for each in data.measurements.values():
        if each.item in items:
            value = float(each.value) if each.is_number else None
            yield Observation(each.participant, each.item, each.encounter, value, each.text, each.entry)
