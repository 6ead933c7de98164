"""A data point: the smallest thing that is asked, answered, corrected and queried."""

from dataclasses import dataclass

LOG = "log"
"""Stands for the encounter on a page that belongs to none: a log form, such as concomitant medication."""


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One item of one form at one encounter; `repetition` counts from 1 and exceeds it on a repeating form only."""

    encounter: str
    form: str
    item: str
    repetition: int = 1

    def text(self) -> str:
        """`day_1/laboratory/esr`, with `#2` behind it for a second repetition: for people, never parsed."""
        return f"{self.encounter}/{self.form}/{self.item}" + (f"#{self.repetition}" if self.repetition > 1 else "")


@dataclass(frozen=True, slots=True, order=True)
class Page:
    """One filled form: the points that edit checks and derived items see together."""

    encounter: str
    form: str
    repetition: int = 1

    def point(self, item: str) -> Point:
        return Point(self.encounter, self.form, item, self.repetition)


def page_of(point: Point) -> Page:
    """The page that a point stands on."""
    return Page(point.encounter, point.form, point.repetition)
