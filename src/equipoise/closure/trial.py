"""The whole trial as one fold: conduct, safety and closure side by side, on the same ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from equipoise.closure.state import ClosureState
from equipoise.conduct import TrialState
from equipoise.ledger import Entry
from equipoise.safety import SafetyState


@dataclass
class Trial:
    """What a `Book` holds for a running trial; each part takes every entry.

    `touched` gives each participant's last entry; `row_digests` remembers what the data cut has computed from it.
    """

    conduct: TrialState = field(default_factory=TrialState)
    safety: SafetyState = field(default_factory=SafetyState)
    closure: ClosureState = field(default_factory=ClosureState)
    touched: dict[str, int] = field(default_factory=dict)
    row_digests: dict[str, tuple[tuple[str, int], str, int]] = field(default_factory=dict, compare=False, repr=False)

    def apply(self, entry: Entry) -> None:
        """Take the next entry."""
        self.conduct.apply(entry)
        self.safety.apply(entry)
        self.closure.apply(entry)
        participant = entry.body.get("participant")
        if participant is not None:
            self.touched[participant] = entry.seq


def fold(entries: Iterable[Entry]) -> Trial:
    """The trial that these entries, from the first one on, tell of."""
    trial = Trial()
    for entry in entries:
        trial.apply(entry)
    return trial
