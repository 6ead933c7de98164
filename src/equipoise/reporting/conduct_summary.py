"""What happened in the trial, counted for all participants together: it holds no arm, so a masked reader may see it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from equipoise.conduct.events import DoseAdministered, DoseOmitted, EncounterMissed, EncounterStarted
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import window_of
from equipoise.conduct.trial_state import TrialState
from equipoise.conduct.words import QueryStatus, ScreenFailure, WithdrawalFrom
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.reporting.flow import ArmFlow, FlowCounts, Reason

_FAILURES = {
    ScreenFailure.NOT_ELIGIBLE: "Not meeting the eligibility criteria",
    ScreenFailure.DECLINED: "Declined to take part",
    ScreenFailure.OTHER: "Other reasons",
}


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """One planned encounter among the randomised: held in its window, held outside it, missed."""

    encounter: str
    in_window: int
    outside: int
    missed: int


@dataclass(frozen=True, slots=True)
class DeviationLine:
    """One protocol deviation, as recorded."""

    number: int
    participant: str
    kind: str
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class DataCounts:
    """How the data came to be: points answered, not done, corrected (of these after a query), and the questions."""

    answered: int
    not_done: int
    corrected: int
    corrected_after_query: int
    reasons: tuple[Reason, ...]
    prompts: int
    queries: int
    queries_open: int


@dataclass(frozen=True, slots=True)
class ConductSummary:
    """The conduct of the trial in numbers."""

    flow: FlowCounts
    recruited: tuple[date, date] | None
    """First and last day of randomisation."""
    last_contact: date | None
    visits: tuple[VisitCounts, ...]
    doses_given: int
    doses_omitted: tuple[Reason, ...]
    deviations: tuple[DeviationLine, ...]
    data: DataCounts
    entries: int


def summarise_conduct(state: TrialState, definition: StudyDefinition) -> ConductSummary:
    """Count what the ledger tells.  Every participant is visited once."""
    randomised = [each for each in state.participants.values() if each.randomised_on]
    days = [each.randomised_on for each in randomised if each.randomised_on]
    doses = [dose for each in randomised for dose in each.doses.values()]
    return ConductSummary(
        flow=_flow(state, randomised),
        recruited=(min(days), max(days)) if days else None,
        last_contact=max((day for each in randomised for day in _contacts(each)), default=None),
        visits=_visits(randomised, definition),
        doses_given=sum(isinstance(dose, DoseAdministered) for dose in doses),
        doses_omitted=_reasons(dose.reason for dose in doses if isinstance(dose, DoseOmitted)),
        deviations=tuple(
            DeviationLine(each.deviation, each.participant, each.kind.value, each.on, each.text)
            for each in state.all_deviations()
        ),
        data=_data(state),
        entries=state.seq,
    )


def flow_by_arm(
    state: TrialState,
    arms: Mapping[str, str],
    names: Mapping[str, str],
    planned_doses: int,
    analysed: Collection[str],
) -> tuple[ArmFlow, ...]:
    """The flow after randomisation per arm, in the order of `names` (arm -> its name), once the list is released.

    `arms` gives each participant's arm; `analysed` are those with a result for the primary endpoint.
    """
    counted = frozenset(analysed)
    return tuple(
        _arm_flow(arm, name, [state.participants[each] for each in arms if arms[each] == arm], planned_doses, counted)
        for arm, name in names.items()
    )


def _arm_flow(
    arm: str, name: str, participants: list[Participant], planned_doses: int, analysed: frozenset[str]
) -> ArmFlow:
    without = [each for each in participants if not _doses_given(each)]
    return ArmFlow(
        arm=arm,
        name=name,
        allocated=len(participants),
        received=len(participants) - len(without),
        all_doses=sum(_doses_given(each) == planned_doses for each in participants),
        not_received=_reasons(_leaving_reason(each) or "no dose recorded" for each in without),
        stopped_doses=_stopped(participants, WithdrawalFrom.TREATMENT),
        left_follow_up=_stopped(participants, WithdrawalFrom.FOLLOW_UP),
        analysed=sum(each.number in analysed for each in participants),
        not_analysed=_reasons(
            _leaving_reason(each) or "no value at the primary time point"
            for each in participants
            if each.number not in analysed
        ),
    )


def _flow(state: TrialState, randomised: list[Participant]) -> FlowCounts:
    everyone = state.participants.values()
    failures = Counter(_FAILURES[each.failure.reason] for each in everyone if each.failure)
    left_early = sum(1 for each in everyone if each.withdrawals and not each.randomised_on)
    excluded = [Reason(text, failures[text]) for text in _FAILURES.values() if failures[text]]
    if left_early:
        excluded.append(Reason("Left after enrolment, before randomisation", left_early))
    left = _stopped(randomised, WithdrawalFrom.FOLLOW_UP)
    completed = sum(1 for each in randomised if each.completed_on)
    return FlowCounts(
        assessed=len(state.participants),
        excluded=tuple(excluded),
        in_screening=len(state.participants) - len(randomised) - sum(each.count for each in excluded),
        randomised=len(randomised),
        dosed=sum(1 for each in randomised if _doses_given(each)),
        stopped_doses=_stopped(randomised, WithdrawalFrom.TREATMENT),
        left_follow_up=left,
        completed=completed,
        in_follow_up=len(randomised) - completed - sum(each.count for each in left),
    )


def _doses_given(participant: Participant) -> int:
    return sum(isinstance(dose, DoseAdministered) for dose in participant.doses.values())


def _stopped(participants: Iterable[Participant], what: WithdrawalFrom) -> tuple[Reason, ...]:
    """Reasons of those who stopped the follow-up, or the doses alone."""
    reasons = []
    for each in participants:
        last = next((one for one in each.withdrawals if one.stops is WithdrawalFrom.FOLLOW_UP), None)
        chosen = last if what is WithdrawalFrom.FOLLOW_UP or last else each.stopped(WithdrawalFrom.TREATMENT)
        if chosen and chosen.stops is what:
            reasons.append(chosen.reason.value.replace("_", " "))
    return _reasons(reasons)


def _leaving_reason(participant: Participant) -> str:
    left = participant.stopped(WithdrawalFrom.FOLLOW_UP)
    return f"left the follow-up: {left.reason.value.replace('_', ' ')}" if left else ""


def _reasons(texts: Iterable[str]) -> tuple[Reason, ...]:
    counts = Counter(texts)
    return tuple(Reason(text, count) for text, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _contacts(participant: Participant) -> list[date]:
    return [each.on for each in participant.encounters.values() if isinstance(each, EncounterStarted)]


def _visits(randomised: list[Participant], definition: StudyDefinition) -> tuple[VisitCounts, ...]:
    return tuple(_visit_counts(randomised, definition, encounter.id) for encounter in definition.encounters)


def _visit_counts(randomised: list[Participant], definition: StudyDefinition, encounter_id: str) -> VisitCounts:
    encounter = definition.encounter(encounter_id)
    inside = outside = missed = 0
    for each in randomised:
        held = each.encounters.get(encounter_id)
        if isinstance(held, EncounterStarted) and each.randomised_on:
            first, last = window_of(encounter, each.randomised_on)
            inside, outside = (inside + 1, outside) if first <= held.on <= last else (inside, outside + 1)
        elif isinstance(held, EncounterMissed):
            missed += 1
    return VisitCounts(encounter_id, inside, outside, missed)


def _data(state: TrialState) -> DataCounts:
    answered = not_done = corrected = after_query = 0
    reasons: list[str] = []
    for participant in state.participants.values():
        for _, history in participant.points():
            if history[-1].answer is None:
                not_done += 1
            else:
                answered += 1
            later = history[1:]
            corrected += bool(later)
            after_query += any(datum.query is not None for datum in later)
            reasons += [datum.reason for datum in later]
    return DataCounts(
        answered=answered,
        not_done=not_done,
        corrected=corrected,
        corrected_after_query=after_query,
        reasons=_reasons(reasons),
        prompts=len(state.prompts),
        queries=len(state.queries),
        queries_open=sum(each.status is not QueryStatus.CLOSED for each in state.all_queries()),
    )
