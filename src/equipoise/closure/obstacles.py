"""What stands between the data and a lock: everything that is still open, missing or not reconciled."""

from collections.abc import Iterator

from equipoise.closure.trial import Trial
from equipoise.conduct import (
    Agreement,
    Participant,
    Plan,
    PromptStatus,
    QueryStatus,
    Stage,
    comparisons,
    missing_points,
)
from equipoise.safety import deadlines
from equipoise.vocabulary import Finding, Severity

_UNDER_WAY = frozenset(Stage) - {Stage.COMPLETED, Stage.WITHDRAWN, Stage.SCREEN_FAILED}


def obstacles(plan: Plan, trial: Trial) -> tuple[Finding, ...]:
    """Every open item; an error refuses the lock, a warning is reported with it.  No finding carries a value."""
    return tuple(_found(plan, trial))


def _found(plan: Plan, trial: Trial) -> Iterator[Finding]:
    for participant in trial.conduct.participants.values():
        yield from _of_participant(plan, participant)
        for number in participant.deviations:
            if number not in trial.closure.important:
                place = f"{participant.number}, deviation {number}"
                yield _error("LOCK-DEVIATION", place, "A deviation is not classified.", "Say if it is important.")
    for event in trial.safety.adverse_events.values():
        if event.is_ongoing:
            place = f"{event.participant}, adverse event {event.number}"
            yield Finding("LOCK-EVENT", Severity.WARNING, place, "An adverse event is still open.", "Follow it up.")
    yield from _of_allocation(trial)
    for deadline in deadlines(plan.definition.monitoring, trial.safety):
        if deadline.sent_on is None:
            place = f"{deadline.participant}, adverse event {deadline.adverse_event}"
            yield _error("LOCK-REPORT", place, "An expedited report was not sent.", "Send and record it.")


def _of_allocation(trial: Trial) -> Iterator[Finding]:
    allocation = trial.conduct.allocation
    for number, broken in allocation.breaks.items():
        if number not in trial.safety.assessed_breaks:
            place = f"{broken.participant or 'a slot that nobody has'}, code break {number}"
            yield _error("LOCK-BREAK", place, "A code break is not assessed.", "Have the investigator assess it.")
    commitment = allocation.commitment
    has_pharmacy = commitment is not None and commitment.packs_per_slot > 0 and not commitment.rehearsal
    if allocation.is_account_closed is False or (has_pharmacy and allocation.is_account_closed is None):
        message = "The pharmacy's reconciliation is not closed."
        yield _error("LOCK-PHARMACY", "pharmacy", message, "The pharmacist closes it; ask the vault again.")


def _of_participant(plan: Plan, participant: Participant) -> Iterator[Finding]:
    number = participant.number
    if participant.stage in _UNDER_WAY:
        yield _error("LOCK-STAGE", number, f"The participant is {participant.stage.value}.", "Bring it to an end.")
    for query in participant.queries.values():
        if query.status is not QueryStatus.CLOSED:
            yield _error("LOCK-QUERY", f"{number}, query {query.number}", f"A query is {query.status}.", "Close it.")
    for prompt in participant.prompts.values():
        if prompt.status is PromptStatus.OPEN:
            place = f"{number}, {prompt.page.encounter}/{prompt.page.form}"
            yield _error("LOCK-PROMPT", place, f"The check {prompt.check} still asks.", "Confirm or correct.")
    for point in missing_points(plan, participant):
        yield _error("LOCK-MISSING", f"{number}, {point.text()}", "A required answer is missing.", "Enter it, or why.")
    yield from _of_second_entries(plan, participant)
    for dose in participant.packs:
        if dose not in participant.doses:
            place = f"{number}, dose {dose}"
            yield _error("LOCK-PACK", place, "A pack was dispensed and its dose is not recorded.", "Reconcile it.")


def _of_second_entries(plan: Plan, participant: Participant) -> Iterator[Finding]:
    for each in comparisons(plan, participant):
        place = f"{participant.number}, {each.point.text()}"
        if each.agreement is Agreement.AWAITS_FIRST:
            yield _error("LOCK-SECOND", place, "The first of two entries is missing.", "Enter it, or why not.")
        elif each.agreement is Agreement.AWAITS_SECOND:
            yield _error("LOCK-SECOND", place, "The second of two entries is missing.", "Another person enters it.")
        elif each.agreement is Agreement.DIFFERS:
            yield _error("LOCK-SECOND", place, "The two entries differ.", "Reconcile them with the source.")


def _error(rule: str, place: str, message: str, suggestion: str) -> Finding:
    return Finding(rule, Severity.ERROR, place, message, suggestion)
