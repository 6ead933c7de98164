"""The end of a participation: withdrawal from the doses or from the trial, and completion."""

from equipoise.conduct.commands import Complete, Withdraw
from equipoise.conduct.events import ParticipantCompleted, ParticipantWithdrawn
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import Plan
from equipoise.conduct.situation import Situation, require_text
from equipoise.conduct.words import WithdrawalReason
from equipoise.vocabulary import Refusal


def withdraw(now: Situation, command: Withdraw) -> tuple[ParticipantWithdrawn]:
    """Record what a participant stops, from which day on, and why; stopping the doses keeps the follow-up."""
    participant = now.participant(command.participant)
    now.not_in_future(command.on)
    if any(withdrawal.stops is command.stops for withdrawal in participant.withdrawals):
        raise Refusal("WITHDRAWN", "This withdrawal is recorded already.", "Nothing more is needed.")
    if participant.enrolled_on is None or command.on < participant.enrolled_on:
        raise Refusal("WITHDRAWAL-DATE", "This date lies before enrolment.", "Check the date.")
    if command.reason is WithdrawalReason.OTHER:
        require_text(command.detail, "detail")
    detail = command.detail.strip() or None
    return (ParticipantWithdrawn(participant.number, command.stops, command.reason, command.on, detail),)


def complete(now: Situation, command: Complete) -> tuple[ParticipantCompleted]:
    """Record that a participant has passed the whole schedule: every encounter and dose is accounted for."""
    participant = now.participant(command.participant)
    now.not_in_future(command.on)
    still_open = unaccounted(now.plan, participant)
    if still_open:
        raise Refusal(
            "COMPLETE-OPEN",
            f"Not accounted for: {', '.join(still_open)}.",
            "Record each, or why it did not take place.",
        )
    return (ParticipantCompleted(participant.number, command.on),)


def unaccounted(plan: Plan, participant: Participant) -> tuple[str, ...]:
    """The encounters and doses of the schedule that were neither recorded nor said to be missed."""
    encounters = (encounter for encounter in plan.encounters if encounter not in participant.encounters)
    doses = (
        f"dose {dose}"
        for encounter, dose in plan.dose_numbers.items()
        if encounter in participant.encounters and dose not in participant.doses
    )
    return (*encounters, *doses)
