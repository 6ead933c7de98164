"""Small line charts as numbers that a template turns into SVG: no script, no inline style, no library.

Coordinates are whole tenths of a pixel in a fixed view box, so that the same data give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, log10

WIDTH, HEIGHT = 320, 150
LEFT, RIGHT, TOP, BOTTOM = 38, 10, 10, 24


@dataclass(frozen=True, slots=True)
class Sample:
    """One value: `x` in days, `y` in the item's unit; `low` and `high` bound a value that is not decided yet.

    `sign` is `<` or `>` where the laboratory gave only a bound; `text` is read out and shown in the table.
    """

    x: int
    y: Fraction | None
    text: str
    sign: str = ""
    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A drawn sample."""

    x: str
    y: str
    text: str
    sign: str
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart; `line` joins the exact values in order, `target` is the height of a line to be reached."""

    marks: tuple[Mark, ...]
    line: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    target: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw(
    samples: Sequence[Sample], x_texts: Sequence[tuple[int, str]], *, target: int | None = None, steps: bool = False
) -> Chart:
    """Draw samples in their order.  `x_texts` are the ticks below; `steps` draws a count that rises in steps."""
    heights = [each for s in samples for each in (s.y, s.low, s.high) if each is not None]
    if target is not None:
        heights.append(Fraction(target))
    ticks = y_ticks_of(*_range(heights))
    days = [s.x for s in samples] + [day for day, _ in x_texts]
    first, last = min(days, default=0), max(days, default=1)

    def across(day: int) -> str:
        share = Fraction(day - first, max(1, last - first))
        return _tenth(LEFT + 6 + share * (WIDTH - LEFT - RIGHT - 12))

    def up(value: Fraction) -> str:
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return _tenth(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))

    marks = tuple(
        Mark(
            across(s.x),
            up(s.y) if s.y is not None else "",
            s.text,
            s.sign,
            up(s.low) if s.low is not None else "",
            up(s.high) if s.high is not None else "",
        )
        for s in samples
    )
    return Chart(
        marks=marks,
        line=_path([(mark.x, mark.y) for mark in marks if mark.y], steps=steps),
        x_ticks=tuple(Tick(across(day), text) for day, text in x_texts),
        y_ticks=tuple(Tick(up(value), number_text(value)) for value in ticks),
        target=up(Fraction(target)) if target is not None else "",
    )


def _range(heights: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """From zero, unless all values lie far above it: then from the least value."""
    low, high = min(heights, default=Fraction(0)), max(heights, default=Fraction(1))
    if high > low > high / 2:
        return low, high
    return min(low, Fraction(0)), max(high, Fraction(1) if high <= 0 else high)


def y_ticks_of(low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    """Three to six round numbers that enclose both ends."""
    span = high - low
    power = Fraction(10) ** floor(log10(span / 4))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= 5)
    return tuple(step * n for n in range(floor(low / step), ceil(high / step) + 1))


def number_text(value: Fraction) -> str:
    """A tick as a plain decimal number."""
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _tenth(value: Fraction | int) -> str:
    return f"{Decimal(round(Fraction(value) * 10)) / 10:f}"


def _path(points: Sequence[tuple[str, str]], *, steps: bool) -> str:
    if not points:
        return ""
    (x, y), *others = points
    joined = [f"M{x} {y}"]
    joined += [f"H{x} V{y}" if steps else f"L{x} {y}" for x, y in others]
    return " ".join(joined)
