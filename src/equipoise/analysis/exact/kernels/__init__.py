"""The hot loops, twice: compiled with numba, and plain numpy that gives the same integers.

numba is imported when a kernel is first used, never before.  `EQUIPOISE_KERNELS=numpy` chooses the plain ones;
they are also used where numba cannot be imported.
"""

import importlib
import os
from collections.abc import Callable
from functools import cache
from typing import Any


def kernel(name: str, package: str = __name__) -> Callable[..., Any]:
    """The kernel called `name` of a package with modules `compiled` and `plain`, compiled where possible."""
    return _kernel(name, package, os.environ.get("EQUIPOISE_KERNELS", "numba"))


@cache
def _kernel(name: str, package: str, kind: str) -> Callable[..., Any]:
    if kind != "numpy":
        try:
            compiled: Callable[..., Any] = getattr(importlib.import_module(f"{package}.compiled"), name)
            return compiled
        except (ImportError, RuntimeError):  # RuntimeError: numba finds no folder for its cache
            pass  # the plain kernels give the same numbers, only later
    plain: Callable[..., Any] = getattr(importlib.import_module(f"{package}.plain"), name)
    return plain
