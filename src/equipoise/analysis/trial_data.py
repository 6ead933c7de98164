"""The data of a trial as an analysis reads them: who was randomised, and what each endpoint measured when."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from equipoise.vocabulary import Comparator


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value as it counts at the data cut, in the item's usual unit, with the entry that recorded it."""

    participant: str
    encounter: str
    item: str
    value: Fraction
    comparator: Comparator
    text: str
    entry: int


@dataclass(frozen=True, slots=True)
class TrialData:
    """Participants in order of randomisation, their places in the list, and their measurements."""

    participants: tuple[str, ...]
    places: Mapping[str, tuple[int, int]]
    measurements: Mapping[tuple[str, str, str], Measurement]

    def measured(self, participant: str, encounter: str, item: str) -> Measurement | None:
        return self.measurements.get((participant, encounter, item))
