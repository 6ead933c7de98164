"""The pages' end of the desk: one line out, one line back, always in the name of the account that asks."""

import socket
import threading
from collections.abc import Mapping
from typing import Any

from equipoise.allocation.hatch import exchange
from equipoise.vocabulary import Json, Role


class Desk:
    """A line to the process that holds the keys; requests go one at a time, as they are answered."""

    def __init__(self, line: socket.socket) -> None:
        self._reader, self._writer = line.makefile("rb"), line.makefile("wb")
        self._lock = threading.Lock()

    def ask(
        self, verb: str, *, who: str, role: Role, why: str = "", number: str = "", **body: Json
    ) -> Mapping[str, Any]:
        """Ask for a verb.  Raises the vault's `Refusal`."""
        request: Json = {
            "verb": verb,
            "who": who,
            "role": role.value,
            "why": why,
            "number": number,
            "body": body,
        }
        with self._lock:
            return exchange(self._reader, self._writer, request)
