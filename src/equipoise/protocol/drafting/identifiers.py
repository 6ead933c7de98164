"""Ids for what a record names in prose: lower-case, short, and each once."""

import re

from equipoise.protocol.decision import UNDECIDED


class Identifiers:
    """Gives ids that have not been given before."""

    def __init__(self, longest: int = 40) -> None:
        self._longest = longest
        self._taken = {UNDECIDED}

    def of(self, text: str, otherwise: str) -> str:
        """Make an id out of a text; `otherwise` stands before one that starts with a digit, or alone for no letters."""
        words = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
        if not words or not words[0].isalpha():
            words = f"{otherwise}_{words}".rstrip("_")
        free = words[: self._longest].rstrip("_")
        number = 2
        while free in self._taken:
            ending = f"_{number}"
            free = words[: self._longest - len(ending)].rstrip("_") + ending
            number += 1
        self._taken.add(free)
        return free
