"""What the masked side hands to the vault for the committee's closed report: by slot, without a number or an arm."""

from datetime import date

from equipoise.closure.trial import Trial
from equipoise.conduct import Participant, Plan, WithdrawalFrom, answer_at
from equipoise.conduct.events import DoseAdministered
from equipoise.protocol.objectives import Endpoint, Rank
from equipoise.vocabulary import Comparator, Json, Refusal, as_decimal, convert

FORMAT = "equipoise-committee-data-1"


def committee_data(plan: Plan, trial: Trial, on: date) -> dict[str, Json]:
    """Safety and primary data of every randomised participant as of the last entry, in the order of the slots."""
    primary = [endpoint for endpoint in plan.definition.endpoints if endpoint.rank is Rank.PRIMARY]
    conduct = trial.conduct
    slots = sorted((place, number) for number, place in conduct.allocation.slot_of.items())
    return {
        "format": FORMAT,
        "study": plan.definition.id,
        "study_digest": conduct.study_digest,
        "synthetic": conduct.is_synthetic,
        "ledger_seq": conduct.seq,
        "ledger_hash": conduct.hash,
        "cut_on": on.isoformat(),
        "endpoints": [
            {"id": each.id, "name": each.name.text(), "metric": each.metric, "unit": each.unit} for each in primary
        ],
        "slots": [
            {
                "stratum": place[0],
                "slot": place[1],
                **_of_participant(plan, trial, conduct.participants[number], primary),
            }
            for place, number in slots
        ],
    }


def _of_participant(plan: Plan, trial: Trial, participant: Participant, primary: list[Endpoint]) -> dict[str, Json]:
    events = trial.safety.events_of(participant.number)
    return {
        "doses_given": sum(isinstance(dose, DoseAdministered) for dose in participant.doses.values()),
        "stopped_treatment": participant.stopped(WithdrawalFrom.TREATMENT) is not None,
        "left": participant.stopped(WithdrawalFrom.FOLLOW_UP) is not None,
        "adverse_events": [[event.current.term, event.worst_grade, event.is_serious] for event in events],
        "outcomes": {endpoint.id: _outcome(plan, participant, endpoint) for endpoint in primary},
    }


def _outcome(plan: Plan, participant: Participant, endpoint: Endpoint) -> Json:
    """[baseline, later] as decimal texts in the endpoint's unit; None where there is no bare number."""
    return [_number(plan, participant, endpoint, at) for at in (endpoint.baseline, endpoint.encounter)]


def _number(plan: Plan, participant: Participant, endpoint: Endpoint, encounter: str) -> str | None:
    answer = answer_at(plan, participant, encounter, endpoint.item)
    if answer is None or (answer.comparator or Comparator.EXACT) is not Comparator.EXACT:
        return None
    if not endpoint.unit or answer.unit in (None, endpoint.unit):
        return str(answer.number())
    try:
        return str(as_decimal(convert(answer.number(), answer.unit or "1", endpoint.unit)))
    except Refusal:  # another kind of unit: the analysis room says how to mend it, here it is missing
        return None
