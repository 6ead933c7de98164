"""Release: the whole list leaves the vault, against a locked database, by two people who hold shares of its key."""

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from equipoise.allocation.commitment import SEED_PARTIES
from equipoise.vocabulary import Json, Refusal, Role, digest
from equipoise_vault.ceremony import Answer, frozen_design, seed_shares, the_list
from equipoise_vault.entries import AllocationReleased
from equipoise_vault.notices import is_account_closed
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.shares import holder_of, join_shares
from equipoise_vault.state import VaultState

if TYPE_CHECKING:
    from equipoise.closure.signature import Signature

FORMAT = "equipoise-opening-1"
_CERTIFICATE = ("study_digest", "ledger_seq", "ledger_hash", "data_digest", "locked_at", "signatures")


def release(room: Room, request: Request) -> Answer:
    """Give `opening.json`: design, seed shares, every slot with arm and nonce, packs, and the certificate it was for.

    Conditions: a lock certificate signed by two different people, whose data digest is that of the data as they are now
    (M08), which does not contradict a signed checkpoint, a pharmacy whose account is closed, and two key shares of
    different holders (ASVS 2.3.5).
    """
    certificate = request.mapping("certificate")
    _check_certificate(certificate, request.text("data_digest"))
    holders = _check_key_shares(room, request.body.get("key_shares"))

    def decide(state: VaultState) -> tuple[AllocationReleased]:
        if state.commitment is None:
            raise Refusal("RELEASE-SEALED", "No list is sealed in this vault.", "")
        _check_head(state, certificate)
        if not is_account_closed(room):
            raise Refusal(
                "RELEASE-PHARMACY", "The pharmacy's account is open.", "Settle its findings at the pharmacist's desk."
            )
        return (AllocationReleased(digest(dict(certificate)), holders),)

    room.book.execute(decide, who=request.who, role=request.role, why=request.why)
    return {"opening": opening(room, certificate)}


def opening(room: Room, certificate: Mapping[str, Any]) -> dict[str, Json]:
    """The document with which any reader can recompute everything that was committed."""
    state = room.book.state()
    assert state.commitment is not None
    made = the_list(room, state)
    shares = seed_shares(room, state)
    return {
        "format": FORMAT,
        "design": frozen_design(room, state).canonical(),
        "seed_shares": {party.value: shares[party].hex() for party in SEED_PARTIES},
        "commitment": state.commitment.canonical(),
        "slots": [
            {"stratum": slot.stratum, "slot": slot.slot, "arm": slot.arm, "nonce": slot.nonce.hex()}
            for slot in made.slots
        ],
        "pack_numbers": list(made.packs.flat()) if made.packs else [],
        "lock": dict(certificate),
    }


def _check_certificate(certificate: Mapping[str, Any], data_digest: str) -> None:
    missing = [name for name in _CERTIFICATE if name not in certificate]
    if missing:
        raise Refusal("RELEASE-LOCK", f"The lock certificate has no “{missing[0]}”.", "Lock the database first.")
    statement = {name: part for name, part in certificate.items() if name != "signatures"}
    signatures = _read_signatures(certificate["signatures"])
    people = {signature.who.strip().casefold() for signature in signatures} - {""}
    if len(people) < 2 or len({signature.key for signature in signatures}) < 2:
        raise Refusal("RELEASE-SIGNATURES", "The lock certificate is not signed by two different people.", "Sign it.")
    if not all(signature.is_genuine(statement) for signature in signatures):
        raise Refusal("RELEASE-SIGNATURES", "A signature does not fit the lock certificate.", "Sign it again.")
    if not hmac.compare_digest(str(certificate["data_digest"]).encode(), data_digest.encode()):
        raise Refusal("RELEASE-DATA", "The data changed after they were locked.", "Find out why; lock again.")


def _read_signatures(documents: object) -> tuple["Signature", ...]:
    # here and not above: it brings in half the masked side, which the sealed room needs once, at the trial's end
    from equipoise.closure.signature import Signature  # noqa: PLC0415

    if not isinstance(documents, (list, tuple)):
        return ()
    try:
        return tuple(Signature(**{**document, "role": Role(document["role"])}) for document in documents)
    except (TypeError, KeyError, ValueError):
        return ()


def _check_key_shares(room: Room, given: object) -> tuple[Role, ...]:
    if not isinstance(given, (list, tuple)) or len(given) != 2 or not all(isinstance(share, str) for share in given):
        raise Refusal("KEY-SHARES", "Release needs two key shares.", "Two of the three holders enter theirs.")
    if not room.is_master_key(join_shares(given[0], given[1])):
        raise Refusal("VAULT-KEY", "These key shares do not open this vault.", "Take this trial's shares.")
    return tuple(holder_of(share) for share in given)


def _check_head(state: VaultState, certificate: Mapping[str, Any]) -> None:
    signed = state.signed.get(certificate["ledger_seq"], certificate["ledger_hash"])
    if signed != certificate["ledger_hash"]:
        raise Refusal("RELEASE-LEDGER", "The certificate contradicts a signed checkpoint of the ledger.", "Verify it.")
