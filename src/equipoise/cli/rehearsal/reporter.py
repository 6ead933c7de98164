"""The second pair of hands: a process that reads along while the trial is played, then writes the report.

It does what `equipoise report` does, on the folder alone; nothing but the path of the folder is handed over.  What it
runs it imports itself, so that the first process never loads analysis and figures.
"""

import atexit
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from equipoise.cli.collector import spare_collector
from equipoise.cli.written import Written
from equipoise.vocabulary import Refusal

if TYPE_CHECKING:
    from equipoise.cli.trial_folder import TrialFolder


class Reporter:
    """Writes the report of the trial in `folder` into `out`; use it in a `with` statement."""

    def __init__(self, folder: Path, out: Path) -> None:
        self._folder, self._out = folder, out
        self._hands = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_get_ready)
        self._reading: Future[None] = self._hands.submit(_read_along, folder)

    def __enter__(self) -> "Reporter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hands.shutdown(cancel_futures=True)

    def read_along(self) -> None:
        """Have the new entries read, unless that is under way."""
        if self._reading.done():
            with _loss_as_refusal(self._folder):
                self._reading = self._hands.submit(_read_along, self._folder)

    def write(self) -> Written:
        """Write the report, and wait for it.  Raises the `Refusal` that `equipoise report` would show."""
        with _loss_as_refusal(self._folder):
            return self._hands.submit(_write, self._folder, self._out).result()


@contextmanager
def _loss_as_refusal(folder: Path) -> Iterator[None]:
    """Say what to do where the machine has ended the second process, for want of memory."""
    try:
        yield
    except BrokenProcessPool:
        raise Refusal(
            "REHEARSE-REPORT",
            "The process that writes the report was ended by the machine.",
            f"If the trial was played to its end, run `equipoise report {folder}`; else play it again.",
        ) from None


def _get_ready() -> None:
    """Load what the report needs; an interruption is the first process's to answer, and with that one all ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_first, daemon=True).start()
    spare_collector()
    atexit.register(os._exit, 0)  # nothing is left to do then, and taking all apart takes half a second
    import equipoise.cli.report_writing  # noqa: F401  # for `_write`
    from equipoise.instruments.library import ctcae
    from equipoise.reporting.figures.canvas import load_drawing

    ctcae()
    load_drawing()


def _end_with_first() -> None:
    """End when the first process does, however it does: one that is killed cannot say so."""
    first = parent_process()
    assert first is not None, "this runs in a process that was started by another"
    first.join()
    os._exit(1)


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
