"""The ceremony's steps as the ledger records them, in the only permitted order (attack K6).

Freeze the design, commit both seed shares, seal, number the packs, anchor outside: then, and only then, participants.
Each verb gives the entries to write or raises a `Refusal`.
"""

import re

from equipoise.allocation.commitment import SEED_PARTIES, AllocationCommitment
from equipoise.allocation.entries import (
    AnchorMedium,
    AnchorRecorded,
    CeremonyAbandoned,
    DesignFrozen,
    ListSealed,
    PackMapReceived,
    SeedCommitted,
)
from equipoise.allocation.pack_map import is_pack_number
from equipoise.allocation.signature import is_signed
from equipoise.allocation.state import AllocationState
from equipoise.vocabulary import Refusal, Role

_DIGEST = re.compile(r"[0-9a-f]{64}")


def freeze_design(state: AllocationState, design_digest: str) -> tuple[DesignFrozen]:
    """Open a ceremony with the digest of the frozen design."""
    if state.commitment is not None or state.design_digest:
        raise _out_of_order("A ceremony is under way or ended with a sealed list.", "Abandon it first, with a reason.")
    return (DesignFrozen(state.ceremony + 1, _as_digest(design_digest)),)


def commit_seed(state: AllocationState, party: Role, commitment: str) -> tuple[SeedCommitted]:
    """Bind one party to a seed share; both are bound before either share is shown."""
    if not state.design_digest:
        raise _out_of_order("The design is not frozen yet.", "Freeze the design, then commit the seed shares.")
    if party not in SEED_PARTIES:
        raise Refusal("CEREMONY-PARTY", "Only the statistician and the pharmacist bring seed shares.")
    if party in state.seed_commitments:
        raise _out_of_order("This party is bound already.", "A change needs a new ceremony.")
    if commitment in state.seed_commitments.values():
        raise Refusal("CEREMONY-PARTY", "Both parties gave the same commitment.", "Each draws a share of their own.")
    return (SeedCommitted(state.ceremony, party, _as_digest(commitment)),)


def seal_list(state: AllocationState, commitment: AllocationCommitment, signature: str) -> tuple[ListSealed]:
    """Record the vault's commitment, once both shares were bound, if it fits what was frozen and bound."""
    if not state.is_committed:
        raise _out_of_order("Both seed shares must be bound before a list is sealed.", "Commit both shares first.")
    if state.commitment is not None:
        raise _out_of_order("A list is sealed already.", "Abandon this ceremony first, with a reason.")
    bound = tuple(state.seed_commitments[party] for party in SEED_PARTIES)
    claimed = (commitment.statistician_commitment, commitment.pharmacist_commitment)
    if claimed != bound or commitment.design_digest != state.design_digest:
        raise Refusal(
            "CEREMONY-BINDING",
            "The vault's commitment names another design or other seed shares than the ledger.",
            "Do not use this list. Abandon the ceremony and find out why.",
        )
    _as_digest(commitment.root)
    if not is_signed(commitment.key, signature, commitment.signed_text()):
        raise Refusal(
            "CEREMONY-SIGNATURE", "The vault's signature does not fit the commitment.", "Ask the vault again."
        )
    return (ListSealed(state.ceremony, commitment, signature),)


def receive_pack_map(state: AllocationState, numbers: tuple[str, ...]) -> tuple[PackMapReceived]:
    """Take over the numbers of all packs: as many as were sealed, each a pack number, none twice."""
    commitment = _sealed(state)
    if state.pack_map is not None:
        raise _out_of_order("The packs are numbered already.", "")
    expected = commitment.stratum_count * commitment.slots * commitment.packs_per_slot
    if len(numbers) != expected or len(set(numbers)) != expected or not all(map(is_pack_number, numbers)):
        raise Refusal("PACK-MAP", "The pack map does not fit the sealed list.", "Ask the vault for it again.")
    return (PackMapReceived(commitment.root, numbers),)


def record_anchor(state: AllocationState, root: str, medium: AnchorMedium, place: str) -> tuple[AnchorRecorded]:
    """Record that the root stands outside; the root is given as read there, so that a wrong copy is found at once."""
    commitment = _sealed(state)
    if re.sub(r"\s", "", root).lower() != commitment.root:
        raise Refusal(
            "ANCHOR-ROOT", "The root as read there is not the root of the sealed list.", "Compare the copies."
        )
    if (medium is AnchorMedium.REHEARSAL) != commitment.rehearsal:
        raise Refusal("ANCHOR-MEDIUM", "A real list needs a real anchor.", "Name where the root was put.")
    if not place.strip():
        raise Refusal("ANCHOR-PLACE", "Say where a reader finds the anchor.", "Name the document, date or address.")
    return (AnchorRecorded(commitment.root, medium, place.strip()),)


def abandon_ceremony(state: AllocationState) -> tuple[CeremonyAbandoned]:
    """Give a ceremony up, visibly; not possible once a participant has a slot."""
    if not state.design_digest:
        raise _out_of_order("No ceremony is under way.", "")
    if state.slot_of:
        raise _out_of_order("A participant was randomised from this list.", "The list stays until the trial's end.")
    return (CeremonyAbandoned(state.ceremony),)


def _sealed(state: AllocationState) -> AllocationCommitment:
    if state.commitment is None:
        raise _out_of_order("No list is sealed yet.", "Finish the ceremony first.")
    return state.commitment


def _as_digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise Refusal("CEREMONY-DIGEST", "A digest has 64 hexadecimal digits in small letters.", "Copy it whole.")
    return text


def _out_of_order(sentence: str, remedy: str) -> Refusal:
    return Refusal("CEREMONY-ORDER", sentence, remedy)
