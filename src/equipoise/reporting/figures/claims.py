"""How often each way of claiming an effect succeeds: without any effect, and with the one planned for."""

from dataclasses import dataclass
from typing import Any

from equipoise.reporting.drawing import INK
from equipoise.reporting.figures.canvas import drawn, grid, label, look, new_axes

_TWO_SIDED_95 = 1.959964


@dataclass(frozen=True, slots=True)
class ClaimRates:
    """A claim with its nominal error rate, and (share, Monte Carlo standard error) in either world."""

    name: str
    nominal: float
    without_effect: tuple[float, float]
    with_effect: tuple[float, float]


def claims(rows: tuple[ClaimRates, ...], *, title: str, description: str) -> str:
    """An SVG with one row per claim; the tick is the rate that is believed."""

    def draw() -> Any:
        figure, (axes,) = new_axes(165, 24 + 6.2 * len(rows))
        for place, row in enumerate(rows):
            axes.plot([row.nominal, row.nominal], [place - 0.32, place + 0.32], color=INK, lw=1.4)
            for index, (share, se) in enumerate((row.without_effect, row.with_effect)):
                _point(axes, place, (share, se), index)
        axes.set_yticks(range(len(rows)), [label(row.name) for row in rows])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel(label("Share of simulated trials that claim an effect"))
        for index, name in enumerate(("no effect at all", "the effect planned for")):
            appearance = look(1 - index)
            axes.plot([], [], linestyle="none", marker=appearance.marker, color=appearance.colour, label=label(name))
        axes.plot([], [], color=INK, lw=1.4, label=label("what is believed"))
        axes.legend(frameon=False, fontsize=8, ncols=3, loc="lower right", bbox_to_anchor=(1.0, 1.0))
        grid(axes, "x")
        return figure

    return drawn(draw, title=title, description=description, synthetic=False)


def _point(axes: Any, place: int, rate: tuple[float, float], index: int) -> None:
    appearance = look(1 - index)
    share, se = rate
    reach = _TWO_SIDED_95 * se
    axes.plot([share - reach, share + reach], [place, place], color=appearance.colour, lw=1.2)
    axes.plot([share], [place], marker=appearance.marker, ms=5, color=appearance.colour, mec="white", mew=0.5)
