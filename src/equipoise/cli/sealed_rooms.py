"""The sealed rooms of an installation, each a process of its own, started when its trial is first asked for."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from equipoise.cli.room_origins import FIRST_PORT, lasting_port, origin_of
from equipoise.store import Installation
from equipoise.store.vaults import Room
from equipoise.vocabulary import Refusal

APART = "vault.json"
_PATIENCE_SECONDS = 15.0
Told = Callable[[str, Room, str], None]
"""Hears of a room that was opened: the trial, the room, the code of its set-up (empty where there is none)."""


class SealedRooms:
    """Starts rooms, and ends them all; use it in a `with` statement.

    `seed` opens those of a synthetic site; `origin` is their public address (`room_origins`), empty on this machine.
    """

    def __init__(
        self, installation: Installation, host: str, told: Told, *, seed: int | None, origin: str = ""
    ) -> None:
        self._installation, self._host, self._told, self._seed = installation, host, told, seed
        self._origin = origin
        self._processes: list[subprocess.Popen[str]] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "SealedRooms":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()  # nothing is lost: what a room has answered is on its disk
                process.wait()

    def open(self, slug: str) -> Room:
        """Start the room of a trial, locked until its key's holders open it.  Raises `Refusal`.

        A room that runs as another user is not started: `vault.json` in the trial's folder says where it is.
        """
        apart = self._installation.trial_folder(slug) / APART
        if apart.is_file():
            return _read_apart(apart)
        folder = self._installation.vault_folder(slug)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        hatch = folder / "hatch.sock"
        command = [sys.executable, "-m", "equipoise_vault", "serve", "--dir", str(folder), "--hatch", str(hatch)]
        if self._seed is not None:
            command += ["--demonstration", str(self._seed)]
        with self._lock:
            command += self._address(slug, folder)
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own
            self._processes.append(process)
            assert process.stdout is not None
            line = process.stdout.readline()
        if not line:
            raise Refusal("SERVE-VAULT", "The sealed room did not start.", "What it wrote stands above.")
        said = json.loads(line)
        room = Room(said["pages"], hatch)
        self._told(slug, room, said["setup_code"])
        return room

    def _address(self, slug: str, folder: Path) -> list[str]:
        """Where the room listens and, behind a web server, how people reach it."""
        if not self._origin:
            return ["--pages", f"{self._host}:{_free_port(self._host)}"]
        origin = origin_of(self._origin, slug, len(self._processes))
        return ["--pages", f"{self._host}:{lasting_port(folder)}", "--origin", origin]


def _read_apart(file: Path) -> Room:
    """`address` of the pages and `hatch`, the socket.  Raises `Refusal` where the file does not say both."""
    try:
        document = json.loads(file.read_text("utf-8"))
        return Room(str(document["address"]), Path(document["hatch"]))
    except (OSError, ValueError, TypeError, KeyError):
        raise Refusal("SERVE-VAULT", f"{file} does not say where the vault is.", "Name address and hatch.") from None


def _free_port(host: str) -> int:
    """The usual port, or 0 (any) where it is taken."""
    with contextlib.suppress(OSError), socket.create_server((host, FIRST_PORT)):
        return FIRST_PORT
    return 0
