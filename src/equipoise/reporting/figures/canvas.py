"""The common ground of the figures: size, letters, colours that everybody can tell apart, and the same bytes twice."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from equipoise.reporting.drawing import AMBER, FAMILY, INK, PAPER, QUIET, RULE, svg_file
from equipoise.reporting.lettering import printable

MILLIMETRES_PER_INCH = 25.4
_MARK_MM = 5.0
_LETTERS_AT_MOST = 46
SYNTHETIC_MARK = "SYNTHETIC DATA – rehearsal"
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "equipoise",
    "text.parse_math": False,
    "font.family": ["STIXGeneral"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9.0,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.facecolor": "none",
    "figure.facecolor": PAPER,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.0,
}


@dataclass(frozen=True, slots=True)
class ArmLook:
    """How an arm is drawn everywhere: colour, marker and line style each tell it apart by themselves."""

    colour: str
    marker: str
    dash: str


_LOOKS = (
    ArmLook("#0072B2", "o", "-"),
    ArmLook("#D55E00", "s", "--"),
    ArmLook("#009E73", "^", "-."),
    ArmLook("#CC79A7", "D", ":"),
    ArmLook("#E69F00", "v", "-"),
    ArmLook("#56B4E9", "P", "--"),
)
"""The palette of Okabe and Ito (Color Universal Design, 2008)."""


def look(index: int) -> ArmLook:
    """The look of the arm at this place of the definition; arms beyond the sixth begin again."""
    return _LOOKS[index % len(_LOOKS)]


def load_drawing() -> None:
    """Draw an empty sheet, so that the first figure does not wait for matplotlib and its letters."""
    drawn(lambda: new_axes(20, 20)[0], title="", description="", synthetic=False)


@contextmanager
def plain_settings() -> Iterator[None]:
    """Draw with our settings alone, whatever the machine's own say."""
    import matplotlib as mpl  # noqa: PLC0415  # half a second: only who draws pays it

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def new_axes(width_mm: float, height_mm: float, columns: int = 1, *, sharey: bool = False) -> tuple[Any, list[Any]]:
    """A figure of this size with `columns` axes side by side."""
    return new_panels(width_mm, height_mm, 1, columns, sharey=sharey)


def new_panels(
    width_mm: float, height_mm: float, rows: int, columns: int, *, sharey: bool = False
) -> tuple[Any, list[Any]]:
    """A figure of this size with axes in rows and columns, given row by row."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # as above

    size = (width_mm / MILLIMETRES_PER_INCH, height_mm / MILLIMETRES_PER_INCH)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharey=sharey)
    return figure, [each for row in axes for each in row]


def logarithmic(axes: Any) -> None:
    """A logarithmic y axis whose labels are plain numbers: 1, 2, 5, 10, ..."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator  # noqa: PLC0415  # as above

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=7))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())


def drawn(draw: Callable[[], Any], *, title: str, description: str, synthetic: bool) -> str:
    """Run `draw`, which gives a matplotlib figure, and return it as SVG; a synthetic figure says so in itself."""
    with plain_settings():
        figure = draw()
        if synthetic:
            figure.text(
                0.995, 0.005, SYNTHETIC_MARK, ha="right", va="bottom", fontsize=7, color=AMBER, fontweight="bold"
            )
            strip = _MARK_MM / (figure.get_figheight() * MILLIMETRES_PER_INCH)
            figure.get_layout_engine().set(rect=(0, strip, 1, 1 - strip))
        raw = _svg(figure).replace("'STIXGeneral'", FAMILY)
    mark = f"[{SYNTHETIC_MARK}] " if synthetic else ""
    return svg_file(raw, mark + printable(title), printable(description))


def _svg(figure: Any) -> str:
    """The figure as matplotlib's SVG.  `savefig` would lay it out and draw it twice."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415  # as above

    buffer = io.BytesIO()
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(buffer, metadata={"Date": None})
    return buffer.getvalue().decode("utf-8")


def label(text: str) -> str:
    """A text for a figure: printable, and shortened where it would push the drawing off its sheet."""
    shown = printable(text)
    return shown if len(shown) <= _LETTERS_AT_MOST else f"{shown[: _LETTERS_AT_MOST - 1]}…"


def grid(axes: Any, axis: str = "y") -> None:
    """Fine guide lines behind the data."""
    axes.grid(axis=axis, color=RULE, linewidth=0.4)
    axes.set_axisbelow(True)


def middle(values: Sequence[float], share: float) -> float:
    """The quantile of `values` by linear interpolation (Hyndman and Fan, type 7)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
