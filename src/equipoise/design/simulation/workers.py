"""Where blocks are computed: threads or processes of this machine, or the workers of a Dask cluster."""

import importlib
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from equipoise.design.simulation.running import Block, Tally, Workers
from equipoise.vocabulary import Refusal

WORTH_PROCESSES = 50_000
"""Trials of each world from which on a second interpreter is worth its start."""
_SHARES = 8
"""Portions of the work that each process takes one after the other."""


def threads(count: int) -> Workers:
    """Workers on this machine.  The kernels and the generators release the interpreter's lock."""

    def run(function: Callable[[Block], Tally], blocks: Sequence[Block]) -> Iterable[Tally]:
        if count <= 1 or len(blocks) <= 1:
            return [function(block) for block in blocks]
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(function, blocks))

    return run


@contextmanager
def processes(count: int) -> Iterator[Workers]:
    """Workers on this machine with an interpreter each: twice as fast as threads, which share one, once they have
    started, which takes two seconds.  A script that uses them needs `if __name__ == "__main__":`."""
    # An interruption is the first process's to answer.
    with ProcessPoolExecutor(count, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:

        def run(function: Callable[[Block], Tally], blocks: Sequence[Block]) -> Iterable[Tally]:
            return pool.map(function, blocks, chunksize=-(-len(blocks) // (_SHARES * count)))

        try:
            yield run
        except BrokenProcessPool:
            raise Refusal(
                "DESIGN-PROCESSES",
                "A process that simulates was ended by the machine.",
                "Close other programs and try again, or ask for fewer trials.",
            ) from None


@contextmanager
def local_workers(count: int, trials: int) -> Iterator[Workers]:
    """Threads, or processes where that many trials are worth their start."""
    if count > 1 and trials >= WORTH_PROCESSES:
        with processes(count) as workers:
            yield workers
    else:
        yield threads(count)


def dask_workers(address: str, patience_seconds: float = 10.0) -> Workers:
    """The workers of the Dask cluster whose scheduler listens at `address`, such as `dask://10.0.0.5:8786`.

    Every worker needs this version of Equipoise.  Refuses if `distributed` is not installed or nobody answers.
    """
    try:
        distributed: Any = importlib.import_module("distributed")  # an optional dependency
    except ImportError:
        raise Refusal(
            "DESIGN-DASK",
            "The package `distributed` is not installed, so no cluster can be reached.",
            "pip install 'equipoise[cluster]', or leave --on away.",
        ) from None
    if not address.startswith("dask://"):
        raise Refusal("DESIGN-DASK", f"{address} is not the address of a Dask cluster.", "Write --on dask://HOST:PORT.")

    def run(function: Callable[[Block], Tally], blocks: Sequence[Block]) -> Iterable[Tally]:
        try:
            client = distributed.Client(
                f"tcp://{address.removeprefix('dask://')}", timeout=patience_seconds, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise Refusal("DESIGN-DASK", f"Nobody answers at {address}.", "Check host and port.") from error
        with client:
            sent = client.map(function, blocks, pure=False)
            return list(client.gather(sent))

    return run
