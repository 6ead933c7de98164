"""What the analysis of harms and of masking gives."""

from dataclasses import dataclass, field

from equipoise.analysis.harms_data import ListedEvent


@dataclass(frozen=True, slots=True)
class EventRow:
    """One adverse event term: participants with it and events, by arm, with the risk difference and its interval.

    `worst_grade` is 0 where nobody had it.  Rates are events per 100 doses given and per person-year of observation,
    in everybody of the arm; None where there was no exposure.  `interval_method` names the interval.  `rate_ratio` is
    that of the rates per person-year with its exact interval (Clopper-Pearson given the number of events, which takes
    events as independent); None without events or exposure, and infinite limits where an arm had no event.
    """

    term: str
    participants: dict[str, int]
    events: dict[str, int]
    worst_grade: dict[str, int]
    risk_difference: float | None = None
    interval: tuple[float, float] | None = None
    entries: tuple[int, ...] = ()
    per_hundred_doses: dict[str, float | None] = field(default_factory=dict)
    per_person_year: dict[str, float | None] = field(default_factory=dict)
    interval_method: str = ""
    rate_ratio: float | None = None
    rate_ratio_interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ExposureRow:
    """What one arm received and how long it was observed: the denominators of all rates."""

    arm: str
    participants: int
    doses: int
    person_days: int


@dataclass(frozen=True, slots=True)
class GradeShift:
    """One CTCAE term in one arm: how many participants went from which grade at baseline to which worst grade later.

    `cells` are (baseline, worst, participants); None is a grade that the data do not give.
    """

    term: str
    arm: str
    cells: tuple[tuple[int | None, int | None, int], ...]
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """A blinding index with its large-sample standard error and interval; too few answers leave no interval."""

    value: float
    standard_error: float
    interval: tuple[float, float] | None
    n: int


@dataclass(frozen=True, slots=True)
class GuessTable:
    """What one kind of respondent guessed: arm -> answer -> count, Bang's index by arm, and James's over both.

    Bang: 1 all right, 0 as by chance, -1 all wrong.  James: 0 all right, 0.5 as by chance, 1 nobody knows.
    """

    respondent: str
    counts: dict[str, dict[str, int]]
    bang: dict[str, Index]
    james: Index | None
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HarmsResults:
    """Exposure by arm, summary rows (any event, serious, ...), shifts of graded results, and guesses of the arm.

    `listing` is arm -> its adverse events one by one, by participant and onset; the arm is the one received, or the
    planned one of a participant without a dose.
    """

    exposure: tuple[ExposureRow, ...] = ()
    overview: tuple[EventRow, ...] = ()
    shifts: tuple[GradeShift, ...] = ()
    guesses: tuple[GuessTable, ...] = ()
    listing: dict[str, tuple[ListedEvent, ...]] = field(default_factory=dict)
