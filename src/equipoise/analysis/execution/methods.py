"""The method table: what each method of an analysis plan needs, and which function computes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from equipoise.analysis.execution.incomplete import imputed_covariance, repeated_measures
from equipoise.analysis.execution.models import covariance, paired_within_arm, welch
from equipoise.analysis.execution.ordered import odds
from equipoise.analysis.execution.randomisation import mann_whitney, mean_difference_test, rank_test
from equipoise.analysis.execution.risk import compared_risks
from equipoise.analysis.execution.task import Answer, Task
from equipoise.protocol.analysis_plan import Analysis, Method
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class PlannedMethod:
    """How a method is run.

    `within_arm`: once per arm, comparing none; `order_alone`: it reads the order of values; `yes_no`: it counts events;
    `uses`: complete cases, every course that was measured at all, or every course.
    """

    compute: Callable[[Task], Answer]
    needs_baseline: bool = False
    within_arm: bool = False
    order_alone: bool = False
    yes_no: bool = False
    uses: Literal["complete", "measured", "all"] = "complete"


def planned_method(analysis: Analysis) -> PlannedMethod:
    """The entry of an analysis, by its method and its rule for missing data.  Refuses a pair that does not fit."""
    if analysis.missing == "complete_cases":
        return METHODS[analysis.method]
    if analysis.method != "ancova":
        raise Refusal(
            "PLAN-METHOD",
            f"The rule “{analysis.missing.replace('_', ' ')}” for missing data goes with analysis of covariance only.",
            "Plan analysis of covariance, or complete cases.",
        )
    return PlannedMethod(imputed_covariance, needs_baseline=True, uses="all")


METHODS: Mapping[Method, PlannedMethod] = {
    "ancova": PlannedMethod(covariance, needs_baseline=True),
    "randomisation_test": PlannedMethod(mean_difference_test),
    "rank_randomisation_test": PlannedMethod(rank_test, order_alone=True),
    "mann_whitney": PlannedMethod(mann_whitney, order_alone=True),
    "welch_t": PlannedMethod(welch),
    "proportional_odds": PlannedMethod(odds, needs_baseline=True),
    "mmrm": PlannedMethod(repeated_measures, needs_baseline=True, uses="measured"),
    "risk_difference": PlannedMethod(compared_risks, yes_no=True),
    "paired_t_within_arm": PlannedMethod(paired_within_arm, needs_baseline=True, within_arm=True),
}
