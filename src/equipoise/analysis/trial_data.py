"""The data of a trial as an analysis reads them: who was randomised, and what was measured when.  No arm is in here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from equipoise.analysis.harms_data import HarmsData
from equipoise.vocabulary import Comparator

Key: TypeAlias = tuple[str, str, str]
"""(participant, encounter, item)."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number as it counts at the data cut, in the item's first unit.

    A value with a comparator is no number: `value` is then the limit that was printed, and `comparator` says on which
    side of it the true value lies.  `text` is what was reported, `entries` the ledger entries behind it: one, or those
    of all the answers that a derived item was computed from.  `was_converted`: it was reported in another unit.
    """

    participant: str
    encounter: str
    item: str
    value: Fraction
    comparator: Comparator
    text: str
    entries: tuple[int, ...]
    was_converted: bool = False

    @property
    def is_number(self) -> bool:
        """True if the value itself was reported, not a limit."""
        return self.comparator is Comparator.EXACT

    @property
    def entry(self) -> int:
        """The last entry behind it."""
        return max(self.entries)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answered choice: the code that was stored (`true` or `false` for a yes-or-no item), and its last entry."""

    participant: str
    encounter: str
    item: str
    code: str
    entry: int

    @property
    def entries(self) -> tuple[int, ...]:
        """The entries behind it, as those of a measurement."""
        return (self.entry,)


class Absence(StrEnum):
    """Why a planned value is not there."""

    NOT_DONE = "not done"
    MISSED = "encounter missed"
    DEATH = "died"
    LEFT = "left the follow-up"
    NO_ENCOUNTER = "no encounter recorded"
    NOT_DERIVED = "not derivable from what was answered"
    UNIT = "in a unit that cannot be compared"
    NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True)
class TrialData:
    """Participants in order of randomisation, their places (stratum, slot) in the list, and what was recorded.

    A planned value is in `measurements` or in `absences`, never in neither.
    """

    study_digest: str
    participants: tuple[str, ...]
    places: Mapping[str, tuple[int, int]]
    measurements: Mapping[Key, Measurement]
    absences: Mapping[Key, Absence]
    choices: Mapping[Key, Choice] = field(default_factory=dict)
    harms: HarmsData = field(default_factory=HarmsData)
    randomised_in: Mapping[str, int] = field(default_factory=dict)
    """Participant -> calendar year of randomisation, from which ages are counted."""

    def measured(self, participant: str, encounter: str, item: str) -> Measurement | None:
        return self.measurements.get((participant, encounter, item))
