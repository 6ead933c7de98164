"""A request to the vault: one verb of a closed list, asked through one of two doors, by somebody in a role."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from equipoise.vocabulary import Refusal, Role, utc_from_text

Choice = TypeVar("Choice", bound=StrEnum)
LONGEST_TEXT = 300
"""Characters of one text; longer ones would make a sealed record longer than the others."""
LARGEST_NUMBER = 1_000_000_000


class Door(StrEnum):
    """The hatch is the masked server's; the desk is the people's; a rehearsal plays both."""

    HATCH = "hatch"
    DESK = "desk"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """`body` may hold a seed share or a key share, hence the silent representation.

    `number` names the request itself: sent twice, it is done once.
    """

    verb: str
    who: str
    role: Role
    why: str
    body: Mapping[str, Any]
    number: str = ""

    def text(self, name: str) -> str:
        """A text of the body.  Raises `Refusal` that names what is missing."""
        value = self.body.get(name)
        if not isinstance(value, str):
            raise _incomplete(name)
        return value

    def words(self, name: str) -> str:
        """A text that a person wrote and that is needed: stripped, not empty, not too long."""
        text = self.text(name).strip()
        if not text or len(text) > LONGEST_TEXT or not text.isprintable():
            raise Refusal("VAULT-TEXT", f"“{name}” needs a short text in one line.", "Nothing was done.")
        return text

    def remark(self, name: str) -> str:
        """A text that may be left out."""
        return self.words(name) if self.body.get(name) else ""

    def whole(self, name: str) -> int:
        """A whole number of the body, of a size that things have."""
        value = self.body.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_NUMBER:
            raise _incomplete(name)
        return value

    def flag(self, name: str) -> bool:
        """A yes or no."""
        value = self.body.get(name)
        if not isinstance(value, bool):
            raise _incomplete(name)
        return value

    def choice(self, name: str, words: type[Choice]) -> Choice:
        """A word of a closed list."""
        try:
            return words(self.text(name))
        except ValueError:
            raise _incomplete(name) from None

    def day(self, name: str) -> date:
        """A calendar day, YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise _incomplete(name) from None

    def moment(self, name: str) -> datetime:
        """A moment in UTC, as it is stored."""
        try:
            return utc_from_text(self.text(name))
        except ValueError:
            raise _incomplete(name) from None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, each once."""
        value = self.body.get(name)
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            raise _incomplete(name)
        if len(set(value)) != len(value):
            raise _incomplete(name)
        return tuple(value)

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
        return self.whole("stratum"), self.whole("slot")


def _incomplete(name: str) -> Refusal:
    return Refusal("VAULT-REQUEST", f"The request needs a proper “{name}”.", "Nothing was done.")
