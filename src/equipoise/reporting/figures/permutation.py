"""What the statistic would have been under every allocation that the procedure could have given, and what it was."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from equipoise.analysis.analysis_results import PermutationDistribution
from equipoise.reporting.drawing import INK, QUIET, RULE
from equipoise.reporting.figures.canvas import drawn, new_axes

_EXTREME = "#D55E00"
_BARS_AT_MOST = 60


def permutation(law: PermutationDistribution, statistic: str, *, title: str, description: str, synthetic: bool) -> str:
    """An SVG; the bars at least as far from the centre as the observed value are hatched and coloured."""

    def draw() -> Any:
        figure, (axes,) = new_axes(140, 52)
        edges, inner, outer = probability_bars(law)
        whole = [near + far for near, far in zip(inner, outer, strict=True)]
        axes.stairs(inner, edges, fill=True, color=RULE)
        axes.stairs(whole, edges, baseline=inner, fill=True, color=_EXTREME)
        axes.set_ylim(bottom=0)
        axes.axvline(float(law.observed), color=INK, lw=1.3)
        axes.annotate(
            "observed", (float(law.observed), 1), xycoords=("data", "axes fraction"), xytext=(4, -2),
            textcoords="offset points", va="top", fontsize=8.5, fontweight="bold",
        )  # fmt: skip
        axes.set_xlabel(statistic)
        axes.set_ylabel("probability")
        axes.spines["left"].set_color(QUIET)
        return figure

    return drawn(draw, title=title, description=description, synthetic=synthetic)


def probability_bars(law: PermutationDistribution) -> tuple[list[float], list[float], list[float]]:
    """Edges of the bars, and the probability in each that is nearer than, or at least as far as, the observed value.

    Each bar holds the same number of possible values, so that the comb of a discrete statistic does not show as waves.
    """
    low, high = min((*law.values, law.observed)), max((*law.values, law.observed))
    width = _bar_width(law.values, low, high)
    count = round((high - low) / width) + 1
    inner, outer = [0.0] * count, [0.0] * count
    distance = abs(law.observed - law.centre)
    for value, weight in zip(law.values, law.weights, strict=True):
        side = outer if abs(value - law.centre) >= distance else inner
        side[round((value - low) / width)] += weight / law.total
    return [float(low + (index - Fraction(1, 2)) * width) for index in range(count + 1)], inner, outer


def _bar_width(values: tuple[Fraction, ...], low: Fraction, high: Fraction) -> Fraction:
    """A whole multiple of the smallest step between two values, so that at most `_BARS_AT_MOST` bars are drawn."""
    smallest = min((after - before for before, after in pairwise(sorted(set(values)))), default=Fraction(1))
    return smallest * max(1, -(-(high - low) // (smallest * _BARS_AT_MOST)))
