"""Families that share the error rate by their joint distribution: max-T under the recorded procedure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from equipoise.analysis.execution.cases import Cases
from equipoise.analysis.execution.randomisation import reference_of
from equipoise.analysis.execution.task import Means
from equipoise.analysis.multiplicity.max_t import max_t
from equipoise.closure import ReleasedAllocation
from equipoise.vocabulary import Refusal


def joint_p_values(
    cases: Mapping[str, Cases], arms: tuple[str, str], allocation: ReleasedAllocation, means: Means
) -> dict[str, Fraction]:
    """Step-down adjusted p of each planned analysis, from the differences in means of their endpoints.

    Only participants who are complete for every endpoint of the family can be permuted together.
    Raises `Refusal` where the engine does, and for a family whose endpoints were not measured in one set of people.
    """
    complete = [{case.participant for case in each.complete if case.arm in arms} for each in cases.values()]
    shared = set.intersection(*complete)
    if not shared:
        raise Refusal("PLAN-FAMILY", "Nobody is complete for every endpoint of the family.", "Plan Holm's method.")
    first = next(iter(cases.values()))
    order = [case.participant for case in first.complete if case.participant in shared]
    arm_of = {case.participant: case.arm for case in first.complete}
    values = {name: _metric(each, order) for name, each in cases.items()}
    reference = reference_of(allocation, arms[0], shared)
    found = max_t(values, [int(arm_of[one] == arms[0]) for one in order], reference, resampling=means.resampling)
    return {name: Fraction(p.value) for name, p in zip(found.endpoints, found.step_down, strict=True)}


def _metric(cases: Cases, order: Sequence[str]) -> list[Fraction]:
    by_participant = {case.participant: cases.metric(case) for case in cases.complete}
    return [by_participant[one] for one in order]
