"""`equipoise serve`: the site in a browser, and beside it the sealed room in a process of its own."""

import contextlib
import os
import secrets
import signal
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from equipoise.cli.room_origins import check_room_origin, public_name
from equipoise.cli.sealed_rooms import SealedRooms
from equipoise.cli.serving import Serving, forget_serving, note_serving
from equipoise.store import Installation, create_installation, open_installation
from equipoise.store.attending import start_attending
from equipoise.store.installation import SECRET_BYTES, is_installation
from equipoise.store.vaults import Room, open_rooms_with
from equipoise.vocabulary import Refusal

SITE_PORT = 8000
SYNTHETIC = "[bold yellow]SYNTHETIC[/]  Invented people; the log-in pages name an account for each role.\n"
_THREADS = 8


def run(
    folder: Path,
    *,
    synthetic: str | None,
    host: str,
    port: int | None,
    origin: str | None,
    vault_origin: str | None,
    console: Console,
) -> int:
    """Serve the installation in `folder` until Ctrl-C; an empty folder becomes one.  Gives the exit status.

    `origin` and `vault_origin` are how people reach site and sealed rooms through a web server with TLS.
    """
    name = public_name(origin) if origin else None
    if vault_origin:
        check_room_origin(vault_origin, origin)
    signal.signal(signal.SIGTERM, _end)
    os.umask(0o077)
    installation = _installation(folder, synthetic, console)
    listening = _listen(host, port)
    code = secrets.token_hex(6)
    seed = _seed_of(installation)

    def tell_room(slug: str, room: Room, setup_code: str) -> None:
        tell(console, f"Sealed room of {slug}", room.address, setup_code)

    sealed = SealedRooms(installation, host, tell_room, seed=seed, origin=vault_origin or "")
    with contextlib.suppress(KeyboardInterrupt), sealed as rooms:
        server = _server(installation, listening, code, name)
        address = f"http://{host}:{listening.getsockname()[1]}/"
        is_new = _is_new()
        if installation.is_synthetic:
            console.print(SYNTHETIC)
        tell(console, "Site", address, code if is_new else "")
        open_rooms_with(rooms.open)
        start_attending(installation)
        note_serving(installation.folder, Serving(os.getpid(), address, code if is_new else ""))
        console.print("\nCtrl-C ends all.")
        server.run()
    forget_serving(installation.folder)
    return 0


def tell(console: Console, what: str, address: str, setup_code: str = "") -> None:
    """Say where to look, and with which code a new one begins."""
    console.print(f"  [bold]{address}[/]  {what}", soft_wrap=True)
    if setup_code:
        console.print(f"    begin at {address}setup/ with the code [bold]{setup_code}[/]", soft_wrap=True)


def _seed_of(installation: Installation) -> int | None:
    if not installation.is_synthetic:
        return None
    from equipoise.cli.rehearsal.site import SEED

    return SEED


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


def _server(installation: Installation, listening: socket.socket, setup_code: str, name: str | None) -> Any:
    import waitress

    from equipoise.store.running import open_trials
    from equipoise.web.agenda import find_open
    from equipoise.web.site import HERE_ALONE, application, configure

    hosts = HERE_ALONE if name is None else (*HERE_ALONE, name)
    configure(
        installation,
        lambda: datetime.now(UTC),
        hosts=hosts,
        is_secure=name is not None,
        setup_code=setup_code,
    )
    open_trials(find_open)
    behind = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
    return waitress.create_server(
        application(), sockets=[listening], threads=_THREADS, ident="", **(behind if name else {})
    )


def _end(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
