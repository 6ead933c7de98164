"""What changed between two definitions: nouns, and the walk that finds every difference."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from equipoise.protocol.study_definition import StudyDefinition


class Weight(StrEnum):
    """How much a change weighs, heaviest first."""

    QUESTION = "question"  # what is asked, of whom, or how it is answered
    SAFETY = "safety"  # what is given, who is masked, what is watched
    CONDUCT = "conduct"  # when and how it is done
    WORDING = "wording"  # how it is said


@dataclass(frozen=True, slots=True)
class Change:
    """One change in words.  `place` is the part of the definition, `before` and `after` what it held."""

    weight: Weight
    topic: str
    sentence: str
    place: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One raw difference: a part that was added (`before` is None), removed (`after` is None) or replaced."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def place(self) -> str:
        """The path as it is written in a decision."""
        return ".".join(self.path)


def steps(before: StudyDefinition, after: StudyDefinition) -> Iterator[Step]:
    """Walk two definitions and give every difference; parts with ids are matched by id, wherever they stand."""
    yield from _walk((), before.canonical(), after.canonical())


def _walk(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Step]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from _walk((*path, str(key)), before.get(key), after.get(key))
    elif _named(before) and _named(after) and (before or after):
        yield from _walk(path, {each["id"]: each for each in before}, {each["id"]: each for each in after})
    else:
        yield Step(path, before, after)


def _named(part: Any) -> bool:
    """True for a list whose members have ids, each its own; an empty list may be one."""
    if not isinstance(part, list) or not all(isinstance(each, dict) and "id" in each for each in part):
        return False
    return len({each["id"] for each in part}) == len(part)
