"""The CONSORT 2025 flow diagram as boxes and arrows; without arms it ends at randomisation and one common box."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from equipoise.reporting.drawing import AMBER, FAMILY, INK, PAPER, QUIET, SVG, svg_file
from equipoise.reporting.figures.canvas import SYNTHETIC_MARK
from equipoise.reporting.flow import ArmFlow, FlowCounts, Reason, total
from equipoise.reporting.lettering import printable

_WIDTH = 468.0
_MARGIN = 26.0
_GAP = 14.0
_FONT = 9.2
_LINE = 12.4
_PAD = 7.0
_ARROW = 17.0
_LETTER = 0.47
"""Mean width of a letter of the embedded serif, in em: with it a line of text stays inside its box."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A heading and the lines under it, in a given width."""

    heading: str
    items: tuple[str, ...]
    width: float

    def lines(self) -> list[tuple[str, bool, float]]:
        """The wrapped lines: text, bold or not, indent."""
        laid = [(line, True, 0.0) for line in _wrapped(self.heading, self.width - 2 * _PAD, 0.5)]
        for item in self.items:
            indent = 8.0 if item.startswith("– ") else 0.0
            room = self.width - 2 * _PAD - indent
            laid += [
                (line, False, indent + (6.0 if n else 0.0)) for n, line in enumerate(_wrapped(item, room, _LETTER))
            ]
        return laid

    @property
    def height(self) -> float:
        return len(self.lines()) * _LINE + 2 * _PAD


def flow_diagram(
    counts: FlowCounts, arms: tuple[ArmFlow, ...], *, title: str, description: str, synthetic: bool
) -> str:
    """An SVG of 165 mm width.  `arms` is empty while the trial is masked."""
    sheet = _Sheet()
    y = _enrolment(sheet, counts)
    y = _arm_rows(sheet, arms, y) if arms else _together(sheet, counts, y)
    if synthetic:
        sheet.text(_WIDTH, y + 12, SYNTHETIC_MARK, anchor="end", bold=True, colour=AMBER, size=7)
        y += 14
    mark = f"[{SYNTHETIC_MARK}] " if synthetic else ""
    return svg_file(sheet.finished(y + 2), mark + printable(title), printable(description))


def _enrolment(sheet: "_Sheet", counts: FlowCounts) -> float:
    column = (_WIDTH - _MARGIN - _GAP) / 2
    centre = _MARGIN + column / 2
    assessed = _Box(f"Assessed for eligibility (n = {counts.assessed})", (), column)
    waiting = (f"Still in screening (n = {counts.in_screening})",) if counts.in_screening else ()
    excluded = _Box(
        f"Not randomised (n = {counts.assessed - counts.randomised})", (*_listed(counts.excluded), *waiting), column
    )
    randomised = _Box(f"Randomised (n = {counts.randomised})", (), column)
    sheet.box(assessed, _MARGIN, 0)
    aside = assessed.height + _ARROW / 2
    below = aside + max(excluded.height, _ARROW) + _ARROW / 2
    sheet.box(excluded, _MARGIN + column + _GAP, aside)
    middle = aside + excluded.height / 2
    sheet.arrow(((centre, assessed.height), (centre, below)))
    sheet.arrow(((centre, middle), (_MARGIN + column + _GAP, middle)))
    sheet.box(randomised, _MARGIN, below)
    end = below + randomised.height
    sheet.stage("Enrolment", 0, end)
    return end


def _arm_rows(sheet: "_Sheet", arms: tuple[ArmFlow, ...], y: float) -> float:
    width = (_WIDTH - _MARGIN - _GAP * (len(arms) - 1)) / len(arms)
    lefts = [_MARGIN + index * (width + _GAP) for index in range(len(arms))]
    start = _MARGIN + (_WIDTH - _MARGIN - _GAP) / 4
    fork = y + _ARROW * 0.55
    for left in lefts:
        centre = left + width / 2
        sheet.arrow(((start, y), (start, fork), (centre, fork), (centre, y + _ARROW + 4)))
    y += _ARROW + 4
    rows = (
        ("Allocation", [_allocation(arm, width) for arm in arms]),
        ("Follow-up", [_follow_up(arm, width) for arm in arms]),
        ("Analysis", [_analysis(arm, width) for arm in arms]),
    )
    for number, (stage, boxes) in enumerate(rows):
        if number:
            for left in lefts:
                sheet.arrow(((left + width / 2, y), (left + width / 2, y + _ARROW)))
            y += _ARROW
        height = max(box.height for box in boxes)
        for left, box in zip(lefts, boxes, strict=True):
            sheet.box(box, left, y, height)
        sheet.stage(stage, y, y + height)
        y += height
    return y


def _allocation(arm: ArmFlow, width: float) -> _Box:
    items = [f"Received at least one dose (n = {arm.received})", f"Received every dose (n = {arm.all_doses})"]
    if arm.not_received:
        items += [f"Received no dose (n = {total(arm.not_received)})", *_indented(arm.not_received)]
    return _Box(f"Allocated to {arm.name} (n = {arm.allocated})", tuple(items), width)


