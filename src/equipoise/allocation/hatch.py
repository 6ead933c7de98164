"""The hatch: what masked code may ask of the vault, over a pipe or a Unix socket, one JSON document a line.

The vault is another process, and where there is one another user; nothing here imports it.
"""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from equipoise.allocation.commitment import AllocationCommitment, read_commitment
from equipoise.allocation.dose_request import DayOfDoses
from equipoise.ledger import Checkpoint
from equipoise.vocabulary import Json, Refusal, Role, canonical_json, utc_text

LONGEST_LINE = 1 << 26
"""No document on the hatch is longer (64 MiB): the opening of a list of 10,000 slots has about 2 MiB."""


class HatchVerb(StrEnum):
    """The closed list of what the masked side may ask: nothing that answers with an arm."""

    DESCRIBE = "describe"
    SEALED = "sealed"
    SIGN_CHECKPOINT = "sign_checkpoint"
    DRAW = "draw"
    REQUEST_DOSES = "request_doses"
    NOTICES = "notices"
    PHARMACY_ACCOUNT = "pharmacy_account"
    PUSH_COMMITTEE_DATA = "push_committee_data"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the vault hands over once: the commitment, its signature, and the numbers of all packs."""

    commitment: AllocationCommitment
    signature: str
    pack_numbers: tuple[str, ...]


def read_sealed(answer: Mapping[str, Any]) -> Sealed:
    """Read the answer to `sealed`."""
    return Sealed(read_commitment(answer["commitment"]), answer["signature"], tuple(answer["pack_numbers"]))


class VaultClient:
    """A connection to the vault's hatch.  Raises the vault's own `Refusal`; use it in a `with` statement."""

    def __init__(self, reader: IO[bytes], writer: IO[bytes], *, who: str, role: Role) -> None:
        self._reader = reader
        self._writer = writer
        self._who = who
        self._role = role

    @classmethod
    def connect(cls, path: Path, *, who: str, role: Role = Role.SYSTEM, timeout_seconds: float = 30) -> "VaultClient":
        """Connect to the vault's Unix socket.  Raises `Refusal` where nobody answers."""
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(timeout_seconds)
        try:
            line.connect(str(path))
        except OSError as error:
            line.close()
            raise _closed() from error
        client = cls(line.makefile("rb"), line.makefile("wb"), who=who, role=role)
        line.close()  # the two files keep it open
        return client

    def __enter__(self) -> "VaultClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._writer.close()
        self._reader.close()

    def describe(self) -> Mapping[str, Any]:
        """Public facts: public keys, whether this is a rehearsal, how far the ceremony has come."""
        return self._ask(HatchVerb.DESCRIBE)

    def sealed(self) -> Sealed:
        """The commitment and the pack numbers of the sealed list."""
        answer = self._ask(HatchVerb.SEALED)
        return read_sealed(answer)

    def sign_checkpoint(self, head: tuple[int, str], when: datetime) -> Checkpoint:
        """Have the head (seq, hash) of the ledger signed; the vault refuses a head that goes back."""
        seq, chain_head = head
        answer = self._ask(HatchVerb.SIGN_CHECKPOINT, {"seq": seq, "hash": chain_head, "signed_at": utc_text(when)})
        return Checkpoint(**answer)

    def draw(self, slot: int, levels: tuple[str, ...]) -> Mapping[str, Any]:
        """Have the next slot of a live list drawn for these factor levels; asked again, the answer is the same."""
        return self._ask(HatchVerb.DRAW, {"slot": slot, "levels": list(levels)})

    def request_doses(self, due: DayOfDoses) -> None:
        """Tell the pharmacy which doses are due on a day; the answer says nothing."""
        self._ask(HatchVerb.REQUEST_DOSES, due.as_json())

    def notices(self) -> Mapping[str, Any]:
        """Which codes were broken, for `take_notices`."""
        return self._ask(HatchVerb.NOTICES)

    def is_account_closed(self) -> bool:
        """Whether the pharmacy's reconciliation is closed; asked before the lock, for `take_account`."""
        return bool(self._ask(HatchVerb.PHARMACY_ACCOUNT)["is_closed"])

    def push_committee_data(self, data: Mapping[str, Json]) -> str:
        """Hand in the data for the committee's closed report; gives their digest, and nothing comes back."""
        return str(self._ask(HatchVerb.PUSH_COMMITTEE_DATA, {"data": data})["digest"])

    def _ask(self, verb: HatchVerb, body: Mapping[str, Json] | None = None) -> Mapping[str, Any]:
        request = {"verb": verb.value, "who": self._who, "role": self._role.value, "body": body or {}}
        return exchange(self._reader, self._writer, request)


def exchange(reader: IO[bytes], writer: IO[bytes], request: Json) -> Mapping[str, Any]:
    """Send one request and give what was granted.  Raises the vault's `Refusal`, or one that says that it is closed."""
    try:
        writer.write(canonical_json(request) + b"\n")
        writer.flush()
        line = reader.readline(LONGEST_LINE)
    except OSError as error:
        raise _closed() from error
    if not line:
        raise _closed()
    answer: Mapping[str, Any] = json.loads(line)
    if "refused" in answer:
        raise Refusal(*(str(answer["refused"].get(part, "")) for part in ("rule", "sentence", "remedy")))
    granted: Mapping[str, Any] = answer["granted"]
    return granted


def _closed() -> Refusal:
    return Refusal("VAULT-CLOSED", "The vault does not answer.", "Ask the pharmacist to start it.")
