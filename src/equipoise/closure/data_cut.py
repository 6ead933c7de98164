"""The data cut: everything that was recorded of the participants as of one entry, under one digest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from equipoise.closure.trial import Trial
from equipoise.conduct import Participant, Plan, Value, values_of_participant
from equipoise.ledger import encode
from equipoise.safety.events import AdverseEventReported
from equipoise.vocabulary import Json, digest


@dataclass(frozen=True, slots=True)
class DataCut:
    """Names a state of the data: the definition, the head of the ledger and the digest of the data at that head.

    The digest depends on the data alone: entries that change none (a signature, a lock) leave it as it is (M08).
    """

    study_digest: str
    ledger_seq: int
    ledger_hash: str
    data_digest: str
    participants: int
    values: int


def cut_data(plan: Plan, trial: Trial) -> DataCut:
    """Take the cut of a trial as it is.  Pure: the same entries and definition give the same digest."""
    digests: list[str] = []
    values = 0
    for row in data_rows(plan, trial):
        digests.append(digest(row))
        assert isinstance(row["values"], list), "a row holds its values as a list"
        values += len(row["values"])
    return DataCut(
        study_digest=trial.conduct.study_digest,
        ledger_seq=trial.conduct.seq,
        ledger_hash=trial.conduct.hash,
        data_digest=digest([trial.conduct.study_digest, *digests]),
        participants=len(digests),
        values=values,
    )


def data_rows(plan: Plan, trial: Trial) -> Iterator[dict[str, Json]]:
    """Each participant's data as JSON, in the order of screening: steps, values, doses, deviations, adverse events."""
    events: dict[str, list[Json]] = {}
    for each in trial.safety.adverse_events.values():
        told = AdverseEventReported(each.number, each.participant, each.versions[0].known_on, each.current)
        events.setdefault(each.participant, []).append(encode(told)[2])
    for participant in trial.conduct.participants.values():
        row = _steps(trial, participant)
        row["values"] = [_value(value) for value in values_of_participant(plan, participant)]
        row["adverse_events"] = events.get(participant.number, [])
        yield row


def _steps(trial: Trial, participant: Participant) -> dict[str, Json]:
    place = trial.conduct.allocation.slot_of.get(participant.number)
    return {
        "participant": participant.number,
        "site": participant.site,
        "stage": participant.stage.value,
        "screened_on": participant.screened_on.isoformat(),
        "enrolled_on": _day(participant.enrolled_on),
        "randomised_on": _day(participant.randomised_on),
        "completed_on": _day(participant.completed_on),
        "place": list(place) if place else None,
        "strata": list(participant.strata),
        "criteria": {criterion: decision.fulfilled for criterion, decision in participant.criteria.items()},
        "failure": encode(participant.failure)[2] if participant.failure else None,
        "consents": _bodies(participant.consents),
        "encounters": _bodies(participant.encounters.values()),
        "doses": _bodies(participant.doses.values()),
        "withdrawals": _bodies(participant.withdrawals),
        "deviations": _bodies(participant.deviations.values()),
    }


def _bodies(events: Iterable[object]) -> list[Json]:
    return [encode(event)[2] for event in events]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _value(value: Value) -> Json:
    point, answer = value.point, value.answer
    place: list[Json] = [point.encounter, point.form, point.repetition, point.item]
    if answer is None:
        return [*place, None, value.reason]
    return [*place, answer.value, answer.comparator.value if answer.comparator else "", answer.unit or ""]
