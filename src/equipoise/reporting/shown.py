"""How one result is printed: with the digits that its precision deserves, and logarithms turned back into ratios."""

from dataclasses import dataclass

from equipoise.analysis.analysis_results import ArmSummary, Result
from equipoise.reporting.numbers import ENGLISH, NOTHING, decimals_for
from equipoise.reporting.reading import unit_name

_LOGARITHM = "log10"
TIMES = "× "
GEOMETRIC = "Geometric means, since the analysis is on logarithms; the change is the ratio of after to before."


@dataclass(frozen=True, slots=True)
class Shown:
    """Estimate and interval as texts, and the unit that both are in."""

    estimate: str
    interval: str
    unit: str

    def with_unit(self) -> str:
        return f"{self.estimate} {self.unit}".strip()

    def __str__(self) -> str:
        both = self.estimate if self.interval == NOTHING else f"{self.estimate} ({self.interval})"
        return f"{both} {self.unit}".strip()


def is_ratio(result: Result) -> bool:
    """True if the result was computed on decimal logarithms, so that a reader wants a ratio of geometric means."""
    return result.unit.startswith(_LOGARITHM)


def shown(result: Result) -> Shown:
    """The estimate of a result with its interval; a difference of logarithms as a ratio, of risks in points."""
    limits = result.interval
    if is_ratio(result):
        ratio = None if result.estimate is None else 10**result.estimate
        ends = None if limits is None else (10 ** limits[0], 10 ** limits[1])
        return Shown(_times(ratio), ENGLISH.interval(ends, 2), "")
    if result.method == "risk_difference":
        points = None if result.estimate is None else 100 * result.estimate
        ends = None if limits is None else (100 * limits[0], 100 * limits[1])
        return Shown(ENGLISH.fixed(points, 0), ENGLISH.interval(ends, 0), "percentage points")
    decimals = decimals_for(result.standard_error or ((limits[1] - limits[0]) / 4 if limits else None))
    return Shown(ENGLISH.fixed(result.estimate, decimals), ENGLISH.interval(limits, decimals), unit_name(result.unit))


def shown_change(result: Result, summary: ArmSummary | None) -> str:
    """The mean change of an arm with its standard deviation; on logarithms the ratio of after to before."""
    if summary is None or summary.change_mean is None:
        return NOTHING
    if is_ratio(result):
        return _times(10**summary.change_mean)
    return ENGLISH.mean_sd(summary.change_mean, summary.change_sd, decimals_for(summary.change_sd))


def shown_level(result: Result, mean: float | None, sd: float | None) -> str:
    """A mean with its standard deviation, or a geometric mean where the result was computed on logarithms."""
    if mean is None:
        return NOTHING
    if is_ratio(result):
        return ENGLISH.fixed(10**mean, decimals_for(10**mean / 10))
    return ENGLISH.mean_sd(mean, sd, decimals_for(sd))


def shown_quartiles(result: Result, values: tuple[float | None, float | None, float | None], sd: float | None) -> str:
    """Median and quartiles, out of the logarithms."""
    if not is_ratio(result):
        return ENGLISH.median_quartiles(values, decimals_for(sd))
    median, lower, upper = (None if each is None else 10**each for each in values)
    return ENGLISH.median_quartiles((median, lower, upper), decimals_for(median / 10 if median else None))


def p_of(result: Result) -> str:
    """The two-sided p of a result."""
    return ENGLISH.p(result.p_exact if result.p_exact is not None else result.p)


def equals_p(result: Result) -> str:
    """`= 0.041` or `<0.001`: what follows a `p` in a sentence."""
    p = p_of(result)
    return p if p.startswith("<") else f"= {p}"


def _times(ratio: float | None) -> str:
    return NOTHING if ratio is None else f"{TIMES}{ENGLISH.fixed(ratio, 2)}"
