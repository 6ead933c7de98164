"""Randomisation tests under the recorded procedure: exact where the engines can, else by running it again."""

import math
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from equipoise.analysis.analysis_results import PermutationDistribution
from equipoise.analysis.exact.cost import Job, counter
from equipoise.analysis.exact.graph import expand, sample
from equipoise.analysis.exact.integers import reduced, scaled
from equipoise.analysis.exact.interval import randomisation_interval
from equipoise.analysis.exact.location import hodges_lehmann
from equipoise.analysis.exact.reference import Reference, Rerun, fixed_sizes, rerun_of_many
from equipoise.analysis.exact.two_sample import mean_difference, randomisation_test
from equipoise.analysis.execution.bounds import order_scores, undecided_pairs
from equipoise.analysis.execution.task import Answer, Numbers, Task, result_of
from equipoise.analysis.recorded_procedure import minimised_again, recorded_procedure
from equipoise.analysis.results import Estimate, TestResult
from equipoise.analysis.results import Interval as ConfidenceInterval
from equipoise.vocabulary import Interval, Refusal

if TYPE_CHECKING:
    from equipoise.closure import ReleasedAllocation  # a room that the simulation of designs does without

_TOO_MUCH = frozenset({"EXACT-COST", "EXACT-STATES"})  # refusals after which the procedure is run again
_DRAWABLE = 20_000  # values of a statistic that a distribution may list
_MOST_DIFFERENCES = 10_000  # between two arms: 100 v 100


def mean_difference_test(task: Task) -> Answer:
    """Difference in means under the recorded procedure; limits by inverting the same test for a shift."""
    values = [task.cases.metric(case) for case in task.used]
    treated = treated_of(task)
    law = recorded_law(task)
    test, notes = under_law(task, values, treated, law)
    interval, how = _limits(task, values, treated, law)
    assert test.estimate is not None, "a test of means estimates their difference"
    numbers = Numbers(
        Estimate(test.estimate.name, test.estimate.value, interval=interval),
        test.p,
        (*test.assumptions, f"procedure: {test.reference}", "limits: the arms differ by a shift"),
        (*test.warnings, *notes, *how),
    )
    return Answer(result_of(task, numbers), None if notes else distribution(values, treated, law.exact))


def rank_test(task: Task) -> Answer:
    """Wilcoxon's test under the recorded procedure; values below a limit enter by their order alone."""
    return _by_order(task, recorded_law(task))


def mann_whitney(task: Task) -> Answer:
    """The Mann-Whitney test as it is usually meant: all subsets of the observed arm sizes equally likely."""
    treated = treated_of(task)
    _refuse_empty(treated)
    law = fixed_sizes(len(treated), sum(treated))
    return _by_order(
        task, Law(law, lambda: Rerun(law.name, law.n, lambda generator: generator.permutation(treated).tolist()))
    )


@dataclass(frozen=True, slots=True)
class Law:
    """A procedure as exact engines read it, and how it is run again where they cannot afford it."""

    exact: Reference
    rerun: Callable[[], Rerun]


def _by_order(task: Task, law: Law) -> Answer:
    """The scores of `order_scores` are 2 midrank - (n + 1) for numbers, so the test is Wilcoxon's with midranks."""
    known = [case.known for case in task.used]
    test, notes = under_law(task, order_scores(known), treated_of(task), law)
    estimate, how = _shift(task, known)
    assumptions = (*test.assumptions, f"procedure: {test.reference}")
    return Answer(result_of(task, Numbers(estimate, test.p, assumptions, (*test.warnings, *notes, *how))))


def _shift(task: Task, known: Sequence[Interval]) -> tuple[Estimate | None, tuple[str, ...]]:
    """The Hodges-Lehmann shift, where every value is a number and the arms are not too large."""
    if open_pairs := undecided_pairs(known):
        pairs = math.comb(len(known), 2)
        return None, (f"the order of {open_pairs} of {pairs} pairs is not known (limits); they count as ties",)
    if any(one.low != one.high for one in known):
        return None, ()
    first, second = ([task.cases.metric(case) for case in task.cases.of(arm)] for arm in task.arms)
    if len(first) * len(second) > _MOST_DIFFERENCES:
        return None, ("no estimate of the shift: there are too many differences between the arms to list",)
    words = "estimate and limits: Hodges-Lehmann, all subsets of the observed arm sizes equally likely"
    return hodges_lehmann(first, second, level=task.level), (words,)


