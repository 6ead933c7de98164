"""What the vault says in public: its keys, how far the ceremony is, and signed heads of the trial's ledger."""

import re

from equipoise.ledger import make_checkpoint
from equipoise.vocabulary import Refusal, utc_from_text, utc_text
from equipoise_vault.ceremony import Answer
from equipoise_vault.entries import CheckpointSigned
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.state import VaultState

_HASH = re.compile(r"[0-9a-f]{64}")


def describe(room: Room, request: Request) -> Answer:
    """Public keys and the state of the ceremony; nothing of this depends on an arm."""
    state = room.book.state()
    return {
        "rehearsal": state.rehearsal,
        "signing_key": state.signing_key,
        "envelope_key": state.envelope_key,
        "ceremony": state.ceremony,
        "design_digest": state.design_digest,
        "bound": sorted(party.value for party in state.commitments),
        "commitments": {party.value: commitment for party, commitment in state.commitments.items()},
        "shown": sorted(party.value for party in state.shown),
        "is_sealed": state.commitment is not None,
        "is_released": state.is_released,
    }


def sign_checkpoint(room: Room, request: Request) -> Answer:
    """Sign the head (`seq`, `hash`) of the trial's ledger.

    The vault remembers what it signed: a head before the last one, or another hash at the same place, is a restored or
    rewritten ledger, and is refused (attack K3, V07).
    """
    seq, chain_head = request.whole("seq"), request.text("hash")
    if seq < 1 or not _HASH.fullmatch(chain_head):
        raise Refusal("VAULT-REQUEST", "This is no head of a ledger.", "Nothing was done.")
    try:
        when = utc_from_text(request.text("signed_at"))
    except ValueError:
        raise Refusal("VAULT-REQUEST", "The request needs a proper “signed_at”.", "Nothing was done.") from None

    def decide(state: VaultState) -> tuple[CheckpointSigned, ...]:
        last = max(state.signed, default=0)
        if seq < last or state.signed.get(seq, chain_head) != chain_head:
            raise Refusal(
                "CHECKPOINT-ROLLBACK",
                "The ledger is older than, or differs from, what was signed before.",
                "Stop data entry, keep both copies, and find out which one is true.",
            )
        return () if seq in state.signed else (CheckpointSigned(seq, chain_head),)

    room.book.execute(decide, who=request.who, role=request.role)
    checkpoint = make_checkpoint(
        seq, chain_head, when, key=room.book.state().signing_key, sign=lambda text: bytes.fromhex(room.sign(text))
    )
    return {
        "seq": checkpoint.seq,
        "hash": checkpoint.hash,
        "signed_at": utc_text(when),
        "key": checkpoint.key,
        "signature": checkpoint.signature,
    }
