"""One door for every command: who asks, in which order, on data that are open - and then the rule of the command."""

from collections.abc import Callable, Mapping
from typing import Any

from equipoise.conduct import (
    attaching,
    capturing,
    delegating,
    deviating,
    dosing,
    leaving,
    opening,
    querying,
    reconciling,
    recruiting,
    visiting,
)
from equipoise.conduct.command import command_name
from equipoise.conduct.permissions import permit
from equipoise.conduct.situation import Situation
from equipoise.conduct.stage import STEPS, require_step
from equipoise.vocabulary import Refusal

DECISIONS: Mapping[str, Callable[[Situation, Any], tuple[object, ...]]] = {
    "open_trial": opening.open_trial,
    "amend_definition": opening.amend_definition,
    "close_data_entry": opening.close_data_entry,
    "reopen_data_entry": opening.reopen_data_entry,
    "appoint": delegating.appoint,
    "end_appointment": delegating.end_appointment,
    "screen": recruiting.screen,
    "record_consent": recruiting.record_consent,
    "decide_criterion": recruiting.decide_criterion,
    "sign_eligibility": recruiting.sign_eligibility,
    "fail_screening": recruiting.fail_screening,
    "enrol": recruiting.enrol,
    "randomise": recruiting.randomise,
    "correct_stratum": recruiting.correct_stratum,
    "withdraw": leaving.withdraw,
    "complete": leaving.complete,
    "start_encounter": visiting.start_encounter,
    "miss_encounter": visiting.miss_encounter,
    "dispense": dosing.dispense,
    "administer_dose": dosing.administer_dose,
    "omit_dose": dosing.omit_dose,
    "capture": capturing.capture,
    "correct": capturing.correct,
    "mark_not_done": capturing.mark_not_done,
    "confirm_answer": capturing.confirm_answer,
    "attach_file": attaching.attach_file,
    "retract_file": attaching.retract_file,
    "enter_again": reconciling.enter_again,
    "reconcile": reconciling.reconcile,
    "raise_query": querying.raise_query,
    "answer_query": querying.answer_query,
    "close_query": querying.close_query,
    "record_deviation": deviating.record_deviation,
}
"""Command -> the rule that turns it into entries."""

_BEFORE_OPENING = frozenset({"open_trial", "appoint", "end_appointment"})
"""People are appointed before there is a trial to open, and leave after its data are closed."""

_OPEN_WHILE_CLOSED = frozenset({"reopen_data_entry", "assess_code_break"})
"""What changes no data: an emergency does not wait for the data manager."""


def decide(now: Situation, command: object) -> tuple[object, ...]:
    """Turn a command into the events to write; nothing to write means that it was done before.

    Pure: the same situation and command give the same events.  Raises `Refusal`.
    """
    admit(now, command)
    return DECISIONS[command_name(command)](now, command)


def admit(now: Situation, command: object) -> None:
    """Refuse what the actor may not do, what is out of order, and what would change closed data."""
    name, state = command_name(command), now.state
    permit(now.actor, command, state.roles_held.get(now.actor.who, frozenset()))
    if name in _BEFORE_OPENING:
        return
    if state.opened is None:
        raise Refusal("TRIAL-OPEN", "This trial is not open yet.", "Open the trial first.")
    if state.is_closed and name not in _OPEN_WHILE_CLOSED:
        raise Refusal("DATA-CLOSED", "Data entry is closed.", "The investigator can reopen it, with a reason.")
    if name != "amend_definition" and now.plan.digest != state.study_digest:
        raise Refusal(
            "DEFINITION-VERSION", "The trial follows another version of the study definition.", "Load that version."
        )
    if name in STEPS:
        number: str = command.participant  # type: ignore[attr-defined]  # every command of STEPS names one
        participant = state.participant(number)
        require_step(participant.stage, name, has_consented=bool(participant.consents))
