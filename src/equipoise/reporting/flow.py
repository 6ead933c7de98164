"""Who came, who stayed, who was counted: the boxes of the CONSORT 2025 flow diagram (items 22a and 22b)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from equipoise.conduct import Course, Flow, ScreenFailure, WithdrawalFrom

_FAILURES = {
    ScreenFailure.NOT_ELIGIBLE: "Not meeting the eligibility criteria",
    ScreenFailure.DECLINED: "Declined to take part",
    ScreenFailure.OTHER: "Other reasons",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why participants are missing from a step, and how many."""

    text: str
    count: int


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

    def __post_init__(self) -> None:
        accounted = total(self.excluded) + self.in_screening + self.randomised
        assert accounted == self.assessed, "the flow of screening does not add up"

    @property
    def in_follow_up(self) -> int:
        """Those randomised who have neither completed nor left."""
        return self.randomised - self.completed - total(self.left_follow_up)


@dataclass(frozen=True, slots=True)
class ArmFlow:
    """One arm after randomisation.  `received` counts those with at least one dose, `all_doses` those with each, and
    `complete` those of the latter who were analysed."""

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
    complete: int

    def __post_init__(self) -> None:
        assert self.received + total(self.not_received) == self.allocated, f"{self.arm}: doses do not add up"
        assert self.analysed + total(self.not_analysed) == self.allocated, f"{self.arm}: analysis does not add up"


def total(reasons: tuple[Reason, ...]) -> int:
    """How many participants the reasons account for."""
    return sum(reason.count for reason in reasons)


def reasons(texts: Iterable[str]) -> tuple[Reason, ...]:
    """The texts counted, the commonest first."""
    counts = Counter(texts)
    return tuple(Reason(text, count) for text, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def flow_counts(flow: Flow) -> FlowCounts:
    """The boxes that a masked reader may see."""
    excluded = [Reason(text, flow.failed[why]) for why, text in _FAILURES.items() if flow.failed.get(why)]
    if flow.enrolled_only:
        excluded.append(Reason("Enrolled, not randomised", flow.enrolled_only))
    return FlowCounts(
        assessed=flow.screened,
        excluded=tuple(excluded),
        in_screening=flow.in_screening,
        randomised=flow.randomised,
        dosed=sum(course.doses_given > 0 for course in flow.courses),
        stopped_doses=_stopped(flow.courses, WithdrawalFrom.TREATMENT),
        left_follow_up=_stopped(flow.courses, WithdrawalFrom.FOLLOW_UP),
        completed=flow.completed,
    )


def flow_by_arm(
    flow: Flow, arms: Mapping[str, str], names: Mapping[str, str], analysed: Collection[str]
) -> tuple[ArmFlow, ...]:
    """The boxes after randomisation, in the order of `names` (arm -> its name), once the list is released.

    `arms` gives each participant's arm; `analysed` are those who count for the primary endpoint.
    """
    counted = frozenset(analysed)
    return tuple(
        _arm_flow(arm, name, [course for course in flow.courses if arms[course.participant] == arm], counted)
        for arm, name in names.items()
    )


def _arm_flow(arm: str, name: str, courses: Sequence[Course], analysed: frozenset[str]) -> ArmFlow:
    without = [course for course in courses if not course.doses_given]
    every = [course for course in courses if course.doses_given == course.doses_planned]
    missing = [course for course in courses if course.participant not in analysed]
    return ArmFlow(
        arm=arm,
        name=name,
        allocated=len(courses),
        received=len(courses) - len(without),
        all_doses=len(every),
        not_received=reasons(_why_left(course) or "no dose recorded" for course in without),
        stopped_doses=_stopped(courses, WithdrawalFrom.TREATMENT),
        left_follow_up=_stopped(courses, WithdrawalFrom.FOLLOW_UP),
        analysed=len(courses) - len(missing),
        not_analysed=reasons(_why_left(course) or "no value at the primary time point" for course in missing),
        complete=sum(course.participant in analysed for course in every),
    )


def _stopped(courses: Sequence[Course], what: WithdrawalFrom) -> tuple[Reason, ...]:
    """Reasons of those who left the follow-up, or of those who stopped the doses and were followed further."""
    found = []
    for course in courses:
        last = course.withdrawals[-1] if course.withdrawals else None
        if last and last.stops is what:
            found.append(last.reason.value.replace("_", " "))
    return reasons(found)


def _why_left(course: Course) -> str:
    left = next((each for each in course.withdrawals if each.stops is WithdrawalFrom.FOLLOW_UP), None)
    return f"left the follow-up: {left.reason.value.replace('_', ' ')}" if left else ""
