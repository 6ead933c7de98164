"""Tail areas and quantiles of the reference distributions, from scipy's special functions (not its tests)."""

from scipy import special

from equipoise.analysis.results import PValue, Sides

INFINITE = float("inf")


def t_two_sided(statistic: float, df: float) -> PValue:
    """P(|T| >= |t|) for Student's t; infinite `df` is the normal distribution."""
    tail = special.ndtr(-abs(statistic)) if df == INFINITE else special.stdtr(df, -abs(statistic))
    return PValue(float(2 * tail), Sides.SYMMETRIC, False)


def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t; infinite `df` is the normal distribution."""
    return float(special.ndtri(probability) if df == INFINITE else special.stdtrit(df, probability))


def f_upper(statistic: float, df1: float, df2: float) -> PValue:
    """P(F >= f)."""
    return PValue(float(special.fdtrc(df1, df2, statistic)), Sides.SYMMETRIC, False)


def chi_square_upper(statistic: float, df: float) -> PValue:
    """P(chi-square >= x)."""
    return PValue(float(special.chdtrc(df, statistic)), Sides.SYMMETRIC, False)
