"""What a source may be at most; beyond it the reader refuses with a sentence."""

from typing import NoReturn

from equipoise.vocabulary import Refusal

RULE = "READ-01"
MAX_BYTES = 20_000_000
"""The largest public records with results are a few megabytes."""
MAX_DEPTH = 60
"""API v2 nests twelve deep in results; sixty leaves room and still fits every interpreter's stack."""
MAX_TEXT = 200_000
"""Characters of one field; the registry's own limit is 32,000."""
MAX_DIGITS = 18
"""No number of a registry record comes near 10**18."""


def refuse(sentence: str, remedy: str = "Save the record again from its registry, and try once more.") -> NoReturn:
    """Refuse an input that cannot be read."""
    raise Refusal(RULE, sentence, remedy)


def refuse_depth() -> NoReturn:
    """Refuse an input that is nested beyond the limit."""
    refuse(f"The file is nested more than {MAX_DEPTH} levels deep; no registry record is.")


def refuse_long_text(path: str, length: int) -> NoReturn:
    """Refuse a text that no field of a record can hold."""
    refuse(f"The text at {path} has {length:,} characters; no field of a registry record has more than {MAX_TEXT:,}.")


def refuse_long_number(digits: int) -> NoReturn:
    """Refuse a whole number that no field of a record can hold."""
    refuse(f"The file holds a whole number of {digits} digits; no field of a registry record is that long.")
