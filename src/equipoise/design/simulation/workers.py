"""Where blocks are computed: threads of this machine, or the workers of a Dask cluster."""

import importlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from equipoise.vocabulary import Refusal

Given = TypeVar("Given")
Made = TypeVar("Made")


def threads(count: int) -> Callable[[Callable[[Given], Made], Sequence[Given]], Iterable[Made]]:
    """Workers on this machine.  The kernels and the generators release the interpreter's lock."""

    def run(function: Callable[[Given], Made], blocks: Sequence[Given]) -> Iterable[Made]:
        if count <= 1 or len(blocks) <= 1:
            return [function(block) for block in blocks]
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(function, blocks))

    return run


def dask_workers(
    address: str, patience_seconds: float = 10.0
) -> Callable[[Callable[[Given], Made], Sequence[Given]], Iterable[Made]]:
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

    def run(function: Callable[[Given], Made], blocks: Sequence[Given]) -> Iterable[Made]:
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
