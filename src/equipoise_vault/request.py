"""A request to the vault: one verb of a closed list, asked through one of two doors, by somebody in a role."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from equipoise.vocabulary import Refusal, Role


class Door(StrEnum):
    """The hatch is the masked server's; the desk is the people's; a rehearsal plays both."""

    HATCH = "hatch"
    DESK = "desk"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """`body` may hold a seed share or a key share, hence the silent representation."""

    verb: str
    who: str
    role: Role
    why: str
    body: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A text of the body.  Raises `Refusal` that names what is missing."""
        value = self.body.get(name)
        if not isinstance(value, str):
            raise _incomplete(name)
        return value

    def number(self, name: str) -> int:
        """A whole number of the body."""
        value = self.body.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _incomplete(name)
        return value

    def mapping(self, name: str) -> Mapping[str, Any]:
        """An object of the body."""
        value = self.body.get(name)
        if not isinstance(value, Mapping):
            raise _incomplete(name)
        return value

    def hexadecimal(self, name: str, size: int) -> bytes:
        """`size` bytes given as hexadecimal digits in the body."""
        try:
            content = bytes.fromhex(self.text(name))
        except ValueError:
            raise _incomplete(name) from None
        if len(content) != size:
            raise _incomplete(name)
        return content

    @property
    def place(self) -> tuple[int, int]:
        """(stratum, slot), both from 0."""
        return self.number("stratum"), self.number("slot")


def _incomplete(name: str) -> Refusal:
    return Refusal("VAULT-REQUEST", f"The request needs a proper “{name}”.", "Nothing was done.")
