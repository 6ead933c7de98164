"""Every participant's course, one panel per arm; where they are too many to tell apart, the spread round the median."""

from dataclasses import dataclass
from typing import Any

from equipoise.reporting.figures.canvas import ArmLook, drawn, grid, label, logarithmic, look, middle, new_axes

INDIVIDUALS_AT_MOST = 80
"""Per arm: beyond this, single lines cover each other."""
SPREAD_OF_TIES = 0.3


@dataclass(frozen=True, slots=True)
class Courses:
    """One arm: its name and, for each participant, one value per time point (None where nothing was measured)."""

    arm: str
    courses: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """The time points in order, and the name of what was measured, with its unit."""

    names: tuple[str, ...]
    measured: str
    logarithmic: bool = False


def trajectories(arms: tuple[Courses, ...], axis: Axis, *, title: str, description: str, synthetic: bool) -> str:
    """An SVG with one panel per arm on a common scale, the median in bold."""

    def draw() -> Any:
        figure, panels = new_axes(165, 74, len(arms), sharey=True)
        whole = all(value is None or value == int(value) for arm in arms for course in arm.courses for value in course)
        for index, (arm, axes) in enumerate(zip(arms, panels, strict=True)):
            _panel(axes, arm, axis, look(index), spread=whole and not axis.logarithmic)
        panels[0].set_ylabel(label(axis.measured))
        return figure

    return drawn(draw, title=title, description=description, synthetic=synthetic)


def _panel(axes: Any, arm: Courses, axis: Axis, appearance: ArmLook, *, spread: bool) -> None:
    places = range(len(axis.names))
    columns = [_measured(arm, place) for place in places]
    if axis.logarithmic:
        logarithmic(axes)
    if len(arm.courses) <= INDIVIDUALS_AT_MOST:
        _lines(axes, arm, appearance, SPREAD_OF_TIES if spread else 0.0)
    else:
        _bands(axes, columns, appearance)
    filled = [place for place in places if columns[place]]
    medians = [middle(columns[place], 0.5) for place in filled]
    axes.plot(
        filled,
        medians,
        color=appearance.colour,
        ls=appearance.dash,
        lw=2.6,
        marker=appearance.marker,
        ms=6,
        mec="white",
        mew=0.8,
    )
    axes.set_xticks(list(places), [label(name) for name in axis.names])
    axes.margins(x=0.08)
    axes.set_title(f"{label(arm.arm)} (n = {len(arm.courses)})", loc="left", fontweight="bold")
    grid(axes)


def _lines(axes: Any, arm: Courses, appearance: ArmLook, spread: float) -> None:
    """One thin line per participant; equal whole numbers are moved apart, by at most half of `spread` either way."""
    last = max(len(arm.courses) - 1, 1)
    for index, course in enumerate(arm.courses):
        shift = (index / last - 0.5) * spread
        known = [(place, value + shift) for place, value in enumerate(course) if value is not None]
        axes.plot(
            [place for place, _ in known],
            [value for _, value in known],
            color=appearance.colour,
            lw=0.7,
            alpha=0.45,
            marker=appearance.marker,
            ms=2.2,
            mew=0,
        )


def _bands(axes: Any, columns: list[list[float]], appearance: ArmLook) -> None:
    filled = [place for place, values in enumerate(columns) if values]
    for low, high, alpha in ((0.05, 0.95, 0.14), (0.25, 0.75, 0.26)):
        axes.fill_between(
            filled,
            [middle(columns[place], low) for place in filled],
            [middle(columns[place], high) for place in filled],
            color=appearance.colour,
            alpha=alpha,
            lw=0,
        )


def _measured(arm: Courses, place: int) -> list[float]:
    return [value for course in arm.courses if (value := course[place]) is not None]
