"""The vault as a process: hardened against dumps, serving lines on a pipe or on Unix sockets of its own user."""

import ctypes
import os
import resource
import socketserver
import sys
import threading
from pathlib import Path
from typing import IO

from equipoise.allocation.hatch import LONGEST_LINE
from equipoise_vault.counter import Counter
from equipoise_vault.request import Door

_PR_SET_DUMPABLE = 4
_MCL_EVERYTHING_WHEN_TOUCHED = 7


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


def serve_lines(counter: Counter, door: Door, reader: IO[bytes], writer: IO[bytes]) -> None:
    """Answer line by line until the other side closes."""
    while line := reader.readline(LONGEST_LINE):
        writer.write(counter.answer(line, door) + b"\n")
        writer.flush()


def serve_sockets(counter: Counter, doors: dict[Door, Path]) -> None:
    """Answer on one socket (mode 0600) per door until the process is ended."""
    servers = [_Server(path, counter, door) for door, path in doors.items()]
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, counter: Counter, door: Door) -> None:
        self.counter, self.door = counter, door
        path.unlink(missing_ok=True)
        super().__init__(str(path), _Line)
        path.chmod(0o600)


class _Line(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        serve_lines(self.server.counter, self.server.door, self.rfile, self.wfile)  # type: ignore[arg-type]  # both are binary files
