"""The delegation log: who acts in which role, where, from when until when, and trained by then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from equipoise.vocabulary import Role

ALL_SITES: tuple[str, ...] = ()
"""An appointment that names no site holds at every site."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One line of the log.  `number` counts from 1; `until` is the last day, both days included.

    `training` names the record that was seen, `trained_on` its date; `ended_at` is the moment of an early end, which
    holds at once.  Source: E6R3-2.3.3, 4.3.8; FDA Q&A 2024 Q15.
    """

    number: int
    person: str
    role: Role
    sites: tuple[str, ...]
    starts_on: date
    until: date | None
    training: str
    trained_on: date
    appointed_by: str
    appointed_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    end_reason: str = ""

    def holds_on(self, day: date) -> bool:
        """True if the person may act in this role on this day, where the trial takes place."""
        return self.ended_at is None and self.starts_on <= day and (self.until is None or day <= self.until)

    def is_over(self, day: date) -> bool:
        """True if it will never hold again."""
        return self.ended_at is not None or (self.until is not None and self.until < day)

    def covers(self, site: str) -> bool:
        """True if it holds at this site."""
        return not self.sites or site in self.sites


def held_by(log: Iterable[Appointment], person: str, day: date) -> tuple[Appointment, ...]:
    """The appointments that a person holds on a day, in the order of the log."""
    return tuple(each for each in log if each.person == person and each.holds_on(day))
