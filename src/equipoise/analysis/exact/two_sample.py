"""Randomisation tests of two arms: any linear statistic, under the procedure that was used."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from equipoise.analysis.exact.cost import Budget, Cost, Job, costs, counter
from equipoise.analysis.exact.counter import Counter
from equipoise.analysis.exact.integers import (
    Recorded,
    Scaled,
    allocation_of,
    computed_digits,
    doubled_midranks,
    reduced,
    refuse_all_tied,
    scaled,
)
from equipoise.analysis.exact.monte_carlo import Resampling, linear_by_rerun
from equipoise.analysis.exact.normal_scores import normal_scores
from equipoise.analysis.exact.reference import Procedure, Reference, Rerun, fixed_sizes
from equipoise.analysis.exact.tails import threshold, two_sided_tails
from equipoise.analysis.results import Estimate, PValue, Sides, Tails, TestResult
from equipoise.vocabulary import Refusal


def from_arms(treated: Sequence[Recorded], control: Sequence[Recorded]) -> tuple[list[Recorded], list[int]]:
    """Values and allocation for data kept per arm, treated first (for reference sets without an order of entry)."""
    return [*treated, *control], [1] * len(treated) + [0] * len(control)


def randomisation_test(
    values: Sequence[Recorded],
    allocation: Sequence[int],
    reference: Procedure | None = None,
    *,
    sides: Sides = Sides.DISTANCE,
    given_sizes: bool = False,
    budget: Budget | None = None,
    resampling: Resampling | None = None,
) -> TestResult:
    """Exact randomisation test of the difference in means, D = mean(treated) - mean(control), in the data's units.

    `values` and `allocation` (1 treated, 0 control) stand in order of entry.  `reference` is the procedure that was
    used; the default is all subsets of the observed size.  p = P(|D - E D| >= |d - E D|) (`Sides.DISTANCE`), or the
    other conventions of `Sides`; all exact ones are in `tails`.  `given_sizes` conditions on the observed arm sizes
    where the procedure leaves them to chance; E D stays that of the whole procedure.  Sequences with an empty arm
    are left out.

    Refuses: non-finite values, an empty arm, all values tied, an allocation that the procedure cannot give, more
    than `budget`.  Source: Fisher 1935; Edgington & Onghena 2007; Rosenberger & Lachin 2016, chapter 6.
    """
    data = scaled(values)
    return _linear(
        data,
        allocation,
        reference,
        _Wording(
            "randomisation test of the difference in means", "difference in means", data.unit, computed_digits(values)
        ),
        _Options(sides, given_sizes, budget, resampling),
    )


def rank_sum_test(
    values: Sequence[Recorded],
    allocation: Sequence[int],
    reference: Procedure | None = None,
    *,
    sides: Sides = Sides.DISTANCE,
    given_sizes: bool = False,
    budget: Budget | None = None,
    resampling: Resampling | None = None,
) -> TestResult:
    """Exact Wilcoxon-Mann-Whitney test with midranks for ties, under the procedure that was used.

    The statistic is D = mean(treated) - mean(control) of the midranks, in units of a rank; for fixed arm sizes this is
    the same test as the rank sum W or Mann-Whitney's U.  Arguments, sides and refusals as in `randomisation_test`.
    Source: Wilcoxon 1945; Mann & Whitney 1947; midranks Lehmann 1975.
    """
    data = Scaled(doubled_midranks(scaled(values).integers), Fraction(1, 2))
    return _linear(
        data,
        allocation,
        reference,
        _Wording(
            "Wilcoxon-Mann-Whitney test, midranks", "difference in mean ranks", data.unit, computed_digits(values)
        ),
        _Options(sides, given_sizes, budget, resampling),
    )


def normal_scores_test(
    values: Sequence[Recorded],
    allocation: Sequence[int],
    reference: Procedure | None = None,
    *,
    sides: Sides = Sides.DISTANCE,
    budget: Budget | None = None,
) -> TestResult:
    """Exact van der Waerden test: scores are normal quantiles of midrank / (n + 1), rounded to 10 decimals.

    The statistic is the difference in mean scores, D = mean(treated) - mean(control), on the normal scale; sides and
    refusals as in `randomisation_test`.  Source: van der Waerden 1952.
    """
    data = scaled(normal_scores(doubled_midranks(scaled(values).integers)))
    return _linear(
        data,
        allocation,
        reference,
        _Wording("van der Waerden normal scores test", "difference in mean scores", data.unit, computed_digits(values)),
        _Options(sides, False, budget, None),
    )


def exact_costs(values: Sequence[Recorded], reference: Reference) -> tuple[Cost, ...]:
    """What each exact engine would cost for these values under this reference set, cheapest first.

    Seconds on one core and bytes, as estimated before anything large is computed; `randomisation_test` takes the
    first that fits its budget.  Refuses non-finite values.
    """
    return costs(Job(reference, reduced(scaled(values).integers)[0]))


@dataclass(frozen=True, slots=True)
class _Wording:
    method: str
    statistic: str
    unit: Fraction
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Options:
    sides: Sides
    given_sizes: bool
    budget: Budget | None
    resampling: Resampling | None


def _linear(
    data: Scaled, allocation: Sequence[int], reference: Procedure | None, wording: _Wording, options: _Options
) -> TestResult:
    arms = allocation_of(allocation, len(data.integers))
    refuse_all_tied(data.integers)
    procedure = reference or fixed_sizes(len(arms), sum(arms))
    _refuse_other_size(procedure, len(arms))
    scores, _, factor = reduced(data.integers)
    unit = wording.unit * factor
    observed = mean_difference(scores, arms)
    sizes = (("treated", sum(arms)), ("control", len(arms) - sum(arms)))
    estimate = Estimate(wording.statistic, observed * unit)
    if isinstance(procedure, Rerun):
        refuse_given_sizes(options.given_sizes)
        p = linear_by_rerun(scores, arms, procedure, options.sides, options.resampling)
        return TestResult(
            wording.method,
            wording.statistic,
            observed * unit,
            p,
            sizes,
            None,
            estimate,
            procedure.name,
            "re-run of the recorded procedure",
            ("outcomes do not depend on the allocation under the null hypothesis",),
            wording.warnings,
        )
    task = Job(procedure, scores)
    refuse_impossible(task, arms)
    counts = counter(task, options.budget)
    p, tails = linear_tails(task, counts, observed, options.sides, sum(arms) if options.given_sizes else None)
    return TestResult(
        wording.method,
        wording.statistic,
        observed * unit,
        p,
        sizes,
        tails,
        estimate,
        procedure.name + (", given the arm sizes" if options.given_sizes else ""),
        counts.engine,
        ("outcomes do not depend on the allocation under the null hypothesis",),
        (*wording.warnings, *_coarseness(p)),
    )


def mean_difference(scores: Sequence[int], arms: Sequence[int]) -> Fraction:
    """(n S - k T) / (k (n - k)) for treated sum S, total T, k treated of n."""
    n, k = len(arms), sum(arms)
    treated = sum(score for score, arm in zip(scores, arms, strict=True) if arm)
    return Fraction(n * treated - k * sum(scores), k * (n - k))


def linear_tails(
    task: Job, counts: Counter, observed: Fraction, sides: Sides, given: int | None
) -> tuple[PValue, Tails]:
    """All tails of the difference in means; `given` fixes the number treated."""
    n, total_score = task.reference.n, sum(task.scores)
    both_arms = {k: wm for k, wm in task.moments.items() if 0 < k < n}
    shares = (Fraction(n * m - k * total_score * w, k * (n - k)) for k, (w, m) in both_arms.items())
    centre = sum(shares, Fraction(0)) / sum(weight for weight, _ in both_arms.values())
    sizes = [k for k in both_arms if given in (None, k)]
    total = sum(both_arms[k][0] for k in sizes)

    def reaching(bound: Fraction, strictly: bool) -> int:
        """Weight with D >= bound (D > bound)."""
        bounds = {k: (bound * k * (n - k) + k * total_score) / n for k in sizes}
        return counts.reaching({(k, 0): threshold(bounds[k], strictly) for k in sizes})

    return two_sided_tails(reaching, observed, centre, total, sides)


def refuse_impossible(task: Job, arms: Sequence[int]) -> None:
    """Refuses a trial whose recorded allocation has probability zero under the stated procedure."""
    if task.weight(arms) == 0:
        raise Refusal(
            "EXACT-PROCEDURE",
            "The recorded allocation cannot have come from the stated procedure.",
            "Compare order of entry, strata and procedure with the randomisation record.",
        )


def refuse_given_sizes(wanted: bool) -> None:
    """Refuses conditioning on the arm sizes where a procedure can only be run again."""
    if wanted:
        raise Refusal(
            "RERUN-SIZES",
            "A re-run procedure cannot be conditioned on the observed arm sizes.",
            "Leave out `given_sizes`, or use a procedure that can be weighed exactly.",
        )


def _refuse_other_size(procedure: Procedure, n: int) -> None:
    if procedure.n != n:
        raise Refusal(
            "EXACT-REFERENCE",
            f"The procedure describes {procedure.n} participants, the data {n}.",
            "Randomised participants without an outcome need a decision before the test (an imputed or worst value).",
        )


def _coarseness(p: PValue) -> tuple[str, ...]:
    if p.total is not None and p.total < 40:  # 2 / 40 = 0.05: the smallest two-sided p of a symmetric design
        return (f"only {p.total} allocations: the smallest possible p-value is {Fraction(1, p.total)}",)
    return ()
