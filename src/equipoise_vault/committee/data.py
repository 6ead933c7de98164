"""The masked side's data for a closed report, as the vault takes and keeps them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from equipoise.vocabulary import Refusal, canonical_json, digest
from equipoise_vault.ceremony import Answer
from equipoise_vault.entries import CommitteeDataTaken
from equipoise_vault.opening import sealed_state
from equipoise_vault.request import Request
from equipoise_vault.room import Room

FORMAT = "equipoise-committee-data-1"
_HEADER = ("study", "study_digest", "synthetic", "ledger_seq", "ledger_hash", "cut_on")


@dataclass(frozen=True, slots=True)
class SlotData:
    """What is known of the participant in one slot; `outcomes` maps an endpoint to (baseline, later)."""

    place: tuple[int, int]
    doses_given: int
    stopped_treatment: bool
    left: bool
    adverse_events: tuple[tuple[str, int, bool], ...]
    outcomes: Mapping[str, tuple[Decimal | None, Decimal | None]]


@dataclass(frozen=True, slots=True)
class CommitteeData:
    """The whole document: `header` says which data these are, `endpoints` is (id, name, metric, unit)."""

    header: Mapping[str, Any]
    endpoints: tuple[tuple[str, str, str, str], ...]
    slots: tuple[SlotData, ...]


def push_data(room: Room, request: Request) -> Answer:
    """Take the data for the next closed report (`data`); the answer is their digest."""
    document = request.mapping("data")
    taken = read_data(document)
    commitment = sealed_state(room).commitment
    assert commitment is not None, "a sealed list has a commitment"
    for slot in taken.slots:
        if not (0 <= slot.place[0] < commitment.stratum_count and 0 <= slot.place[1] < commitment.slots):
            raise Refusal("COMMITTEE-DATA", "The data name a slot that the list does not have.", "Send them again.")
    name = digest(dict(document))
    if not room.has_secret(_name(name)):
        with room.ledger.transaction():
            room.put_secret(_name(name), canonical_json(dict(document)))
            room.ledger.append([CommitteeDataTaken(name, len(taken.slots))], who=request.who, role=request.role)
    return {"digest": name}


def kept_data(room: Room, name: str) -> CommitteeData:
    """The data of a digest.  Raises `Refusal` if they were never pushed."""
    if not room.has_secret(_name(name)):
        raise Refusal("COMMITTEE-DATA", "No such data were handed in.", "Ask the masked side to send them.")
    return read_data(json.loads(room.secret(_name(name))))


def read_data(document: Mapping[str, Any]) -> CommitteeData:
    """Read the masked side's document.  Raises `Refusal` for anything else."""
    try:
        if document["format"] != FORMAT:
            raise ValueError
        header = {name: document[name] for name in _HEADER}
        endpoints = tuple(
            (str(e["id"]), str(e["name"]), str(e["metric"]), str(e["unit"])) for e in document["endpoints"]
        )
        slots = tuple(_read_slot(slot, endpoints) for slot in document["slots"])
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise Refusal("COMMITTEE-DATA", "These are no data for a closed report.", "Send them again.") from None
    if len({slot.place for slot in slots}) != len(slots):
        raise Refusal("COMMITTEE-DATA", "The data name a slot twice.", "Send them again.")
    return CommitteeData(header, endpoints, slots)


def _read_slot(slot: Mapping[str, Any], endpoints: tuple[tuple[str, str, str, str], ...]) -> SlotData:
    place, doses = (slot["stratum"], slot["slot"]), slot["doses_given"]
    if any(type(number) is not int for number in (*place, doses)):
        raise ValueError
    return SlotData(
        place=place,
        doses_given=doses,
        stopped_treatment=bool(slot["stopped_treatment"]),
        left=bool(slot["left"]),
        adverse_events=tuple((str(term), int(grade), bool(serious)) for term, grade, serious in slot["adverse_events"]),
        outcomes={name: _pair(slot["outcomes"][name]) for name, *_ in endpoints},
    )


def _pair(values: Any) -> tuple[Decimal | None, Decimal | None]:
    baseline, later = (None if value is None else Decimal(value) for value in values)
    if any(value is not None and not value.is_finite() for value in (baseline, later)):
        raise ValueError
    return baseline, later


def _name(name: str) -> str:
    return f"committee data {name}"
