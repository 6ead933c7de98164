"""The schedule of activities: epochs, encounters, their windows, and what happens at each."""

from enum import StrEnum

from equipoise.instruments.item import Declared, Identifier, Label


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
    day: int
    days_before: int = 0
    days_after: int = 0
    activities: tuple[Activity, ...] = ()
    forms: tuple[Identifier, ...] = ()
