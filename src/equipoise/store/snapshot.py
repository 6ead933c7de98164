"""The folded state of a trial, kept beside its ledger so that a restart does not read millions of entries again.

It is a convenience and never a source: it is written by us alone (HMAC with the installation's key), read by the
program that wrote it alone (`_FORMAT`), and used only where the ledger still holds the entry that it stands on.
Anything else, and the state is folded from the first entry; a snapshot may be removed at any time.
"""

import hashlib
import hmac
import io
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import equipoise
from equipoise.closure import Trial
from equipoise.ledger import Ledger

_MAC_BYTES = 32
_ROOMS = ("vocabulary", "ledger", "allocation", "conduct", "safety", "closure")
"""Whose classes a folded state is made of."""

_BUILTINS = frozenset(
    {
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
        ("fractions", "Fraction"),
        ("copyreg", "_reconstructor"),
        ("builtins", "object"),
    }
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state, and the entry (number, hash) that it was folded up to."""

    trial: Trial
    seq: int
    hash: str


def load_snapshot(path: Path, ledger: Ledger, key: bytes) -> Snapshot | None:
    """The state in this file if it is ours, of this program, and of this ledger; nothing otherwise."""
    try:
        document = path.read_bytes()
    except OSError:
        return None
    mac, content = document[:_MAC_BYTES], document[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, content)):
        return None
    try:
        found = _Reader(io.BytesIO(content)).load()
    except Exception:  # whatever cannot be read is folded anew
        return None
    if not isinstance(found, tuple) or found[0] != _format() or ledger.hash_at(found[1]) != found[2]:
        return None
    return Snapshot(trial=found[3], seq=found[1], hash=found[2])


def save_snapshot(path: Path, snapshot: Snapshot, key: bytes) -> None:
    """Write the file whole or not at all, for the owner of the folder alone."""
    content = pickle.dumps((_format(), snapshot.seq, snapshot.hash, snapshot.trial), protocol=5)
    with _replacing(path) as partial:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_mac(key, content))
            file.write(content)


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, b"equipoise snapshot\n" + content, "sha256")


@cache
def _format() -> str:
    """Names the program that wrote a snapshot: the source of every class that a state is made of."""
    state = hashlib.sha256(equipoise.__version__.encode())
    package = Path(equipoise.__file__).parent
    for room in _ROOMS:
        for file in sorted((package / room).rglob("*.py")):
            state.update(file.read_bytes())
    return state.hexdigest()


class _Reader(pickle.Unpickler):
    """Knows the classes of a state and no others: even a forged snapshot could call nothing."""

    def find_class(self, module: str, name: str) -> Any:
        room = module.removeprefix("equipoise.").split(".")[0]
        if (module.startswith("equipoise.") and room in _ROOMS) or (module, name) in _BUILTINS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError("a state is not made of this")
