"""Time is an argument: nothing in the core asks the machine what time it is."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, always aware and in UTC (E6R3-4.2.2(d))."""


class SteppingClock:
    """A clock that is set by hand, and moves on by a fixed step at each reading: for rehearsals and tests."""

    def __init__(self, start: datetime, step: timedelta = timedelta(seconds=1)) -> None:
        assert start.tzinfo is not None, "a clock without a time zone cannot order events"
        self._now = start.astimezone(UTC)
        self._step = step

    def __call__(self) -> datetime:
        moment = self._now
        self._now += self._step
        return moment

    def set(self, moment: datetime) -> None:
        """Move to `moment`; a moment in the past is ignored, since ledger time never runs backwards."""
        self._now = max(self._now, moment.astimezone(UTC))


def utc_text(moment: datetime) -> str:
    """ISO 8601 with microseconds and `Z`; the only form in which a time is stored."""
    assert moment.tzinfo is not None, "a time without a zone cannot be stored"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


_STORED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def utc_from_text(text: str) -> datetime:
    """Read what `utc_text` wrote.  Raises `ValueError` for anything else."""
    if not _STORED.fullmatch(text):
        raise ValueError("a stored time is written YYYY-MM-DDThh:mm:ss.ffffffZ")
    return datetime.fromisoformat(text)
