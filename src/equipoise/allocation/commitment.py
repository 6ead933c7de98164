"""Commitments: what is made public before the first participant, so that nothing can be chosen afterwards."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from equipoise.allocation.design import ARM_BYTES
from equipoise.allocation.merkle import leaf_hash
from equipoise.vocabulary import Json, Role, canonical_json, digest, digest_bytes

SEED_BYTES = 32
NONCE_BYTES = 32
SEED_PARTIES = (Role.STATISTICIAN, Role.PHARMACIST)
"""The two people who each bring half of the seed; neither can steer the list alone."""


@dataclass(frozen=True, slots=True)
class AllocationCommitment:
    """What binds the sealed list: published, anchored outside, and opened at release.

    `root` is the Merkle root over all slots, stratum after stratum; `slots` is the padded number per stratum;
    `doses` and `spares` count the packs numbered for each slot; `key` is the vault's Ed25519 public key.
    All digests are 64 hexadecimal digits.  `factors` are those of a live procedure, whose `root` is over the key
    of its draws instead of the arms, which do not exist yet.  A `rehearsal` list is made from known numbers and binds
    nobody.
    """

    root: str
    design_digest: str
    statistician_commitment: str
    pharmacist_commitment: str
    strata: tuple[str, ...]
    slots: int
    doses: int
    spares: int
    code_version: str
    key: str
    rehearsal: bool
    factors: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """True if each slot's arm is drawn in the vault when its participant comes (minimisation)."""
        return bool(self.factors)

    @property
    def stratum_count(self) -> int:
        return max(1, len(self.strata))

    @property
    def packs_per_slot(self) -> int:
        return self.doses + self.spares

    def canonical(self) -> dict[str, Json]:
        """As the ledger writes it (what is empty is left out), so that an opening and the ledger compare equal."""
        fields = asdict(self)
        lists = {name: list(values) for name in ("strata", "factors") if (values := fields.pop(name))}
        return {**fields, **lists}

    def signed_text(self) -> bytes:
        """The bytes that the vault signs."""
        return b"equipoise allocation\n" + canonical_json(self.canonical())


def seed_commitment(share: bytes) -> str:
    """SHA-256 of one party's 32 random bytes: entered in the ledger before either share is shown to the vault."""
    assert len(share) == SEED_BYTES, "a seed share has 32 bytes"
    return digest_bytes(share)


def slot_leaf(stratum: int, slot: int, arm: str, nonce: bytes) -> bytes:
    """The leaf hash of one slot: place, padded arm and a 256-bit nonce, so that no list can be searched from its root.

    Content: four decimal digits of the stratum ‖ six of the slot (both from 0) ‖ arm, zero-padded to 32 ‖ nonce.
    """
    assert len(nonce) == NONCE_BYTES, "a nonce has 32 bytes"
    return leaf_hash(f"{stratum:04d}{slot:06d}".encode() + padded_arm(arm) + nonce)


def draws_root(key: bytes) -> str:
    """The root of a live list: the leaf hash of the 32 bytes from which every draw is made."""
    return leaf_hash(key).hex()


def next_link(link: str, leaf: bytes, levels: tuple[str, ...]) -> str:
    """The chain of a live list: SHA-256(link before ‖ leaf of the slot ‖ SHA-256 of the levels as JSON); root first."""
    return digest_bytes(bytes.fromhex(link) + leaf + bytes.fromhex(digest(list(levels))))


def padded_arm(arm: str) -> bytes:
    """The arm's id in exactly 32 bytes."""
    return arm.encode().ljust(ARM_BYTES, b"\0")


def root_in_groups(root: str) -> str:
    """The root as a person reads it aloud: sixteen groups of four digits."""
    return " ".join(root[at : at + 4] for at in range(0, len(root), 4))


def read_commitment(document: Mapping[str, Any]) -> AllocationCommitment:
    """Read what `AllocationCommitment.canonical` wrote."""
    lists = {name: tuple(document.get(name, ())) for name in ("strata", "factors")}
    return AllocationCommitment(**{**document, **lists})
