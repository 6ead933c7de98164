"""A backward jump of the machine's clock: ledger time waits for the clock to catch up, and the jump is recorded.

A forward jump shows when it is put right: the correction is a jump backwards.
Source: E6(R3) 4.2.2(d); FDA, Electronic Systems Q&A 2024, Q14.
"""

from dataclasses import dataclass
from datetime import datetime

from equipoise.ledger.event import event


@event("clock_jump")
@dataclass(frozen=True, slots=True)
class ClockJump:
    """The clock read `clock_read` although an entry of `ledger_time`, later than that, had been written."""

    clock_read: datetime
    ledger_time: datetime
