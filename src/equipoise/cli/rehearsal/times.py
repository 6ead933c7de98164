"""When a rehearsal takes place: fixed dates, so that the same seed gives the same bytes for ever."""

from datetime import UTC, date, datetime, time

from equipoise.vocabulary import SteppingClock

STARTS_ON = date(2026, 1, 5)
"""The first day of every rehearsal."""


def rehearsal_clock(starts_on: date = STARTS_ON) -> SteppingClock:
    """The clock of a rehearsal's trial and vault, before the first step."""
    return SteppingClock(datetime.combine(starts_on, time(2, 0), tzinfo=UTC))
