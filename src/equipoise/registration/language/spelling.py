"""Spelling against a lexicon of trial words: only words that miss a known one by a single letter are reported."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

WORD = re.compile(r"(?<![\w'-])[A-Za-z]{7,}(?![\w'-])")
ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "al", "r", "er", "ally", "e", "y", "n", "c")
SPELLINGS = (
    ("aem", "em"),
    ("oed", "ed"),
    ("oea", "ea"),
    ("paed", "ped"),
    ("ise", "ize"),
    ("isa", "iza"),
    ("yse", "yze"),
    ("our", "or"),
    ("ll", "l"),
    ("centre", "center"),
)
"""British and American spelling of the same word."""


@cache
def lexicon() -> frozenset[str]:
    """Give the words of trials, in lower case."""
    return frozenset(files(__package__).joinpath("words.txt").read_text(encoding="utf-8").split())


@cache
def neighbours() -> frozenset[str]:
    """Give the English words that lie one letter away from a word of trials, and are right all the same."""
    return frozenset(files(__package__).joinpath("neighbours.txt").read_text(encoding="utf-8").split())


def misspelt(text: str) -> Iterator[tuple[str, str]]:
    """Give each word of seven or more letters that misses a known word by one letter, with that word."""
    seen: set[str] = set()
    for found in WORD.finditer(text):
        word = found[0].lower()
        if word in seen:
            continue
        seen.add(word)
        if right := _meant(word):
            yield found[0], right


def _meant(word: str) -> str:
    stems = (word.removesuffix(ending) for ending in ENDINGS)
    if word in lexicon() or word in neighbours() or any(stem in lexicon() for stem in stems):
        return ""
    for candidate in _one_letter_away(word):
        if candidate in lexicon() and not _is_form_of(word, candidate):
            return candidate
    return ""


def _is_form_of(word: str, known: str) -> bool:
    """True for inflections and for the two English spellings: these are not mistakes."""
    stem = min(len(word), len(known)) - 2
    if word[:stem] == known[:stem] and word[-1] != known[-1]:
        return True
    return any(word.replace(a, b) == known.replace(a, b) for a, b in SPELLINGS)


def _one_letter_away(word: str) -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in letters:
            if tail:
                yield head + letter + tail[1:]
            yield head + letter + tail
