"""Queries: a question to the site, its answer, its end.  A query never changes data; a correction does (A09, A16)."""

from equipoise.conduct.commands import AnswerQuery, CloseQuery, RaiseQuery
from equipoise.conduct.events import QueryAnswered, QueryClosed, QueryRaised
from equipoise.conduct.sight import sees_point
from equipoise.conduct.situation import Situation, require_text
from equipoise.conduct.words import QueryStatus
from equipoise.vocabulary import Refusal


def raise_query(now: Situation, command: RaiseQuery) -> tuple[QueryRaised]:
    """Ask the site about a data point of a page that it has, or about the participant's record."""
    participant = now.participant(command.participant)
    point = command.point
    if point is not None:
        now.plan.form(point.form).item(point.item)
        if participant.started(point.encounter) is None:
            raise Refusal(
                "QUERY-POINT", "This encounter has no data yet.", "Ask about the participant's record instead."
            )
    number = len(now.state.queries) + 1
    return (QueryRaised(number, participant.number, require_text(command.text, "question"), point),)


def answer_query(now: Situation, command: AnswerQuery) -> tuple[QueryAnswered]:
    """Answer an open query; one about an answer that is hidden from the role is left to others (M13)."""
    query = now.state.query(command.query)
    if query.status is not QueryStatus.OPEN:
        raise Refusal("QUERY-STATUS", "This query is not open.", "Raise a new one if the question is still there.")
    if query.point is not None and not sees_point(now.plan, now.actor.role, query.point):
        raise Refusal("QUERY-MASKED", "Your role does not see what is asked about.", "Somebody who sees it answers.")
    return (QueryAnswered(query.number, query.participant, require_text(command.text, "answer")),)


def close_query(now: Situation, command: CloseQuery) -> tuple[QueryClosed]:
    """Close a query; an unanswered one only with a reason."""
    query = now.state.query(command.query)
    if query.status is QueryStatus.CLOSED:
        raise Refusal("QUERY-STATUS", "This query is closed.", "Raise a new one if the question is still there.")
    if query.status is QueryStatus.OPEN:
        require_text(command.reason, "reason for closing without an answer")
    return (QueryClosed(query.number, query.participant, command.reason.strip()),)
