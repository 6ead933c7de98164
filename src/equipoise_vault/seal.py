"""Make a list from a design and two seed shares: arms, nonces, leaves, root and pack numbers.  Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.allocation.commitment import slot_leaf
from equipoise.allocation.design import RandomisationDesign
from equipoise.allocation.merkle import merkle_root
from equipoise.allocation.pack_map import PackMap, number_packs
from equipoise.allocation.procedures import allocate
from equipoise_vault.drbg import KeyedGenerator, list_seed, slot_nonce, subkey


@dataclass(frozen=True, slots=True, repr=False)
class SlotSecret:
    """One slot with its arm and nonce: the pairing that this whole house is built around."""

    stratum: int
    slot: int
    arm: str
    nonce: bytes

    def leaf(self) -> bytes:
        return slot_leaf(self.stratum, self.slot, self.arm, self.nonce)


@dataclass(frozen=True, slots=True, repr=False)
class SealedList:
    """The list in its own order, stratum after stratum, and its pack numbers (None if no packs are planned)."""

    slots: tuple[SlotSecret, ...]
    packs: PackMap | None

    def leaves(self) -> list[bytes]:
        return [slot.leaf() for slot in self.slots]

    def root(self) -> str:
        return merkle_root(self.leaves()).hex()


def make_list(design: RandomisationDesign, statistician_share: bytes, pharmacist_share: bytes) -> SealedList:
    """Generate the list that this design and these shares fix, and no other.

    The strata are drawn one after the other from the same generator; the packs from a generator of their own, so that
    their numbers are independent of the arms.  Source: SP 800-90A (deterministic generators from a keyed hash).
    """
    seed = list_seed(statistician_share, pharmacist_share, design.digest)
    slots = tuple(_draw(design, seed))
    if design.packs is None:
        return SealedList(slots, None)
    shuffle = KeyedGenerator(subkey(seed, "packs"))
    return SealedList(slots, number_packs(design.list_length, design.packs, shuffle.below))


def _draw(design: RandomisationDesign, seed: bytes) -> Iterator[SlotSecret]:
    generator = KeyedGenerator(seed)
    for stratum in range(design.stratum_count):
        arms = allocate(design.procedure, design.shares, design.slots, generator.below)
        for slot, arm in enumerate(arms):
            yield SlotSecret(stratum, slot, design.arms[arm], slot_nonce(seed, stratum, slot))
