"""Recruitment and the product over time: medians with the middle 90 % of simulated trials."""

from dataclasses import dataclass
from typing import Any

from equipoise.reporting.drawing import QUIET
from equipoise.reporting.figures.canvas import drawn, grid, label, look, new_axes


@dataclass(frozen=True, slots=True)
class Band:
    """(5th, 50th, 95th percentile) of something over weeks, with a line at `limit`."""

    name: str
    percentiles: tuple[tuple[float, ...], ...]
    limit: float


def supply(weeks: tuple[float, ...], bands: tuple[Band, ...], *, title: str, description: str) -> str:
    """An SVG with one panel per band over the same weeks."""

    def draw() -> Any:
        figure, panels = new_axes(165, 62, len(bands))
        for index, (axes, band) in enumerate(zip(panels, bands, strict=True)):
            appearance = look(index)
            low, median, high = band.percentiles
            axes.fill_between(weeks, low, high, color=appearance.colour, alpha=0.22, lw=0)
            axes.plot(weeks, median, color=appearance.colour, lw=1.8)
            axes.axhline(band.limit, color=QUIET, lw=0.8, ls=":")
            axes.set_title(label(band.name), loc="left")
            axes.set_xlabel(label("Weeks since the first participant"))
            axes.set_xlim(0, weeks[-1])
            grid(axes)
        return figure

    return drawn(draw, title=title, description=description, synthetic=False)
