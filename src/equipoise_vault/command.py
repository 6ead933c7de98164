"""The `equipoise-vault` command: create a vault, serve it, draw a seed share, rehearse."""

import argparse
import getpass
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from equipoise.allocation.commitment import SEED_BYTES, seed_commitment
from equipoise.vocabulary import Refusal
from equipoise_vault.committee.report import open_report
from equipoise_vault.counter import Counter
from equipoise_vault.drbg import KeyedGenerator
from equipoise_vault.envelope import public_key
from equipoise_vault.process import harden, serve_lines, serve_sockets
from equipoise_vault.rehearsal import RehearsalCounter
from equipoise_vault.request import Door
from equipoise_vault.room import Room
from equipoise_vault.shares import HOLDERS, KEY_BYTES, join_shares


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
    master_key = join_shares(_ask_share("First"), _ask_share("Second"))
    room = Room.open(chosen.dir, master_key, os.urandom, _now)
    doors = {Door.HATCH: chosen.hatch or chosen.dir / "hatch.sock", Door.DESK: chosen.desk or chosen.dir / "desk.sock"}
    sys.stdout.write("The vault is open.\n")
    sys.stdout.flush()
    serve_sockets(Counter(room), doors)


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
    generator = KeyedGenerator(hashlib.sha256(f"equipoise rehearsal {chosen.seed}".encode()).digest())
    counter = RehearsalCounter(chosen.dir, generator.take)
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
    serve = commands.add_parser("serve", help="open the vault with two key shares and serve its two sockets")
    serve.add_argument("--dir", type=Path, required=True)
    serve.add_argument("--hatch", type=Path, help="socket of the masked server")
    serve.add_argument("--desk", type=Path, help="socket of the vault's own pages")
    serve.set_defaults(run=_serve)
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
