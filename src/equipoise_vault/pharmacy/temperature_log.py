"""A logger's CSV file as readings in UTC and degrees Celsius: what such files look like, whoever made the logger.

Comma, semicolon, tab or bar; decimal comma or point; a preamble of any length; one column for date and time or two;
ISO, day-first or month-first dates; local times or times with a zone.  What cannot be told is asked, never guessed.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

from equipoise.vocabulary import Refusal
from equipoise_vault.pharmacy.logger_time import Clockwork, is_day, is_moment

LARGEST_FILE = 16 << 20
MOST_READINGS = 200_000
"""A reading every five minutes for almost two years."""
_PREAMBLE = 200
_MOST_COLUMNS = 64
_MOST_UNREADABLE = 10  # one row in so many may lack a number; more, and the file is not understood
_COLDEST, _HOTTEST = Decimal("-273.15"), Decimal(100)
_UNITS = ("°c", "ºc", "degc", "c")

Row: TypeAlias = Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One temperature at one moment (UTC)."""

    at: datetime
    celsius: Decimal


@dataclass(frozen=True, slots=True)
class TemperatureLog:
    """Readings in the order of time, and what was found in the file beside them.

    `duplicates`: rows that say the same twice; `out_of_order`: rows earlier than the one above; `unreadable`: rows with
    a time and without a temperature that a probe can measure, which count as silence.
    """

    readings: tuple[Reading, ...]
    duplicates: int
    out_of_order: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Columns:
    moment: tuple[int, ...]
    celsius: int


def read_temperature_log(content: bytes, zone: ZoneInfo, day_first: bool | None = None) -> TemperatureLog:
    """Read a log.  `zone` is where the logger's clock was set; `day_first` settles dates like 02/03/2026.

    Raises `Refusal` (rule `TEMPERATURE-LOG`) with a sentence for a file that is not one, is too large, or can be read
    in two ways.  The sentence never repeats what the file holds.
    """
    rows = list(_rows(_text(content)))
    first = next((at for at, row in enumerate(rows[:_PREAMBLE]) if _looks_like_reading(row)), None)
    if first is None:
        raise _not_read("No row has a time and a temperature.", "Export the log as CSV with both columns.")
    columns = _columns(rows[first], rows[first - 1] if first else ())
    body = [row for row in rows[first:] if len(row) > max(*columns.moment, columns.celsius) and _moment(row, columns)]
    clock = Clockwork([_moment(row, columns) for row in body], zone, day_first)
    return _sorted_log([(clock.read(_moment(row, columns)), _celsius(row[columns.celsius])) for row in body])


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise _not_read("This file is too large for a temperature log.", "Export a shorter period.")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _not_read("This is not a text file.", "Export the log as CSV.")


def _rows(text: str) -> Iterator[list[str]]:
    """The rows that hold something, cell by cell, in the delimiter that gives most rows a time and a number."""
    sample = text[:20_000].splitlines()[:_PREAMBLE]
    try:
        delimiter = max(";\t|,", key=lambda mark: sum(map(_looks_like_reading, csv.reader(sample, delimiter=mark))))
        for count, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if count > MOST_READINGS + _PREAMBLE or len(row) > _MOST_COLUMNS:
                raise _not_read(
                    "This file has more rows or columns than a temperature log.", "Export a shorter period."
                )
            if any(cell.strip() for cell in row):
                yield [cell.strip() for cell in row]
    except csv.Error:
        raise _not_read("This file breaks off inside a cell.", "Export the log anew.") from None


def _looks_like_reading(row: Row) -> bool:
    return any(is_moment(cell) or is_day(cell) for cell in row) and any(_number(cell) is not None for cell in row)


def _columns(row: Row, heading: Row) -> _Columns:
    """Which cells hold the time and the temperature; the heading decides where several cells are numbers."""
    whole = [at for at, cell in enumerate(row) if is_moment(cell)]
    days = [at for at, cell in enumerate(row) if is_day(cell)]
    if whole:
        moment: tuple[int, ...] = (whole[0],)
    elif days and days[0] + 1 < len(row) and is_moment(f"2000-01-01 {row[days[0] + 1]}"):
        moment = (days[0], days[0] + 1)
    else:
        raise _not_read("The rows have no time of day.", "Export the log with date and time.")
    numbers = [at for at, cell in enumerate(row) if at not in moment and _number(cell) is not None]
    named = [at for at in numbers if at < len(heading) and _is_temperature(heading[at])]
    if named and len(row) > len(heading):
        raise _not_read(
            "The rows have more cells than the heading.", "Export with another separator than the decimal comma."
        )
    if any(_is_other_scale(heading[at]) for at in named):
        raise _not_read("The temperatures are not in degrees Celsius.", "Export the log in degrees Celsius.")
    candidates = named or [at for at in numbers if "." in row[at] or "," in row[at]] or numbers
    if len(candidates) != 1:
        raise _not_read(
            "Several columns can be the temperature.", "Name one of them “Temperature”, or export only that one."
        )
    return _Columns(moment, candidates[0])


def _is_temperature(name: str) -> bool:
    lowered = name.casefold()
    return any(word in lowered for word in ("temp", "suhu", "°c", "ºc", "celsius", "°f", "fahrenheit"))


def _is_other_scale(name: str) -> bool:
    lowered = name.casefold().replace(" ", "")
    return any(word in lowered for word in ("°f", "fahrenheit", "(f)", "[f]", "kelvin", "(k)", "[k]"))


def _moment(row: Row, columns: _Columns) -> str:
    text = " ".join(row[at] for at in columns.moment)
    return text if is_moment(text) else ""


def _number(cell: str) -> Decimal | None:
    plain = cell.casefold().replace("\u2212", "-").replace(",", ".")
    for unit in _UNITS:
        plain = plain.removesuffix(unit).rstrip()
    if len(plain) > 12 or not set(plain) <= set("+-.0123456789"):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _celsius(cell: str) -> Decimal | None:
    """A temperature that a probe can measure; None for a fault code or an empty cell."""
    number = _number(cell)
    return number if number is not None and _COLDEST <= number <= _HOTTEST else None


def _sorted_log(rows: Sequence[tuple[datetime, Decimal | None]]) -> TemperatureLog:
    readings = [Reading(at, celsius) for at, celsius in rows if celsius is not None]
    unreadable = len(rows) - len(readings)
    if not readings or unreadable * _MOST_UNREADABLE > len(rows):
        raise _not_read("Too many rows have no temperature.", "Check that the log was exported in degrees Celsius.")
    distinct = sorted(set(readings), key=lambda reading: (reading.at, reading.celsius))
    return TemperatureLog(
        readings=tuple(distinct),
        duplicates=len(readings) - len(distinct),
        out_of_order=sum(later.at < earlier.at for earlier, later in pairwise(readings)),
        unreadable=unreadable,
    )


def _not_read(sentence: str, remedy: str) -> Refusal:
    return Refusal("TEMPERATURE-LOG", sentence, remedy)
