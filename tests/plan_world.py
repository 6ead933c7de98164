"""A trial on paper for the plan's execution: values as texts, arms as letters, the shipped study with a plan.

Nothing is played here: what a test says is what was recorded.  Participants P1, P2, ... are randomised in this order.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from equipoise.allocation import Complete, PermutedBlocks, RandomisationDesign
from equipoise.analysis.analysis_results import AnalysisResults
from equipoise.analysis.execution.executing import execute
from equipoise.analysis.execution.task import Means
from equipoise.analysis.trial_data import Absence, Measurement, TrialData
from equipoise.closure import ReleasedAllocation
from equipoise.protocol import Analysis, StudyDefinition, load_definition, study_file
from equipoise.vocabulary import Comparator

ARMS = {"S": "secretome", "P": "placebo"}
Row = tuple[str, str | None, str | None]
"""Arm (S or P), value at baseline, value at the end; None is missing."""


@lru_cache
def shipped() -> StudyDefinition:
    return load_definition(study_file("NCT05921058"))


def planned(*analyses: Mapping[str, Any], multiplicity: str = "none", **endpoint: Any) -> StudyDefinition:
    """The shipped study with this plan; `endpoint` changes its primary endpoint, `activity_change`."""
    study = shipped()
    chosen = tuple(
        Analysis(**{"id": f"a{number}", "endpoint": "activity_change", **analysis})
        for number, analysis in enumerate(analyses, start=1)
    )
    plan = study.analysis.model_copy(update={"analyses": chosen, "multiplicity": multiplicity})
    first, *rest = study.endpoints
    return study.model_copy(
        update={"analysis": plan, "endpoints": (first.model_copy(update=endpoint), *rest), "estimands": ()}
    )


def recorded(study: StudyDefinition, values: Mapping[str, Sequence[Row]]) -> tuple[TrialData, ReleasedAllocation]:
    """Data and released allocation; `values` maps an item to one row per participant, in order of randomisation."""
    rows = next(iter(values.values()))
    people = tuple(f"P{number}" for number in range(1, len(rows) + 1))
    measurements, absences = {}, {}
    for place, (item, of_item) in enumerate(values.items()):
        for number, (person, (_, *pair)) in enumerate(zip(people, of_item, strict=True)):
            for when, (encounter, text) in enumerate(zip(("baseline", "end_of_treatment"), pair, strict=True)):
                key = (person, encounter, item)
                seq = 1000 * place + 10 * number + when + 1
                if text is None:
                    absences[key] = Absence.NOT_DONE
                else:
                    measurements[key] = _measured(key, text, seq)
    places = {person: (0, slot) for slot, person in enumerate(people)}
    slots = {(0, slot): ARMS[row[0]] for slot, row in enumerate(rows)}
    design = RandomisationDesign(("secretome", "placebo"), Complete(), slots=len(rows))
    data = TrialData(study.digest, people, places, measurements, absences)
    received = {person: (slots[place],) for person, place in places.items()}
    return data, ReleasedAllocation(False, design, "0" * 64, slots, places, received)


def in_blocks(allocation: ReleasedAllocation, size: int) -> ReleasedAllocation:
    """The same arms, said to come from permuted blocks."""
    design = RandomisationDesign(allocation.design.arms, PermutedBlocks((size,)), slots=allocation.design.slots)
    return ReleasedAllocation(False, design, allocation.root, allocation.slots, allocation.places, allocation.received)


def run(study: StudyDefinition, rows: Sequence[Row], item: str = "mex_total", **more: Any) -> AnalysisResults:
    """Execute a plan on one item's values, everybody in every set."""
    data, allocation = recorded(study, {item: rows})
    return run_on(study, data, allocation, **more)


def run_on(
    study: StudyDefinition, data: TrialData, allocation: ReleasedAllocation, means: Means | None = None
) -> AnalysisResults:
    sets = {each.id: data.participants for each in study.analysis.sets}
    return execute(study, data, sets, allocation, lock_digest="ab" * 32, synthetic=True, means=means)


def rules(results: AnalysisResults) -> list[str]:
    return [finding.rule for finding in results.findings]


def _measured(key: tuple[str, str, str], text: str, seq: int) -> Measurement:
    number = text.lstrip("<>=")
    comparator = Comparator(text[: len(text) - len(number)])
    return Measurement(*key, Fraction(Decimal(number)), comparator, text, (seq,))
