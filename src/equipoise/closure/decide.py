"""The door of the whole trial: any command of conduct, safety or closure, decided on one state."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from equipoise import conduct, safety
from equipoise.closure import locking, receiving, review
from equipoise.closure.trial import Trial
from equipoise.conduct import Actor, Plan, Situation, command_name, permit, require_appointed
from equipoise.vocabulary import Refusal

DECISIONS: Mapping[str, Callable[[Situation, Trial, Any], tuple[object, ...]]] = {
    "classify_deviation": review.classify_deviation,
    "decide_membership": review.decide_membership,
    "sign_blind_review": review.sign_blind_review,
    "register_signing_key": locking.register_signing_key,
    "lock_database": locking.lock_database,
    "unlock_database": locking.unlock_database,
    "receive_release": receiving.receive_release,
}
"""Command of closure -> the rule that turns it into entries."""


def decide(plan: Plan, trial: Trial, command: object, *, actor: Actor, moment: datetime) -> tuple[object, ...]:
    """Turn any command into the events to write.  Pure: the same arguments give the same events.  Raises `Refusal`."""
    now, name = Situation(plan, trial.conduct, actor, moment), command_name(command)
    require_appointed(now, command)
    if name in DECISIONS:
        permit(actor, command, trial.conduct.roles_held.get(actor.who, frozenset()))
        _require_current_plan(now)
        return DECISIONS[name](now, trial, command)
    if name in safety.DECISIONS:
        return safety.decide(now, trial.safety, command)
    return conduct.decide(now, command)


def _require_current_plan(now: Situation) -> None:
    if now.plan.digest != now.state.study_digest:
        raise Refusal(
            "DEFINITION-VERSION", "The trial follows another version of the study definition.", "Load that version."
        )
