"""The whole trial as one fold: conduct, safety and closure side by side, on the same ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from equipoise.closure.state import ClosureState
from equipoise.conduct import TrialState
from equipoise.ledger import Entry
from equipoise.safety import SafetyState


@dataclass
class Trial:
    """What a `Book` holds for a running trial; each part takes every entry."""

    conduct: TrialState = field(default_factory=TrialState)
    safety: SafetyState = field(default_factory=SafetyState)
    closure: ClosureState = field(default_factory=ClosureState)

    def apply(self, entry: Entry) -> None:
        """Take the next entry."""
        self.conduct.apply(entry)
        self.safety.apply(entry)
        self.closure.apply(entry)


def fold(entries: Iterable[Entry]) -> Trial:
    """The trial that these entries, from the first one on, tell of."""
    trial = Trial()
    for entry in entries:
        trial.apply(entry)
    return trial
