"""The second pair of hands: a process that reads along while the trial is played, then writes the report.

It does what `equipoise report` does, on the folder alone; nothing but the path of the folder is handed over.  What it
runs it imports itself, so that the first process never loads analysis and figures.
"""

from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from equipoise.cli.hands import Hands
from equipoise.cli.written import Written
from equipoise.vocabulary import Refusal

if TYPE_CHECKING:
    from equipoise.cli.trial_folder import TrialFolder


class Reporter:
    """Writes the report of the trial in `folder` into `out`; use it in a `with` statement.

    It takes seconds to get ready, and does so at once: the folder need not be there before it is first read.
    """

    def __init__(self, folder: Path, out: Path) -> None:
        self._folder, self._out = folder, out
        lost = Refusal(
            "REHEARSE-REPORT",
            "The process that writes the report was ended by the machine.",
            f"If the trial was played to its end, run `equipoise report {folder}`; else play it again.",
        )
        self._hands: Hands[Written | None] = Hands(_get_ready, lost)

    def __enter__(self) -> "Reporter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hands.__exit__(kind, error, trace)

    def read_along(self) -> None:
        """Have the new entries read, unless that is under way."""
        if self._hands.are_free():
            self._hands.answer()
            self._hands.give(partial(_read_along, self._folder))

    def write(self) -> Written:
        """Write the report, and wait for it.  Raises the `Refusal` that `equipoise report` would show."""
        self._hands.give(partial(_write, self._folder, self._out))
        while (written := self._hands.answer()) is None:
            pass  # what was under way
        return written


def _get_ready() -> None:
    """Load what the report needs."""
    import equipoise.cli.report_writing  # noqa: F401  # for `_write`
    from equipoise.instruments.library import ctcae
    from equipoise.reporting.figures.canvas import load_drawing

    ctcae()
    load_drawing()


@cache
def _opened(folder: Path) -> "TrialFolder":
    from equipoise.cli.trial_folder import open_folder

    return open_folder(folder)


def _read_along(folder: Path) -> None:
    _opened(folder).trial()


def _write(folder: Path, out: Path) -> Written:
    from equipoise.cli.report_writing import write_report_of

    try:
        return write_report_of(_opened(folder), out)
    finally:
        _opened(folder).book.ledger.close()
