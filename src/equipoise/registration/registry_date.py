"""Dates as registries print them: with or without a day, and typed actual or estimated."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}

ISO = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})(?:T[\d:.Z+]+)?)?)?\Z")
PRINTED = re.compile(r"(?P<name>[A-Za-z]+)\.?\s+(?:(?P<day>\d{1,2}),?\s+)?(?P<year>\d{4})\Z")


class DateKind(StrEnum):
    """Whether the event has happened; 'Anticipated' and 'Estimate' are older words for ESTIMATED."""

    ACTUAL = "ACTUAL"
    ESTIMATED = "ESTIMATED"


class Precision(StrEnum):
    """The smallest unit that the source prints."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class RegistryDate:
    """A date of the precision that the registry gives, with its type where it is typed."""

    year: int
    month: int | None = None
    day: int | None = None
    kind: DateKind | None = None

    @property
    def precision(self) -> Precision:
        """The smallest unit that is known."""
        if self.month is None:
            return Precision.YEAR
        return Precision.MONTH if self.day is None else Precision.DAY

    @property
    def earliest(self) -> date:
        """The first calendar day that this date may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last calendar day that this date may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def iso(self) -> str:
        """ISO 8601 text, no longer than the precision allows: `2022-08-01`, `2022-08` or `2022`."""
        return self.earliest.isoformat()[: {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[self.precision]]

    def typed(self, kind: DateKind | None) -> "RegistryDate":
        """Give the same date with a type."""
        return replace(self, kind=kind)

    def to_month(self) -> "RegistryDate":
        """Give the same date without its day."""
        return replace(self, day=None)

    def __str__(self) -> str:
        return self.iso


def parse_registry_date(text: str) -> RegistryDate:
    """Read `2022-08-01`, `2022-08`, `August 1, 2022`, `Aug 1, 2022` or `August 2022`.

    Raises `ValueError` for other shapes and for days that no calendar has.
    """
    cleaned = " ".join(text.split())
    if found := ISO.match(cleaned):
        parts = (int(found["year"]), int(found["month"] or 0) or None, int(found["day"] or 0) or None)
    elif (found := PRINTED.match(cleaned)) and found["name"].lower() in MONTHS:
        parts = (int(found["year"]), MONTHS[found["name"].lower()], int(found["day"] or 0) or None)
    else:
        raise ValueError(f"'{cleaned[:40]}' is not a date of the registry")
    registry_date = RegistryDate(*parts)
    if not 1900 <= registry_date.year <= 2200:
        raise ValueError(f"the year {registry_date.year} is outside 1900 to 2200")
    _ = registry_date.earliest  # raises ValueError for a day or month that no calendar has
    return registry_date
