"""Hot loops, twice: compiled with numba, and plain numpy that gives the same numbers; which of them serves, and when.

Loading the compiled loops costs about a second in every process, and compiling them, once on a machine, several.  A
newcomer's first test takes milliseconds in plain numpy.  So the loops are rented first and bought later: plain ones
serve until the work asked of them, as estimated by the callers, would have paid for the compiled ones, and never for
a single large task.  (The rule never costs more than twice the better choice made in hindsight: Karlin, Manasse,
Rudolph & Sleator, Algorithmica 1988.)  `EQUIPOISE_KERNELS=numpy` or `=numba` decides for good; plain loops are also
used where numba cannot be imported.
"""

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

PRICE = 1.0
"""Seconds that loading the compiled loops costs a process."""


@dataclass
class Rent:
    """What plain loops have cost this process so far, in estimated seconds."""

    paid: float = 0.0

    def covers(self, seconds: float) -> bool:
        """Whether a task of this many seconds is still cheaper in plain numpy; if so it is paid for."""
        if self.paid + seconds > PRICE:
            self.paid = PRICE  # bought: from now on everything is compiled
            return False
        self.paid += seconds
        return True


_RENT = Rent()


def loop(name: str, package: str, *, seconds: float = PRICE + 1) -> Callable[..., Any]:
    """The loop called `name` of a package with modules `compiled` and `plain`.

    `seconds` estimates what the calls to come would take in plain numpy; without an estimate they are compiled.
    """
    kind = os.environ.get("EQUIPOISE_KERNELS") or ("numpy" if _RENT.covers(seconds) else "numba")
    return _loop(name, package, kind)


@cache
def _loop(name: str, package: str, kind: str) -> Callable[..., Any]:
    if kind != "numpy":
        try:
            compiled: Callable[..., Any] = getattr(importlib.import_module(f"{package}.compiled"), name)
            return compiled
        except (ImportError, RuntimeError):  # RuntimeError: numba finds no folder for its cache
            pass  # the plain loops give the same numbers, only later
    plain: Callable[..., Any] = getattr(importlib.import_module(f"{package}.plain"), name)
    return plain
