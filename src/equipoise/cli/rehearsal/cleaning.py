"""Monitoring of a rehearsal: once a week the monitor compares entries with the source, and the site answers queries."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from equipoise.cli.rehearsal.cast import MONITOR
from equipoise.cli.rehearsal.course import Course
from equipoise.cli.rehearsal.desk import Desk
from equipoise.cli.rehearsal.page import Mistyped
from equipoise.conduct import AnswerQuery, CloseQuery, Correct, RaiseQuery, RecordDeviation, Typed
from equipoise.conduct.words import DeviationKind

_QUERY = "SYNTHETIC: this number differs from the source document. Please check."
_IN_SOURCE = "SYNTHETIC: this is what stands in the source document."
_ANSWER = "SYNTHETIC: two digits were exchanged; corrected."
_DEVIATION = "SYNTHETIC: the blood sample stood two hours before it was centrifuged."
_WEEK = timedelta(days=7)


def monitor_weekly(
    desk: Desk, courses: Sequence[Course], first_visit: date, is_recruiting: Callable[[], bool]
) -> Iterator[datetime]:
    """Visit every week until recruitment has ended, nobody is under way and no slip is left."""
    on = first_visit
    deviation_noted = False
    while True:
        yield datetime.combine(on, time(15, 0), tzinfo=desk.plan.zone)
        for course in courses:
            for slip in course.mistyped:
                _settle(desk, slip)
            course.mistyped.clear()
        deviation_noted = deviation_noted or _note_deviation(desk, on)
        if not is_recruiting() and all(course.is_over for course in courses):
            return
        on += _WEEK


def _settle(desk: Desk, slip: Mistyped) -> None:
    point = slip.page.point(slip.item)
    raised = desk.do(MONITOR, RaiseQuery(slip.participant, _QUERY, point))
    query = raised[0].event.query
    current = desk.state.participant(slip.participant).current(point)
    assert current is not None, "what was mistyped was captured"
    desk.do(
        slip.by,
        Correct(
            slip.participant,
            slip.page,
            slip.item,
            current.seq,
            _ANSWER,
            Typed(slip.item, slip.truth, reason=_IN_SOURCE),
            query,
        ),
    )
    desk.do(slip.by, AnswerQuery(query, _ANSWER))
    desk.do(MONITOR, CloseQuery(query))


def _note_deviation(desk: Desk, on: date) -> bool:
    """One departure that a person notices at a visit; the others come from what people do."""
    randomised = [each for each in desk.state.participants.values() if each.randomised_on is not None]
    if not randomised:
        return False
    desk.do(MONITOR, RecordDeviation(randomised[0].number, DeviationKind.PROCEDURE, on, _DEVIATION))
    return True
