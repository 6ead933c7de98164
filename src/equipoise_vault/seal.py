"""Make a list from a design and two seed shares: arms, nonces, leaves, root and pack numbers.  Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from equipoise.allocation.commitment import draws_root, slot_leaf
from equipoise.allocation.design import RandomisationDesign
from equipoise.allocation.merkle import merkle_root
from equipoise.allocation.minimisation import Levels, Minimisation, draw_arm
from equipoise.allocation.pack_map import PackMap, number_packs
from equipoise.allocation.procedures import allocate
from equipoise_vault.drbg import KeyedGenerator, draw_generator, list_seed, slot_nonce, subkey


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
    """The list in its own order, stratum after stratum, and its pack numbers (None if no packs are planned).

    Of a live list, `slots` are those that were drawn so far, and `draws` is the key of all draws, to which its root
    commits.
    """

    slots: tuple[SlotSecret, ...]
    packs: PackMap | None
    draws: bytes = b""

    def leaves(self) -> list[bytes]:
        return [slot.leaf() for slot in self.slots]

    def root(self) -> str:
        return draws_root(self.draws) if self.draws else merkle_root(self.leaves()).hex()


def make_list(
    design: RandomisationDesign, statistician_share: bytes, pharmacist_share: bytes, levels: Sequence[Levels] = ()
) -> SealedList:
    """Generate the list that this design and these shares fix, and no other.

    The strata are drawn one after the other from the same generator; the packs from a generator of their own, so that
    their numbers are independent of the arms.  A live list is drawn as far as `levels` of its slots are given, each
    slot from a generator of its own.  Source: SP 800-90A (deterministic generators from a keyed hash).
    """
    seed = list_seed(statistician_share, pharmacist_share, design.digest)
    packs = None
    if design.packs is not None:
        shuffle = KeyedGenerator(subkey(seed, "packs"))
        packs = number_packs(design.list_length, design.packs, shuffle.below)
    if not isinstance(design.procedure, Minimisation):
        return SealedList(tuple(_listed(design, seed)), packs)
    return SealedList(tuple(_minimised(design.procedure, design.arms, seed, levels)), packs, subkey(seed, "draw"))


def _listed(design: RandomisationDesign, seed: bytes) -> Iterator[SlotSecret]:
    generator = KeyedGenerator(seed)
    for stratum in range(design.stratum_count):
        arms = allocate(design.procedure, design.shares, design.slots, generator.below)
        for slot, arm in enumerate(arms):
            yield SlotSecret(stratum, slot, design.arms[arm], slot_nonce(seed, stratum, slot))


def _minimised(
    procedure: Minimisation, arms: tuple[str, ...], seed: bytes, levels: Sequence[Levels]
) -> Iterator[SlotSecret]:
    drawn: list[tuple[int, Levels]] = []
    draws = subkey(seed, "draw")
    for slot, own in enumerate(levels):
        arm = draw_arm(procedure, len(arms), drawn, own, draw_generator(draws, slot).below)
        drawn.append((arm, own))
        yield SlotSecret(0, slot, arms[arm], slot_nonce(seed, 0, slot))
