"""Randomisation tests under the recorded procedure: exact where the engines can, else by running it again."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.analysis_results import PermutationDistribution
from equipoise.analysis.exact.cost import Job, counter
from equipoise.analysis.exact.graph import expand, sample
from equipoise.analysis.exact.integers import reduced, scaled
from equipoise.analysis.exact.interval import randomisation_interval
from equipoise.analysis.exact.location import hodges_lehmann
from equipoise.analysis.exact.reference import Procedure, Reference, Rerun, fixed_sizes
from equipoise.analysis.exact.two_sample import mean_difference, randomisation_test
from equipoise.analysis.execution.bounds import order_scores, undecided_pairs
from equipoise.analysis.execution.task import Answer, Numbers, Task, result_of
from equipoise.analysis.recorded_procedure import recorded_procedure
from equipoise.analysis.results import Estimate, TestResult
from equipoise.vocabulary import Refusal

_DRAWABLE = 20_000  # values of a statistic that a distribution may list
_CHUNK = 1_000

Given = TypeVar("Given")


def mean_difference_test(task: Task) -> Answer:
    """Difference in means under the recorded procedure; limits by inverting the same test for a shift."""
    values = [task.cases.metric(case) for case in task.used]
    treated = _treated(task)
    reference = _reference(task)
    test, how = _tested(task, values, treated, reference)
    interval, how_limits = _within_budget(
        task,
        reference,
        lambda law: randomisation_interval(
            values, treated, law, level=task.level, budget=task.means.exact, resampling=task.means.resampling
        ),
    )
    assert test.estimate is not None, "a test of means estimates their difference"
    estimate = Estimate(test.estimate.name, test.estimate.value, interval=interval)
    numbers = Numbers(
        estimate,
        test.p,
        (*test.assumptions, f"procedure: {test.reference}", "limits: the arms differ by a shift"),
        (*test.warnings, *how, *(f"limits: {note}" for note in how_limits)),
    )
    drawn = None if how else distribution(values, treated, reference)
    return Answer(result_of(task, numbers), drawn)


def rank_test(task: Task) -> Answer:
    """Wilcoxon's test under the recorded procedure; values below a limit enter by their order alone."""
    return _by_order(task, _reference(task))


def mann_whitney(task: Task) -> Answer:
    """The Mann-Whitney test as it is usually meant: all subsets of the observed arm sizes equally likely."""
    treated = _treated(task)
    _refuse_empty(treated)
    return _by_order(task, fixed_sizes(len(treated), sum(treated)))


def _by_order(task: Task, reference: Reference) -> Answer:
    """The scores of `order_scores` are 2 midrank - (n + 1) for numbers, so the test is Wilcoxon's with midranks."""
    known = [case.known for case in task.used]
    treated = _treated(task)
    test, how = _tested(task, order_scores(known), treated, reference)
    open_pairs = undecided_pairs(known)
    warnings = [*test.warnings, *how]
    estimate = None
    if open_pairs:
        pairs = len(known) * (len(known) - 1) // 2
        warnings.append(f"the order of {open_pairs} of {pairs} pairs is not known (limits); they count as ties")
    elif all(one.low == one.high for one in known):
        arms = ([task.cases.metric(c) for c in task.cases.of(arm)] for arm in (task.experimental, task.reference))
        estimate = hodges_lehmann(*arms, level=task.level)
        warnings.append("estimate and limits: Hodges-Lehmann, all subsets of the observed arm sizes equally likely")
    assumptions = (*test.assumptions, f"procedure: {test.reference}")
    return Answer(result_of(task, Numbers(estimate, test.p, assumptions, tuple(warnings))))


def _tested(
    task: Task, values: Sequence[Fraction] | Sequence[int], treated: list[int], reference: Reference
) -> tuple[TestResult, tuple[str, ...]]:
    return _within_budget(
        task,
        reference,
        lambda law: randomisation_test(values, treated, law, budget=task.means.exact, resampling=task.means.resampling),
    )


def _within_budget(
    task: Task, reference: Reference, compute: Callable[[Procedure], Given]
) -> tuple[Given, tuple[str, ...]]:
    """Compute exactly, or by running the recorded procedure again where that costs too much, and say so."""
    try:
        return compute(reference), ()
    except Refusal as refusal:
        if refusal.rule != "EXACT-COST":
            raise
    drawn = task.means.resampling
    note = f"Monte Carlo: the recorded procedure was run {drawn.draws} times again (PCG64, seed {drawn.seed})"
    return compute(rerun_of(reference)), (note,)


def rerun_of(reference: Reference) -> Rerun:
    """A procedure whose sequences could be weighed, as one that is run again; it draws many at a time."""
    graph = expand(reference)
    waiting: Iterator[NDArray[np.int8]] = iter(())

    def draw(generator: np.random.Generator) -> Sequence[int]:
        nonlocal waiting
        row = next(waiting, None)
        if row is None:
            waiting = iter(sample(graph, _CHUNK, generator))
            row = next(waiting)
        return row  # type: ignore[return-value]  # a row of 0 and 1 is a sequence of whole numbers

    return Rerun(reference.name, reference.n, draw)


def distribution(
    values: Sequence[Fraction], treated: Sequence[int], reference: Reference
) -> PermutationDistribution | None:
    """The exact law of the difference in means, or None if it has too many values to draw."""
    data = scaled(values)
    scores, _, factor = reduced(data.integers)
    task = Job(reference, scores)
    n, reach = len(scores), sum(scores)
    sizes = [k for k in task.moments if 0 < k < n]
    if len(sizes) * (reach + 1) > _DRAWABLE:
        return None
    counts = counter(task)
    law: dict[Fraction, int] = {}
    for k in sizes:
        above = [counts.at_least((k, 0), threshold) for threshold in range(reach + 2)]
        for total in range(reach + 1):
            if weight := above[total] - above[total + 1]:
                value = Fraction(n * total - k * reach, k * (n - k)) * data.unit * factor
                law[value] = law.get(value, 0) + weight
    ordered = sorted(law)
    whole = sum(law.values())
    centre = sum((value * law[value] for value in ordered), Fraction(0)) / whole
    observed = mean_difference(scores, treated) * data.unit * factor
    return PermutationDistribution(tuple(ordered), tuple(law[v] for v in ordered), whole, observed, centre)


def _reference(task: Task) -> Reference:
    """The recorded procedure applied to everybody randomised; who is not compared counts in nobody's sum."""
    if len(task.allocation.design.arms) > 2:
        raise Refusal(
            "PLAN-ARMS",
            "Randomisation tests compare two arms, and this trial has more.",
            "Plan a model for the comparison with the reference arm.",
        )
    compared = {case.participant for case in task.used}
    _refuse_empty(_treated(task))
    places = list(task.allocation.places.values())
    has_outcome = [participant in compared for participant in task.allocation.places]
    return recorded_procedure(task.allocation.design, places, task.experimental, has_outcome)


def _treated(task: Task) -> list[int]:
    return [int(case.arm == task.experimental) for case in task.used]


def _refuse_empty(treated: Sequence[int]) -> None:
    if sum(treated) in (0, len(treated)):
        raise Refusal("EXACT-EMPTY", "One arm is empty, so there is nothing to compare.", "Check the analysis set.")
