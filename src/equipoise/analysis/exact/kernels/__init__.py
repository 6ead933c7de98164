"""The hot loops, twice: compiled with numba, and plain numpy that gives the same integers.

numba is imported when a kernel is first used, never before.  `EQUIPOISE_KERNELS=numpy` chooses the plain ones;
they are also used where numba cannot be imported.
"""

import importlib
import os
from collections.abc import Callable
from functools import cache
from typing import Any


def kernel(name: str) -> Callable[..., Any]:
    """The kernel called `name`, compiled where possible."""
    return _kernel(name, os.environ.get("EQUIPOISE_KERNELS", "numba"))


@cache
def _kernel(name: str, kind: str) -> Callable[..., Any]:
    package = "equipoise.analysis.exact.kernels"
    if kind != "numpy":
        try:
            compiled: Callable[..., Any] = getattr(importlib.import_module(f"{package}.compiled"), name)
            return compiled
        except ImportError:
            pass  # the plain kernels give the same numbers, only later
    plain: Callable[..., Any] = getattr(importlib.import_module(f"{package}.plain"), name)
    return plain
