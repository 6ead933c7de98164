"""Adverse events: how many participants in each arm, and the risk difference with its interval."""

from dataclasses import dataclass
from typing import Any

from equipoise.reporting.drawing import INK, RULE
from equipoise.reporting.figures.canvas import drawn, grid, label, look, new_axes


@dataclass(frozen=True, slots=True)
class EventLine:
    """One term: percentage of participants per arm, and the difference of risks in percentage points, where known."""

    term: str
    percentages: tuple[float, ...]
    difference: tuple[float, float, float] | None
    """Estimate, lower and upper limit."""


def events(
    lines: tuple[EventLine, ...], arms: tuple[str, ...], *, title: str, description: str, synthetic: bool
) -> str:
    """An SVG with two panels on common rows: dots for the percentages, an interval for the difference."""

    def draw() -> Any:
        figure, (dots, differences) = new_axes(165, 28 + 6.2 * len(lines), 2, sharey=True)
        dots.get_gridspec().set_width_ratios([1.35, 1])
        for row, line in enumerate(lines):
            dots.plot([min(line.percentages), max(line.percentages)], [row, row], color=RULE, lw=1.6, zorder=1)
            if line.difference:
                estimate, low, high = line.difference
                differences.plot([low, high], [row, row], color=INK, lw=1.3, solid_capstyle="butt")
                differences.plot([estimate], [row], marker="s", ms=4.5, color=INK, mec="white", mew=0.5)
        for index, arm in enumerate(arms):
            appearance = look(index)
            dots.plot(
                [line.percentages[index] for line in lines],
                range(len(lines)),
                linestyle="none",
                marker=appearance.marker,
                color=appearance.colour,
                ms=6,
                mec="white",
                mew=0.6,
                label=label(arm),
            )
        differences.axvline(0, color=INK, lw=0.8)
        dots.set_ylim(len(lines) - 0.4, -0.6)
        dots.set_yticks(range(len(lines)), [label(line.term) for line in lines])
        dots.set_xlim(left=min(0, dots.get_xlim()[0]))
        dots.set_xlabel("participants with the event (%)")
        differences.set_xlabel("difference, percentage points (95 % CI)")
        for axes in (dots, differences):
            grid(axes, "x")
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
        figure.legend(loc="outside upper left", ncols=len(arms), frameon=False, fontsize=8.5)
        return figure

    return drawn(draw, title=title, description=description, synthetic=synthetic)
