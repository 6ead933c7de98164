"""Which doses the pharmacy is asked for on a day: by slot, with no word of who it is for."""

from datetime import date

from equipoise.allocation.dose_request import DayOfDoses, DoseRequest
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import Plan, window_of
from equipoise.conduct.stage import Stage
from equipoise.conduct.trial_state import TrialState
from equipoise.conduct.words import WithdrawalFrom


def due_doses(plan: Plan, state: TrialState, day: date) -> DayOfDoses:
    """The next dose of every participant under treatment whose window holds `day`; what follows from it is masked."""
    due = (
        DoseRequest(*state.allocation.slot_of[participant.number], dose)
        for participant in state.participants.values()
        if participant.stage is Stage.RANDOMISED and participant.stopped(WithdrawalFrom.TREATMENT) is None
        for dose in _due(plan, participant, day)
    )
    return DayOfDoses(day, tuple(due))


def _due(plan: Plan, participant: Participant, day: date) -> tuple[int, ...]:
    """The number of the next dose, if it may be given on `day`; a dose that an encounter has started for stays due."""
    waiting = [each for each, dose in plan.dose_numbers.items() if dose not in participant.doses]
    if not waiting or participant.randomised_on is None:
        return ()
    encounter = plan.encounter(waiting[0])
    first, last = window_of(encounter, participant.randomised_on)
    started = participant.started(encounter.id)
    is_due = first <= day <= last or (started is not None and started.on == day)
    return (plan.dose_numbers[encounter.id],) if is_due else ()
