"""Figures that follow from a record, each with its formula: those of mirror pages, and the honest rate beside them."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from equipoise.registration.field import each
from equipoise.registration.language.passage import Quote, descriptions, find, interventions, phrase
from equipoise.registration.language.times import dosing_days, time_points
from equipoise.registration.record import RegistryRecord
from equipoise.registration.words import OutcomeRank

DAYS_PER_MONTH = Decimal("30.4375")
"""365.25 / 12: the mean month; months of 30 days would print 7.3 where the page prints 7.2."""

DAY_WORDS = phrase(r"days?\b")
OPEN_ENDED = phrase("up to", "maximum", "median", "until", "through", "average", "at least")
"""A time frame with these words is not a visit that every participant must reach."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A derived number, exact as a decimal, with its unit, its formula, and why it is missing where it is."""

    name: str
    value: Decimal | None
    unit: str
    formula: str

    @property
    def shown(self) -> str:
        """The number as a page prints it: whole, or one decimal rounded half up."""
        if self.value is None:
            return "not known"
        whole = self.value == self.value.to_integral_value() and self.unit in ("participants", "sites", "arms")
        return str(self.value.quantize(Decimal(1) if whole else Decimal("0.1"), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class EnrolmentWindow:
    """The days on which someone could start and still reach the last dose or assessment by primary completion."""

    opens: date
    closes: date
    last_day: int
    why_last_day: Quote

    @property
    def days(self) -> int:
        """Length in days; negative where the dates leave no room."""
        return (self.closes - self.opens).days

    @property
    def months(self) -> Decimal:
        """Length in mean months."""
        return Decimal(self.days) / DAYS_PER_MONTH


@dataclass(frozen=True, slots=True)
class DerivedFigures:
    """The five figures of the page, and the recruitment rate over the window in which someone could start."""

    participants: Figure
    sites: Figure
    arms: Figure
    months: Figure
    per_site_per_month: Figure
    recruitment_rate: Figure
    window: EnrolmentWindow | None


def derive(record: RegistryRecord) -> DerivedFigures:
    """Derive the figures from the record's own fields, never from what a page prints.

    Months = (study completion - start) / 30.4375; per site per month = participants / (sites x months);
    recruitment rate = participants / months of the enrolment window.  Dates without a day count from their first day.
    """
    count, sites, arms = record.design.enrolment.count.value, len(each(record.sites)), len(each(record.arms))
    months = study_months(record)
    window = enrolment_window(record)
    per_site = None if count is None or not months or not sites else Decimal(count) / (sites * months)
    open_months = window.months if window and window.days > 0 else None
    rate = None if count is None or not open_months else Decimal(count) / open_months
    return DerivedFigures(
        participants=Figure("participants", _decimal(count), "participants", "the enrolment field"),
        sites=Figure("sites", _decimal(sites or None), "sites", "sites listed"),
        arms=Figure("arms", _decimal(arms or None), "arms", "arms listed"),
        months=Figure("duration", months, "months", "(study completion - start) in days / 30.4375"),
        per_site_per_month=Figure(
            "participants per site per month", per_site, "per month", "participants / (sites x duration)"
        ),
        recruitment_rate=Figure("recruitment rate", rate, "per month", _rate_formula(window)),
        window=window,
    )


def study_months(record: RegistryRecord) -> Decimal | None:
    """Months from start to study completion, or None without both dates in that order."""
    start, end = record.timeline.start.value, record.timeline.completion.value
    if start is None or end is None or end.earliest <= start.earliest:
        return None
    return Decimal((end.earliest - start.earliest).days) / DAYS_PER_MONTH


def registered_dosing_days(record: RegistryRecord) -> tuple[tuple[int, ...], Quote] | None:
    """Give the longest list of dosing days in the prose, with the sentence that holds it, or None."""
    best: tuple[tuple[int, ...], Quote] | None = None
    for passage in (*descriptions(record), *interventions(record)):
        for sentence in passage.sentences():
            days = dosing_days(sentence.text)
            if len(days) > len(best[0] if best else ()):
                quote = find(DAY_WORDS, [passage]) or sentence
                best = (days, quote)
    return best


def last_scheduled_day(record: RegistryRecord) -> tuple[int, Quote] | None:
    """Give the number of days from a participant's first day to the last dosing day, else to the primary assessment.

    Day 1 is the first dose, so day 28 lies 27 days later.  Of '1 month' the shortest reading counts; a time frame that
    ends at different times for different participants ('up to 5 years') does not count.
    """
    dosing = registered_dosing_days(record)
    if dosing and len(dosing[0]) > 1:
        return max(dosing[0]) - min(dosing[0]), dosing[1]
    frames = [
        (points, outcome)
        for outcome in record.of_rank(OutcomeRank.PRIMARY)
        if (points := time_points(outcome.time_frame.value or ""))
        and not OPEN_ENDED.search(outcome.time_frame.value or "")
    ]
    if not frames:
        return None
    points, outcome = max(frames, key=lambda frame: max(point.earliest for point in frame[0]))
    return max(point.earliest for point in points), Quote(outcome.time_frame.value or "", outcome.time_frame.place)


def enrolment_window(record: RegistryRecord) -> EnrolmentWindow | None:
    """Give the window in which a first dose was possible, or None where dates or schedule are not known."""
    start, primary = record.timeline.start.value, record.timeline.primary_completion.value
    last = last_scheduled_day(record)
    if start is None or primary is None or last is None:
        return None
    return EnrolmentWindow(start.earliest, primary.latest - timedelta(days=last[0]), last[0], last[1])


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _rate_formula(window: EnrolmentWindow | None) -> str:
    if window is None:
        return "participants / months from start to the last day on which a first dose was possible"
    return f"participants / months from {window.opens} to {window.closes}, the last possible first dose"
