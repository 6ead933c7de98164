"""Departures from the protocol: recorded where they happen, each with its reason."""

from collections.abc import Iterable
from datetime import date

from equipoise.conduct.commands import RecordDeviation
from equipoise.conduct.events import DeviationRecorded, EncounterStarted
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import Plan, window_of
from equipoise.conduct.situation import Situation, require_text
from equipoise.conduct.words import DeviationKind
from equipoise.vocabulary import Refusal


def record_deviation(now: Situation, command: RecordDeviation) -> tuple[DeviationRecorded, ...]:
    """Record a departure that a person noticed (E6R3-4.2.3; ICH E3 section 10.2)."""
    participant = now.participant(command.participant)
    now.not_in_future(command.on)
    if command.encounter is not None:
        now.plan.encounter(command.encounter)
    text = require_text(command.text, "description")
    return deviations(now, participant, [(command.kind, command.encounter, text)], command.on)


def deviations(
    now: Situation,
    participant: Participant,
    found: Iterable[tuple[DeviationKind, str | None, str]],
    on: date | None = None,
) -> tuple[DeviationRecorded, ...]:
    """Number the departures (kind, encounter, text) that one command brings, after those that the trial has."""
    first = len(now.state.deviations) + 1
    return tuple(
        DeviationRecorded(number, participant.number, kind, on or now.today, text, encounter)
        for number, (kind, encounter, text) in enumerate(found, start=first)
    )


def is_outside_window(plan: Plan, started: EncounterStarted, day_one: date) -> bool:
    """True if an encounter took place outside its window around the planned day."""
    first, last = window_of(plan.encounters[started.encounter], day_one)
    return not first <= started.on <= last


def require_reason(reason: str, rule: str, sentence: str) -> str:
    """The reason for a departure.  Raises `Refusal` with `rule` and `sentence` where none is given."""
    if not reason.strip():
        raise Refusal(rule, sentence, "Repeat it in time, or give the reason: it is recorded as a deviation.")
    return require_text(reason, "reason")
