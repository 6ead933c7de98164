"""A second pair of hands: a process that gets ready while the first one works, and then does what it is given."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Generic, TypeVar

from equipoise.cli.collector import spare_collector
from equipoise.vocabulary import Refusal

Made = TypeVar("Made")


class Hands(Generic[Made]):
    """Begins at once with `get_ready`; use it in a `with` statement.

    Tasks are functions that can be pickled, and so is what they give.  `lost` is raised where the machine has ended the
    process, for want of memory.
    """

    def __init__(self, get_ready: Callable[[], None], lost: Refusal) -> None:
        self._lost = lost
        spawn = get_context("spawn")
        self._line: Connection[Callable[[], Made], Made | Exception | None]
        self._line, other_end = spawn.Pipe()
        self._process = spawn.Process(target=_work, args=(other_end, get_ready), daemon=True)
        self._process.start()
        other_end.close()  # else nobody would notice here that the process is gone

    def __enter__(self) -> "Hands[Made]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()  # nothing is left to do, and taking all apart takes half a second
        self._process.join()

    def are_free(self) -> bool:
        """Whether the last task is done, and its answer waits."""
        with self._loss_as_refusal():
            return self._line.poll()

    def give(self, task: Callable[[], Made]) -> None:
        """Have a task done next."""
        with self._loss_as_refusal():
            self._line.send(task)

    def answer(self) -> Made | None:
        """Wait for the next answer: the first is that of getting ready, None.  Raises what the task has raised."""
        with self._loss_as_refusal():
            answer = self._line.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    @contextmanager
    def _loss_as_refusal(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, ConnectionError):
            raise self._lost from None


def _work(line: "Connection[Made | Exception | None, Callable[[], Made]]", get_ready: Callable[[], None]) -> None:
    """Get ready, then do what is asked until the first process ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is the first process's to answer
    spare_collector()
    with suppress(EOFError, ConnectionError):
        line.send(_outcome(get_ready))
        while True:
            line.send(_outcome(line.recv()))


def _outcome(task: Callable[[], Made | None]) -> Made | Exception | None:
    try:
        return task()
    except Exception as error:  # whatever it is, the first process raises it
        return error
