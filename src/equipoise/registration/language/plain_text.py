"""A text of the record as one writes it elsewhere."""

import re

_LONGEST = 600


def unmarked(text: str) -> str:
    """Give a text of the record with single spaces and without the marks of its source, such as `\\<`."""
    return " ".join(re.sub(r"\\([<>\[\]*_~#+.()-])", r"\1", text).split())


def one_line(text: str) -> str:
    """Give a text of the record on one line, not longer than an official title may be."""
    plain = unmarked(text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 4].rsplit(" ", 1)[0] + " ..."
