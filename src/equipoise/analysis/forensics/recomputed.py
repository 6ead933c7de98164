"""p-values recomputed from what a paper prints, with the range that rounding leaves open."""

import itertools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from scipy import special

from equipoise.analysis.forensics.printed import Printed, PrintedP, printed, printed_p
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean, standard deviation and size of one group, as printed.  Refuses a group of fewer than two."""

    mean: Printed
    sd: Printed
    n: int

    def __post_init__(self) -> None:
        if self.n < 2:
            raise Refusal("FORENSIC-SIZE", "A standard deviation needs at least two participants.", "Check the size.")


@dataclass(frozen=True, slots=True)
class PRange:
    """The p-value of the printed numbers, and the smallest and largest that unrounded ones could have."""

    at_printed: float
    low: float
    high: float


def student_range(first: Summary, second: Summary) -> PRange:
    """Two-sided p = 2 P(T >= |t|) of Student's t test from two printed summaries, and its range under rounding.

    Refuses groups of fewer than two.  Source: Student 1908.
    """
    df = first.n + second.n - 2

    def p(m1: float, s1: float, m2: float, s2: float) -> float:
        pooled = ((first.n - 1) * s1**2 + (second.n - 1) * s2**2) / df
        return _t_tail(m1 - m2, pooled * (1 / first.n + 1 / second.n), df)

    return _over_corners(p, first, second)


def welch_range(first: Summary, second: Summary) -> PRange:
    """Two-sided p = 2 P(T >= |t|) of Welch's t test from two printed summaries, and its range under rounding.

    Refuses as `student_range`.  Source: Welch 1947.
    """

    def p(m1: float, s1: float, m2: float, s2: float) -> float:
        v1, v2 = s1**2 / first.n, s2**2 / second.n
        total = v1**2 / (first.n - 1) + v2**2 / (second.n - 1)
        return _t_tail(m1 - m2, v1 + v2, (v1 + v2) ** 2 / total if total > 0 else 1.0)

    return _over_corners(p, first, second)


@dataclass(frozen=True, slots=True)
class PrintedTest:
    """A test as a sentence prints it: `t(28) = 2.10, p = .045`."""

    text: str
    kind: str
    df: tuple[Fraction, ...]
    statistic: Printed
    p: PrintedP


_TEST = re.compile(
    r"(?P<kind>t|F|z|r|chi2|χ2|χ²)\s*(\((?P<df>\s*\d*\.?\d+(\s*,\s*\d*\.?\d+)*\s*)\))?\s*=\s*(?P<value>[-−+]?\d*\.?\d+)"
    r"\s*[,;]?\s*p\s*(?P<p>[<>=]\s*\d*\.?\d+)"
)
_NEEDED_DF = {"t": 1, "F": 2, "z": 0, "r": 1, "chi2": 1}


def stated_tests(text: str) -> tuple[PrintedTest, ...]:
    """All tests that a text prints as statistic, degrees of freedom and p; others are passed over."""
    found = []
    for match in _TEST.finditer(text):
        kind = "chi2" if match["kind"] in ("χ2", "χ²") else match["kind"]
        df = tuple(Fraction(part.strip()) for part in (match["df"] or "").split(",") if part.strip())
        if len(df) == _NEEDED_DF[kind] and all(value > 0 for value in df):
            found.append(PrintedTest(match[0], kind, df, printed(match["value"]), printed_p(match["p"])))
    return tuple(found)


def stated_range(test: PrintedTest) -> PRange:
    """Two-sided p of the printed statistic (upper tail for F and chi-square), and its range under rounding.

    t, z and r: p = 2 P(T >= |t|), with t = r sqrt(df / (1 - r^2)) for a correlation.  Refuses
    nothing: `stated_tests` reads only what fits.  Source: Nuijten et al. 2016.
    """
    magnitude = abs(float(test.statistic.value))
    half = float(test.statistic.half)

    def p(value: float) -> float:
        return _tail(test.kind, tuple(float(d) for d in test.df), max(0.0, value))

    return PRange(p(magnitude), p(magnitude + half), p(magnitude - half))


def _tail(kind: str, df: tuple[float, ...], value: float) -> float:
    if kind == "t":
        return float(2 * special.stdtr(df[0], -value))
    if kind == "F":
        return float(special.fdtrc(df[0], df[1], value))
    if kind == "chi2":
        return float(special.chdtrc(df[0], value))
    if kind == "z":
        return float(2 * special.ndtr(-value))
    r = min(value, 1 - 1e-15)
    return float(2 * special.stdtr(df[0], -r * math.sqrt(df[0] / (1 - r * r))))


def _t_tail(difference: float, variance: float, df: float) -> float:
    if variance <= 0:
        return 0.0 if difference else 1.0
    return float(2 * special.stdtr(df, -abs(difference) / math.sqrt(variance)))


def _over_corners(p: Callable[[float, float, float, float], float], first: Summary, second: Summary) -> PRange:
    """Extremes over the rounding box: p rises with both SDs and falls with |difference|, so corners suffice.

    The exception is a box that admits equal means: it reaches p = 1.
    """
    boxes = [(v.lower, v.upper) for v in (first.mean, first.sd, second.mean, second.sd)]
    values = [
        p(float(m1), max(0.0, float(s1)), float(m2), max(0.0, float(s2)))
        for m1, s1, m2, s2 in itertools.product(*boxes)
    ]
    printed_values = (first.mean.value, first.sd.value, second.mean.value, second.sd.value)
    may_be_equal = first.mean.lower <= second.mean.upper and second.mean.lower <= first.mean.upper
    return PRange(p(*map(float, printed_values)), min(values), 1.0 if may_be_equal else max(values))
