"""Time-to-event data: times, whether the event happened, and the counts at each event time."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.integers import Recorded, exact_all
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FollowUp:
    """Exact times (in the data's units) with 1 for an event and 0 for censoring, in the order given."""

    times: tuple[Fraction, ...]
    events: tuple[int, ...]


def follow_up(times: Sequence[Recorded], events: Sequence[int]) -> FollowUp:
    """Check and read times and event codes.  Refuses negative or non-finite times, other codes, no data."""
    read = exact_all(times, "time")
    codes = tuple(int(event) if event in (0, 1) else -1 for event in events)
    if len(codes) != len(read) or not read:
        raise Refusal("TIME-LENGTH", "There is not one event code per time.", "Give one code for each time.")
    if -1 in codes:
        raise Refusal("TIME-CODE", "An event code is neither 0 nor 1.", "Code an event as 1 and censoring as 0.")
    if min(read) < 0:
        raise Refusal("TIME-NEGATIVE", "A time is negative.", "Count times from randomisation.")
    return FollowUp(read, codes)


@dataclass(frozen=True)
class EventTable:
    """Per distinct event time: the time, events and participants at risk, in all and treated (arm 1)."""

    times: tuple[Fraction, ...]
    events: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    events_treated: NDArray[np.int64]
    at_risk_treated: NDArray[np.int64]


def event_table(data: FollowUp, arms: Sequence[int]) -> EventTable:
    """Counts at each distinct event time; a censored participant is still at risk at the time of censoring."""
    order = sorted(set(data.times))
    place = {time: i for i, time in enumerate(order)}
    at = np.array([place[time] for time in data.times])
    event, treated = np.array(data.events, dtype=np.int64), np.array(arms, dtype=np.int64)

    def leaving(mask: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(at, weights=mask, minlength=len(order)).astype(np.int64)

    def remaining(mask: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.cumsum(leaving(mask)[::-1])[::-1]

    rows = leaving(event) > 0
    return EventTable(
        tuple(time for time, kept in zip(order, rows, strict=True) if kept),
        leaving(event)[rows],
        remaining(np.ones_like(event))[rows],
        leaving(event * treated)[rows],
        remaining(treated)[rows],
    )
