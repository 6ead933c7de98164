"""The hot loops over trials, compiled with numba, and in plain numpy; chosen as `vocabulary.loops` says."""

from collections.abc import Callable
from typing import Any

from equipoise.vocabulary.loops import loop


def many_kernel(name: str) -> Callable[..., Any]:
    """The kernel called `name`, compiled where possible."""
    return loop(name, __name__)
