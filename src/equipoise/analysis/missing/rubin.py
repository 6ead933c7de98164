"""Rubin's rules: one estimate from several completed data sets."""

import math
from collections.abc import Sequence
from fractions import Fraction

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.models.linear import t_estimate
from equipoise.analysis.results import Estimate
from equipoise.vocabulary import Refusal


def pooled(
    name: str, values: Sequence[float], variances: Sequence[float], complete_df: float, level: Fraction = LEVEL_95
) -> Estimate:
    """Mean of the estimates; total variance T = W + (1 + 1/m) B; t with Barnard & Rubin's degrees of freedom.

    W is the mean of the variances, B the variance of the estimates, g = (1 + 1/m) B / T; nu = 1/(1/nu_old +
    1/nu_obs), nu_old = (m - 1)/g^2, nu_obs = (d + 1)/(d + 3) d (1 - g) with d the complete-data df.
    Refuses fewer than two imputations.  Source: Rubin 1987; Barnard & Rubin 1999.
    """
    m = len(values)
    if m < 2 or len(variances) != m:
        raise Refusal("IMPUTATION-NUMBER", "There are fewer than two imputations.", "Use at least 20; 100 is safe.")
    mean, within = math.fsum(values) / m, math.fsum(variances) / m
    between = math.fsum((value - mean) ** 2 for value in values) / (m - 1)
    total = within + (1 + 1 / m) * between
    gamma = (1 + 1 / m) * between / total
    observed = complete_df if complete_df == float("inf") else (complete_df + 1) / (complete_df + 3) * complete_df
    observed *= 1 - gamma
    if gamma < 1e-12:
        df = observed
    else:
        old = (m - 1) / gamma**2
        df = old if observed == float("inf") else old * observed / (old + observed)
    return t_estimate(name, mean, math.sqrt(total), df, level)
