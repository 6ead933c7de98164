"""Read a YAML file that a stranger may have written: plain data, and the line and column of every part of it.

Only the part of YAML that a study needs is read: maps, lists and plain values.  Anchors, aliases and tags are refused,
so that a small file can never unfold into a large one and no file can name a Python object.  A decimal stays decimal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from yaml import MarkedYAMLError, YAMLError, parse
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from equipoise.vocabulary.refusal import Refusal

try:
    from yaml import CLoader as Loader  # libyaml: thirty times as fast
except ImportError:
    from yaml import Loader  # type: ignore[assignment]  # the same events from Python

LARGEST_BYTES = 1_000_000
DEEPEST = 24
MOST_PARTS = 10_000

Path_: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = Any  # None, bool, int, Decimal, str, list and dict of these


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text; both numbers count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class YamlSource:
    """The data of one YAML file, and where each part stands.

    `keys` holds the place of a map's key, `values` that of the value itself.
    """

    name: str
    data: Plain
    keys: dict[Path_, Mark]
    values: dict[Path_, Mark]

    def place(self, path: Path_, *, key: bool = False) -> str:
        """Say `file:line:column` of a part, or of the nearest part around it that the file holds."""
        if key and path in self.keys:
            return self._say(self.keys[path])
        while path and path not in self.values:
            path = path[:-1]
        return self._say(self.values.get(path, Mark(1, 1)))

    def _say(self, mark: Mark) -> str:
        return f"{self.name}:{mark.line}:{mark.column}"


class UnreadableYaml(Refusal):
    """The file cannot be read at all; `place` is `file:line:column`."""

    def __init__(self, rule: str, place: str, sentence: str, remedy: str = "") -> None:
        super().__init__(rule, f"{place}: {sentence}", remedy)
        self.place = place
        self.fault = sentence

    def __reduce__(self) -> tuple[type["UnreadableYaml"], tuple[str, str, str, str]]:  # type: ignore[override]
        return UnreadableYaml, (self.rule, self.place, self.fault, self.remedy)


def read_yaml(path: Path) -> YamlSource:
    """Read the file at `path`.  Raises `UnreadableYaml` with one clear sentence for any other input than plain YAML."""
    name = str(path)
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST_BYTES else b""
    except OSError as error:
        why = error.strerror or "it cannot be opened"
        raise UnreadableYaml("YAML-FILE", name, f"the file cannot be read: {why}.", "Check the name.") from None
    if size > LARGEST_BYTES:
        raise UnreadableYaml(
            "YAML-SIZE",
            name,
            f"the file has {size:,} bytes; a definition has at most {LARGEST_BYTES:,}.",
            "Give the study definition itself, not data or a scan.",
        )
    return parse_yaml(content, name)


def parse_yaml(content: bytes, name: str) -> YamlSource:
    """Parse the bytes of a YAML file; `name` is what its places are called.  Raises `UnreadableYaml`."""
    text = _decode(content, name)
    reader = _Reader(name)
    try:
        return reader.read(parse(text, Loader=Loader))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        what = " ".join(str(error.problem or error.context or "this is not YAML").split())
        raise UnreadableYaml("YAML-SYNTAX", place, f"this is not YAML: {what}.", _syntax_remedy(what)) from None
    except (YAMLError, ValueError, RecursionError):
        raise UnreadableYaml(
            "YAML-SYNTAX", name, "this is not YAML text.", "Write the definition as plain UTF-8 text."
        ) from None


def _decode(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableYaml(
            "YAML-ENCODING",
            f"{name}:{line}:1",
            f"byte {error.start} is not UTF-8 text.",
            "Save the file as UTF-8 (in an editor: Save with encoding).",
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableYaml(
            "YAML-ENCODING", f"{name}:{line}:1", "this is a binary file, not text.", "Give a text file in YAML."
        )
    return text


def _syntax_remedy(what: str) -> str:
    if "cannot start any token" in what and "\\t" in what:
        return "Indent with spaces: YAML does not allow tabs."
    if "mapping values are not allowed" in what:
        return "Put a text that contains a colon in quotes, and check the indentation of this line."
    return "Check the indentation, colons and quotes of this line and of the one before."


class _Reader:
    """Builds plain data from parser events, and notes where each part stands."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._keys: dict[Path_, Mark] = {}
        self._values: dict[Path_, Mark] = {}
        self._parts = 0

    def read(self, events: Iterator[Event]) -> YamlSource:
        data: Plain = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._fault(event, "YAML-DOCUMENTS", "a second document starts here.", "Give one per file.")
            elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent, AliasEvent)):
                data = self._value(event, events, ())
        if data is None:
            raise UnreadableYaml("YAML-EMPTY", self._name, "the file is empty.", "Start from `equipoise new RECORD`.")
        return YamlSource(self._name, data, self._keys, self._values)

    def _value(self, event: Event, events: Iterator[Event], path: Path_) -> Plain:
        self._admit(event, path)
        self._values[path] = _mark(event)
        if isinstance(event, ScalarEvent):
            return _plain_value(event)
        if isinstance(event, SequenceStartEvent):
            return self._list(events, path)
        return self._map(events, path)

    def _list(self, events: Iterator[Event], path: Path_) -> list[Plain]:
        members: list[Plain] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            members.append(self._value(event, events, (*path, len(members))))
        return members

    def _map(self, events: Iterator[Event], path: Path_) -> dict[str, Plain]:
        members: dict[str, Plain] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise self._fault(event, "YAML-KEY", "a key must be a plain word.", "Write `key: value`.")
            self._admit(event, path)
            key = str(event.value)
            if key in members:
                first = self._keys[(*path, key)].line
                raise self._fault(
                    event,
                    "YAML-TWICE",
                    f"`{key}` stands here a second time; the first is on line {first}.",
                    "Keep one of the two.",
                )
            self._keys[(*path, key)] = _mark(event)
            members[key] = self._value(next(events), events, (*path, key))
        return members

    def _admit(self, event: Event, path: Path_) -> None:
        self._parts += 1
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._fault(
                event,
                "YAML-ALIAS",
                "anchors (&) and aliases (*) are not read.",
                "Write it out; quote a text that starts with & or *.",
            )
        if getattr(event, "tag", None):
            raise self._fault(event, "YAML-TAG", "tags (!) are not read.", "Quote a text that starts with !.")
        if len(path) > DEEPEST:
            raise self._fault(
                event, "YAML-DEPTH", f"parts lie more than {DEEPEST} levels deep.", "A study definition needs ten."
            )
        if self._parts > MOST_PARTS:
            raise self._fault(
                event,
                "YAML-PARTS",
                f"the file has more than {MOST_PARTS:,} parts.",
                "Give the study definition itself.",
            )

    def _fault(self, event: Event, rule: str, sentence: str, remedy: str) -> UnreadableYaml:
        mark = _mark(event)
        return UnreadableYaml(rule, f"{self._name}:{mark.line}:{mark.column}", sentence, remedy)


def _mark(event: Event) -> Mark:
    mark = event.start_mark
    assert mark is not None, "a parser that reads a text says where it stands"
    return Mark(mark.line + 1, mark.column + 1)


_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", re.ASCII)
_WORDS: dict[str, Plain] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LONGEST_NUMBER = 40


def _plain_value(event: ScalarEvent) -> Plain:
    """Give the value of YAML's core schema, without its traps: 01 is a text, 1e5 is a text, 1.50 keeps its digits."""
    text = str(event.value)
    if not event.implicit[0]:  # quoted or a block: a text, whatever it looks like
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if len(text) <= _LONGEST_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
    return text
