"""The audit trail as a role may read it: whole for who sees everything, else without a trace of what is hidden.

An entry about a hidden answer is left out for a role that does not see the answer, and so are the numbers that count
over the whole trial: that there is a prompt about a hidden value, or one entry more, would tell of the value (L6, A14).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipoise.conduct import Page, Plan, Point, TrialState
from equipoise.conduct.events import (
    CheckPrompted,
    FileAttached,
    FileRetracted,
    PromptSettled,
    QueryAnswered,
    QueryClosed,
)
from equipoise.conduct.sight import sees, sees_attachment, sees_point
from equipoise.ledger import Entry
from equipoise.vocabulary import Role
from equipoise.web.here import Here

_NUMBERS = ("corrects", "prompt", "query", "candidate", "data_digest")
"""Fields that hold a number of the whole trial, or a digest of all its data."""


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One entry for reading.  `seq` and `hash` are missing for a role from which something is hidden."""

    seq: int | None
    hash: str | None
    type: str
    who: str
    role: Role
    recorded_at: datetime
    why: str
    participant: str | None
    body: Mapping[str, Any]


def visible_entries(here: Here, state: TrialState, entries: Iterable[Entry]) -> Iterator[TrailEntry]:
    """The entries that a role may read, those about participants of other sites left out."""
    sees_all = not hides_something(here.trial.plan, here.role)
    for entry in entries:
        number = entry.body.get("participant")
        person = state.participants.get(number) if isinstance(number, str) else None
        if person is not None and not here.covers(person.site):
            continue
        if sees_all:
            yield _shown(entry, person is not None, entry.body, with_numbers=True)
        elif not _is_hidden(here, state, entry):
            body = {name: value for name, value in entry.body.items() if name not in _NUMBERS}
            yield _shown(entry, person is not None, body, with_numbers=False)


def hides_something(plan: Plan, role: Role) -> bool:
    """True for a role from which some answer of this study is hidden."""
    return any(not sees(role, item) for form in plan.forms.values() for item in form.items.values())


def _shown(entry: Entry, is_about_one: bool, body: Mapping[str, Any], *, with_numbers: bool) -> TrailEntry:
    return TrailEntry(
        seq=entry.seq if with_numbers else None,
        hash=entry.hash if with_numbers else None,
        type=entry.type,
        who=entry.who,
        role=entry.role,
        recorded_at=entry.recorded_at,
        why=entry.why,
        participant=str(entry.body["participant"]) if is_about_one else None,
        body={name: value for name, value in body.items() if name != "participant"},
    )


def _is_hidden(here: Here, state: TrialState, entry: Entry) -> bool:
    """True if the entry holds an answer or names a file that the role does not see, or tells of one."""
    plan, event = here.trial.plan, entry.event
    if isinstance(event, FileAttached | FileRetracted):
        digest = event.file.digest if isinstance(event, FileAttached) else event.digest
        return not sees_attachment(plan, here.role, state.participant(event.participant).attachments[digest])
    return not all(sees_point(plan, here.role, point) for point in _points(state, event))


def _points(state: TrialState, event: object) -> tuple[Point, ...]:
    """The data points that an entry is about."""
    match event:
        case CheckPrompted():
            page = Page(event.encounter, event.form, event.repetition)
            return tuple(page.point(item) for item in event.items)
        case PromptSettled():
            prompt = state.prompt(event.prompt)
            return tuple(prompt.page.point(item) for item in prompt.items)
        case QueryAnswered() | QueryClosed():
            point = state.query(event.query).point
            return (point,) if point else ()
    point = getattr(event, "point", None)
    return (point,) if isinstance(point, Point) else ()
