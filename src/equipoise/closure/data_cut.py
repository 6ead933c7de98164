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
    rows = [_row_digest(plan, trial, number) for number in trial.conduct.participants]
    return DataCut(
        study_digest=trial.conduct.study_digest,
        ledger_seq=trial.conduct.seq,
        ledger_hash=trial.conduct.hash,
        data_digest=digest([trial.conduct.study_digest, *(row for row, _ in rows)]),
        participants=len(rows),
        values=sum(count for _, count in rows),
    )


def data_rows(plan: Plan, trial: Trial) -> Iterator[dict[str, Json]]:
    """Each participant's data as JSON, in the order of screening: steps, values, doses, deviations, adverse events."""
    return (_row(plan, trial, number) for number in trial.conduct.participants)


def _row_digest(plan: Plan, trial: Trial, number: str) -> tuple[str, int]:
    """The digest of a participant's data and the number of values, computed once per change and definition."""
    key = (plan.digest, trial.touched[number])
    known = trial.row_digests.get(number)
    if known is None or known[0] != key:
        row = _row(plan, trial, number)
        assert isinstance(row["values"], list), "a row holds its values as a list"
        known = trial.row_digests[number] = (key, digest(row), len(row["values"]))
    return known[1], known[2]


def _row(plan: Plan, trial: Trial, number: str) -> dict[str, Json]:
    participant = trial.conduct.participants[number]
    row = _steps(trial, participant)
    row["values"] = [_value(value) for value in values_of_participant(plan, participant)]
    row["adverse_events"] = [
        encode(AdverseEventReported(each.number, number, each.versions[0].known_on, each.current))[2]
        for each in trial.safety.events_of(number)
    ]
    return row


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
