"""The hot loops of exact tests, compiled and plain; chosen as `vocabulary.loops` says.  All are on whole numbers."""

from collections.abc import Callable
from typing import Any

from equipoise.vocabulary.loops import PRICE, loop


def kernel(name: str, *, seconds: float = PRICE + 1) -> Callable[..., Any]:
    """The kernel called `name`; `seconds` estimates what the calls to come would take in plain numpy."""
    return loop(name, __name__, seconds=seconds)
