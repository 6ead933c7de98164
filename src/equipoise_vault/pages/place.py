"""Where the pages run, and what the machine gives them: folder, address, entropy."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ACCOUNTS_FILE = "accounts.sqlite3"
ACCESS_FILE = "access.sqlite3"


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """`origin` is the https address in front of a proxy, or empty on this machine alone.

    `setup_code` is what the person who started the vault reads on the terminal, asked for at the first set-up.
    """

    folder: Path
    origin: str
    is_demonstration: bool
    setup_code: str
    entropy: Callable[[int], bytes]

    @property
    def is_https(self) -> bool:
        return self.origin.startswith("https://")
