"""How people reach the sealed rooms through a web server with TLS: a host name and a port that stay each room's own.

A browser sends the cookies of one name to all its ports: no room has the name of the site, or of another room.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from equipoise.vocabulary import Refusal

TRIAL = "{trial}"
FIRST_PORT = 8001
_PORT_FILE = "port"


def public_name(origin: str, option: str = "--origin") -> str:
    """The host name of an address with TLS.  Raises `Refusal` for anything but that."""
    parts = urlsplit(origin)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise Refusal(
            "SERVE-ORIGIN", "This is no address of a site with TLS.", f"Write {option} https://trial.example.org."
        )
    return parts.hostname


def check_room_origin(rooms: str, site: str | None) -> None:
    """Raises `Refusal` unless `rooms` is an address with TLS beside one of the `site`, with a name of its own."""
    if site is None:
        raise Refusal("SERVE-ORIGIN", "The rooms have a public address, and the site has none.", "Add --origin.")
    if public_name(rooms.replace(TRIAL, "a-trial"), "--vault-origin") == public_name(site):
        raise Refusal(
            "SERVE-ORIGIN", "Site and sealed room have the same name.", "Give the room one of its own: not a port."
        )


def origin_of(rooms: str, slug: str, open_rooms: int) -> str:
    """The address of a trial's room.  Raises `Refusal` where another room has it."""
    if TRIAL not in rooms and open_rooms:
        raise Refusal(
            "SERVE-ORIGIN",
            "Another sealed room has this address.",
            f"Serve with --vault-origin https://{TRIAL}.example.org, where {TRIAL} is the trial's short name.",
        )
    return rooms.replace(TRIAL, slug).rstrip("/")


def lasting_port(folder: Path) -> int:
    """The port that this room has for good, since the web server names it: the first that no room beside it has."""
    noted = folder / _PORT_FILE
    if not noted.exists():
        taken = set(_ports(folder.parent))
        noted.write_text(f"{next(port for port in range(FIRST_PORT, 65_536) if port not in taken)}\n", "utf-8")
    return int(noted.read_text("utf-8"))


def _ports(folders: Path) -> Iterator[int]:
    for noted in folders.glob(f"*/{_PORT_FILE}"):
        yield int(noted.read_text("utf-8"))
