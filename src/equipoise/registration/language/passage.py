"""Passages of a record: pieces of prose that remember where they stand, and the search for a phrase in them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from equipoise.registration.field import Field, each, text_of
from equipoise.registration.record import Arm, Outcome, RegistryRecord

SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=\S)|\n\s*\n|\n\s*[-*•]\s+|\n\s*\d+[.)]\s+")
LONGEST_QUOTE = 180
SHORTEST_DOUBLE = 30
"""Characters below which a repetition is no more than a repeated word."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the source and the place where they stand."""

    text: str
    place: str

    def __str__(self) -> str:
        return f"'{self.text}' ({self.place})" if self.text else self.place


@dataclass(frozen=True, slots=True)
class Passage:
    """One field of prose; `twice` is true where the source prints the same text two times in a row, read once here."""

    text: str
    place: str
    twice: bool = False

    def sentences(self) -> Iterator[Quote]:
        """Give the sentences and list items, each with the place of the passage."""
        for part in SENTENCE_END.split(self.text):
            if sentence := " ".join(part.split()):
                yield Quote(sentence, self.place)

    @property
    def plain(self) -> str:
        """The text with single spaces."""
        return " ".join(self.text.split())


def passage(field: Field[str]) -> Passage:
    """Give the passage of a text field; an empty one where the source is silent."""
    text = text_of(field).strip()
    half = len(text) // 2
    for cut in (half, half + 1):
        if half >= SHORTEST_DOUBLE and text[:cut].strip() == text[cut:].strip():
            return Passage(text[:cut].strip(), field.place, twice=True)
    return Passage(text, field.place)


def clipped(text: str, longest: int = LONGEST_QUOTE) -> str:
    """Shorten a quotation at a word, and show that it was shortened."""
    plain = " ".join(text.split())
    if len(plain) <= longest:
        return plain
    return plain[:longest].rsplit(" ", 1)[0] + " ..."


def quoted(field: Field[str]) -> Quote:
    """Quote a text field."""
    return Quote(clipped(text_of(field)), field.place)


def said(field: Field[object], name: str = "") -> Quote:
    """Quote the value of any field as words, after its name if one is given: `allocation: randomized`."""
    members = field.value if isinstance(field.value, tuple) else (field.value,)
    words = ", ".join(_words(member) for member in members if member is not None)
    return Quote(f"{name}: {words}" if name and words else words, field.place)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return re.sub(r"(?<=[a-z])(?=\d)", " ", value.replace("_", " ").lower())
    return str(value)


def given(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Leave out passages without text."""
    return tuple(one for one in passages if one.text.strip())


def titles(record: RegistryRecord) -> tuple[Passage, ...]:
    """Both titles."""
    return given((passage(record.identity.brief_title), passage(record.identity.official_title)))


def descriptions(record: RegistryRecord) -> tuple[Passage, ...]:
    """Summary, description, and the descriptions of model and masking."""
    design = record.design
    fields = (record.brief_summary, record.detailed_description, design.model_description, design.masking_description)
    return given(passage(field) for field in fields)


def arm_passages(record: RegistryRecord, arm: Arm) -> tuple[Passage, ...]:
    """What is said of one arm: its label, its description, and the interventions that it receives."""
    of_interventions = tuple(
        passage(field)
        for intervention in record.interventions_of(arm)
        for field in (intervention.name, intervention.description)
    )
    return given((passage(arm.label), passage(arm.description), *of_interventions))


def interventions(record: RegistryRecord) -> tuple[Passage, ...]:
    """What is said of arms and interventions."""
    of_arms = (passage(field) for arm in each(record.arms) for field in (arm.label, arm.description))
    of_interventions = (
        one
        for intervention in each(record.interventions)
        for one in (
            passage(intervention.name),
            passage(intervention.description),
            Passage("; ".join(each(intervention.other_names)), intervention.other_names.place),
        )
    )
    return given((*of_arms, *of_interventions))


def outcome_passages(outcomes: Iterable[Outcome]) -> tuple[Passage, ...]:
    """Titles, time frames and descriptions of outcomes."""
    return given(
        passage(field) for outcome in outcomes for field in (outcome.measure, outcome.time_frame, outcome.description)
    )


def prose(record: RegistryRecord) -> tuple[Passage, ...]:
    """All prose of the protocol part."""
    return (
        *titles(record),
        *descriptions(record),
        *interventions(record),
        *outcome_passages(each(record.outcomes)),
        *given((passage(record.eligibility.criteria), passage(record.eligibility.study_population))),
        *given((passage(record.sharing.description), passage(record.timeline.why_stopped))),
    )


def find(pattern: re.Pattern[str], passages: Iterable[Passage]) -> Quote | None:
    """Give the first sentence that holds the pattern, or None."""
    return next(find_all(pattern, passages), None)


def find_all(pattern: re.Pattern[str], passages: Iterable[Passage]) -> Iterator[Quote]:
    """Give every sentence that holds the pattern."""
    for one in passages:
        for sentence in one.sentences():
            if pattern.search(sentence.text):
                yield around(pattern, sentence)


def around(pattern: re.Pattern[str], sentence: Quote) -> Quote:
    """Shorten a sentence to the words around the first match."""
    found = pattern.search(sentence.text)
    if not found or len(sentence.text) <= LONGEST_QUOTE:
        return Quote(clipped(sentence.text), sentence.place)
    start = max(0, found.start() - LONGEST_QUOTE // 3)
    start = sentence.text.rfind(" ", 0, start) + 1 if start else 0
    dots = "... " if start else ""
    return Quote(dots + clipped(sentence.text[start:]), sentence.place)


def phrase(*words: str) -> re.Pattern[str]:
    """Compile alternatives, each starting at a word boundary, without regard to case."""
    return re.compile(r"\b(?:" + "|".join(words) + ")", re.IGNORECASE)
