"""The distribution in each arm: a dot for every participant, with median and quartiles beside them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from equipoise.reporting.drawing import INK, QUIET
from equipoise.reporting.figures.canvas import ArmLook, drawn, grid, label, look, middle, new_axes

_BINS = 44
_HALF_WIDTH = 0.3


@dataclass(frozen=True, slots=True)
class Sample:
    """One arm and its values."""

    arm: str
    values: tuple[float, ...]


def distribution(samples: tuple[Sample, ...], measured: str, *, title: str, description: str, synthetic: bool) -> str:
    """An SVG with the arms side by side on one scale; a line at zero where zero is in range."""

    def draw() -> Any:
        figure, (axes,) = new_axes(125, 62)
        everything = [value for sample in samples for value in sample.values]
        step = (max(everything) - min(everything)) / _BINS if everything else 0.0
        for index, sample in enumerate(samples):
            _arm(axes, index, sample, look(index), step)
        if everything and min(everything) < 0 < max(everything):
            axes.axhline(0, color=QUIET, lw=0.7, zorder=1)
        axes.set_xticks(range(len(samples)), [f"{label(each.arm)}\n(n = {len(each.values)})" for each in samples])
        axes.set_xlim(-0.55, len(samples) - 0.25)
        axes.set_ylabel(label(measured))
        grid(axes)
        return figure

    return drawn(draw, title=title, description=description, synthetic=synthetic)


def _arm(axes: Any, index: int, sample: Sample, appearance: ArmLook, step: float) -> None:
    stacks: dict[float, list[float]] = defaultdict(list)
    for value in sorted(sample.values):
        stacks[round(value / step) if step else 0.0].append(value)
    highest = max((len(stack) for stack in stacks.values()), default=1)
    gap = min(0.075, 2 * _HALF_WIDTH / highest)
    places = [
        (index - 0.08 + (position - (len(stack) - 1) / 2) * gap, value)
        for stack in stacks.values()
        for position, value in enumerate(stack)
    ]
    axes.plot(
        [x for x, _ in places],
        [y for _, y in places],
        linestyle="none",
        marker=appearance.marker,
        ms=max(1.4, min(4.2, gap * 56)),
        mew=0,
        color=appearance.colour,
        alpha=0.75,
    )
    if len(sample.values) > 1:
        _quartiles(axes, index + 0.36, sample.values)


def _quartiles(axes: Any, place: float, values: tuple[float, ...]) -> None:
    low, median, high = (middle(values, share) for share in (0.25, 0.5, 0.75))
    axes.plot([place, place], [low, high], color=INK, lw=1.4, solid_capstyle="butt")
    axes.plot([place - 0.06, place + 0.06], [median, median], color=INK, lw=2.4, solid_capstyle="butt")
