"""Randomisation tests of an effect adjusted for a baseline covariate."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from equipoise.analysis.exact.ancova_count import Exceedances, enumerated, gridded, gridded_cost
from equipoise.analysis.exact.cost import Budget, Job
from equipoise.analysis.exact.integers import Recorded, allocation_of, reduced, refuse_all_tied, scaled
from equipoise.analysis.exact.monte_carlo import Resampling, draw_allocations, sampled_p
from equipoise.analysis.exact.reference import Procedure, Rerun, fixed_sizes
from equipoise.analysis.exact.two_sample import randomisation_test, refuse_impossible
from equipoise.analysis.results import PValue, Sides, TestResult
from equipoise.vocabulary import Refusal

_ENUMERABLE = 10**9  # allocations that the enumeration engine visits in about a second


def ancova_randomisation_test(
    outcome: Sequence[Recorded],
    allocation: Sequence[int],
    covariate: Sequence[Recorded],
    reference: Procedure | None = None,
    *,
    budget: Budget | None = None,
    resampling: Resampling | None = None,
) -> TestResult:
    """Randomisation test with the ANCOVA F statistic of the arm effect, adjusted for one covariate.

    Per allocation, with X, Y the treated sums of the centred covariate and outcome and b = S_xy / S_xx:
    SS = (Y - X b)^2 / (k (n - k)/n - X^2 / S_xx), of which F = t^2 is a monotone function; p = P(SS >= ss), two-sided
    by nature.  Exact by tables over (X, Y) for coarse data, by complete enumeration for k of n up to 10^9
    allocations; otherwise Monte Carlo under the procedure, and the result says so (`exact` is False).
    All comparisons that rounding could touch are repeated in integers.  Refuses non-finite values, an empty arm,
    a constant covariate, an impossible allocation.  Source: Raz 1990; Rosenberger & Lachin 2016, chapter 7.
    """
    y, x = scaled(outcome, "outcome"), scaled(covariate, "covariate")
    arms = allocation_of(allocation, len(y.integers))
    _refuse_lengths(len(x.integers), len(arms))
    refuse_all_tied(y.integers)
    case = _case(reduced(y.integers)[0], reduced(x.integers)[0], arms)
    procedure = reference or fixed_sizes(len(arms), sum(arms))
    p, engine = _p_value(case, procedure, arms, budget or Budget(), resampling or Resampling())
    return TestResult(
        "randomisation test with the ANCOVA statistic",
        "t^2",
        case.t_squared,
        p,
        (("treated", sum(arms)), ("control", len(arms) - sum(arms))),
        None,
        None,
        procedure.name,
        engine,
        ("outcomes do not depend on the allocation under the null hypothesis", "covariate measured before allocation"),
    )


def residual_randomisation_test(
    outcome: Sequence[Recorded],
    allocation: Sequence[int],
    covariates: Sequence[Sequence[Recorded]],
    reference: Procedure | None = None,
    *,
    sides: Sides = Sides.DISTANCE,
    budget: Budget | None = None,
    resampling: Resampling | None = None,
) -> TestResult:
    """Randomisation test of the outcome's residuals on covariates (fitted without the arm), in the outcome's units.

    The residuals are exact fractions (normal equations over the rationals), so the fast exact engines for linear
    statistics, D = mean(treated) - mean(control), apply under any procedure, for any number of covariates.  A slightly
    different test from the F statistic; it keeps its level exactly as well.  Two-sided definitions and refusals as in
    `randomisation_test`. Source: Gail, Tan & Piantadosi 1988; Rosenbaum 2002.
    """
    y = scaled(outcome, "outcome")
    if not all(isinstance(column, Iterable) and not isinstance(column, str) for column in covariates):
        raise Refusal("EXACT-LENGTH", "A covariate is no list of values.", "Give a list of covariates, each a list.")
    columns = [scaled(column, "covariate").integers for column in covariates]
    for column in columns:
        _refuse_lengths(len(column), len(y.integers))
    residuals = [value * y.unit for value in _residuals(y.integers, columns)]
    if max(residuals, default=0) == min(residuals, default=0):
        raise Refusal("EXACT-TIED", "The covariates explain the outcome completely.", "Leave out a covariate.")
    result = randomisation_test(residuals, allocation, reference, sides=sides, budget=budget, resampling=resampling)
    return TestResult(
        "randomisation test of covariate-adjusted residuals",
        "difference in mean residuals",
        result.statistic,
        result.p,
        result.n,
        result.tails,
        None,
        result.reference,
        result.engine,
        (*result.assumptions, "covariates measured before allocation"),
        result.warnings,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """Reduced integers and the observed statistic as the fraction U^2 / V of `ancova_count`."""

    y: tuple[int, ...]
    x: tuple[int, ...]
    observed: Fraction
    t_squared: float


def _case(y: tuple[int, ...], x: tuple[int, ...], arms: tuple[int, ...]) -> _Case:
    n, k = len(y), sum(arms)
    sxx = n * sum(v * v for v in x) - sum(x) ** 2
    sxy = n * sum(u * v for u, v in zip(x, y, strict=True)) - sum(x) * sum(y)
    syy = n * sum(v * v for v in y) - sum(y) ** 2
    if sxx == 0:
        raise Refusal("MODEL-RANK", "The covariate is constant.", "Use the unadjusted randomisation test.")
    treated_x = n * sum(v for v, z in zip(x, arms, strict=True) if z) - k * sum(x)
    treated_y = n * sum(v for v, z in zip(y, arms, strict=True) if z) - k * sum(y)
    spread = k * (n - k) * sxx - treated_x**2
    if spread == 0 or n < 4:
        raise Refusal("MODEL-RANK", "The covariate determines the arm.", "Use the unadjusted randomisation test.")
    observed = Fraction((treated_y * sxx - treated_x * sxy) ** 2, spread)
    residual = Fraction(syy * sxx - sxy**2, n * sxx)
    effect = observed / (n * sxx)
    t_squared = float("inf") if residual == effect else float((n - 3) * effect / (residual - effect))
    return _Case(y, x, observed, t_squared)


def _p_value(
    case: _Case, procedure: Procedure, arms: tuple[int, ...], budget: Budget, resampling: Resampling
) -> tuple[PValue, str]:
    question = Exceedances(case.y, case.x, case.observed)
    if not isinstance(procedure, Rerun):
        task = Job(procedure, case.y)
        refuse_impossible(task, arms)
        size = task.subset_size
        if gridded_cost(task, case.x).fits(budget):
            count, total = gridded(task, question)
            return PValue(Fraction(count, total), Sides.SYMMETRIC, True, count, total), "tables over both sums"
        if size is not None and (total := math.comb(len(arms), size)) <= _ENUMERABLE:
            count = enumerated(question, size)
            return PValue(Fraction(count, total), Sides.SYMMETRIC, True, count, total), "complete enumeration"
    rows = draw_allocations(procedure, resampling)
    p = sampled_p(question.among(rows), resampling.draws, Sides.SYMMETRIC)
    return p, "Monte Carlo under the procedure"


def _residuals(y: Sequence[int], columns: Sequence[Sequence[int]]) -> list[Fraction]:
    """Residuals of y on an intercept and the columns, by Gram-Schmidt over the rationals."""
    basis: list[list[Fraction]] = []
    for column in ([1] * len(y), *columns, y):
        rest = [Fraction(v) for v in column]
        for direction in basis:
            norm = sum(d * d for d in direction)
            along = sum((r * d for r, d in zip(rest, direction, strict=True)), Fraction(0)) / norm
            rest = [r - along * d for r, d in zip(rest, direction, strict=True)]
        if not any(rest) and len(basis) <= len(columns):
            raise Refusal("MODEL-RANK", "A covariate is constant or determined by others.", "Leave it out.")
        basis.append(rest)
    return basis[-1]


def _refuse_lengths(found: int, wanted: int) -> None:
    if found != wanted:
        raise Refusal("EXACT-LENGTH", f"There are {found} covariate values for {wanted} outcomes.", "Give one each.")
