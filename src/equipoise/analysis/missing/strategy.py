"""What is assumed about outcomes after a participant left: one mean per participant, and the conditional normal.

With mu the means of the participant's own arm, nu those of the reference arm, and j the last visit measured:
missing at random: mu throughout; jump to reference: mu up to j, nu afterwards; copy increments: mu up to j, then
mu_j + nu_t - nu_j (nu itself where no visit was measured, both arms being alike at baseline); copy reference: nu
throughout.  Source: Carpenter, Roger & Kenward 2013; Wolbers et al. 2022.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.missing.incomplete import JointModel, Prepared

Floats = NDArray[np.float64]


class Strategy(StrEnum):
    """The assumption for participants outside the reference arm; the reference arm is always missing at random."""

    MISSING_AT_RANDOM = "missing at random"
    JUMP_TO_REFERENCE = "jump to reference"
    COPY_INCREMENTS = "copy increments in reference"
    COPY_REFERENCE = "copy reference"


def assumed_means(data: Prepared, model: JointModel, strategy: Strategy) -> Floats:
    """Mean per participant and visit (n x T) under the strategy."""
    adjustment = data.covariates @ model.slopes
    own = model.means[data.arm] + adjustment
    nu = model.means[0] + adjustment
    if strategy is Strategy.MISSING_AT_RANDOM:
        return np.asarray(own)
    outside = (data.arm != 0)[:, None]
    if strategy is Strategy.COPY_REFERENCE:
        return np.where(outside, nu, own)
    visits = np.arange(data.y.shape[1])
    last = np.where(~np.isnan(data.y), visits, -1).max(axis=1)
    after = visits > last[:, None]
    if strategy is Strategy.JUMP_TO_REFERENCE:
        return np.where(outside & after, nu, own)
    at = np.maximum(last, 0)
    rows = np.arange(len(last))
    step = np.where(last >= 0, own[rows, at] - nu[rows, at], 0.0)
    return np.where(outside & after, nu + step[:, None], own)


def filled(data: Prepared, means: Floats, sigma: Floats, generator: np.random.Generator | None) -> Floats:
    """Gaps replaced by their conditional mean given what was measured.

    With a generator, a draw from the conditional normal distribution instead of its mean.
    """
    y = data.y.copy()
    for i, row in enumerate(y):
        gap = np.isnan(row)
        if not gap.any():
            continue
        seen = ~gap
        if seen.any():
            carry = np.linalg.solve(sigma[np.ix_(seen, seen)], sigma[np.ix_(seen, gap)])
            value = means[i, gap] + (row[seen] - means[i, seen]) @ carry
            spread = sigma[np.ix_(gap, gap)] - sigma[np.ix_(gap, seen)] @ carry
        else:
            value, spread = means[i, gap], sigma[np.ix_(gap, gap)]
        if generator is not None:
            value = value + np.linalg.cholesky((spread + spread.T) / 2) @ generator.standard_normal(int(gap.sum()))
        y[i, gap] = value
    return np.asarray(y)
