"""A form: where each field of a record lies in one format, and how that format says 'none'."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """Paths by field name.

    A path joins keys by `/`.  `a|b` reads a list from several places; `a+b` joins texts with a space.  A name with
    a dot (`arms.label`) is looked up inside one member of the list before the dot.  `none_words` say 'none'.
    """

    paths: Mapping[str, str]
    none_words: frozenset[str] = frozenset()
