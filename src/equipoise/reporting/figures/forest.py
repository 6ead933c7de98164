"""A forest plot: estimates with their intervals, one row each, the numbers beside them."""

from dataclasses import dataclass
from typing import Any

from equipoise.reporting.drawing import INK, QUIET
from equipoise.reporting.figures.canvas import drawn, grid, label, new_axes

_EMPHASIS = "#0072B2"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: name, estimate and interval on the common scale, and the numbers to print (in their own unit)."""

    name: str
    estimate: float
    low: float
    high: float
    numbers: str
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The common scale: its name, what lies on either side of zero, and the heading over the numbers."""

    name: str
    left: str
    right: str
    numbers: str


def forest(lines: tuple[Line, ...], scale: Scale, *, title: str, description: str, synthetic: bool) -> str:
    """An SVG; the first line on top, zero marked, emphasised lines in colour and bold."""

    def draw() -> Any:
        figure, (axes, numbers) = new_axes(165, 26 + 8 * len(lines), 2, sharey=True)
        numbers.get_gridspec().set_width_ratios([3.1, 1.6])
        reach = max((max(abs(line.low), abs(line.high)) for line in lines), default=1.0) * 1.08
        axes.axvline(0, color=INK, lw=0.8)
        for row, line in enumerate(lines):
            _row(axes, numbers, row, line)
        axes.set_xlim(-reach, reach)
        axes.set_ylim(len(lines) - 0.4, -0.7)
        axes.set_yticks(range(len(lines)), [label(line.name) for line in lines])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(scale.name)
        axes.set_title(f"← {scale.left}", loc="left", fontsize=8.5, color=QUIET)
        axes.set_title(f"{scale.right} →", loc="right", fontsize=8.5, color=QUIET)
        numbers.set_title(scale.numbers, loc="left", fontsize=8.5, color=QUIET)
        numbers.set_axis_off()
        grid(axes, "x")
        for tick, line in zip(axes.get_yticklabels(), lines, strict=True):
            tick.set_fontweight("bold" if line.emphasised else "normal")
        return figure

    return drawn(draw, title=title, description=description, synthetic=synthetic)


def _row(axes: Any, numbers: Any, row: int, line: Line) -> None:
    colour = _EMPHASIS if line.emphasised else INK
    axes.plot([line.low, line.high], [row, row], color=colour, lw=1.5, solid_capstyle="butt")
    axes.plot([line.estimate], [row], marker="D" if line.emphasised else "s", ms=6, color=colour, mec="white", mew=0.6)
    numbers.text(0, row, label(line.numbers), va="center", fontweight="bold" if line.emphasised else "normal")
