"""The hot loops over trials, compiled with numba, and in plain numpy; chosen as `analysis.exact.kernels` does."""

from collections.abc import Callable
from typing import Any

from equipoise.analysis.exact.kernels import kernel


def many_kernel(name: str) -> Callable[..., Any]:
    """The kernel called `name`, compiled where possible."""
    return kernel(name, __name__)
