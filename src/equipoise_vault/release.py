"""Release: the whole list leaves the vault, against a locked database, by two people who hold shares of its key."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from equipoise.allocation.commitment import SEED_PARTIES
from equipoise.ledger import Signature, read_signature
from equipoise.vocabulary import Json, Refusal, Role, digest, utc_text
from equipoise_vault.ceremony import Answer, frozen_design, seed_shares, the_list
from equipoise_vault.entries import AllocationReleased
from equipoise_vault.notices import is_account_closed
from equipoise_vault.reauthentication import require_token
from equipoise_vault.request import Request
from equipoise_vault.room import ReleaseProposal, Room
from equipoise_vault.shares import holder_of, join_shares
from equipoise_vault.state import VaultState

FORMAT = "equipoise-opening-1"
PROPOSAL_LASTS = timedelta(minutes=30)
_CERTIFICATE = ("study_digest", "ledger_seq", "ledger_hash", "data_digest", "locked_at", "signatures")


def release(room: Room, request: Request) -> Answer:
    """Give `opening.json`: design, seed shares, every slot with arm and nonce, packs, and the certificate it was for.

    Conditions: a lock certificate signed by two different people, whose data digest is that of the data as they are now
    (M08), which does not contradict a signed checkpoint, a pharmacy whose account is closed, and two key shares of
    different holders (ASVS 2.3.5).
    """
    return _release(
        room, request, request.mapping("certificate"), request.text("data_digest"), request.body.get("key_shares")
    )


def propose_release(room: Room, request: Request) -> Answer:
    """The first holder names `certificate` and `data_digest` and gives the own key `share`; it waits for the second.

    What can be checked is checked at once.  Nothing is written: a proposal ends with half an hour or the process.
    """
    certificate, data_digest = request.mapping("certificate"), request.text("data_digest")
    share = _own_share(request)
    _check_certificate(certificate, data_digest)
    _check_room(room, room.book.state(), certificate)
    require_token(room, request)
    room.proposal = ReleaseProposal(request.who, share, certificate, data_digest, room.clock() + PROPOSAL_LASTS)
    return show_proposal(room, request)


def complete_release(room: Room, request: Request) -> Answer:
    """Another holder has compared the proposal (`certificate_digest`) and gives the own `share`: the list goes out."""
    proposal = _proposal(room)
    if proposal is None:
        raise Refusal("RELEASE-PROPOSAL", "No release is proposed, or it waited too long.", "Propose it first.")
    if proposal.who == request.who:
        raise Refusal("RELEASE-SECOND", "The second person is another one.", "Ask another holder of a key share.")
    if request.text("certificate_digest") != digest(dict(proposal.certificate)):
        raise Refusal("RELEASE-PROPOSAL", "This is not the certificate that is proposed.", "Look at the page again.")
    shares = [proposal.share, _own_share(request)]
    require_token(room, request)
    answer = _release(room, request, proposal.certificate, proposal.data_digest, shares)
    room.proposal = None
    return answer


def show_proposal(room: Room, request: Request) -> Answer:
    """What is proposed for release and by whom, for the second person to compare; null if nothing is."""
    proposal, is_released = _proposal(room), room.book.state().is_released
    if proposal is None:
        return {"proposal": None, "is_released": is_released}
    certificate = proposal.certificate
    shown: dict[str, Json] = {
        "by": proposal.who,
        "until": utc_text(proposal.until),
        "certificate_digest": digest(dict(certificate)),
        **{name: certificate[name] for name in ("study_digest", "ledger_seq", "data_digest", "locked_at")},
        "signed_by": [signature.who for signature in _read_signatures(certificate["signatures"])],
    }
    return {"proposal": shown, "is_released": is_released}


def _proposal(room: Room) -> ReleaseProposal | None:
    return room.proposal if room.proposal is not None and room.clock() <= room.proposal.until else None


def _own_share(request: Request) -> str:
    share = request.text("share")
    if holder_of(share) is not request.role:
        raise Refusal("KEY-SHARES", "This is another holder's share.", "Each holder gives the own one.")
    return share


def _release(
    room: Room, request: Request, certificate: Mapping[str, Any], data_digest: str, key_shares: object
) -> Answer:
    _check_certificate(certificate, data_digest)
    holders = _check_key_shares(room, key_shares)

    def decide(state: VaultState) -> tuple[AllocationReleased]:
        _check_room(room, state, certificate)
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


def _check_room(room: Room, state: VaultState, certificate: Mapping[str, Any]) -> None:
    if state.commitment is None:
        raise Refusal("RELEASE-SEALED", "No list is sealed in this vault.", "")
    _check_head(state, certificate)
    if not is_account_closed(room):
        raise Refusal(
            "RELEASE-PHARMACY", "The pharmacy's account is open.", "Settle its findings at the pharmacist's desk."
        )


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


def _read_signatures(documents: object) -> tuple[Signature, ...]:
    if not isinstance(documents, (list, tuple)):
        return ()
    try:
        return tuple(map(read_signature, documents))
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
