"""`equipoise serve`: the site in a browser, and beside it the sealed room in a process of its own."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from equipoise.cli.serving import Serving, forget_serving, note_serving
from equipoise.store import Installation, create_installation, open_installation
from equipoise.store.installation import SECRET_BYTES, is_installation
from equipoise.vocabulary import Refusal

SITE_PORT, VAULT_PORT = 8000, 8001
_THREADS = 8


def run(folder: Path, *, synthetic: str | None, host: str, port: int | None, console: Console) -> int:
    """Serve the installation in `folder` until Ctrl-C; an empty folder becomes one.  Gives the exit status."""
    signal.signal(signal.SIGTERM, _end)
    installation = _installation(folder, synthetic, console)
    listening = _listen(host, port)
    with contextlib.suppress(KeyboardInterrupt), _sealed_room(installation, host) as room:
        site = f"http://{host}:{listening.getsockname()[1]}/"
        code = secrets.token_hex(6)
        server = _server(installation, listening, room["pages"], code)
        serving = Serving(os.getpid(), site, room["pages"], code if _is_new() else "", room["setup_code"])
        note_serving(installation.folder, serving)
        tell(console, serving, is_synthetic=installation.is_synthetic)
        console.print("\nCtrl-C ends both.")
        server.run()
    forget_serving(installation.folder)
    return 0


def tell(console: Console, serving: Serving, *, is_synthetic: bool) -> None:
    """Say where to look, and with which code a new installation begins."""
    if is_synthetic:
        console.print("[bold yellow]SYNTHETIC[/]  Invented people; the log-in pages name an account for each role.\n")
    for label, address, code in (
        ("Site", serving.site, serving.setup_code),
        ("Sealed room", serving.vault, serving.vault_setup_code),
    ):
        console.print(f"  [dim]{label:<13}[/] [bold]{address}[/]", soft_wrap=True)
        if code:
            console.print(f"  [dim]{'':<13}[/] begin at {address}setup/ with the code [bold]{code}[/]", soft_wrap=True)


def _is_new() -> bool:
    from equipoise.store.admitting import is_new_site

    return is_new_site()


def _installation(folder: Path, synthetic: str | None, console: Console) -> Installation:
    """The installation of this folder.  An empty one becomes a new one, or a synthetic one with its trial."""
    if is_installation(folder) or (folder.is_dir() and any(folder.iterdir())):
        return open_installation(folder)
    if synthetic is None:
        return create_installation(folder, secret=os.urandom(SECRET_BYTES))
    from equipoise.cli.rehearsal.site import play_site

    with console.status("Playing a synthetic trial up to today"):
        play_site(folder, synthetic, datetime.now(UTC))
    return open_installation(folder)


def _listen(host: str, port: int | None) -> socket.socket:
    """A listening socket on this port; without one, on the usual port or on any that is free.  Raises `Refusal`."""
    for candidate in (SITE_PORT, 0) if port is None else (port,):
        try:
            return socket.create_server((host, candidate), backlog=128)
        except OSError as error:
            reason = error.strerror
    raise Refusal("SERVE-PORT", f"Port {port} on {host} cannot be used: {reason}.", "Name another one with --port.")


def _server(installation: Installation, listening: socket.socket, vault: str, setup_code: str) -> Any:
    import waitress

    from equipoise.web.site import application, configure

    configure(installation, lambda: datetime.now(UTC), vault=vault, setup_code=setup_code)
    return waitress.create_server(application(), sockets=[listening], threads=_THREADS, ident="")


@contextlib.contextmanager
def _sealed_room(installation: Installation, host: str) -> Iterator[dict[str, Any]]:
    """The vault of this installation with its own pages, as a process; gives what it says of itself."""
    vault = installation.vault
    command = [sys.executable, "-m", "equipoise_vault", "serve", "--dir", str(vault)]
    command += ["--hatch", str(vault / "hatch.sock"), "--pages", f"{host}:{_free_port(host, VAULT_PORT)}"]
    if installation.is_synthetic:
        from equipoise.cli.rehearsal.site import SEED

        command += ["--demonstration", str(SEED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise Refusal("SERVE-VAULT", "The sealed room did not start.", "It says above what stood against it.")
            yield json.loads(line)
        finally:
            process.terminate()


def _free_port(host: str, usual: int) -> int:
    """The usual port, or 0 (any) where it is taken."""
    with contextlib.suppress(OSError), socket.create_server((host, usual)):
        return usual
    return 0


def _end(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
