"""Anchors: copies of (seq, hash) kept outside the machine, on paper, in a mail, on a second host.

Only they can tell that a ledger was cut, rolled back, or written anew with the stolen signing key.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from equipoise.vocabulary import Refusal

_WORD = "equipoise-anchor"
_GROUPS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{8}){7}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What somebody outside wrote down: entry `seq` had `hash`, on this day, kept there."""

    seq: int
    hash: str
    recorded_on: date
    where: str = ""

    def text(self) -> str:
        """One line to print or mail; the hash stands in groups of eight, and `check` finds a slip of the pen."""
        groups = "-".join(self.hash[start : start + 8] for start in range(0, 64, 8))
        return f"{_WORD} {self.seq} {self.recorded_on} {groups} check-{self._check()} {self.where}".rstrip()

    @classmethod
    def from_text(cls, line: str) -> "Anchor":
        """Read what `text` wrote.  Raises `Refusal` for anything else, also for a slip of the pen."""
        word, seq, day, groups, check, where = [*line.split(maxsplit=5), *[""] * 6][:6]
        try:
            anchor = cls(int(seq), groups.lower().replace("-", ""), date.fromisoformat(day), where.strip())
        except ValueError:
            raise _not_an_anchor() from None
        if word != _WORD or not _GROUPS.fullmatch(groups.lower()):
            raise _not_an_anchor()
        if check.lower() != f"check-{anchor._check()}":
            raise Refusal(
                "LEDGER-ANCHOR-TEXT",
                f"The anchor of entry {anchor.seq} was copied with a slip: its check group does not fit.",
                "Compare it with the original, group by group.",
            )
        return anchor

    def _check(self) -> str:
        return hashlib.sha256(f"{self.seq} {self.recorded_on} {self.hash}".encode()).hexdigest()[:4]


def read_anchors(lines: Iterable[str]) -> tuple[Anchor, ...]:
    """The anchors of a text file: one a line, empty lines and lines that begin with `#` passed over.

    Raises `Refusal`, with the line's number, for a line that is no anchor.
    """
    anchors = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                anchors.append(Anchor.from_text(line))
            except Refusal as refusal:
                raise Refusal(refusal.rule, f"Line {number}: {refusal.sentence}", refusal.remedy) from None
    return tuple(anchors)


def _not_an_anchor() -> Refusal:
    return Refusal(
        "LEDGER-ANCHOR-TEXT",
        "This is not an anchor.",
        f"It is written: {_WORD} NUMBER YYYY-MM-DD eight-groups-of-eight check-xxxx where it was kept.",
    )
