"""The `equipoise-vault` command: create a vault, serve it, draw a seed share, rehearse."""

import argparse
import base64
import getpass
import json
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from equipoise.allocation.commitment import SEED_BYTES, seed_commitment
from equipoise.vocabulary import Refusal
from equipoise_vault.committee.report import open_report
from equipoise_vault.counter import Counter
from equipoise_vault.envelope import public_key
from equipoise_vault.gate import Gate
from equipoise_vault.household import SETUP_CODE, Household, keep_house, read_address
from equipoise_vault.process import harden, serve_lines, start_sockets
from equipoise_vault.rehearsal import RehearsalCounter, rehearsal_entropy
from equipoise_vault.request import Door
from equipoise_vault.room import FILE, Room
from equipoise_vault.shares import HOLDERS, KEY_BYTES, join_shares

DEFAULT_ADDRESS = "127.0.0.1:8001"
SETUP_CODE_BYTES = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is a sentence and exit status 2."""
    harden()
    chosen = _parser().parse_args(arguments)
    try:
        chosen.run(chosen)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.sentence} {refusal.remedy}\n")
        return 2
    except (KeyboardInterrupt, BrokenPipeError):
        return 130
    return 0


def _create(chosen: argparse.Namespace) -> None:
    room, key_shares = Room.create(chosen.dir, os.urandom, _now)
    room.close()
    sys.stdout.write("The vault is made. Each holder keeps one share; any two open it. They are not shown again.\n")
    for (index, holder), share in zip(HOLDERS.items(), key_shares, strict=True):
        sys.stdout.write(f"\n{index}  {holder.value}\n   {share}\n")


def _serve(chosen: argparse.Namespace) -> None:
    hatch = chosen.hatch or chosen.dir / "hatch.sock"
    if chosen.pages or chosen.demonstration is not None:
        _serve_pages(chosen, hatch)
    master_key = join_shares(_ask_share("First"), _ask_share("Second"))
    room = Room.open(chosen.dir, master_key, os.urandom, _now)
    doors = {Door.HATCH: hatch, Door.DESK: chosen.desk or chosen.dir / "desk.sock"}
    sys.stdout.write("The vault is open.\n")
    sys.stdout.flush()
    for thread in start_sockets(Counter(room), doors, chosen.hatch_group):
        thread.join()


def _serve_pages(chosen: argparse.Namespace, hatch: Path) -> NoReturn:
    chosen.dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    house = Household(
        folder=chosen.dir,
        hatch=hatch,
        listen=read_address(chosen.pages or DEFAULT_ADDRESS),
        origin=chosen.origin.rstrip("/"),
        hatch_group=chosen.hatch_group,
        is_demonstration=chosen.demonstration is not None,
    )
    counter = Counter(_demonstration_room(chosen.dir, chosen.demonstration)) if house.is_demonstration else None
    code = base64.b32encode(os.urandom(SETUP_CODE_BYTES)).decode()
    keep_house(house, Gate(chosen.dir, os.urandom, _now, counter), code)


def _demonstration_room(folder: Path, seed: int) -> Room:
    master_key = rehearsal_entropy(seed)(KEY_BYTES)
    if not (folder / FILE).exists():
        return Room.make(folder, master_key, os.urandom, _now, rehearsal=True)
    room = Room.open(folder, master_key, os.urandom, _now)
    if not room.book.state().rehearsal:
        raise Refusal("VAULT-DEMONSTRATION", "This vault is not a rehearsal's.", "Start it without --demonstration.")
    return room


def _pages(chosen: argparse.Namespace) -> None:
    from equipoise_vault.pages.place import Place  # noqa: PLC0415  # Django, in the pages' own process alone
    from equipoise_vault.pages.serving import show  # noqa: PLC0415  # as above

    place = Place(
        folder=chosen.dir,
        origin=chosen.origin,
        is_demonstration=chosen.demonstration,
        setup_code=os.environ.get(SETUP_CODE, ""),
        entropy=os.urandom,
    )
    show(place, socket.socket(fileno=chosen.desk_fd), socket.socket(fileno=chosen.listen_fd))


def _share(chosen: argparse.Namespace) -> None:
    share = os.urandom(SEED_BYTES)
    sys.stdout.write(f"share       {share.hex()}\ncommitment  {seed_commitment(share)}\n")
    sys.stdout.write("Give the commitment to the ledger now; show the share to the vault, and only when it asks.\n")


def _member_key(chosen: argparse.Namespace) -> None:
    private = os.urandom(KEY_BYTES)
    sys.stdout.write(f"private key  {private.hex()}\npublic key   {public_key(private).hex()}\n")
    sys.stdout.write("Register the public key at the vault's desk; keep the private one to yourself.\n")


def _read_report(chosen: argparse.Namespace) -> None:
    try:
        document = json.loads(chosen.file.read_text("utf-8"))
        private = bytes.fromhex(_ask_secret("Private key: ").strip())
        report = open_report(document, private)
    except (ValueError, OSError, AttributeError):
        raise Refusal("COMMITTEE-REPORT", "The report or the key cannot be read.", "Check both.") from None
    sys.stdout.write(str(report["page"]))


def _rehearse(chosen: argparse.Namespace) -> None:
    if not sys.stdin.buffer.peek(1):  # type: ignore[union-attr]  # standard input is a buffered reader
        return  # nobody asked for anything: then there is no vault
    counter = RehearsalCounter(chosen.dir, rehearsal_entropy(chosen.seed))
    serve_lines(counter, Door.REHEARSAL, sys.stdin.buffer, sys.stdout.buffer)


def _ask_share(which: str) -> str:
    return _ask_secret(f"{which} key share: ")


def _ask_secret(prompt: str) -> str:
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()


def _now() -> datetime:
    return datetime.now(UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="equipoise-vault", description="The sealed room of a masked trial.")
    commands = parser.add_subparsers(required=True)
    create = commands.add_parser("create", help="make a vault and print the three shares of its key")
    create.add_argument("--dir", type=Path, required=True)
    create.set_defaults(run=_create)
    serve = commands.add_parser("serve", help="open the vault with two key shares and serve its doors")
    serve.add_argument("--dir", type=Path, required=True)
    serve.add_argument("--hatch", type=Path, help="socket of the masked server")
    serve.add_argument("--hatch-group", default="", help="group of the masked server's user, which may use the hatch")
    serve.add_argument("--desk", type=Path, help="socket of the desk, where there are no pages")
    serve.add_argument(
        "--pages",
        nargs="?",
        const=DEFAULT_ADDRESS,
        metavar="HOST:PORT",
        help=f"serve the vault's own pages, on which it is also opened (default {DEFAULT_ADDRESS})",
    )
    serve.add_argument("--origin", default="", help="https:// address of the pages, where a proxy stands before them")
    serve.add_argument(
        "--demonstration", type=int, metavar="SEED", help="a rehearsal's vault: open at once, accounts for all to see"
    )
    serve.set_defaults(run=_serve)
    pages = commands.add_parser("pages")  # started by `serve`
    pages.add_argument("--dir", type=Path, required=True)
    pages.add_argument("--desk-fd", type=int, required=True)
    pages.add_argument("--listen-fd", type=int, required=True)
    pages.add_argument("--origin", default="")
    pages.add_argument("--demonstration", action="store_true")
    pages.set_defaults(run=_pages)
    share = commands.add_parser("share", help="draw a seed share, on one's own device")
    share.set_defaults(run=_share)
    member_key = commands.add_parser("member-key", help="draw a committee member's key, on one's own device")
    member_key.set_defaults(run=_member_key)
    read_report = commands.add_parser(
        "read-report", help="open a closed report with a member's key; HTML on standard output"
    )
    read_report.add_argument("file", type=Path)
    read_report.set_defaults(run=_read_report)
    rehearse = commands.add_parser("rehearse", help="serve a synthetic vault on standard input and output")
    rehearse.add_argument("--dir", type=Path, required=True)
    rehearse.add_argument("--seed", type=int, required=True)
    rehearse.set_defaults(run=_rehearse)
    return parser
