"""What the rules say to people, in their language: the rules speak English, the reader may not.

`refusals.txt` beside the catalogues lists every sentence and remedy of the rules with `{}` where something is filled
in; `languages.py` makes it from the source, and a test holds the two together.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language, gettext

from equipoise.conduct import Stage
from equipoise.instruments.item import Label
from equipoise.vocabulary import Refusal, Role
from equipoise.vocabulary.catalogue import Templates, templates
from equipoise.vocabulary.catalogue import translated as in_catalogue
from equipoise.web.words import wording

TEXTS = Path(__file__).parent / "locale" / "refusals.txt"


def in_words(refusal: Refusal, names: Mapping[str, Label] | None = None) -> tuple[str, str]:
    """The sentence and the remedy of a refusal for the reader; `names` words what the rules call by its id."""
    return translated(refusal.sentence, names or {}), translated(refusal.remedy, names or {})


def translated(text: str, names: Mapping[str, Label]) -> str:
    """A sentence of the rules in the reader's language; one that no template fits stays as it is."""
    language = (get_language() or "en")[:2]

    def word(part: str) -> str:
        return f"“{names[part].text(language)}”" if part in names else _word(part)

    return in_catalogue(text, _templates(), gettext, word)


def _word(part: str) -> str:
    """What is filled into a sentence: a role or a stage by its wording, a text of the catalogue, or as it is."""
    for kind in (Role, Stage):
        for each in kind:
            if each.value.replace("_", " ") == part:
                return wording(each).lower()
    return gettext(part)


@lru_cache
def _templates() -> Templates:
    return templates(TEXTS.read_text("utf-8").splitlines())
