"""What the rules of the analysis sets may ask of a participant: facts that depend on no arm (ICH E9 5.2)."""

from decimal import Decimal

from equipoise.closure.trial import Trial
from equipoise.conduct import DeviationKind, Participant, Plan, WithdrawalFrom, answer_at
from equipoise.conduct.events import DoseAdministered
from equipoise.protocol.expression import Value
from equipoise.protocol.objectives import Endpoint, Rank


def participant_facts(plan: Plan, trial: Trial, participant: Participant) -> dict[str, Value]:
    """The facts by the names of `protocol.participant_facts`; one that is not known yet is left out.

    Importance of deviations, and whether eligibility was found broken, are known once every deviation is classified.
    """
    given = sum(isinstance(dose, DoseAdministered) for dose in participant.doses.values())
    left = participant.stopped(WithdrawalFrom.FOLLOW_UP)
    facts: dict[str, Value] = {
        "randomised": participant.randomised_on is not None,
        "withdrawn": left is not None and left.stops is WithdrawalFrom.FOLLOW_UP,
        "doses_given": Decimal(given),
        "doses_planned": Decimal(len(plan.dose_numbers)),
        **_deviations(trial, participant),
    }
    primary = next((each for each in plan.definition.endpoints if each.rank is Rank.PRIMARY), None)
    if primary is not None:
        facts |= _observed(plan, participant, primary)
    return facts


def _deviations(trial: Trial, participant: Participant) -> dict[str, Value]:
    judged = [(each.kind, trial.closure.important.get(each.deviation)) for each in participant.deviations.values()]
    if any(important is None for _, important in judged):
        return {}
    kinds = [kind for kind, important in judged if important]
    return {"important_deviations": Decimal(len(kinds)), "eligible": DeviationKind.ELIGIBILITY not in kinds}


def _observed(plan: Plan, participant: Participant, endpoint: Endpoint) -> dict[str, Value]:
    return {
        "baseline_observed": answer_at(plan, participant, endpoint.baseline, endpoint.item) is not None,
        "outcome_observed": answer_at(plan, participant, endpoint.encounter, endpoint.item) is not None,
    }
