"""Pearson's chi-square test of two proportions: what journals print, beside the exact tests of `exact.two_by_two`."""

from fractions import Fraction

from equipoise.analysis.exact.two_by_two import TwoByTwo
from equipoise.analysis.models.distributions import chi_square_upper
from equipoise.analysis.results import TestResult
from equipoise.vocabulary import Refusal

_FEW = 5  # expected participants in a cell


def chi_square_test(table: TwoByTwo, *, continuity: bool = False) -> TestResult:
    """Pearson's chi-square test of equal risks, X = n (|a d - b c| - c)^2 / (r1 r0 s1 s0), 1 degree of freedom.

    a, b, c, d are the four counts of participants, r and s the margins; the correction c is n/2 with `continuity`
    (Yates), not below zero in sum, else 0.  p = P(chi-square >= X), two-sided by nature, an approximation: a cell
    with less than 5 expected is a warning.  Refuses tables in which nobody or everybody had the event.
    Source: Pearson 1900; Yates 1934.
    """
    a, c = table.treated_events, table.control_events
    b, d = table.treated - a, table.control - c
    n, events = a + b + c + d, a + c
    if events in (0, n):
        raise Refusal(
            "TABLE-ZERO", "Nobody or everybody had the event, so the risks do not differ.", "Use Fisher's exact test."
        )
    apart = abs(Fraction(a * d - b * c)) - (Fraction(n, 2) if continuity else 0)
    statistic = n * max(apart, Fraction(0)) ** 2 / (table.treated * table.control * events * (n - events))
    smallest = Fraction(min(table.treated, table.control) * min(events, n - events), n)
    few = (f"an expected count is {float(smallest):.1f}, below {_FEW}: use Fisher's exact test",)
    return TestResult(
        "Pearson's chi-square test" + (", continuity correction" if continuity else ""),
        "chi-square",
        statistic,
        chi_square_upper(float(statistic), 1),
        table.sizes,
        reference="chi-square with 1 degree of freedom",
        assumptions=("independent participants", "counts large enough for the normal approximation"),
        warnings=few if smallest < _FEW else (),
    )
