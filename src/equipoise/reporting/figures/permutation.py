"""What the statistic would have been under every allocation that the procedure could have given, and what it was."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from equipoise.reporting.drawing import INK, QUIET, RULE
from equipoise.reporting.figures.canvas import drawn, new_axes
from equipoise.reporting.lettering import printable

_EXTREME = "#D55E00"
_BARS_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class ReferenceDistribution:
    """Values of the statistic with their probabilities, the observed value, and where the distribution is centred."""

    values: tuple[float, ...]
    probabilities: tuple[float, ...]
    observed: float
    centre: float = 0.0


def permutation(law: ReferenceDistribution, statistic: str, *, title: str, description: str, synthetic: bool) -> str:
    """An SVG; the bars at least as far from the centre as the observed value are hatched and coloured."""

    def draw() -> Any:
        figure, (axes,) = new_axes(140, 52)
        distance = abs(law.observed - law.centre)
        edges, inner, outer = _bars(law, distance)
        whole = [near + far for near, far in zip(inner, outer, strict=True)]
        axes.stairs(inner, edges, fill=True, color=RULE)
        axes.stairs(whole, edges, baseline=inner, fill=True, color=_EXTREME)
        axes.set_ylim(bottom=0)
        axes.axvline(law.observed, color=INK, lw=1.3)
        axes.annotate(
            "observed", (law.observed, 1), xycoords=("data", "axes fraction"), xytext=(4, -2),
            textcoords="offset points", va="top", fontsize=8.5, fontweight="bold",
        )  # fmt: skip
        axes.set_xlabel(printable(statistic))
        axes.set_ylabel("probability")
        axes.spines["left"].set_color(QUIET)
        return figure

    return drawn(draw, title=title, description=description, synthetic=synthetic)


def _bars(law: ReferenceDistribution, distance: float) -> tuple[list[float], list[float], list[float]]:
    """Edges of the bars, and the probability in each that is nearer than, or at least as far as, the observed value.

    Each bar holds the same number of possible values, so that the comb of a discrete statistic does not show as waves.
    """
    low, high = min((*law.values, law.observed)), max((*law.values, law.observed))
    width = _bar_width(law.values, low, high)
    count = round((high - low) / width) + 1
    inner, outer = [0.0] * count, [0.0] * count
    tolerance = 1e-9 * max(abs(low), abs(high), 1.0)
    for value, probability in zip(law.values, law.probabilities, strict=True):
        target = outer if abs(value - law.centre) >= distance - tolerance else inner
        target[min(round((value - low) / width), count - 1)] += probability
    return [low + (index - 0.5) * width for index in range(count + 1)], inner, outer


def _bar_width(values: tuple[float, ...], low: float, high: float) -> float:
    ordered = sorted(set(values))
    steps = [after - before for before, after in pairwise(ordered)]
    smallest = min((step for step in steps if step > 1e-4 * (high - low)), default=0.0)
    if not smallest:
        return (high - low) / _BARS_AT_MOST or 1.0
    return smallest * max(1, -(-round((high - low) / smallest) // _BARS_AT_MOST))
