"""What became of everybody, as areas: a column per arm as wide as the arm is large, cut by how far people came."""

from dataclasses import dataclass
from typing import Any

from equipoise.reporting.drawing import INK, PAPER, QUIET
from equipoise.reporting.figures.canvas import ArmLook, drawn, label, look, new_axes

_GAP = 0.012
_LEAST_LABELLED = 0.045
"""Shares below this have no room for a number; the words of the figure give it."""
_STRENGTHS = (1.0, 0.35, 0.0)
"""How much of the arm's colour each of the three ends has: dark, middle and light without any colour too."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An arm: its name, and how many participants came to each end, in the order of `ends`."""

    name: str
    counts: tuple[int, int, int]


def mosaic(
    columns: tuple[Bar, ...], ends: tuple[str, str, str], *, title: str, description: str, synthetic: bool
) -> str:
    """An SVG in which every participant has the same area."""

    def draw() -> Any:
        figure, (axes,) = new_axes(165, 66)
        everybody, left, middles = sum(sum(each.counts) for each in columns), 0.0, []
        for index, column in enumerate(columns):
            width = sum(column.counts) / everybody
            _stack(axes, column, left, width, look(index))
            middles.append(left + width / 2)
            left += width + _GAP
        axes.set_xlim(-0.002, left)
        axes.set_ylim(0, 1)
        axes.set_xticks(middles, [f"{label(each.name)}\n(n = {sum(each.counts)})" for each in columns])
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        axes.tick_params(axis="x", length=0)
        axes.spines["bottom"].set_visible(False)
        figure.legend(handles=_key(ends), loc="outside upper left", ncols=3, frameon=False, fontsize=8.5)
        return figure

    return drawn(draw, title=title, description=description, synthetic=synthetic)


def _stack(axes: Any, column: Bar, left: float, width: float, arm: ArmLook) -> None:
    whole, bottom = sum(column.counts), 0.0
    for count, strength in zip(column.counts, _STRENGTHS, strict=True):
        share = count / whole if whole else 0.0
        fill = _tint(arm.colour, strength)
        axes.bar(left, share, width, bottom, align="edge", color=fill, edgecolor=arm.colour, linewidth=0.8)
        if share >= _LEAST_LABELLED:
            place = (left + width / 2, bottom + share / 2)
            axes.text(*place, str(count), ha="center", va="center", color=_on(fill) if strength else INK)
        bottom += share


def _key(ends: tuple[str, str, str]) -> list[Any]:
    from matplotlib.patches import Patch  # noqa: PLC0415  # half a second: only who draws pays it

    return [
        Patch(facecolor=_tint(QUIET, strength), edgecolor=QUIET, label=text)
        for text, strength in zip(ends, _STRENGTHS, strict=True)
    ]


def _on(fill: str) -> str:
    """Black or white, whichever reads better on a fill; not ink and paper, which change places in the dark."""
    red, green, blue = ((byte / 255) ** 2.2 for byte in bytes.fromhex(fill[1:]))
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 else "#fefefe"


def _tint(colour: str, strength: float) -> str:
    """A colour mixed with the paper, both as #rrggbb."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(PAPER[1:]), strict=True)
    return "#" + bytes(round(strength * own + (1 - strength) * paper) for own, paper in pairs).hex()
