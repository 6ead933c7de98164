"""The times of a temperature logger: many ways to write them, one moment in UTC."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from equipoise.vocabulary import Refusal

_DAY = (
    r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"|(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})[-/.](?P<year>\d{4}))"
)
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?(?:\s*(?P<half>[APap])\.?[Mm]\.?)?"
_ZONE = r"(?:\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_MOMENT = re.compile(rf"{_DAY}(?:T|\s+){_TIME}{_ZONE}", re.ASCII)
_ONLY_DAY = re.compile(_DAY, re.ASCII)
_LONGEST = 40


def is_moment(cell: str) -> bool:
    """True if the cell reads as a date with a time of day."""
    return len(cell) <= _LONGEST and bool(_MOMENT.fullmatch(cell.strip()))


def is_day(cell: str) -> bool:
    """True if the cell reads as a date alone."""
    return len(cell) <= _LONGEST and bool(_ONLY_DAY.fullmatch(cell.strip()))


class Clockwork:
    """Reads the moments of one file, in the file's own order."""

    def __init__(self, cells: Sequence[str], zone: ZoneInfo, day_first: bool | None) -> None:
        """Find out from all `cells` how this logger writes a date.  Raises `Refusal` where both ways are possible."""
        self._zone = zone
        self._day_first = _is_day_first(cells, day_first)
        self._before = datetime.min.replace(tzinfo=UTC)

    def read(self, cell: str) -> datetime:
        """One moment, in UTC.

        A local hour that comes twice, when clocks go back, is the second one if the first would lie before the last
        reading.  Raises `Refusal` for a date that no calendar has.
        """
        match = _MOMENT.fullmatch(cell.strip())
        assert match is not None, "only moments are read"
        try:
            moment = self._in_utc(match)
        except (ValueError, OverflowError):
            raise Refusal(
                "TEMPERATURE-LOG", "A date or time in the log does not exist.", "Check how the logger writes dates."
            ) from None
        self._before = moment
        return moment

    def _in_utc(self, match: re.Match[str]) -> datetime:
        day, seconds = date(*_date(match, self._day_first)), int(match["second"] or 0)
        clock = time(_hour(match), int(match["minute"]), seconds)
        if match["zone"]:
            return datetime.combine(day, clock, _fixed(match["zone"])).astimezone(UTC)
        first = datetime.combine(day, clock, self._zone).astimezone(UTC)
        second = datetime.combine(day, clock.replace(fold=1), self._zone).astimezone(UTC)
        return second if first < self._before <= second else first


def _is_day_first(cells: Sequence[str], told: bool | None) -> bool:
    """Dots are day-first wherever they are used; else a number above 12 tells, or the person does."""
    slashed = [match for cell in cells if (match := _MOMENT.fullmatch(cell.strip())) and match["one"]]
    by_number = {match["one"] for match in slashed if int(match["one"]) > 12}
    by_month = {match["two"] for match in slashed if int(match["two"]) > 12}
    if by_number and by_month:
        raise Refusal("TEMPERATURE-LOG", "The dates are written in two ways.", "Export the log anew.")
    if by_number or by_month:
        return bool(by_number)
    if all(match["mark"] == "." for match in slashed):
        return True
    if told is None:
        raise Refusal(
            "TEMPERATURE-LOG-DATES",
            "The dates can be read as day and month or as month and day.",
            "Say which comes first.",
        )
    return told


def _date(match: re.Match[str], day_first: bool) -> tuple[int, int, int]:
    if match["y"]:
        return int(match["y"]), int(match["m"]), int(match["d"])
    one, two = int(match["one"]), int(match["two"])
    return (int(match["year"]), two, one) if day_first else (int(match["year"]), one, two)


def _hour(match: re.Match[str]) -> int:
    hour = int(match["hour"])
    if not match["half"]:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("a twelve-hour clock shows 1 to 12")
    return hour % 12 + 12 * (match["half"].lower() == "p")


def _fixed(zone: str) -> timezone:
    if zone in ("Z", "UTC", "GMT"):
        return UTC
    sign = -1 if zone[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])))
