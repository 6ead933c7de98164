"""The sealed room's own file: the event log, secrets encrypted under the master key, and the envelopes.

One SQLite file, mode 0600, in a folder, mode 0700.  The master key is entered at start and never in the folder.
"""

import hashlib
import hmac
import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from equipoise.allocation.pack_map import PackMap
from equipoise.ledger import Book, SqliteLedger
from equipoise.vocabulary import Clock, Refusal, Role
from equipoise_vault.entries import VaultCreated
from equipoise_vault.envelope import Entropy, public_key
from equipoise_vault.pharmacy.state import Pharmacy
from equipoise_vault.sealed_record import RecordSealed, pack_record, unpack_record
from equipoise_vault.shares import KEY_BYTES, split_key
from equipoise_vault.state import VaultState

FILE = "vault.sqlite3"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS envelope (
  ceremony INTEGER, stratum INTEGER, slot INTEGER, recipient TEXT, box BLOB NOT NULL,
  PRIMARY KEY (ceremony, stratum, slot, recipient)
) STRICT, WITHOUT ROWID;
"""
_NONCE = 12


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """What a re-authentication token is good for, and until when."""

    who: str
    role: Role
    verb: str
    until: datetime


@dataclass(frozen=True, slots=True, repr=False)
class ReleaseProposal:
    """What the first holder asked to release, with the own key share, until the second one answers."""

    who: str
    share: str
    certificate: Mapping[str, Any]
    data_digest: str
    until: datetime


class Room:
    """An open vault; silent when printed and impossible to pickle, so that no trace or log shows a secret.

    `packs` remembers the pack map of a ceremony once it was made: it tells no arm, and the masked side has it.
    `grants` holds what re-authentication tokens are good for, by the digest of the token, and ends with the process,
    as does the `proposal` of a release.
    """

    def __init__(self, connection: sqlite3.Connection, master_key: bytes, entropy: Entropy, clock: Clock) -> None:
        self._connection = connection
        self._cipher = ChaCha20Poly1305(master_key)
        self._key_print = _key_print(master_key)
        self.entropy = entropy
        self.clock = clock
        self.ledger = SqliteLedger(connection, clock)
        self.book = Book(self.ledger, VaultState())
        self.pharmacy = Book(self.ledger, Pharmacy(self.open_record))
        self.packs: dict[int, PackMap | None] = {}
        self.grants: dict[str, Grant] = {}
        self.proposal: ReleaseProposal | None = None
        connection.executescript(_SCHEMA)

    def __repr__(self) -> str:
        return "<Room>"

    def __reduce__(self) -> str:
        raise TypeError("the vault is not pickled")

    @classmethod
    def create(
        cls, folder: Path, entropy: Entropy, clock: Clock, *, rehearsal: bool = False
    ) -> tuple["Room", tuple[str, str, str]]:
        """Make a vault in `folder`, and the three shares of its master key, which are shown once and stored nowhere."""
        master_key = entropy(KEY_BYTES)
        room = cls.make(folder, master_key, entropy, clock, rehearsal=rehearsal)
        return room, split_key(master_key, entropy)

    @classmethod
    def make(
        cls, folder: Path, master_key: bytes, entropy: Entropy, clock: Clock, *, rehearsal: bool = False
    ) -> "Room":
        """Make a vault under a master key whose shares have their holders.  Raises `Refusal` where there is one."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        path = folder / FILE
        if path.exists():
            raise Refusal("VAULT-EXISTS", "There is a vault in this folder already.", "Choose an empty folder.")
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        room = cls(_connect(path), master_key, entropy, clock)
        signing, envelope = entropy(KEY_BYTES), entropy(KEY_BYTES)
        with room.ledger.transaction():
            room.put_secret("signing", signing)
            room.put_secret("envelope", envelope)
            verifier = Ed25519PrivateKey.from_private_bytes(signing).public_key().public_bytes_raw().hex()
            room.ledger.append(
                [VaultCreated(rehearsal, verifier, public_key(envelope).hex())], who="vault", role=Role.SYSTEM
            )
        return room

    @classmethod
    def open(cls, folder: Path, master_key: bytes, entropy: Entropy, clock: Clock) -> "Room":
        """Open the vault with its master key.  Raises `Refusal` for a wrong key or an unsafe folder."""
        path = folder / FILE
        if not path.is_file():
            raise Refusal("VAULT-MISSING", "There is no vault in this folder.", "Create one, or check the folder.")
        if (folder.stat().st_mode | path.stat().st_mode) & 0o077:
            raise Refusal(
                "VAULT-MODE", "Others can read the vault's folder.", "Set the folder to 0700, the file to 0600."
            )
        room = cls(_connect(path), master_key, entropy, clock)
        room.secret("signing")
        return room

    def close(self) -> None:
        self._connection.close()

    def is_master_key(self, key: bytes) -> bool:
        """True if this is the key that the vault was opened with."""
        return hmac.compare_digest(_key_print(key), self._key_print)

    def put_secret(self, name: str, content: bytes) -> None:
        """Store a secret, encrypted and bound to its name."""
        sealed = self._encrypt(content, name)
        self._connection.execute("INSERT INTO secret (name, sealed) VALUES (?, ?)", (name, sealed))

    def has_secret(self, name: str) -> bool:
        return bool(self._connection.execute("SELECT 1 FROM secret WHERE name = ?", (name,)).fetchone())

    def secret(self, name: str) -> bytes:
        """Read a secret back.  Raises `Refusal` if the master key is not this vault's."""
        (sealed,) = self._connection.execute("SELECT sealed FROM secret WHERE name = ?", (name,)).fetchone()
        try:
            return self._decrypt(sealed, name)
        except InvalidTag:
            raise Refusal(
                "VAULT-KEY", "These key shares do not open this vault.", "Take this trial's shares."
            ) from None

    def seal_record(self, inner: object, number: int) -> RecordSealed:
        """Encrypt an event as record `number` of this vault."""
        return RecordSealed(self._encrypt(pack_record(inner), _record_name(number)).hex())

    def open_record(self, record: RecordSealed, number: int) -> object:
        """Read record `number`.  Raises `Refusal` if this is another one, or was touched."""
        try:
            return unpack_record(self._decrypt(bytes.fromhex(record.box), _record_name(number)))
        except (InvalidTag, ValueError):
            raise Refusal("VAULT-RECORD", "A record of the vault was changed or moved.", "Restore a copy.") from None

    def _encrypt(self, content: bytes, name: str) -> bytes:
        nonce = self.entropy(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, name.encode())

    def _decrypt(self, sealed: bytes, name: str) -> bytes:
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())

    def sign(self, text: bytes) -> str:
        """Sign with the vault's Ed25519 key; hexadecimal."""
        return Ed25519PrivateKey.from_private_bytes(self.secret("signing")).sign(text).hex()

    def put_envelopes(self, ceremony: int, recipient: str, boxes: Iterable[tuple[int, int, bytes]]) -> None:
        """Store sealed boxes as (stratum, slot, box)."""
        self._connection.executemany(
            "INSERT INTO envelope (ceremony, recipient, stratum, slot, box) VALUES (?, ?, ?, ?, ?)",
            ((ceremony, recipient, *box) for box in boxes),
        )

    def envelope(self, ceremony: int, recipient: str, place: tuple[int, int]) -> bytes:
        """The sealed box of a place (stratum, slot).  Raises `Refusal` where there is none."""
        row = self._connection.execute(
            "SELECT box FROM envelope WHERE ceremony = ? AND recipient = ? AND stratum = ? AND slot = ?",
            (ceremony, recipient, *place),
        ).fetchone()
        if row is None:
            raise Refusal(
                "ENVELOPE-PLACE", "There is no such slot in the sealed list.", "Check the stratum and the slot."
            )
        box: bytes = row[0]
        return box


def _record_name(number: int) -> str:
    return f"record {number}"


def _key_print(master_key: bytes) -> bytes:
    return hashlib.sha256(b"equipoise master key" + master_key).digest()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
