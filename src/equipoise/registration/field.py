"""A field of a record: what it says, where it says so, and whether the source speaks at all."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Presence(StrEnum):
    """Three states that are never mixed: silence of a source is not the statement 'none'."""

    VALUE = "value"
    NONE = "explicitly none"
    ABSENT = "not in this source"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was read: file, path inside it, and first and last line (from 1) where the format has lines."""

    file: str
    path: str
    lines: tuple[int, int] | None = None

    @property
    def place(self) -> str:
        """Say the place as a compiler would: `NCT05921058.txt:33-34 Study Design > Masking`."""
        if self.lines is None:
            return f"{self.file}: {self.path}"
        first, last = self.lines
        span = str(first) if first == last else f"{first}-{last}"
        return f"{self.file}:{span} {self.path}"


@dataclass(frozen=True, slots=True)
class Field(Generic[T_co]):
    """One field of a record: its state, its value when there is one, and its source when the source speaks."""

    state: Presence
    value: T_co | None = None
    source: Source | None = None

    @staticmethod
    def of(value: T, source: Source) -> "Field[T]":
        """Give a field that holds a value."""
        return Field(Presence.VALUE, value, source)

    @staticmethod
    def none(source: Source) -> "Field[T]":
        """Give a field of which the source says that there is none."""
        return Field(Presence.NONE, None, source)

    @staticmethod
    def absent() -> "Field[T]":
        """Give a field on which this source is silent."""
        return Field(Presence.ABSENT)

    @property
    def is_given(self) -> bool:
        """True when the source gives a value."""
        return self.state is Presence.VALUE

    @property
    def place(self) -> str:
        """Where the source speaks, or the words 'not in this source'."""
        return self.source.place if self.source else Presence.ABSENT.value


def each(field: Field[tuple[T, ...]]) -> tuple[T, ...]:
    """Give the members of a list field; none when the source gives none or is silent."""
    return field.value or ()


def text_of(field: Field[str]) -> str:
    """Give the text of a field; the empty text when the source gives none or is silent."""
    return field.value or ""
