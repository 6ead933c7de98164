"""Analysis of covariance: arms compared at equal baseline."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.integers import Recorded
from equipoise.analysis.models.columns import Term, design, numbers
from equipoise.analysis.models.linear import Variance, contrast, least_squares, refuse_no_spread
from equipoise.analysis.results import ModelResult
from equipoise.vocabulary import Refusal


def ancova(
    outcome: Sequence[Recorded],
    arms: Sequence[str],
    reference_arm: str,
    covariates: Mapping[str, Term],
    *,
    factors: frozenset[str] = frozenset(),
    variance: Variance = Variance.MODEL,
    level: Fraction = LEVEL_95,
) -> ModelResult:
    """Least-squares mean differences from `reference_arm`, adjusted for covariates, in the outcome's units.

    outcome = intercept + arm + covariates + error.  Estimates: one `ARM - REFERENCE` per other arm, then adjusted
    means (`mean ARM`, at the covariates' means; factors at their observed shares), then the covariates' slopes.
    p = 2 P(T >= |t|) with n - p degrees of freedom.  Refuses an empty or single arm, non-finite values, redundant
    columns, outcomes without any spread.  Source: ICH E9 5.7; EMA guideline on adjustment for baseline covariates 2015.
    """
    y = numbers(outcome, "outcome")
    others = sorted(set(arms) - {reference_arm})
    if reference_arm not in arms or not others:
        raise Refusal("MODEL-ARMS", "One arm is empty, so there is nothing to compare.", "Check the analysis set.")
    if len(arms) != len(y):
        raise Refusal("MODEL-LENGTH", f"There are {len(y)} outcomes but {len(arms)} arms.", "Give one arm for each.")
    names, rest = design(len(y), covariates, factors)
    indicators = np.column_stack([[float(arm == other) for arm in arms] for other in others])
    labels = [names[0], *others, *names[1:]]
    fit = least_squares(y, labels, np.column_stack((rest[:, :1], indicators, rest[:, 1:])), variance)
    refuse_no_spread(fit.residuals, y)
    unit = np.eye(len(labels))
    at_mean = np.concatenate(([1.0], np.zeros(len(others)), rest[:, 1:].mean(axis=0)))
    differences = [contrast(fit, f"{arm} - {reference_arm}", unit[i + 1], level) for i, arm in enumerate(others)]
    means = [contrast(fit, f"mean {reference_arm}", at_mean, level)]
    means += [contrast(fit, f"mean {arm}", at_mean + unit[i + 1], level) for i, arm in enumerate(others)]
    slopes = [contrast(fit, name, unit[labels.index(name)], level) for name in names[1:]]
    return ModelResult(
        f"ANCOVA, {variance.value} standard errors",
        (*differences, *means, *slopes),
        tuple((arm, sum(own == arm for own in arms)) for arm in (reference_arm, *others)),
        (("residual sd", fit.residual_variance**0.5), ("residual df", float(fit.df))),
        ("same slopes in every arm", "covariates measured before randomisation", "independent participants"),
    )