def under_law(
    task: Task, values: Sequence[Fraction] | Sequence[int], treated: list[int], law: Law
) -> tuple[TestResult, tuple[str, ...]]:
    """The exact test, or the Monte Carlo one with the exact interval of its p-value, and a word about it."""
    try:
        return randomisation_test(values, treated, law.exact, budget=task.means.exact), ()
    except Refusal as refusal:
        if refusal.rule not in _TOO_MUCH:
            raise
    test = randomisation_test(values, treated, law.rerun(), resampling=task.means.resampling)
    return test, (drawn_words(task, test),)


def drawn_words(task: Task, test: TestResult) -> str:
    """How a p-value was drawn, and how well it is known."""
    assert test.p.interval is not None, "a p-value that was drawn has an interval"
    low, high = float(test.p.interval.lower), float(test.p.interval.upper)
    drawn, span = task.means.resampling, f"exact 95 % interval of p {low:.4f} to {high:.4f}"
    return f"Monte Carlo: the procedure was run {drawn.draws} times again (PCG64, seed {drawn.seed}); {span}"


def _limits(
    task: Task, values: Sequence[Fraction], treated: list[int], law: Law
) -> tuple[ConfidenceInterval, tuple[str, ...]]:
    try:
        return randomisation_interval(values, treated, law.exact, level=task.level, budget=task.means.exact), ()
    except Refusal as refusal:
        if refusal.rule not in _TOO_MUCH:
            raise
    drawn = task.means.resampling_of_limits
    found = randomisation_interval(values, treated, law.rerun(), level=task.level, resampling=drawn)
    return found, (f"limits: Monte Carlo, the procedure was run {drawn.draws} times again (seed {drawn.seed})",)


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


def recorded_law(task: Task) -> Law:
    """The procedure as it took place, of those who are compared.  Refuses an empty arm, and more than two arms."""
    _refuse_empty(treated_of(task))
    return law_of(task, {case.participant for case in task.used})


def law_of(task: Task, compared: Set[str]) -> Law:
    """The procedure as it took place, of some participants.  Refuses more than two arms."""
    reference = reference_of(task.allocation, task.experimental, compared)
    return Law(reference, lambda: rerun_of(task.allocation, task.experimental, reference))


def reference_of(allocation: "ReleasedAllocation", experimental: str, compared: Set[str]) -> Reference:
    """The recorded procedure applied to everybody randomised; who is not compared counts in nobody's sum."""
    if len(allocation.design.arms) > 2:
        raise Refusal(
            "PLAN-ARMS",
            "Randomisation tests compare two arms, and this trial has more.",
            "Plan a model for the comparison with the reference arm.",
        )
    places = list(allocation.places.values())
    has_outcome = [participant in compared for participant in allocation.places]
    return recorded_procedure(allocation.design, places, experimental, has_outcome, allocation.levels)


def rerun_of(allocation: "ReleasedAllocation", experimental: str, reference: Reference) -> Rerun:
    """The recorded procedure as one that is run again: minimisation from its recorded levels, others from their graph.

    `reference` is what `reference_of` gave for the same allocation: its steps say who is compared.
    """
    if not allocation.design.is_live:
        graph = expand(reference)
        return rerun_of_many(reference.name, reference.n, lambda runs, generator: sample(graph, runs, generator))
    levels = [allocation.levels[place] for place in sorted(allocation.places.values())]
    return minimised_again(allocation.design, levels, experimental, reference)


def treated_of(task: Task) -> list[int]:
    """1 for the experimental arm, 0 for the reference, in the order of the cases."""
    return [int(case.arm == task.experimental) for case in task.used]


def _refuse_empty(treated: Sequence[int]) -> None:
    if sum(treated) in (0, len(treated)):
        raise Refusal("EXACT-EMPTY", "One arm is empty, so there is nothing to compare.", "Check the analysis set.")
