"""Operating characteristics: shares of trials and properties of estimates, each with its Monte Carlo standard error."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `trials`."""

    count: int
    trials: int

    @property
    def share(self) -> float:
        return self.count / self.trials

    @property
    def se(self) -> float:
        """Monte Carlo standard error, from the share (count + 2) / (trials + 4), so that it is never zero.

        Source: Agresti & Coull, American Statistician 1998;52:119-126.
        """
        share = (self.count + 2) / (self.trials + 4)
        return math.sqrt(share * (1 - share) / (self.trials + 4))

    @property
    def more_to_halve(self) -> int:
        """How many more trials would halve the standard error: it falls with the square root of their number."""
        return 3 * self.trials


@dataclass(frozen=True, slots=True)
class EstimateTally:
    """Sums over the trials in which an analysis gave an estimate: of its distance from the truth, of squares, of
    intervals that hold the truth (`covered` is None where there are none)."""

    answered: int
    total: float
    squares: float
    covered: int | None


@dataclass(frozen=True, slots=True)
class Estimation:
    """How an estimate behaves against `truth`, over `answered` trials."""

    truth: float
    answered: int
    bias: float
    sd: float
    coverage: Rate | None

    @property
    def bias_se(self) -> float:
        return self.sd / math.sqrt(self.answered)


def estimation(truth: float, tallies: Iterable[EstimateTally]) -> Estimation | None:
    """What the tallies of all blocks say; None if fewer than two trials gave an estimate."""
    parts = list(tallies)
    answered = sum(part.answered for part in parts)
    if answered < 2:
        return None
    bias = math.fsum(part.total for part in parts) / answered
    variance = (math.fsum(part.squares for part in parts) - answered * bias * bias) / (answered - 1)
    covered = [part.covered for part in parts]
    known = [count for count in covered if count is not None]
    coverage = Rate(sum(known), answered) if len(known) == len(covered) else None
    return Estimation(truth, answered, bias, math.sqrt(max(0.0, variance)), coverage)
