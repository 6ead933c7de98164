"""The lock certificate: which data are final, by which ledger, signed by two people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from equipoise.ledger import Signature, read_signature
from equipoise.vocabulary import Json, digest

LOCK_MEANING = "The data named here are complete and final; the database is locked."


@dataclass(frozen=True, slots=True)
class LockStatement:
    """What is signed: the definition, the head of the ledger, the digest of the data, and the time (UTC)."""

    study_digest: str
    ledger_seq: int
    ledger_hash: str
    data_digest: str
    locked_at: str

    def as_json(self) -> dict[str, Json]:
        return {
            "study_digest": self.study_digest,
            "ledger_seq": self.ledger_seq,
            "ledger_hash": self.ledger_hash,
            "data_digest": self.data_digest,
            "locked_at": self.locked_at,
        }

    def names_same(self, other: "LockStatement") -> bool:
        """True if both name the same definition, head and data, whenever they were prepared."""
        return (self.study_digest, self.ledger_seq, self.ledger_hash, self.data_digest) == (
            other.study_digest,
            other.ledger_seq,
            other.ledger_hash,
            other.data_digest,
        )


@dataclass(frozen=True, slots=True)
class LockCertificate:
    """A statement with its signatures: what the vault asks for before it releases the list (M08)."""

    study_digest: str
    ledger_seq: int
    ledger_hash: str
    data_digest: str
    locked_at: str
    signatures: tuple[Signature, ...]

    @property
    def statement(self) -> LockStatement:
        return LockStatement(self.study_digest, self.ledger_seq, self.ledger_hash, self.data_digest, self.locked_at)

    @property
    def digest(self) -> str:
        """SHA-256 of the certificate, signatures included."""
        return digest(self.as_json())

    def as_json(self) -> dict[str, Json]:
        """The certificate as the ledger keeps it and the vault reads it."""
        return {**self.statement.as_json(), "signatures": [signature.as_json() for signature in self.signatures]}


def certify(statement: LockStatement, *signatures: Signature) -> LockCertificate:
    """Put signatures under a statement; whether they hold is judged when the database is locked."""
    return LockCertificate(
        statement.study_digest,
        statement.ledger_seq,
        statement.ledger_hash,
        statement.data_digest,
        statement.locked_at,
        signatures,
    )


def read_certificate(document: Mapping[str, Any]) -> LockCertificate:
    """The certificate that `as_json` wrote."""
    signatures = tuple(read_signature(each) for each in document["signatures"])
    return LockCertificate(**{**document, "signatures": signatures})
