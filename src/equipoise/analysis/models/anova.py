"""One-way analysis of variance in exact arithmetic."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from equipoise.analysis.exact.integers import Recorded, scaled
from equipoise.analysis.models.distributions import f_upper
from equipoise.analysis.results import TestResult
from equipoise.vocabulary import Refusal


def one_way_anova(groups: Mapping[str, Sequence[Recorded]]) -> TestResult:
    """F = (SSB / (g - 1)) / (SSW / (n - g)); p = P(F >= f), one-tailed by nature.

    SSB = sum (group sum)^2 / n_g - total^2 / n and SSW = sum y^2 - sum (group sum)^2 / n_g are fractions; the ratio
    becomes a float once, so no digit is lost to cancellation (NIST StRD, all 11 sets).
    Refuses fewer than two groups, an empty group, no residual degree of freedom, no spread within groups.
    Source: Fisher 1925.
    """
    flat = scaled([value for values in groups.values() for value in values]).integers
    sums, start = [], 0
    for values in groups.values():
        sums.append((sum(flat[start : start + len(values)]), len(values)))
        start += len(values)
    n, g = len(flat), len(sums)
    if g < 2 or n <= g or any(size == 0 for _, size in sums):
        raise Refusal("ANOVA-SIZE", "There are too few groups, or an empty one.", "Give at least two groups.")
    groups_part = sum((Fraction(total * total, size) for total, size in sums), Fraction(0))
    between = groups_part - Fraction(sum(flat) ** 2, n)
    within = sum(value * value for value in flat) - groups_part
    if within == 0:
        raise Refusal("ANOVA-SPREAD", "No group varies within itself.", "Report the group means.")
    f = (between / (g - 1)) / (within / (n - g))
    return TestResult(
        "one-way analysis of variance",
        "F",
        f,
        f_upper(float(f), g - 1, n - g),
        tuple((name, len(values)) for name, values in groups.items()),
        reference=f"F with {g - 1} and {n - g} degrees of freedom",
        assumptions=("independent participants", "equal variances", "residuals close to normal"),
    )
