"""Analysis of incomplete outcomes: multiple imputation, and its deterministic counterpart with a jackknife.

The completed data are analysed by ANCOVA of the last visit on arm and covariates.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.integers import Recorded, exact
from equipoise.analysis.missing.incomplete import IncompleteData, JointModel, Prepared, joint_model, prepared
from equipoise.analysis.missing.rubin import pooled
from equipoise.analysis.missing.strategy import Strategy, assumed_means, filled
from equipoise.analysis.models.columns import refuse_rank
from equipoise.analysis.models.distributions import INFINITE
from equipoise.analysis.models.linear import Fit, least_squares, t_estimate
from equipoise.analysis.results import Estimate, ModelResult
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]

_MOST_DRAWS = 1_000
"""Bootstrap samples that are drawn in vain before the data are called too few."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A shift added to imputed values, in the outcome's units: per arm outside the reference, and in the reference."""

    treated: Recorded = 0
    reference: Recorded = 0


@dataclass(frozen=True, slots=True)
class Imputations:
    """How many completed data sets, and the seed of numpy's PCG64; the same seed, the same result."""

    number: int = 100
    seed: int = 0


def multiple_imputation(
    data: IncompleteData,
    reference_arm: str,
    strategy: Strategy = Strategy.MISSING_AT_RANDOM,
    *,
    delta: Delta | None = None,
    imputations: Imputations | None = None,
    level: Fraction = LEVEL_95,
) -> ModelResult:
    """Mean differences from `reference_arm` at the last visit, by multiple imputation, in the outcome's units.

    Each imputation fits the joint normal model (restricted maximum likelihood, unstructured) to a bootstrap sample of
    participants within arm, drawn again where it has no inner maximum, then draws every gap from its conditional normal
    distribution under `strategy`; `delta` is added to imputed values.  ANCOVA per data set, Rubin's rules,
    Barnard-Rubin degrees of freedom.
    For reference-based strategies Rubin's variance is larger than the repeated-sampling variance: it keeps the
    information that was lost as lost (Cro, Carpenter & Kenward 2019); the jackknife of `conditional_mean_imputation`
    estimates the latter.  With 15 % missing at random and no effect, p <= 5 % in 4.5 % of trials of
    15 and 5.2 % of 30 under that strategy, 2.4 to 2.9 % under jump to reference and copied increments (±0.07); the p of
    `imputation_randomisation_test` keeps its level under each of them.
    Refuses as `prepared`, and where too few participants are complete.
    Source: Rubin 1987; Carpenter, Roger & Kenward 2013; Honaker & King 2010 (bootstrap in place of posterior draws).
    """
    ready, chosen = prepared(data, reference_arm), imputations or Imputations()
    estimates = pooled_estimates(ready, completed_sets(ready, strategy, chosen), delta or Delta(), level)
    return ModelResult(
        f"multiple imputation, {strategy.value}, {chosen.number} imputations",
        estimates,
        _sizes(ready),
        (("seed", float(chosen.seed)),),
        _ASSUMPTIONS[strategy],
    )


def completed_sets(ready: Prepared, strategy: Strategy, chosen: Imputations) -> list[Floats]:
    """The completed outcomes (n x T) of every imputation, before any delta."""
    generator = np.random.default_rng(chosen.seed)
    sets = []
    for _ in range(chosen.number):
        model = _drawn_model(ready, generator)
        sets.append(filled(ready, assumed_means(ready, model, strategy), model.sigma, generator))
    return sets


def pooled_estimates(
    ready: Prepared, sets: Sequence[Floats], delta: Delta, level: Fraction = LEVEL_95
) -> tuple[Estimate, ...]:
    """ANCOVA of each completed set with `delta` on its imputed values, pooled; one estimate per other arm."""
    shifts = _shifts(ready, delta)
    fits = [_analysed(ready, completed + shifts) for completed in sets]
    return tuple(
        pooled(
            f"{arm} - {ready.arm_names[0]}",
            [float(fit.coefficients[a]) for fit in fits],
            [float(fit.covariance[a, a]) for fit in fits],
            fits[0].df,
            level,
        )
        for a, arm in enumerate(ready.arm_names[1:], start=1)
    )


