"""Lines against a number: power against size or effect, with guide lines and a mark."""

from dataclasses import dataclass
from typing import Any

from equipoise.reporting.drawing import INK, QUIET
from equipoise.reporting.figures.canvas import drawn, grid, label, look, new_axes


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, and its points from left to right."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines over one axis; `mark` is a place on it that matters, and `guides` are heights."""

    lines: tuple[Line, ...]
    across: str
    up: str
    mark: float | None = None
    guides: tuple[float, ...] = ()


def curves(panels: tuple[Panel, ...], *, title: str, description: str) -> str:
    """An SVG with the panels side by side; each height is a share between 0 and 1."""

    def draw() -> Any:
        figure, axes = new_axes(165, 68, len(panels), sharey=True)
        for one, panel in zip(axes, panels, strict=True):
            _panel(one, panel)
        axes[0].set_ylabel(label(panels[0].up))
        return figure

    return drawn(draw, title=title, description=description, synthetic=False)


def _panel(axes: Any, panel: Panel) -> None:
    for height in panel.guides:
        axes.axhline(height, color=QUIET, lw=0.6, ls=":")
    if panel.mark is not None:
        axes.axvline(panel.mark, color=INK, lw=0.8)
    for index, line in enumerate(panel.lines):
        appearance = look(index)
        across, up = zip(*line.points, strict=True)
        axes.plot(across, up, color=appearance.colour, ls=appearance.dash, lw=1.8, label=label(line.name))
    axes.set_ylim(0, 1.02)
    axes.set_xlim(left=0)
    axes.set_xlabel(label(panel.across))
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    grid(axes)
