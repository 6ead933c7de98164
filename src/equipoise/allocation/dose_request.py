"""Dose requests: what the masked side tells the pharmacy of a day, by slot and dose, and nothing of a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from equipoise.vocabulary import Json, Refusal

FORMAT = "equipoise-dose-requests-1"


@dataclass(frozen=True, slots=True, order=True)
class DoseRequest:
    """Dose `dose` (from 1) of a slot is due; stratum and slot count from 0."""

    stratum: int
    slot: int
    dose: int


@dataclass(frozen=True, slots=True)
class DayOfDoses:
    """All doses that are due on one day where the trial takes place: what is not in it is not asked for any more."""

    day: date
    requests: tuple[DoseRequest, ...]

    def as_json(self) -> dict[str, Json]:
        return {
            "format": FORMAT,
            "day": self.day.isoformat(),
            "requests": [[each.stratum, each.slot, each.dose] for each in sorted(self.requests)],
        }


def read_day_of_doses(document: Mapping[str, Any]) -> DayOfDoses:
    """Read what `DayOfDoses.as_json` wrote.  Raises `Refusal` for anything else."""
    try:
        if document["format"] != FORMAT:
            raise ValueError
        requests = tuple(_read(request) for request in document["requests"])
        day = date.fromisoformat(document["day"])
    except (KeyError, TypeError, ValueError):
        raise Refusal("DOSE-REQUESTS", "This is no list of dose requests.", "Send it again.") from None
    if len(set(requests)) != len(requests):
        raise Refusal("DOSE-REQUESTS", "A dose is asked for twice.", "Send the list again.")
    return DayOfDoses(day, requests)


def _read(request: Sequence[Any]) -> DoseRequest:
    if len(request) != 3 or not all(type(number) is int and number >= 0 for number in request):
        raise ValueError
    return DoseRequest(*request)
