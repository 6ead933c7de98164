"""Encounters: started in their windows, or with a reason; missed ones are said to be missed."""

from datetime import date

from equipoise.conduct.commands import MissEncounter, StartEncounter
from equipoise.conduct.deviating import deviations, is_outside_window, require_reason
from equipoise.conduct.events import DeviationRecorded, DoseOmitted, EncounterMissed, EncounterStarted
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import scheduled_on
from equipoise.conduct.situation import Situation, require_text
from equipoise.conduct.words import DeviationKind, WithdrawalFrom
from equipoise.protocol.schedule import Encounter
from equipoise.vocabulary import Refusal


def start_encounter(now: Situation, command: StartEncounter) -> tuple[EncounterStarted | DeviationRecorded, ...]:
    """Record that a planned encounter takes place; its date is compared with the window around the planned day.

    Before randomisation day 1 is not known: those encounters are compared when the participant is randomised.
    """
    participant = now.participant(command.participant)
    encounter = now.plan.encounter(command.encounter)
    _is_new(participant, encounter)
    now.not_in_future(command.on)
    _under_consent(participant, command.on)
    day_one = participant.randomised_on
    if day_one is None:
        if not now.plan.before_day_one(encounter):
            raise Refusal("ENCOUNTER-ORDER", "This encounter follows randomisation.", "Randomise first.")
        return (EncounterStarted(participant.number, encounter.id, command.on),)
    started = EncounterStarted(participant.number, encounter.id, command.on, scheduled_on(encounter.day, day_one))
    if not is_outside_window(now.plan, started, day_one):
        return (started,)
    reason = require_reason(command.window_reason, "ENCOUNTER-WINDOW", "This date lies outside the window.")
    return (
        started,
        *deviations(now, participant, [(DeviationKind.WINDOW, encounter.id, reason)], command.on),
    )


def miss_encounter(now: Situation, command: MissEncounter) -> tuple[EncounterMissed | DoseOmitted, ...]:
    """Record that a planned encounter will not take place; the dose of that day is omitted with it."""
    participant = now.participant(command.participant)
    encounter = now.plan.encounter(command.encounter)
    _is_new(participant, encounter)
    reason = require_text(command.reason, "reason")
    missed = EncounterMissed(participant.number, encounter.id, reason)
    dose = now.plan.dose_numbers.get(encounter.id)
    if dose is None or dose in participant.doses:
        return (missed,)
    return (missed, DoseOmitted(participant.number, encounter.id, dose, reason))


def _is_new(participant: Participant, encounter: Encounter) -> None:
    if encounter.id in participant.encounters:
        raise Refusal("ENCOUNTER-TWICE", "This encounter is recorded already.", "Open it to enter its data.")


def _under_consent(participant: Participant, on: date) -> None:
    if participant.consented_on is None or on < participant.consented_on:
        raise Refusal(
            "CONSENT-FIRST", "This date lies before the signed consent.", "Check both dates; nothing starts without it."
        )
    left = participant.stopped(WithdrawalFrom.FOLLOW_UP)
    if left and left.stops is WithdrawalFrom.FOLLOW_UP and on > left.on:
        raise Refusal("WITHDRAWN", "The participant had left the trial by that date.", "Check the date.")
