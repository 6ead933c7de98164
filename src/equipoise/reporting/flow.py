"""Who came, who stayed, who was counted: the numbers of the CONSORT 2025 flow diagram (items 22a and 22b)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why participants are missing from a step, and how many."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class ArmFlow:
    """One arm after randomisation.  `received` counts those with at least one dose, and `all_doses` those with each."""

    arm: str
    name: str
    allocated: int
    received: int
    all_doses: int
    not_received: tuple[Reason, ...]
    stopped_doses: tuple[Reason, ...]
    left_follow_up: tuple[Reason, ...]
    analysed: int
    not_analysed: tuple[Reason, ...]

    def __post_init__(self) -> None:
        assert self.received + total(self.not_received) == self.allocated, f"{self.arm}: doses do not add up"
        assert self.analysed + total(self.not_analysed) == self.allocated, f"{self.arm}: analysis does not add up"


@dataclass(frozen=True, slots=True)
class FlowCounts:
    """The flow up to randomisation, and of all participants together.  It holds no arm, so it may be shown masked."""

    assessed: int
    excluded: tuple[Reason, ...]
    in_screening: int
    randomised: int
    dosed: int
    stopped_doses: tuple[Reason, ...]
    left_follow_up: tuple[Reason, ...]
    completed: int
    in_follow_up: int

    def __post_init__(self) -> None:
        accounted = total(self.excluded) + self.in_screening + self.randomised
        assert accounted == self.assessed, "the flow of screening does not add up"


def total(reasons: tuple[Reason, ...]) -> int:
    """How many participants the reasons account for."""
    return sum(reason.count for reason in reasons)