def _follow_up(arm: ArmFlow, width: float) -> _Box:
    stopped = (f"Stopped the doses, followed further (n = {total(arm.stopped_doses)})", *_indented(arm.stopped_doses))
    left = (f"Left the follow-up (n = {total(arm.left_follow_up)})", *_indented(arm.left_follow_up))
    return _Box(f"Followed to the end (n = {arm.allocated - total(arm.left_follow_up)})", (*left, *stopped), width)


def _analysis(arm: ArmFlow, width: float) -> _Box:
    missing = (f"Not analysed (n = {total(arm.not_analysed)})", *_indented(arm.not_analysed))
    return _Box(f"Analysed for the primary endpoint (n = {arm.analysed})", missing, width)


def _together(sheet: "_Sheet", counts: FlowCounts, y: float) -> float:
    width = (_WIDTH - _MARGIN - _GAP) / 2
    centre = _MARGIN + width / 2
    sheet.arrow(((centre, y), (centre, y + _ARROW)))
    items = (
        f"Received at least one dose (n = {counts.dosed})",
        f"In follow-up (n = {counts.in_follow_up})",
        f"Completed (n = {counts.completed})",
        f"Stopped the doses, followed further (n = {total(counts.stopped_doses)})",
        *_indented(counts.stopped_doses),
        f"Left the follow-up (n = {total(counts.left_follow_up)})",
        *_indented(counts.left_follow_up),
    )
    box = _Box("All arms together, masked", items, width)
    sheet.box(box, _MARGIN, y + _ARROW)
    sheet.stage("Follow-up", y + _ARROW, y + _ARROW + box.height)
    return y + _ARROW + box.height


def _listed(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(f"{reason.text} (n = {reason.count})" for reason in reasons)


def _indented(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(f"– {line}" for line in _listed(reasons))


def _wrapped(text: str, room: float, letter: float) -> list[str]:
    """The text in lines of at most `room` points; a word that is longer than a line is cut."""
    most = max(8, int(room / (_FONT * letter)))
    lines = [""]
    for word in printable(text).replace(" = ", "\u00a0=\u00a0").split(" "):
        for piece in [word[at : at + most] for at in range(0, len(word), most)] or [""]:
            if lines[-1] and len(lines[-1]) + 1 + len(piece) > most:
                lines.append(piece)
            else:
                lines[-1] = f"{lines[-1]} {piece}".strip(" ")
    return lines


class _Sheet:
    """Collects boxes, arrows and stage names."""

    def __init__(self) -> None:
        self._root = Element("svg", {"xmlns": SVG, "version": "1.1", "font-family": FAMILY})
        ground = {"x": "0", "y": "0", "width": "100%", "height": "100%", "style": f"fill: {PAPER}"}
        SubElement(self._root, "rect", ground)

    def finished(self, height: float) -> str:
        self._root.set("viewBox", f"0 -1 {_WIDTH:.1f} {height + 2:.1f}")
        self._root.set("width", f"{_WIDTH:.1f}pt")
        self._root.set("height", f"{height + 2:.1f}pt")
        return tostring(self._root, encoding="unicode")

    def box(self, box: _Box, x: float, y: float, height: float = 0.0) -> None:
        style = f"fill: {PAPER}; stroke: {QUIET}; stroke-width: 0.8"
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{box.width:.1f}", "height": f"{height or box.height:.1f}"}
        SubElement(self._root, "rect", {**place, "rx": "2", "style": style})
        for number, (line, bold, indent) in enumerate(box.lines()):
            self.text(x + _PAD + indent, y + _PAD + _LINE * (number + 0.76), line, bold=bold)

    def text(
        self, x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False, colour: str = INK,
        size: float = _FONT, turn: bool = False,
    ) -> None:  # fmt: skip
        weight = "; font-weight: 700" if bold else ""
        style = f"font-size: {size}px; fill: {colour}; text-anchor: {anchor}{weight}"
        where = {"x": f"{x:.1f}", "y": f"{y:.1f}"}
        if turn:
            where["transform"] = f"rotate(-90 {x:.1f} {y:.1f})"
        SubElement(self._root, "text", {**where, "style": style}).text = text

    def arrow(self, points: tuple[tuple[float, float], ...]) -> None:
        """A line through the points with a head at the last one; the last stretch is upright or level."""
        path = " ".join(f"{'L' if number else 'M'} {x:.1f} {y:.1f}" for number, (x, y) in enumerate(points))
        SubElement(self._root, "path", {"d": path, "style": f"fill: none; stroke: {QUIET}; stroke-width: 0.8"})
        (x0, _), (x, y) = points[-2], points[-1]
        head = f"M {x:.1f} {y:.1f} l -3 -5 h 6 z" if x0 == x else f"M {x:.1f} {y:.1f} l -5 -3 v 6 z"
        SubElement(self._root, "path", {"d": head, "style": f"fill: {QUIET}"})

    def stage(self, name: str, top: float, bottom: float) -> None:
        """The name of a stage along the left edge."""
        style = f"fill: none; stroke: {QUIET}; stroke-width: 1.6"
        SubElement(self._root, "path", {"d": f"M 16 {top:.1f} V {bottom:.1f}", "style": style})
        self.text(9, (top + bottom) / 2, name, anchor="middle", colour=QUIET, size=8.6, turn=True)
