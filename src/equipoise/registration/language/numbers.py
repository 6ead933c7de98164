"""Numbers in prose: digits or small number words, and how many people a text speaks of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from equipoise.registration.language.passage import Passage, Quote, around

WORDS = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
NUMBER = r"(?:(?<!\d)\d{1,3}(?:,\d{3}){1,3}|(?<!\d)\d{1,9}(?!\d)|" + "|".join(WORDS) + ")"
PEOPLE = (
    r"(?:participants?|patients?|subjects?|volunteers?|individuals?|people|persons?|adults?|children|adolescents?|"
    r"infants?|neonates?|wom[ae]n|m[ae]n|students?)"
)
COUNT_OF_PEOPLE = re.compile(rf"\b(?P<number>{NUMBER})\s+(?:[\w/-]+\s+){{0,3}}?{PEOPLE}\b", re.IGNORECASE)
WHOLE_STUDY = re.compile(
    r"\b(?:conducted (?:on|in|with)|enrol\w*|recruit\w*|randomi[sz]ed|includ(?:ed|es|ing)|sample|a total of|total of|"
    r"consist\w* of|involv\w*|participated)\b",
    re.IGNORECASE,
)
PLANNED = re.compile(
    r"\b(?:will|target\w*|plan\w*|up to|approximately|about|around|anticipated|expected|aims?|sample size|estimated|"
    r"intend\w*|minimum|at least|power\w*)\b",
    re.IGNORECASE,
)
PART_OF_STUDY = re.compile(
    r"\b(?:per|each|every)\s+(?:arm|group|cohort|sequence|site|centre|center)\b|\beach\b|\bof (?:these|them|"
    r"whom|the)\b|"
    r"\bpilot\b|\bprevious\w*|\bcohort\s+\w\b|\bgroup\s+\w\b(?! and)|\bsub-?group|\bsub-?study\b",
    re.IGNORECASE,
)
NOT_A_COUNT = re.compile(rf"^(?:{NUMBER})\s+(?:years?|months?|weeks?|days?|hours?|%|percent|mg|ml|to)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """A number of people that a text gives for the whole study, and whether it is a plan."""

    number: int
    planned: bool
    quote: Quote


def number_of(text: str) -> int:
    """Read `30`, `1,206` or `two`."""
    return WORDS[text.lower()] if text.lower() in WORDS else int(text.replace(",", ""))


def counted(number: int, noun: str) -> str:
    """Say a number with its noun: `1 outcome`, `3 outcomes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def share(part: int, whole: int, noun: str) -> str:
    """Say how many of how many: `3 of 11 outcomes`, or `the only outcome`."""
    return f"the only {noun}" if whole == 1 else f"{part} of {counted(whole, noun)}"


def people_counts(passages: Iterable[Passage]) -> Iterator[PeopleCount]:
    """Give the numbers of people that sentences state for the whole study."""
    for one in passages:
        for sentence in one.sentences():
            if not WHOLE_STUDY.search(sentence.text) or PART_OF_STUDY.search(sentence.text):
                continue
            for found in COUNT_OF_PEOPLE.finditer(sentence.text):
                if NOT_A_COUNT.match(found[0]) or number_of(found["number"]) < 2:
                    continue
                planned = bool(PLANNED.search(sentence.text))
                pattern = re.compile(re.escape(found[0]))
                yield PeopleCount(number_of(found["number"]), planned, around(pattern, sentence))
