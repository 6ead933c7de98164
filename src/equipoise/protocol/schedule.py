"""The schedule of activities: epochs, encounters, their windows, and what happens at each."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from equipoise.instruments.item import Declared, Identifier, Label


def _not_zero(day: int) -> int:
    if day == 0:
        raise ValueError("there is no day 0: the day before day 1 is day -1")
    return day


StudyDay = Annotated[int, AfterValidator(_not_zero)]


class Epoch(Declared):
    """A stretch of the trial, in order: screening, treatment, follow-up."""

    id: Identifier
    name: Label


class Activity(StrEnum):
    """What may happen at an encounter, beside its forms."""

    CONSENT = "consent"
    ELIGIBILITY = "eligibility"
    RANDOMISATION = "randomisation"
    DOSE = "dose"


class Encounter(Declared):
    """A planned visit.

    `day` counts from day 1 = the day of randomisation and first dose; there is no day 0, the day before is -1.
    `days_before` and `days_after` are the window around it, in whole days.
    """

    id: Identifier
    name: Label
    epoch: Identifier
    """The epoch that it belongs to."""
    day: StudyDay
    """Study day: 1 is randomisation, -1 the day before."""
    days_before: Annotated[int, Field(ge=0)] = 0
    """How many days early is still in time."""
    days_after: Annotated[int, Field(ge=0)] = 0
    """How many days late is still in time."""
    activities: tuple[Activity, ...] = ()
    """What happens beside the forms."""
    forms: tuple[Identifier, ...] = ()
    """The forms that are asked, in order."""

    def window(self) -> tuple[int, int]:
        """The first and the last day on which the encounter is in time; no window holds a day 0."""
        offset = _offset(self.day)
        return _day(offset - self.days_before), _day(offset + self.days_after)


def _offset(day: int) -> int:
    """Days from day 1: the calendar has no day 0, so day -1 is one day before day 1."""
    return day - 1 if day > 0 else day


def _day(offset: int) -> int:
    return offset + 1 if offset >= 0 else offset
