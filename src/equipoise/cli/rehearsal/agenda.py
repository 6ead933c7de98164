"""The agenda of a rehearsal: many lives that take turns, each at the moment it named itself.

A life is a generator: it yields the moment at which it wants to act next, acts when it is resumed, and ends when it
returns.  The agenda resumes the one whose moment is earliest; at equal moments, the one that came first.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

from equipoise.vocabulary import SteppingClock

Life: TypeAlias = Iterator[datetime]


class Agenda:
    """What is still to happen, in order of time."""

    def __init__(self, clock: SteppingClock) -> None:
        self._clock = clock
        self._waiting: list[tuple[datetime, int, Life]] = []
        self._came = 0

    def add(self, life: Life) -> None:
        """Let a life name its first moment and wait for it."""
        moment = next(life, None)
        if moment is not None:
            heapq.heappush(self._waiting, (moment, self._came, life))
            self._came += 1

    def run(self, until: datetime | None = None) -> Iterator[datetime]:
        """Resume the lives in order of time until none is left; gives the moment of each turn, for a progress bar.

        With `until`, those that wait for a later moment are not resumed.
        """
        while self._waiting and (until is None or self._waiting[0][0] <= until):
            moment, came, life = heapq.heappop(self._waiting)
            self._clock.set(moment)
            following = next(life, None)
            if following is not None:
                heapq.heappush(self._waiting, (following, came, life))
            yield moment
