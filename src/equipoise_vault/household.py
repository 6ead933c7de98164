"""The vault with its pages: this process holds the keys, a child of the same user shows the pages.

The pages hold one end of a socket pair, which is the desk: no socket of the desk stands in the file system, and nobody
else can talk there.  The listening socket belongs to this process, so that pages that fail are started again behind the
same address while the vault stays open (docs/decisions/0008-vault-pages.md).
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from equipoise.vocabulary import Refusal
from equipoise_vault.process import Answering, serve_lines, start_sockets
from equipoise_vault.request import Door

SETUP_CODE = "EQUIPOISE_VAULT_SETUP_CODE"
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Household:
    """Where everything stands: `listen` is (host, port) of the pages, `origin` their public address behind a proxy."""

    folder: Path
    hatch: Path
    listen: tuple[str, int]
    origin: str = ""
    hatch_group: str = ""
    is_demonstration: bool = False


def keep_house(house: Household, answering: Answering, setup_code: str) -> NoReturn:
    """Serve hatch and pages until SIGTERM; one line of JSON on standard output says where, once the pages answer."""
    if house.hatch_group and house.folder.resolve() in house.hatch.resolve().parents:
        raise Refusal(
            "VAULT-GROUP", "The vault's folder is closed to the group.", "Put the hatch elsewhere with --hatch."
        )
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # in every thread from here on: one waits for it
    threading.Thread(target=_leave_when_told, daemon=True).start()
    start_sockets(answering, {Door.HATCH: house.hatch}, house.hatch_group)
    with _listening(house.listen) as listening:
        while True:
            _show_pages(house, answering, listening, setup_code)
            time.sleep(_PAUSE_SECONDS)  # the pages have failed; whoever waits at the address is served by the next ones


def read_address(text: str) -> tuple[str, int]:
    """`HOST:PORT`.  Raises `Refusal`."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise Refusal("VAULT-ADDRESS", "This is no address.", "Write HOST:PORT, for example 127.0.0.1:8001.")
    return host.strip("[]"), int(port)


def _listening(address: tuple[str, int]) -> socket.socket:
    try:
        return socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    except OSError:
        raise Refusal("VAULT-ADDRESS", "This address cannot be used.", "Choose another with --pages.") from None


def _show_pages(house: Household, answering: Answering, listening: socket.socket, setup_code: str) -> None:
    """Run the pages once, until they end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pages = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            _command(house, theirs.fileno(), listening.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            pass_fds=(theirs.fileno(), listening.fileno()),
            env={**os.environ, SETUP_CODE: setup_code},
            text=True,
        )
        theirs.close()
        try:
            _serve_desk(ours, answering)
            assert pages.stdout is not None
            ready = pages.stdout.readline()
            if ready:
                _say(house, listening, setup_code if json.loads(ready)["is_new"] else "")
            pages.wait()
        finally:
            pages.kill()
            pages.wait(timeout=30)


def _command(house: Household, desk: int, listening: int) -> Sequence[str]:
    command = [sys.executable, "-m", "equipoise_vault", "pages", "--dir", str(house.folder)]
    command += ["--desk-fd", str(desk), "--listen-fd", str(listening), "--origin", house.origin]
    return [*command, "--demonstration"] if house.is_demonstration else command


def _serve_desk(ours: socket.socket, answering: Answering) -> None:
    reader, writer = ours.makefile("rb"), ours.makefile("wb")
    threading.Thread(target=serve_lines, args=(answering, Door.DESK, reader, writer), daemon=True).start()


def _say(house: Household, listening: socket.socket, setup_code: str) -> None:
    host, port = listening.getsockname()[:2]
    where = house.origin or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    said = {"pages": f"{where}/", "hatch": str(house.hatch), "setup_code": setup_code}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _leave_when_told() -> NoReturn:
    """End at SIGTERM, whatever the other threads do; the pages see their desk close, and end too.

    A handler would run in the first thread between two steps of Python, and an exception out of it can be lost there.
    Nothing is lost by ending at once: what was answered is on the disk.
    """
    signal.sigwait({signal.SIGTERM})
    os._exit(0)
