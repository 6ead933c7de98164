"""The analysis plan, executed as written: every analysis in its order, on the released or on a dummy allocation."""

from collections.abc import Iterator, Mapping, Sequence

from equipoise.analysis.analysis_results import AnalysisResults, Observation
from equipoise.analysis.execution.baseline import categories, entries, summaries
from equipoise.analysis.execution.harms import ArmsCompared, event_rows, harms_results
from equipoise.analysis.execution.multiplicity import adjusted
from equipoise.analysis.execution.plan_run import PlanRun, Sets, in_order, received_arms
from equipoise.analysis.execution.task import Means
from equipoise.analysis.trial_data import TrialData
from equipoise.closure import ReleasedAllocation
from equipoise.closure.events import Membership
from equipoise.protocol import StudyDefinition
from equipoise.vocabulary import Refusal


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
    """Run every analysis of the plan, and the tables of baseline and harms.  Pure: same inputs, same digits.

    An analysis that the data do not allow gives a finding instead of a result.  `allocation` may be a dummy: nothing
    here depends on whether it is.  Raises `Refusal` if the inputs do not belong together.
    """
    _refuse_strangers(definition, data, sets, allocation)
    run = PlanRun(definition, data, sets, allocation, means or Means())
    answers = tuple(run.answers())
    results, shared = adjusted(definition, [answer.result for answer in answers], run.joint())
    by_arm = _members(run.arms, allocation.planned_arm, data.participants)
    received = received_arms(allocation)
    treated = _members(run.arms, received, sets.get("safety_set", data.participants))
    compared = ArmsCompared({arm: frozenset(inside) for arm, inside in treated.items()}, run.level)
    return AnalysisResults(
        study_digest=data.study_digest,
        lock_digest=lock_digest,
        allocation="dummy" if allocation.is_dummy else "released",
        allocation_digest=allocation.digest,
        synthetic=synthetic,
        arms=dict(allocation.planned_arm),
        sets={name: in_order(data, members) for name, members in sets.items()},
        results=results,
        events=event_rows(data.harms, compared),
        observations=tuple(_observations(definition, data)),
        findings=tuple(dict.fromkeys(run.findings)),
        baseline=summaries(definition, data, by_arm),
        distributions={answer.result.id: answer.distribution for answer in answers if answer.distribution},
        baseline_categories=categories(definition, data, by_arm),
        baseline_entries=entries(definition, data),
        families=shared,
        harms=harms_results(data.harms, compared, run.others, received),
    )


def _members(arms: Sequence[str], arm_of: Mapping[str, str], chosen: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {arm: tuple(one for one in chosen if arm_of[one] == arm) for arm in arms}


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
