"""Times in prose: time frames as ranges of days, and lists of days such as 'on the 1st, 2nd and 7th days'."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from equipoise.registration.language.numbers import NUMBER, number_of

MEAN_MONTH = 30.4375
LONGEST_DAYS = 200 * 366
"""No follow-up is longer than two centuries; a larger number is not a time."""
UNIT = r"(?P<unit>hour|day|week|month|year)s?"
SPAN = re.compile(rf"(?<![\d.])(?P<number>\d{{1,4}}(?:\.\d{{1,4}})?|{NUMBER})\s?(?:½\s?)?[-\s]?{UNIT}\b", re.IGNORECASE)
BETWEEN_DAYS = r"(?:[\s,&–-]|\band\b|\bor\b|\bto\b|\bthrough\b|\buntil\b|\bthe\b|\bon\b|\bdays?\b)"
"""What may stand between two numbers of a list; single characters or words, so that matching stays linear."""
NAMED = re.compile(
    rf"\b(?P<unit>hour|day|week|month|year)s?\s?(?P<list>\d{{1,4}}(?!\d)(?:{BETWEEN_DAYS}+\d{{1,4}}(?!\d))*)",
    re.IGNORECASE,
)
ORDINAL_DAYS = re.compile(
    rf"(?<!\d)\d{{1,3}}(?:st|nd|rd|th)\b(?:{BETWEEN_DAYS}|\d{{1,3}}(?:st|nd|rd|th)\b)*", re.IGNORECASE
)
PLAIN_DAYS = re.compile(rf"\bdays?\s+(?P<list>-?\d{{1,3}}(?!\d)(?:{BETWEEN_DAYS}+\d{{1,3}}(?!\d))*)", re.IGNORECASE)
RANGE = re.compile(r"(-?\d+)(?:st|nd|rd|th)?\s?(?:to|through|until|-|–)\s?(?:the |day )?(\d+)", re.IGNORECASE)
DOSING = re.compile(
    r"\b(?:got|get|receiv\w*|inject\w*|infus\w*|dos(?:e|es|ed|ing)|administ\w*|given|take[ns]?|treat\w*|mg|ml|cc)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class DayRange:
    """The days after the start that a phrase can mean: '1 month' is 28 to 31."""

    earliest: int
    latest: int


def days_of(number: float, unit: str) -> DayRange:
    """Turn a number of units into days; a month is 28 to 31 days, a year 365 to 366, hours count as part of a day."""
    unit = unit.lower()
    if unit == "hour":
        return DayRange(0, math.ceil(number / 24))
    if unit == "month":
        return DayRange(math.floor(number * MEAN_MONTH - 2), math.ceil(number * MEAN_MONTH + 0.5))
    if unit == "year":
        return DayRange(math.floor(number * 365), math.ceil(number * 366))
    days = round(number * {"day": 1, "week": 7}[unit])
    return DayRange(days, days)


def time_points(text: str) -> tuple[DayRange, ...]:
    """Give every time that a time frame names, in the order of the text: '6 weeks', 'Day 22 and 43', 'Month 3'."""
    found: list[tuple[int, DayRange]] = []
    taken: list[tuple[int, int]] = []
    for match in NAMED.finditer(text):
        if re.match(r"\s*(?:hour|day|week|month|year)s?\b", text[match.end() :], re.IGNORECASE):
            continue  # 'day, 2 weeks' is read as a span below
        taken.append(match.span())
        found += [(match.start(), days_of(int(n), match["unit"])) for n in re.findall(r"\d+", match["list"])]
    for match in SPAN.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            number = float(match["number"]) if re.match(r"\d+\.?\d*\Z", match["number"]) else number_of(match["number"])
            found.append((match.start(), days_of(number, match["unit"])))
    return tuple(days for _, days in sorted(found, key=lambda item: item[0]) if days.latest <= LONGEST_DAYS)


def last_time_point(text: str) -> DayRange | None:
    """Give the latest time that a time frame names, or None."""
    return max(time_points(text), key=lambda days: days.latest, default=None)


def day_lists(sentence: str) -> Iterator[tuple[int, ...]]:
    """Give the lists of days in a sentence, in the order printed and with ranges written out."""
    for match in ORDINAL_DAYS.finditer(sentence):
        before = sentence[max(0, match.start() - 8) : match.start()].lower()
        if "day" in match[0].lower() or "day" in before:
            yield _expanded(match[0])
    for match in PLAIN_DAYS.finditer(sentence):
        yield _expanded(match["list"])


def dosing_days(sentence: str) -> tuple[int, ...]:
    """Give the days in a sentence on giving a product: lists that follow each other are one; else the longest."""
    if not DOSING.search(sentence):
        return ()
    lists = [days for days in day_lists(sentence) if days]
    if all(before[-1] < after[0] for before, after in pairwise(lists)):
        return tuple(day for days in lists for day in days)
    return max(lists, key=len)


def _expanded(text: str) -> tuple[int, ...]:
    days: list[int] = []
    place = 0
    while found := re.compile(r"-?\d+").search(text, place):
        span = RANGE.match(text, found.start())
        if span and 0 <= int(span[2]) - int(span[1]) <= 400:
            days += range(int(span[1]), int(span[2]) + 1)
            place = span.end()
        else:
            days.append(int(found[0]))
            place = found.end()
    return tuple(days)
