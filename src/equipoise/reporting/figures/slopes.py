"""Before and after, endpoint by endpoint in small panels: a line for every participant, the arms side by side."""

from dataclasses import dataclass
from typing import Any

from equipoise.reporting.figures.canvas import ArmLook, drawn, grid, label, logarithmic, look, middle, new_panels

_ACROSS = 3
_LINES_AT_MOST = 120
"""Per arm; beyond it the bands of the quartiles are drawn instead."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """One arm: the value before and after of every participant who has both."""

    arm: str
    pairs: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One endpoint, with its unit."""

    measured: str
    arms: tuple[Slopes, ...]
    logarithmic: bool = False


def slopes(panels: tuple[Panel, ...], *, title: str, description: str, synthetic: bool) -> str:
    """An SVG with three panels across; a legend names the arms once."""

    def draw() -> Any:
        down = -(-len(panels) // _ACROSS)
        figure, places = new_panels(165, 12 + 48 * down, down, min(_ACROSS, len(panels)))
        for axes, panel in zip(places, panels, strict=False):
            _panel(axes, panel)
        for axes in places[len(panels) :]:
            axes.set_axis_off()
        handles = [places[0].plot([], [], **_bold(look(n)))[0] for n in range(len(panels[0].arms))]
        names = [label(arm.arm) for arm in panels[0].arms]
        figure.legend(handles, names, loc="outside upper left", ncols=len(names), frameon=False, fontsize=8.5)
        return figure

    return drawn(draw, title=title, description=description, synthetic=synthetic)


def _panel(axes: Any, panel: Panel) -> None:
    if panel.logarithmic:
        logarithmic(axes)
    ticks: list[float] = []
    for index, arm in enumerate(panel.arms):
        left = 1.5 * index
        ticks += [left, left + 1]
        if arm.pairs:
            _arm(axes, arm, left, look(index))
    axes.set_xticks(ticks, ["before", "after"] * len(panel.arms), fontsize=7.5)
    axes.set_xlim(-0.35, ticks[-1] + 0.35)
    axes.set_title(label(panel.measured), loc="left", fontsize=9)
    grid(axes)


def _arm(axes: Any, arm: Slopes, left: float, appearance: ArmLook) -> None:
    places = [left, left + 1]
    columns = [[pair[side] for pair in arm.pairs] for side in (0, 1)]
    if len(arm.pairs) <= _LINES_AT_MOST:
        xs = [place for _ in arm.pairs for place in (*places, None)]
        ys = [value for pair in arm.pairs for value in (*pair, None)]
        axes.plot(xs, ys, color=appearance.colour, lw=0.6, alpha=0.45)
    else:
        low, high = ([middle(column, share) for column in columns] for share in (0.25, 0.75))
        axes.fill_between(places, low, high, color=appearance.colour, alpha=0.25, lw=0)
    axes.plot(places, [middle(column, 0.5) for column in columns], **_bold(appearance))


def _bold(appearance: ArmLook) -> dict[str, Any]:
    return {
        "color": appearance.colour,
        "ls": appearance.dash,
        "marker": appearance.marker,
        "lw": 2.2,
        "ms": 5,
        "mec": "white",
        "mew": 0.7,
    }
