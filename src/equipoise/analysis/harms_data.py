"""What an analysis of harms reads of a trial: events, exposure, graded results, guesses.  No arm is in here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a simulation imports this module, and has no use for the conduct of a trial
    from equipoise.safety import Assessment


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One adverse event that began on day 1 or later, as last assessed; `grade` is the worst that was given.

    `is_related`: the masked investigator held it at least possible.  `entries` are all its assessments.
    """

    participant: str
    term: str
    study_day: int
    grade: int
    is_serious: bool
    is_related: bool
    is_fatal: bool
    stopped_doses: bool
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """One adverse event for the listing, whenever it began: what was said of it last, and the worst grade of all.

    `study_day` is that of its onset, 1 on the day of randomisation and -1 on the day before; `entries` are all its
    assessments.
    """

    participant: str
    study_day: int
    grade: int
    assessment: "Assessment"
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one participant received, and the days from day 1 to the last contact, both included."""

    doses: int
    days: int


@dataclass(frozen=True, slots=True)
class WorstGrade:
    """One CTCAE term in one participant: the grade at baseline and the worst from day 1 on; None is not gradable."""

    participant: str
    term: str
    baseline: int | None
    worst: int | None
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess of a participant's arm: by whom (a code of the form), and which (`active`, `placebo`, `do_not_know`)."""

    participant: str
    respondent: str
    answer: str
    entry: int


@dataclass(frozen=True, slots=True)
class HarmsData:
    """Everything about harms and masking; `before_day_one` counts the events that began earlier and are left out.

    `listing` holds them too: it leaves no event out.
    `logged` gives, for each log form that an endpoint reads, the entries of each participant who has a page in it.
    """

    events: tuple[RecordedEvent, ...] = ()
    listing: tuple[ListedEvent, ...] = ()
    before_day_one: tuple[int, ...] = ()
    exposure: Mapping[str, Exposure] = field(default_factory=dict)
    grades: tuple[WorstGrade, ...] = ()
    guesses: tuple[Guess, ...] = ()
    logged: Mapping[str, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)
