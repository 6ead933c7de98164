"""What the rules say to people, in their language: the rules speak English, the reader may not.

`refusals.txt` beside the catalogues lists every sentence and remedy of the rules with `{}` where something is filled
in; `languages.py` makes it from the source, and a test holds the two together.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language, gettext

from equipoise.conduct import Stage
from equipoise.instruments.item import Label
from equipoise.vocabulary import Refusal, Role
from equipoise.web.words import wording

TEXTS = Path(__file__).parent / "locale" / "refusals.txt"


def in_words(refusal: Refusal, names: Mapping[str, Label] | None = None) -> tuple[str, str]:
    """The sentence and the remedy of a refusal for the reader; `names` words what the rules call by its id."""
    return translated(refusal.sentence, names or {}), translated(refusal.remedy, names or {})


def translated(text: str, names: Mapping[str, Label]) -> str:
    """A sentence of the rules in the reader's language; one that no template fits stays as it is."""
    if not text:
        return ""
    whole = gettext(text)
    if whole != text:
        return whole
    language = (get_language() or "en")[:2]
    for pattern, template in _patterns():
        found = pattern.fullmatch(text)
        if found:
            parts = (f"“{names[part].text(language)}”" if part in names else _word(part) for part in found.groups())
            return gettext(template).format(*parts)
    first, stop, others = text.partition(". ")
    return f"{translated(first + '.', names)} {translated(others, names)}" if stop else text


def _word(part: str) -> str:
    """What is filled into a sentence: a role or a stage by its wording, a text of the catalogue, or as it is."""
    for kind in (Role, Stage):
        for each in kind:
            if each.value.replace("_", " ") == part:
                return wording(each).lower()
    return gettext(part) if part else part


@lru_cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The templates with something to fill in, the most specific ones first."""
    templates = [line for line in TEXTS.read_text("utf-8").splitlines() if "{}" in line]
    templates.sort(key=lambda line: -len(line))
    return tuple((re.compile(re.escape(line).replace(r"\{\}", "(.*?)"), re.DOTALL), line) for line in templates)
