"""The sealed rooms beside the trials: for each trial one, a process of its own; here is only where they are."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Room:
    """Where a sealed room has its own pages, and the socket of its hatch."""

    address: str
    hatch: Path


_rooms: dict[str, Room] = {}
_openers: list[Callable[[str], Room]] = []


def open_rooms_with(opener: Callable[[str], Room] | None) -> None:
    """Let `opener` start the room of a trial when it is first asked for; with none, there are no rooms."""
    _rooms.clear()
    _openers[:] = [opener] if opener else []


def room_of(slug: str) -> Room | None:
    """The sealed room of a trial; nothing where this process knows of none."""
    if slug not in _rooms and _openers:
        _rooms[slug] = _openers[0](slug)
    return _rooms.get(slug)


def open_rooms() -> dict[str, Room]:
    """Trial -> its room, of those that have been asked for."""
    return dict(_rooms)
