"""The second pair of hands: a process that reads along while the trial is played, then writes the report.

It does what `equipoise report` does, on the folder alone; nothing but the path of the folder is handed over.  What it
runs it imports itself, so that the first process never loads analysis and figures.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from equipoise.cli.collector import spare_collector
from equipoise.cli.written import Written
from equipoise.vocabulary import Refusal

if TYPE_CHECKING:
    from equipoise.cli.trial_folder import TrialFolder

_READ, _WRITE = "read", "write"


class Reporter:
    """Writes the report of the trial in `folder` into `out`; use it in a `with` statement.

    It takes seconds to get ready, and does so at once: the folder need not be there before it is first read.
    """

    def __init__(self, folder: Path, out: Path) -> None:
        self._folder = folder
        spawn = get_context("spawn")
        self._line, other_end = spawn.Pipe()
        self._hands = spawn.Process(target=_work, args=(other_end, folder, out), daemon=True)
        self._hands.start()
        other_end.close()  # else nobody would notice here that the process is gone

    def __enter__(self) -> "Reporter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hands.kill()  # nothing is left to do, and taking all apart takes half a second
        self._hands.join()

    def read_along(self) -> None:
        """Have the new entries read, unless that is under way."""
        with _loss_as_refusal(self._folder):
            if self._line.poll():
                self._answer()
                self._line.send(_READ)

    def write(self) -> Written:
        """Write the report, and wait for it.  Raises the `Refusal` that `equipoise report` would show."""
        with _loss_as_refusal(self._folder):
            self._line.send(_WRITE)
            while (written := self._answer()) is None:
                pass  # what was under way
            return written

    def _answer(self) -> Written | None:
        answer: Written | Exception | None = self._line.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def _loss_as_refusal(folder: Path) -> Iterator[None]:
    """Say what to do where the machine has ended the second process, for want of memory."""
    try:
        yield
    except (EOFError, ConnectionError):
        raise Refusal(
            "REHEARSE-REPORT",
            "The process that writes the report was ended by the machine.",
            f"If the trial was played to its end, run `equipoise report {folder}`; else play it again.",
        ) from None


def _work(line: "Connection[Written | Exception | None, str]", folder: Path, out: Path) -> None:
    """Get ready, then do what is asked until the first process ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is the first process's to answer
    tasks: dict[str, Callable[[], Written | None]] = {
        _READ: partial(_read_along, folder),
        _WRITE: partial(_write, folder, out),
    }
    with suppress(EOFError, ConnectionError):
        line.send(_outcome(_get_ready))
        while True:
            line.send(_outcome(tasks[line.recv()]))


def _outcome(task: Callable[[], Written | None]) -> Written | Exception | None:
    try:
        return task()
    except Exception as error:  # whatever it is, the first process raises it
        return error


def _get_ready() -> None:
    """Load what the report needs."""
    spare_collector()
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
