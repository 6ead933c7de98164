"""Minimisation with a random element: a live procedure, which needs each participant's factor levels to draw an arm.

Pocock & Simon, Biometrics 1975; 31: 103-115.  For each arm, the range of the marginal counts that would follow is
summed over the participant's own factor levels, with weights; the arms with the smallest sum are favoured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from equipoise.allocation.procedures import Outcome, Ratio, State
from equipoise.vocabulary import Json, Refusal

Levels: TypeAlias = tuple[str, ...]
"""A participant's level of each factor, in the design's order of factors."""

Drawn: TypeAlias = Sequence[tuple[int, Levels]]
"""(arm, levels) of everybody who was allocated before."""


@dataclass(frozen=True, slots=True)
class Minimisation:
    """`factors` are the names of the factors, `weights` one positive integer each, `favour` = (p, q) the chance p/q of
    the favoured arms together.  p = q leaves no chance and can be worked out by anybody: it is refused.
    """

    factors: tuple[str, ...]
    weights: tuple[int, ...]
    favour: tuple[int, int]

    def parameters(self) -> dict[str, Json]:
        """The method and its details, as they stand in the canonical design."""
        return {
            "method": "minimisation",
            "factors": list(self.factors),
            "weights": list(self.weights),
            "favour": list(self.favour),
        }

    def problems(self, ratio: Ratio) -> tuple[str, ...]:
        """Why this cannot serve; empty if it can."""
        if set(ratio) != {1}:
            return ("Minimisation is for arms of equal share.",)
        if not self.factors or len(set(self.factors)) != len(self.factors):
            return ("Minimisation needs at least one factor, each named once.",)
        if len(self.weights) != len(self.factors) or min(self.weights) < 1:
            return ("Each factor has a weight of at least 1.",)
        part, whole = self.favour
        if not 0 < part < whole or Fraction(part, whole) <= Fraction(1, len(ratio)):
            return ("The favoured arm is drawn with a chance below 1 and above that of the toss of a fair coin.",)
        return ()

    def start(self, ratio: Ratio) -> State:
        raise _live()

    def outcomes(self, state: State, ratio: Ratio) -> tuple[Outcome, ...]:
        raise _live()


def arm_weights(procedure: Minimisation, arms: int, drawn: Drawn, levels: Levels) -> tuple[int, ...]:
    """Each arm's chance to be drawn for a participant with `levels`, in whole numbers."""
    spreads = [_spread_if(procedure, arms, drawn, levels, arm) for arm in range(arms)]
    favoured = [spread == min(spreads) for spread in spreads]
    part, whole = procedure.favour
    few, others = sum(favoured), arms - sum(favoured)
    if not others:
        return (1,) * arms
    return tuple(part * others if best else (whole - part) * few for best in favoured)


def draw_arm(procedure: Minimisation, arms: int, drawn: Drawn, levels: Levels, below: Callable[[int], int]) -> int:
    """Draw an arm (an index): one number from `below`, whatever the chances are."""
    chances = arm_weights(procedure, arms, drawn, levels)
    ticket = below(sum(chances))
    return next(arm for arm in range(arms) if ticket < sum(chances[: arm + 1]))


def _spread_if(procedure: Minimisation, arms: int, drawn: Drawn, levels: Levels, arm: int) -> int:
    """The weighted sum of ranges over the participant's own levels, if the participant went to `arm`."""
    total = 0
    for factor, weight in enumerate(procedure.weights):
        counts = [int(other == arm) for other in range(arms)]
        for before, theirs in drawn:
            counts[before] += theirs[factor] == levels[factor]
        total += weight * (max(counts) - min(counts))
    return total


def _live() -> Refusal:
    return Refusal(
        "LIVE-PROCEDURE",
        "Minimisation makes no list: each arm is drawn when a participant comes.",
        "Ask for what needs the participants' factor levels, or choose a procedure with a list.",
    )
