"""The audit trail of one data point: every value it held, who entered it, when and why, and what was asked about it."""

from dataclasses import dataclass

from equipoise.conduct.participant import Datum, Participant, Prompt, Query
from equipoise.conduct.point import Point, page_of


@dataclass(frozen=True, slots=True)
class Trail:
    """All that ever happened to a data point, in order; nothing is obscured (A04, A08, A09; 21 CFR 11.10(e))."""

    participant: str
    point: Point
    values: tuple[Datum, ...]
    prompts: tuple[Prompt, ...]
    queries: tuple[Query, ...]


def trail_of(participant: Participant, point: Point) -> Trail:
    """The trail of a data point; empty if it was never answered or asked about."""
    page = page_of(point)
    return Trail(
        participant=participant.number,
        point=point,
        values=participant.history(point),
        prompts=tuple(each for each in participant.prompts.values() if each.page == page and point.item in each.items),
        queries=tuple(each for each in participant.queries.values() if each.point == point),
    )
