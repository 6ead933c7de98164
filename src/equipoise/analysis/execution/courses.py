"""Participants with all their planned visits, complete or not, for methods that use what there is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from equipoise.analysis.execution.cases import (
    Cases,
    Course,
    Selection,
    entries_of,
    on_scale,
    planned_covariates,
    reported_text,
    select_cases,
)
from equipoise.analysis.trial_data import Choice, Measurement
from equipoise.protocol.analysis_plan import Analysis


def select_courses(analysis: Analysis, chosen: Selection, visits: Sequence[str], *, needs_outcome: bool) -> Cases:
    """The complete cases, and beside them the course of everybody with a baseline and all covariates.

    `visits` are the encounters after baseline that ask the item, up to the endpoint's; `needs_outcome` leaves out who
    was measured at none of them.  Raises `Refusal` where the plan cannot be followed for a value.
    """
    cases = select_cases(analysis, chosen)
    courses = tuple(
        course
        for participant in chosen.members
        if (course := _course(analysis, chosen, participant, visits)) is not None
        and not (needs_outcome and all(outcome is None for outcome in course.outcomes))
    )
    return replace(cases, visits=tuple(visits), courses=courses)


def _course(analysis: Analysis, chosen: Selection, participant: str, visits: Sequence[str]) -> Course | None:
    endpoint, data = chosen.endpoint, chosen.data
    before = data.measured(participant, endpoint.baseline, endpoint.item)
    covariates = tuple(_explaining(chosen, participant))
    if before is None or len(covariates) < len(chosen.covariates):
        return None
    baseline = on_scale(analysis, chosen, before)
    assert baseline is not None, "without a number the rule has refused"
    seen = [data.measured(participant, visit, endpoint.item) for visit in visits]
    values = [None if each is None else on_scale(analysis, chosen, each) for each in seen]
    start = baseline if endpoint.metric == "change" else Fraction(0)
    used = (before, *(each for each in seen if each is not None), *covariates)
    return Course(
        participant=participant,
        arm=chosen.arms[participant],
        baseline=baseline,
        outcomes=tuple(None if value is None else value - start for value in values),
        covariates=planned_covariates(analysis, covariates),
        texts=tuple(reported_text(each) for each in used),
        entries=entries_of(used),
    )


def _explaining(chosen: Selection, participant: str) -> Iterator[Measurement | Choice]:
    for item, encounter in chosen.covariates:
        key = (participant, encounter, item)
        found = chosen.data.measurements.get(key) or chosen.data.choices.get(key)
        if found is not None:
            yield found
