"""Are the arms as alike at baseline as chance makes them?  Worded as 'look again', never as an accusation.

The p-values of baseline differences, combined, against tables simulated with the same sizes, means, SDs and rounding.
The variables of one trial are correlated and skewed, and restricted randomisation makes arms more alike, so an unusual
result is a reason to ask for the data and no more.  Source: Carlisle 2012, 2017; its limits: Bolland et al. 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.analysis.forensics.recomputed import Summary
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]
_TABLES = 20_000


@dataclass(frozen=True, slots=True)
class Balance:
    """Position of the combined baseline comparison among simulated tables: shares at least as alike, and as unlike."""

    variables: int
    at_least_as_alike: float
    at_least_as_unlike: float


def baseline_balance(pairs: Sequence[tuple[Summary, Summary]], seed: int = 0) -> Balance:
    """Compare the sum of squared standardised differences of several variables with simulated randomised tables.

    Each simulated table draws both means from a normal with the pooled mean and SD / sqrt(n), and both SDs from their
    chi distribution, then rounds as printed.  Refuses fewer than two variables.  Units: shares of 20,000 tables.
    Source: Carlisle 2017; its limits Bolland et al. 2019.
    """
    if len(pairs) < 2:
        raise Refusal("FORENSIC-BALANCE", "Fewer than two baseline variables can be compared.", "Give more of them.")
    generator = np.random.default_rng(seed)
    observed, simulated = 0.0, np.zeros(_TABLES)
    for first, second in pairs:
        sizes = (first.n, second.n)
        own = [np.array([float(v.value)]) for s in (first, second) for v in (s.mean, s.sd)]
        observed += float(_score(own, sizes)[0])
        pooled = _pooled_sd((first, second))
        centre = float(first.mean.value * first.n + second.mean.value * second.n) / (first.n + second.n)
        drawn = []
        for summary in (first, second):
            means = generator.normal(centre, pooled / np.sqrt(summary.n), _TABLES)
            sds = pooled * np.sqrt(generator.chisquare(summary.n - 1, _TABLES) / (summary.n - 1))
            drawn += [np.round(means, summary.mean.decimals), np.round(sds, summary.sd.decimals)]
        simulated += _score(drawn, sizes)
    alike, unlike = (simulated <= observed).mean(), (simulated >= observed).mean()
    return Balance(len(pairs), float(alike), float(unlike))


def _pooled_sd(groups: Sequence[Summary]) -> float:
    df = sum(group.n - 1 for group in groups)
    return float((sum((group.n - 1) * float(group.sd.value) ** 2 for group in groups) / df) ** 0.5)


def _score(columns: Sequence[Floats], sizes: tuple[int, int]) -> Floats:
    """Squared normal equivalent of Student's t per table; `columns` are mean, SD, mean, SD."""
    (m1, s1, m2, s2), (n1, n2) = columns, sizes
    pooled = ((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(m1 - m2) / np.sqrt(pooled * (1 / n1 + 1 / n2))
    tail = special.stdtr(n1 + n2 - 2, -np.where(np.isnan(t), 0.0, t))
    return np.asarray(special.ndtri(np.clip(tail, 1e-15, 0.5)) ** 2)
