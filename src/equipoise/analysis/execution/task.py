"""What a method is given, and how its numbers become a result."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from equipoise.analysis.analysis_results import PermutationDistribution, Result
from equipoise.analysis.exact.cost import Budget
from equipoise.analysis.exact.monte_carlo import Resampling
from equipoise.analysis.execution.cases import LOG_DECIMALS, Case, Cases, Course
from equipoise.analysis.execution.summaries import summary_of_cases
from equipoise.analysis.results import Estimate, PValue, Sides
from equipoise.vocabulary import Json, digest

if TYPE_CHECKING:  # a simulation imports this module, and has no use for the conduct of a trial
    from equipoise.closure import ReleasedAllocation


@dataclass(frozen=True, slots=True)
class Means:
    """What the execution may spend, and the seed of whatever is drawn; the same means, the same numbers."""

    exact: Budget = field(default_factory=lambda: Budget(seconds=1.0, bytes=400_000_000))
    resampling: Resampling = field(default_factory=Resampling)
    resampling_of_limits: Resampling = field(default_factory=lambda: Resampling(draws=1_999))


@dataclass(frozen=True)
class Task:
    """One analysis of one contrast: the experimental arm and the reference arm, or one arm by itself.

    `id` names its result; `level` is the confidence of its interval; `allocation` is what took place.
    """

    id: str
    cases: Cases
    arms: tuple[str, ...]
    level: Fraction
    allocation: "ReleasedAllocation"
    means: Means

    @property
    def experimental(self) -> str:
        return self.arms[0]

    @property
    def reference(self) -> str:
        return self.arms[-1]

    @property
    def used(self) -> tuple[Case, ...]:
        """The complete cases of its arms, in order of randomisation."""
        return tuple(case for case in self.cases.complete if case.arm in self.arms)

    @property
    def sources(self) -> tuple[Case | Course, ...]:
        """Everybody whose values enter, complete or not."""
        given = self.cases.courses or self.cases.complete
        return tuple(each for each in given if each.arm in self.arms)

    @property
    def contrast(self) -> str:
        return " minus ".join(self.arms)


@dataclass(frozen=True)
class Answer:
    """A result, and the law of its statistic where a method gives one."""

    result: Result
    distribution: PermutationDistribution | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a method found; `estimate` may carry its own interval and p-value."""

    estimate: Estimate | None = None
    p: PValue | None = None
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unit: str = ""
    """Of the estimate, where it is not that of the endpoint."""
    checks: tuple[str, ...] = ()


SIDES = {
    Sides.DISTANCE: "P(|T - E T| >= |t - E T|)",
    Sides.DOUBLED: "min(1, 2 min(P(T >= t), P(T <= t)))",
    Sides.PROBABILITY: "all outcomes at most as probable as the observed one",
    Sides.SYMMETRIC: "2 P(T >= |t|), symmetric reference distribution",
    Sides.GREATER: "one-sided, P(T >= t)",
    Sides.LESS: "one-sided, P(T <= t)",
}


def result_of(task: Task, numbers: Numbers) -> Result:
    """Put the numbers of a method beside what they were computed from."""
    cases, estimate = task.cases, numbers.estimate
    p = numbers.p or (estimate.p if estimate else None)
    interval = estimate.interval if estimate else None
    return Result(
        id=task.id,
        endpoint=cases.endpoint.id,
        method=cases.analysis.method,
        role=cases.analysis.role,
        analysis_set=cases.analysis.analysis_set,
        contrast=task.contrast,
        n={arm: sum(each.arm == arm for each in task.sources) for arm in task.arms},
        unit=numbers.unit or cases.unit,
        estimate=None if estimate is None else float(estimate.value),
        standard_error=estimate.se if estimate else None,
        interval=(float(interval.lower), float(interval.upper)) if interval else None,
        confidence=float(task.level),
        p=None if p is None else float(p),
        p_exact=p.value if p is not None and p.exact and isinstance(p.value, Fraction) else None,
        two_sided=SIDES[p.sides] if p is not None else "",
        compares_arms=len(task.arms) > 1,
        arms=tuple(summary_of_cases(arm, cases.of(arm)) for arm in task.arms),
        assumptions=(*numbers.assumptions, *_of_the_plan(cases)),
        warnings=numbers.warnings,
        checks=numbers.checks,
        inputs_digest=inputs_digest(task),
        entries=tuple(sorted({entry for each in task.sources for entry in each.entries})),
    )


def _of_the_plan(cases: Cases) -> tuple[str, ...]:
    """What the plan's own rules assume, where they were needed."""
    assumed = []
    if cases.missing:
        assumed.append("who is missing does not depend on what would have been measured, given what is in the model")
    if cases.endpoint.scale == "log10":
        assumed.append(f"decimal logarithms to {LOG_DECIMALS} places; ten to the estimate is a ratio")
    return tuple(assumed)


def inputs_digest(task: Task) -> str:
    """SHA-256 of the analysis as planned and of every value and arm that entered it."""
    rows: list[Json] = [[each.participant, each.arm, *each.texts, *each.entries] for each in task.sources]
    analysis, endpoint = task.cases.analysis.model_dump(mode="json"), task.cases.endpoint.model_dump(mode="json")
    return digest({"analysis": analysis, "endpoint": endpoint, "rows": rows})
