"""Harms by the arm that was received: terms, summary rows, exposure, shifts of grades (CONSORT 2025 item 27)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from equipoise.analysis.exact.two_by_two import TwoByTwo
from equipoise.analysis.execution.guessing import guess_tables
from equipoise.analysis.execution.risk import difference_of_risks
from equipoise.analysis.harms_data import HarmsData, ListedEvent, RecordedEvent
from equipoise.analysis.harms_results import EventRow, ExposureRow, GradeShift, HarmsResults
from equipoise.analysis.models.rates import rate_ratio_test

_YEAR = Fraction(1461, 4)  # days


@dataclass(frozen=True)
class ArmsCompared:
    """Whom the tables of harms count: each arm's participants, experimental arms first, the reference arm last."""

    members: Mapping[str, frozenset[str]]
    level: Fraction

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(self.members)

    def arm_of(self, participant: str) -> str | None:
        return next((arm for arm, members in self.members.items() if participant in members), None)

    def count(self, participants: set[str]) -> dict[str, int]:
        return {arm: len(members & participants) for arm, members in self.members.items()}


def event_rows(data: HarmsData, compared: ArmsCompared) -> tuple[EventRow, ...]:
    """One row per term, as it was written apart from letter case; the commonest first."""
    by_term: dict[str, list[RecordedEvent]] = {}
    for event in data.events:
        by_term.setdefault(event.term.casefold(), []).append(event)
    rows = [_row(events[0].term, events, data, compared) for events in by_term.values()]
    shown = [row for row in rows if any(row.participants.values())]
    return tuple(sorted(shown, key=lambda row: (-sum(row.participants.values()), row.term.casefold())))


_OVERVIEW: tuple[tuple[str, Callable[[RecordedEvent], bool]], ...] = (
    ("Any adverse event", lambda event: True),
    ("Serious adverse event", lambda event: event.is_serious),
    ("Grade 3 or higher", lambda event: event.grade >= 3),
    ("Possibly related or more", lambda event: event.is_related),
    ("Doses stopped because of it", lambda event: event.stopped_doses),
    ("Fatal", lambda event: event.is_fatal),
)


def harms_results(
    data: HarmsData, compared: ArmsCompared, experimental: Sequence[str], received: Mapping[str, str]
) -> HarmsResults:
    """Everything about harms beside the rows of terms, and what people guessed of the arm.

    `received` is the arm of everybody who was randomised: the listing leaves nobody out.
    """
    return HarmsResults(
        exposure=tuple(_exposure(data, compared)),
        overview=tuple(
            _row(name, [event for event in data.events if counts(event)], data, compared) for name, counts in _OVERVIEW
        ),
        shifts=tuple(_shifts(data, compared)),
        guesses=guess_tables(data.guesses, compared.members, experimental, compared.level),
        listing={arm: _listed(data, {who for who, own in received.items() if own == arm}) for arm in compared.arms},
    )


def _listed(data: HarmsData, people: set[str]) -> tuple[ListedEvent, ...]:
    chosen = [event for event in data.listing if event.participant in people]
    return tuple(sorted(chosen, key=lambda event: (event.participant, event.study_day, event.entries)))


def _row(term: str, events: Sequence[RecordedEvent], data: HarmsData, compared: ArmsCompared) -> EventRow:
    counted = [event for event in events if compared.arm_of(event.participant)]
    participants = compared.count({event.participant for event in counted})
    number = Counter(compared.arm_of(event.participant) for event in counted)
    worst = {
        arm: max((event.grade for event in counted if event.participant in members), default=0)
        for arm, members in compared.members.items()
    }
    given = {row.arm: row for row in _exposure(data, compared)}
    row = EventRow(
        term=term,
        participants=participants,
        events={arm: number[arm] for arm in compared.arms},
        worst_grade=worst,
        entries=tuple(sorted({entry for event in counted for entry in event.entries})),
        per_hundred_doses={arm: _rate(100 * number[arm], given[arm].doses) for arm in compared.arms},
        per_person_year={arm: _rate(number[arm] * _YEAR, given[arm].person_days) for arm in compared.arms},
    )
    return _with_ratio(_with_difference(row, compared), given, compared)


def _with_difference(row: EventRow, compared: ArmsCompared) -> EventRow:
    """The risk difference, where two arms with participants are compared."""
    whole = {arm: len(members) for arm, members in compared.members.items()}
    if len(whole) != 2 or not all(whole.values()):
        return row
    treated, control = compared.arms
    table = TwoByTwo(row.participants[treated], whole[treated], row.participants[control], whole[control])
    estimate = difference_of_risks(table, compared.level)
    assert estimate.interval is not None, "every method of ours gives an interval"
    limits = (float(estimate.interval.lower), float(estimate.interval.upper))
    return replace(
        row, risk_difference=float(estimate.value), interval=limits, interval_method=estimate.interval.method
    )


def _with_ratio(row: EventRow, given: Mapping[str, ExposureRow], compared: ArmsCompared) -> EventRow:
    """The ratio of rates per person-year, where two arms with exposure had an event between them."""
    days = [given[arm].person_days for arm in compared.arms]
    events = [row.events[arm] for arm in compared.arms]
    if len(days) != 2 or not all(days) or not any(events):
        return row
    found = rate_ratio_test(events[0], days[0], events[1], days[1], level=compared.level).estimate
    assert found is not None and found.interval is not None, "the test of two rates estimates their ratio"
    limits = (float(found.interval.lower), float(found.interval.upper))
    return replace(row, rate_ratio=float(found.value), rate_ratio_interval=limits)


def _rate(events: int | Fraction, exposure: int) -> float | None:
    return float(Fraction(events) / exposure) if exposure else None


def _exposure(data: HarmsData, compared: ArmsCompared) -> Iterator[ExposureRow]:
    for arm, members in compared.members.items():
        given = [data.exposure[each] for each in members if each in data.exposure]
        yield ExposureRow(arm, len(members), sum(each.doses for each in given), sum(each.days for each in given))


def _shifts(data: HarmsData, compared: ArmsCompared) -> Iterator[GradeShift]:
    """Every graded term, also one in which nothing happened: what is not listed was not looked at."""
    for term in sorted({each.term for each in data.grades}):
        for arm, members in compared.members.items():
            found = [each for each in data.grades if each.term == term and each.participant in members]
            cells = Counter((each.baseline, each.worst) for each in found)
            ordered = sorted(cells.items(), key=lambda cell: [-1 if grade is None else grade for grade in cell[0]])
            entries = tuple(sorted({entry for each in found for entry in each.entries}))
            yield GradeShift(term, arm, tuple((*cell, count) for cell, count in ordered), entries)
