"""The flow of participants, before and without arms: the counts of the CONSORT 2025 diagram as one total.

Reporting splits the randomised by arm once the allocation is released; until then there is nothing here to split by.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.conduct.events import (
    DoseAdministered,
    DoseOmitted,
    EncounterMissed,
    EncounterStarted,
    ParticipantWithdrawn,
)
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import Plan
from equipoise.conduct.stage import Stage
from equipoise.conduct.trial_state import TrialState
from equipoise.conduct.words import ScreenFailure


@dataclass(frozen=True, slots=True)
class Course:
    """One randomised participant's way, for the boxes below randomisation.

    `place` is (stratum, slot), from 0; `doses` count the administered and the omitted ones, `encounters` those
    attended and missed.
    """

    participant: str
    place: tuple[int, int]
    doses_given: int
    doses_omitted: int
    doses_planned: int
    encounters_attended: int
    encounters_missed: int
    withdrawals: tuple[ParticipantWithdrawn, ...]
    completed: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """Screened = failed + in screening + enrolled and not randomised + randomised.

    `failed` counts by reason, `failed_by_criterion` how often each criterion stood against a person (one person can
    fail several).
    """

    screened: int
    failed: Mapping[ScreenFailure, int]
    failed_by_criterion: Mapping[str, int]
    in_screening: int
    enrolled_only: int
    courses: tuple[Course, ...]

    @property
    def randomised(self) -> int:
        return len(self.courses)

    @property
    def completed(self) -> int:
        return sum(course.completed for course in self.courses)


def flow_of(plan: Plan, state: TrialState) -> Flow:
    """Count where every screened person is now (CONSORT 2025 item 22)."""
    people = tuple(state.participants.values())
    failures = [person.failure for person in people if person.failure is not None]
    waiting = {Stage.SCREENED, Stage.CONSENTED, Stage.ELIGIBLE}
    return Flow(
        screened=len(people),
        failed=Counter(failure.reason for failure in failures),
        failed_by_criterion=Counter(criterion for failure in failures for criterion in failure.criteria),
        in_screening=sum(person.stage in waiting for person in people),
        enrolled_only=sum(person.enrolled_on is not None and person.randomised_on is None for person in people),
        courses=tuple(_course(plan, state, person) for person in people if person.randomised_on is not None),
    )


def _course(plan: Plan, state: TrialState, person: Participant) -> Course:
    doses, encounters = tuple(person.doses.values()), tuple(person.encounters.values())
    return Course(
        participant=person.number,
        place=state.allocation.slot_of[person.number],
        doses_given=sum(isinstance(dose, DoseAdministered) for dose in doses),
        doses_omitted=sum(isinstance(dose, DoseOmitted) for dose in doses),
        doses_planned=len(plan.dose_numbers),
        encounters_attended=sum(isinstance(each, EncounterStarted) for each in encounters),
        encounters_missed=sum(isinstance(each, EncounterMissed) for each in encounters),
        withdrawals=tuple(person.withdrawals),
        completed=person.completed_on is not None,
    )
