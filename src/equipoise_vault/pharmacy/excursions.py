"""Excursions in a temperature log: outside the range, or silence for longer than a logger may be silent.  Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from equipoise_vault.pharmacy.temperature_log import Reading
from equipoise_vault.pharmacy.words import ExcursionKind


@dataclass(frozen=True, slots=True)
class Spell:
    """Consecutive readings outside the range on one side, or the silence between two readings.

    It begins with the first reading outside and ends with the first one inside again (None while it goes on);
    `last_at` is the last moment that belongs to it.  Of a silence, both ends are readings.
    """

    kind: ExcursionKind
    began_at: datetime
    last_at: datetime
    ended_at: datetime | None
    extreme_c: Decimal | None

    @property
    def duration(self) -> timedelta:
        """How long it is known to have lasted."""
        return (self.ended_at or self.last_at) - self.began_at


def find_spells(
    readings: Sequence[Reading], low_c: Decimal, high_c: Decimal, longest_silence: timedelta
) -> tuple[Spell, ...]:
    """Find the excursions in readings that are in the order of time; both ends of the range are inside it."""
    spells = [*_outside(readings, low_c, high_c), *_silences(readings, longest_silence)]
    return tuple(sorted(spells, key=lambda spell: spell.began_at))


def _outside(readings: Sequence[Reading], low_c: Decimal, high_c: Decimal) -> Iterator[Spell]:
    began: list[Reading] = []
    for reading in readings:
        if began and _side(reading, low_c, high_c) is not _side(began[0], low_c, high_c):
            yield _spell(began, low_c, high_c, reading.at)
            began = []
        if _side(reading, low_c, high_c) is not None:
            began.append(reading)
    if began:
        yield _spell(began, low_c, high_c, None)


def _side(reading: Reading, low_c: Decimal, high_c: Decimal) -> ExcursionKind | None:
    if reading.celsius > high_c:
        return ExcursionKind.TOO_WARM
    return ExcursionKind.TOO_COLD if reading.celsius < low_c else None


def _spell(outside: Sequence[Reading], low_c: Decimal, high_c: Decimal, ended_at: datetime | None) -> Spell:
    kind = _side(outside[0], low_c, high_c)
    assert kind is not None, "a spell is made of readings outside the range"
    worst = max if kind is ExcursionKind.TOO_WARM else min
    extreme = worst(reading.celsius for reading in outside)
    return Spell(kind, outside[0].at, outside[-1].at, ended_at, extreme)


def _silences(readings: Sequence[Reading], longest: timedelta) -> Iterator[Spell]:
    for earlier, later in pairwise(readings):
        if later.at - earlier.at > longest:
            yield Spell(ExcursionKind.NO_READING, earlier.at, later.at, later.at, None)
