"""One run of the plan: every analysis in its order, each on its set, and the findings as they come up."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from equipoise.analysis.execution.cases import Cases, Selection, select_cases
from equipoise.analysis.execution.courses import select_courses
from equipoise.analysis.execution.joint import joint_p_values
from equipoise.analysis.execution.judging import (
    judge_cases,
    judge_harms,
    judge_plan,
    judge_received,
    judge_refusal,
    judge_sets,
    judge_within_arm,
)
from equipoise.analysis.execution.methods import PlannedMethod, planned_method
from equipoise.analysis.execution.multiplicity import families
from equipoise.analysis.execution.task import Answer, Means, Task
from equipoise.analysis.execution.yes_no import select_yes_no
from equipoise.analysis.trial_data import TrialData
from equipoise.closure import ReleasedAllocation
from equipoise.protocol import StudyDefinition, asked_items
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.objectives import Endpoint
from equipoise.vocabulary import Finding, Refusal

Sets = Mapping[str, Sequence[str]]
"""Analysis set -> its participants."""


class PlanRun:
    """A plan with its data.  `others` are the arms that are compared with the reference arm."""

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
        self.level = 1 - Fraction(self.plan.alpha)
        self.others = tuple(arm.id for arm in definition.arms if arm.id != self.plan.reference_arm)
        self.arms = (*self.others, self.plan.reference_arm)
        planned = allocation.planned_arm
        self.findings: list[Finding] = [
            *judge_within_arm(self.plan.analyses),
            *judge_plan(definition, allocation.design.stratum_count),
            *judge_received(allocation),
            *judge_harms(data.harms),
            *judge_sets({each.id: sets[each.id] for each in self.plan.sets if each.id in sets}, planned, self.arms),
        ]
        self._endpoints = {endpoint.id: endpoint for endpoint in definition.endpoints}
        self._asked = asked_items(definition)
        self._cases: dict[str, Cases] = {}

    def answers(self) -> Iterator[Answer]:
        """Every planned result, in the order of the plan; what cannot be run becomes a finding."""
        for analysis in self.plan.analyses:
            try:
                method = planned_method(analysis)
                cases = self._select(analysis, method)
            except Refusal as refusal:
                self.findings.append(judge_refusal(analysis, analysis.id, refusal))
                continue
            self._cases[analysis.id] = cases
            self.findings += judge_cases(cases, self.arms)
            for task in self._tasks(analysis, method, cases):
                try:
                    yield method.compute(task)
                except Refusal as refusal:
                    self.findings.append(judge_refusal(analysis, task.id, refusal))

    def joint(self) -> dict[str, dict[str, Fraction]]:
        """Family -> adjusted p-values of its analyses, where the plan shares the error rate by max-T."""
        found: dict[str, dict[str, Fraction]] = {}
        if self.plan.multiplicity != "max_t":
            return found
        for rank, members in families(self.definition).items():
            cases = {each.id: self._cases[each.id] for each in members if each.id in self._cases}
            if len(members) > 1 and cases:
                try:
                    arms = (self.others[0], self.plan.reference_arm)
                    found[rank] = joint_p_values(cases, arms, self.allocation, self.means)
                except Refusal as refusal:
                    self.findings.append(judge_refusal(members[0], f"analysis.multiplicity.{rank}", refusal))
        return found

    def _tasks(self, analysis: Analysis, method: PlannedMethod, cases: Cases) -> Iterator[Task]:
        contrasts = [(arm,) for arm in self.arms] if method.within_arm else [(a, self.arms[-1]) for a in self.others]
        for arms in contrasts:
            name = analysis.id if len(contrasts) == 1 else f"{analysis.id}.{arms[0]}"
            yield Task(name, cases, arms, self.level, self.allocation, self.means)

    def _select(self, analysis: Analysis, method: PlannedMethod) -> Cases:
        if analysis.analysis_set not in self.sets:
            raise Refusal("PLAN-SET", "The blind review formed no such analysis set.", "Review and sign the sets.")
        endpoint = self._endpoints[analysis.endpoint]
        asked = self._asked[endpoint.item]
        as_received = analysis.analysis_set == "safety_set"
        chosen = Selection(
            data=self.data,
            endpoint=endpoint,
            item=asked.item,
            members=in_order(self.data, self.sets[analysis.analysis_set]),
            arms=received_arms(self.allocation) if as_received else self.allocation.planned_arm,
            covariates=tuple((name, self._measured_at(name, endpoint.baseline)) for name in analysis.covariates),
            needs_baseline=method.needs_baseline or endpoint.metric == "change",
            order_alone=method.order_alone,
        )
        if method.yes_no:
            return select_yes_no(analysis, chosen, asked.form.id)
        if method.uses == "complete":
            return select_cases(analysis, chosen)
        visits = self._visits(endpoint, asked.form.id)
        return select_courses(analysis, chosen, visits, needs_outcome=method.uses == "measured")

    def _visits(self, endpoint: Endpoint, form: str) -> tuple[str, ...]:
        """The encounters after the baseline that ask the endpoint's form, up to the endpoint's own."""
        order = [each.id for each in self.definition.encounters if form in each.forms]
        return tuple(order[order.index(endpoint.baseline) + 1 : order.index(endpoint.encounter) + 1])

    def _measured_at(self, item: str, baseline: str) -> str:
        """Where a covariate is read: at the endpoint's baseline if it is asked there, else last before day 1."""
        asks = [each.id for each in self.definition.encounters if self._asked[item].form.id in each.forms]
        before = [name for name in asks if self.definition.encounter(name).day < 1]
        return baseline if baseline in asks else (before or asks or [baseline])[-1]


def received_arms(allocation: ReleasedAllocation) -> dict[str, str]:
    """The arm that each participant received most doses of; who received none keeps the planned arm."""
    return {number: allocation.actual_arm[number] or planned for number, planned in allocation.planned_arm.items()}


def in_order(data: TrialData, members: Sequence[str]) -> tuple[str, ...]:
    """The members in the order of randomisation."""
    chosen = frozenset(members)
    return tuple(number for number in data.participants if number in chosen)
