"""What the vault refuses and finds, in the reader's language: the keeper speaks English and knows no languages.

`refusals.txt` beside the catalogues lists its sentences with `{}` where something is filled in; `languages.py` makes it
from the source, and a test holds the two together.
"""

from functools import cache
from pathlib import Path

from django.utils.translation import gettext

from equipoise.vocabulary.catalogue import Templates, templates, translated

_TEXTS = Path(__file__).parent / "locale" / "refusals.txt"


def told(sentence: str) -> str:
    """A sentence of the vault in the language of the page; one that is not known stays as it is."""
    return translated(sentence, _templates(), gettext)


@cache
def _templates() -> Templates:
    return templates(_TEXTS.read_text("utf-8").splitlines())
