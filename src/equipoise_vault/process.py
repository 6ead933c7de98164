"""The vault as a process: hardened against dumps, serving lines on a pipe or on Unix sockets of its own user."""

import ctypes
import os
import resource
import shutil
import socketserver
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol

from equipoise.allocation.hatch import LONGEST_LINE
from equipoise.vocabulary import Refusal
from equipoise_vault.request import Door

_PR_SET_DUMPABLE = 4
_MCL_EVERYTHING_WHEN_TOUCHED = 7


class Answering(Protocol):
    """The counter, or the gate before it."""

    def answer(self, line: bytes, door: Door) -> bytes: ...


def harden() -> None:
    """No core dump, no reading of this process's memory by its own user, no swapping where the system allows it.

    Root on the host is out of reach of these walls, and SECURITY.md says so (attack K15).
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.mlockall(_MCL_EVERYTHING_WHEN_TOUCHED)  # best effort: an ordinary user may lock little memory


def serve_lines(answering: Answering, door: Door, reader: IO[bytes], writer: IO[bytes]) -> None:
    """Answer line by line until the other side closes."""
    while line := reader.readline(LONGEST_LINE):
        writer.write(answering.answer(line, door) + b"\n")
        writer.flush()


def start_sockets(answering: Answering, doors: Mapping[Door, Path], hatch_group: str = "") -> list[threading.Thread]:
    """Answer on one socket (mode 0600) per door until the process is ended; the threads that do so.

    With `hatch_group` the hatch alone is 0660 and that group's: the masked server runs as another user then.
    """
    servers = [
        _Server(path, answering, door, hatch_group if door is Door.HATCH else "") for door, path in doors.items()
    ]
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    return threads


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, answering: Answering, door: Door, group: str) -> None:
        self.answering, self.door = answering, door
        try:
            path.unlink(missing_ok=True)
            super().__init__(str(path), _Line)
        except OSError:
            raise Refusal(
                "VAULT-SOCKET", "The socket cannot be made there.", "Choose a folder that is there."
            ) from None
        if group:
            try:
                shutil.chown(path, group=group)
            except (LookupError, PermissionError):
                raise Refusal(
                    "VAULT-GROUP",
                    "The hatch cannot be given to that group.",
                    "Make the group, and the vault's user a member of it.",
                ) from None
        path.chmod(0o660 if group else 0o600)


class _Line(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        serve_lines(self.server.answering, self.server.door, self.rfile, self.wfile)  # type: ignore[arg-type]  # both are binary files