def conditional_mean_imputation(
    data: IncompleteData,
    reference_arm: str,
    strategy: Strategy = Strategy.MISSING_AT_RANDOM,
    *,
    delta: Delta | None = None,
    level: Fraction = LEVEL_95,
) -> ModelResult:
    """The same analysis with every gap at its conditional mean: deterministic, with a jackknife standard error.

    In the outcome's units.  SE^2 = (n - 1)/n sum (estimate without i - their mean)^2 over participants; normal
    inference. Refuses as `multiple_imputation`.  Source: Wolbers et al. 2022 (reference-based conditional mean
    imputation).
    """
    ready = prepared(data, reference_arm)
    shifts = _shifts(ready, delta or Delta())

    def estimated(rows: NDArray[np.int64]) -> Floats:
        part = ready.only(rows)
        model = joint_model(part)
        completed = filled(part, assumed_means(part, model, strategy), model.sigma, None)
        return _analysed(part, completed + shifts[rows]).coefficients

    n = len(ready.y)
    everyone = np.arange(n)
    full = estimated(everyone)
    without = np.array([estimated(np.delete(everyone, i)) for i in range(n)])
    spread = np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    return ModelResult(
        f"conditional mean imputation, {strategy.value}, jackknife",
        tuple(
            t_estimate(f"{arm} - {reference_arm}", float(full[a]), float(spread[a]), INFINITE, level)
            for a, arm in enumerate(ready.arm_names[1:], start=1)
        ),
        _sizes(ready),
        (),
        _ASSUMPTIONS[strategy],
    )


def _analysed(data: Prepared, completed: Floats) -> Fit:
    arms = len(data.arm_names)
    indicators = (data.arm[:, None] == np.arange(1, arms)).astype(float)
    matrix = np.column_stack((np.ones(len(completed)), indicators, data.covariates))
    names = ("intercept", *data.arm_names[1:], *data.covariate_names)
    refuse_rank(matrix, names)
    return least_squares(completed[:, -1], names, matrix)


def _drawn_model(data: Prepared, generator: np.random.Generator) -> JointModel:
    """The model of participants drawn with replacement within arm; drawn again where it cannot be fitted to them."""
    for _ in range(_MOST_DRAWS):
        rows = np.concatenate(
            [generator.choice(np.flatnonzero(data.arm == a), (data.arm == a).sum()) for a in range(len(data.arm_names))]
        )
        if _carries_model(data, rows):
            with suppress(Refusal):  # no inner maximum: in a small sample, ties may leave nothing between the visits
                return joint_model(data.only(rows))
    raise Refusal(
        "IMPUTATION-SIZE",
        "Too few participants are complete for an imputation model with a mean and a variance at every visit.",
        "Plan fewer visits or covariates in it, or complete cases.",
    )


def _carries_model(data: Prepared, rows: NDArray[np.int64]) -> bool:
    """Two outcomes of each arm at each visit, and of different participants more than what explains that visit: arms,
    covariates, and earlier visits."""
    arms, q, visits = len(data.arm_names), data.covariates.shape[1], data.y.shape[1]
    cells = [(~np.isnan(data.y[rows][data.arm[rows] == a])).sum(axis=0).min() for a in range(arms)]
    distinct = np.unique(rows)
    seen = (~np.isnan(data.y[distinct])).sum(axis=0)
    return bool(min(cells) >= 2 and len(distinct) > arms + q + visits and (seen > arms + q + np.arange(visits)).all())


def _shifts(data: Prepared, delta: Delta) -> Floats:
    treated, reference = (float(exact(value, "delta")) for value in (delta.treated, delta.reference))
    return np.where(np.isnan(data.y), np.where((data.arm != 0)[:, None], treated, reference), 0.0)


def _sizes(data: Prepared) -> tuple[tuple[str, int], ...]:
    missing = np.isnan(data.y[:, -1])
    return tuple(
        entry
        for a, arm in enumerate(data.arm_names)
        for entry in (
            (arm, int((data.arm == a).sum())),
            (f"{arm}, last visit imputed", int(missing[data.arm == a].sum())),
        )
    )


_NORMAL = "outcomes of the visits are jointly normal given arm and covariates"
_ASSUMPTIONS = {
    Strategy.MISSING_AT_RANDOM: (_NORMAL, "missing at random given the measured outcomes"),
    Strategy.JUMP_TO_REFERENCE: (_NORMAL, "after leaving, participants go on as in the reference arm at once"),
    Strategy.COPY_INCREMENTS: (_NORMAL, "after leaving, participants keep their gain and change as the reference arm"),
    Strategy.COPY_REFERENCE: (_NORMAL, "participants who leave behave as in the reference arm all along"),
}
