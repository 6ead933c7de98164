"""What happened in the trial, counted for all participants together: it holds no arm, so a masked reader may see it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from equipoise.closure import Trial
from equipoise.conduct import Flow, Participant, Plan, QueryStatus, TrialState, WithdrawalFrom, window_of
from equipoise.conduct.events import DoseAdministered, DoseOmitted, EncounterMissed, EncounterStarted
from equipoise.protocol.schedule import Encounter
from equipoise.reporting.flow import Reason, reasons
from equipoise.safety import OpenReport, open_report


class _Fate(StrEnum):
    """What became of a planned encounter, in the order of the fields of `VisitCounts`."""

    IN_WINDOW = "in_window"
    OUTSIDE = "outside"
    MISSED = "missed"
    AFTER_LEAVING = "after_leaving"
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """One planned encounter among the randomised: held in its window, outside it, missed, due after leaving."""

    encounter: str
    in_window: int
    outside: int
    missed: int
    after_leaving: int
    unrecorded: int


@dataclass(frozen=True, slots=True)
class DeviationLine:
    """One protocol deviation, as recorded; `important` is the judgement of the blind review, None before it."""

    number: int
    participant: str
    kind: str
    on: date
    text: str
    important: bool | None = None


@dataclass(frozen=True, slots=True)
class DataCounts:
    """How the data came to be: points answered, not done, corrected (of these after a query), and the questions."""

    answered: int
    not_done: int
    corrected: int
    corrected_after_query: int
    why_corrected: tuple[Reason, ...]
    prompts: int
    queries: int
    queries_open: int


@dataclass(frozen=True, slots=True)
class ConductSummary:
    """The conduct of the trial in numbers.

    `harms` is the open report of safety; `recruited` are the first and the last day of randomisation.
    """

    harms: OpenReport
    recruited: tuple[date, date] | None
    last_contact: date | None
    visits: tuple[VisitCounts, ...]
    doses_given: int
    doses_omitted: tuple[Reason, ...]
    deviations: tuple[DeviationLine, ...]
    data: DataCounts

    @property
    def flow(self) -> Flow:
        """Where every screened person is."""
        return self.harms.flow


def summarise_conduct(plan: Plan, trial: Trial, on: date) -> ConductSummary:
    """Count what the ledger tells up to the day `on`.  Every participant is visited once."""
    state = trial.conduct
    randomised = [each for each in state.participants.values() if each.randomised_on]
    days = [each.randomised_on for each in randomised if each.randomised_on]
    doses = [dose for each in randomised for dose in each.doses.values()]
    return ConductSummary(
        harms=open_report(plan, state, trial.safety, on),
        recruited=(min(days), max(days)) if days else None,
        last_contact=max((day for each in randomised for day in _contacts(each)), default=None),
        visits=tuple(_visit_counts(randomised, encounter) for encounter in plan.definition.encounters),
        doses_given=sum(isinstance(dose, DoseAdministered) for dose in doses),
        doses_omitted=reasons(dose.reason for dose in doses if isinstance(dose, DoseOmitted)),
        deviations=tuple(
            DeviationLine(
                each.deviation,
                each.participant,
                each.kind.value,
                each.on,
                each.text,
                trial.closure.important.get(each.deviation),
            )
            for each in state.all_deviations()
        ),
        data=_data(state),
    )


def _contacts(participant: Participant) -> list[date]:
    return [each.on for each in participant.encounters.values() if isinstance(each, EncounterStarted)]


def _visit_counts(randomised: Sequence[Participant], encounter: Encounter) -> VisitCounts:
    counts = Counter(_fate(each, encounter) for each in randomised)
    return VisitCounts(encounter.id, *(counts[fate] for fate in _Fate))


def _fate(participant: Participant, encounter: Encounter) -> _Fate:
    held = participant.encounters.get(encounter.id)
    if isinstance(held, EncounterStarted) and participant.randomised_on:
        first, last = window_of(encounter, participant.randomised_on)
        return _Fate.IN_WINDOW if first <= held.on <= last else _Fate.OUTSIDE
    if isinstance(held, EncounterMissed):
        return _Fate.MISSED
    return _Fate.AFTER_LEAVING if participant.stopped(WithdrawalFrom.FOLLOW_UP) else _Fate.UNRECORDED


def _data(state: TrialState) -> DataCounts:
    answered = not_done = corrected = after_query = 0
    why: list[str] = []
    for participant in state.participants.values():
        for _, history in participant.points():
            if history[-1].answer is None:
                not_done += 1
            else:
                answered += 1
            later = history[1:]
            corrected += bool(later)
            after_query += any(datum.query is not None for datum in later)
            why += [datum.reason for datum in later]
    return DataCounts(
        answered=answered,
        not_done=not_done,
        corrected=corrected,
        corrected_after_query=after_query,
        why_corrected=reasons(why),
        prompts=len(state.prompts),
        queries=len(state.queries),
        queries_open=sum(each.status is not QueryStatus.CLOSED for each in state.all_queries()),
    )
