"""The vault's side of the ceremony: freeze, commit, commit, reveal, reveal, seal.  Any other order is refused (K6)."""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from equipoise import __version__
from equipoise.allocation.commitment import SEED_BYTES, SEED_PARTIES, AllocationCommitment, seed_commitment
from equipoise.allocation.design import PackPlan, RandomisationDesign, read_design
from equipoise.allocation.minimisation import Levels, Minimisation
from equipoise.allocation.predictability import judge_design
from equipoise.vocabulary import Json, Refusal, Role, canonical_json
from equipoise_vault.entries import CommitmentTaken, DesignTaken, ListMade, ShareTaken, VaultCeremonyAbandoned
from equipoise_vault.envelope import seal_slot
from equipoise_vault.pharmacy.manual import make_manual
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.seal import SealedList, SlotSecret, make_list
from equipoise_vault.state import VaultState

Answer = Mapping[str, Json]
CODE_VERSION = f"equipoise {__version__}"
SALT_BYTES = 16
JUDGED_FOR = 30
"""Participants for whom a design is judged where nobody says how many are planned."""
MOST_JUDGED = 200
"""More make no design easier to guess, and the sum takes long."""
VAULT, PHARMACY = "vault", "pharmacist"


def freeze(room: Room, request: Request) -> Answer:
    """Take the design, which cannot change any more.

    `pharmacist_key` is P's own X25519 public key for envelopes; `study` the study definition (canonical JSON) that the
    design names, of which the pharmacy's manual is kept.  A design for a real list is given a `salt` here if it brings
    none, so that nobody can search its digest for the restriction; both parties are told it.
    The answer judges how well the arms can be guessed, for `participants` (default: `JUDGED_FOR`) before anybody seals.
    """
    design = _salted(room, read_design(request.mapping("design")))
    study = request.body.get("study")
    manual = make_manual(request.mapping("study"), design.study, design.arms) if study is not None else None
    pharmacist_key = request.body.get("pharmacist_key", "")
    if pharmacist_key:
        request.hexadecimal("pharmacist_key", 32)

    def decide(state: VaultState) -> tuple[DesignTaken]:
        if state.design_digest:
            raise _out_of_order("A design is frozen already.", "Abandon this ceremony first, with a reason.")
        number = state.ceremony + 1
        room.put_secret(f"design {number}", design.canonical_bytes())
        if manual is not None:
            room.put_secret(manual_name(number), canonical_json(manual))
        return (DesignTaken(number, design.digest, str(pharmacist_key)),)

    room.book.execute(decide, who=request.who, role=request.role)
    return {
        "design_digest": design.digest,
        "ceremony": room.book.state().ceremony,
        "salt": design.salt,
        "judgement": judgement(design, request.whole("participants") if "participants" in request.body else JUDGED_FOR),
    }


def judgement(design: RandomisationDesign, participants: int) -> list[Json]:
    """How well the arms of a design can be guessed if earlier ones leak, for the two parties alone (L26)."""
    return [
        {"rule": each.rule, "severity": each.severity.value, "message": each.message, "suggestion": each.suggestion}
        for each in judge_design(design, max(1, min(participants, MOST_JUDGED)))
    ]


def commit(room: Room, request: Request) -> Answer:
    """Bind the asking party to a seed share by its SHA-256."""
    commitment = request.hexadecimal("commitment", 32).hex()

    def decide(state: VaultState) -> tuple[CommitmentTaken]:
        if not state.design_digest:
            raise _out_of_order("The design is not frozen yet.", "Freeze the design first.")
        if _party(request) in state.commitments:
            raise _out_of_order("This party is bound already.", "A change needs a new ceremony.")
        if commitment in state.commitments.values():
            raise _out_of_order("The other party gave the same commitment.", "Each draws a share of their own.")
        return (CommitmentTaken(_party(request), commitment),)

    room.book.execute(decide, who=request.who, role=request.role)
    return {"bound": [party.value for party in SEED_PARTIES if party in room.book.state().commitments]}


def reveal(room: Room, request: Request) -> Answer:
    """Take the asking party's seed share, once both parties are bound."""
    share = request.hexadecimal("share", SEED_BYTES)

    def decide(state: VaultState) -> tuple[ShareTaken]:
        party = _party(request)
        if not state.is_bound:
            raise _out_of_order("A share is shown only after both parties are bound.", "Wait for the other commitment.")
        if party in state.shown:
            raise _out_of_order("This share was shown already.", "")
        if not hmac.compare_digest(seed_commitment(share), state.commitments[party]):
            raise Refusal("CEREMONY-SHARE", "This is not the share that was committed.", "Show the committed share.")
        room.put_secret(_share_name(state.ceremony, party), share)
        return (ShareTaken(party),)

    room.book.execute(decide, who=request.who, role=request.role)
    return {"shown": [party.value for party in SEED_PARTIES if party in room.book.state().shown]}


def seal(room: Room, request: Request) -> Answer:
    """Make the list, commit it, and put every slot into envelopes; asked again, it gives the same answer."""

    if room.book.state().commitment is not None:
        return sealed(room, request)
    if not room.book.state().has_seed:
        raise _out_of_order("Both seed shares must be shown before a list is sealed.", "Finish the steps before.")
    made = the_list(room, room.book.state())

    def decide(state: VaultState) -> tuple[ListMade, ...]:
        if state.commitment is not None:  # by another process, in the meantime: it is the same list
            return ()
        commitment = _commitment(state, frozen_design(room, state), made)
        put_in_envelopes(room, state, made.slots)
        return (ListMade(commitment, room.sign(commitment.signed_text())),)

    room.book.execute(decide, who=request.who, role=request.role)
    return _public(room.book.state(), made)


def sealed(room: Room, request: Request) -> Answer:
    """What the masked side may have of the list: commitment, signature, pack numbers in the order of the list."""
    state = room.book.state()
    if state.commitment is None:
        raise _out_of_order("No list is sealed yet.", "Finish the ceremony first.")
    return _public(state, the_list(room, state))


def _public(state: VaultState, made: SealedList) -> Answer:
    assert state.commitment is not None, "only a sealed list is told"
    packs = made.packs
    return {
        "commitment": state.commitment.canonical(),
        "signature": state.signature,
        "pack_numbers": list(packs.flat()) if packs else [],
    }


def abandon(room: Room, request: Request) -> Answer:
    """Give the ceremony up, for the stated reason; a list that was sealed is never used."""

    def decide(state: VaultState) -> tuple[VaultCeremonyAbandoned]:
        if not state.design_digest:
            raise _out_of_order("No ceremony is under way.", "")
        if state.is_in_use:
            raise _out_of_order("Slots of this list were opened.", "The list stays until the trial's end.")
        if not request.why.strip():
            raise Refusal("CEREMONY-REASON", "A ceremony is given up for a reason.", "Say why.")
        return (VaultCeremonyAbandoned(state.ceremony),)

    room.book.execute(decide, who=request.who, role=request.role, why=request.why)
    return {}


def frozen_design(room: Room, state: VaultState) -> RandomisationDesign:
    """The design of the current ceremony."""
    return read_design(json.loads(room.secret(f"design {state.ceremony}")))


def seed_shares(room: Room, state: VaultState) -> dict[Role, bytes]:
    """Both parties' shares of the current ceremony."""
    return {party: room.secret(_share_name(state.ceremony, party)) for party in SEED_PARTIES}


def the_list(room: Room, state: VaultState, coming: tuple[Levels, ...] = ()) -> SealedList:
    """The list of the current ceremony, made anew: its arms are stored nowhere but in the envelopes.

    A live list goes as far as it was drawn, and on for the levels of those who are `coming`.
    """
    shares = seed_shares(room, state)
    levels = [*(drawn.levels for drawn in state.draws), *coming]
    return make_list(frozen_design(room, state), shares[Role.STATISTICIAN], shares[Role.PHARMACIST], levels)


def manual_name(ceremony: int) -> str:
    """Under which name the pharmacy's manual of a ceremony is kept."""
    return f"manual {ceremony}"


def _salted(room: Room, design: RandomisationDesign) -> RandomisationDesign:
    if room.book.state().rehearsal or len(design.salt) >= 2 * SALT_BYTES:
        return design
    if design.salt:
        raise Refusal("CEREMONY-SALT", f"A salt has at least {SALT_BYTES} bytes.", "Leave it out: the vault draws one.")
    return replace(design, salt=room.entropy(SALT_BYTES).hex())


def _commitment(state: VaultState, design: RandomisationDesign, made: SealedList) -> AllocationCommitment:
    packs = design.packs or PackPlan(0)
    return AllocationCommitment(
        root=made.root(),
        design_digest=design.digest,
        statistician_commitment=state.commitments[Role.STATISTICIAN],
        pharmacist_commitment=state.commitments[Role.PHARMACIST],
        strata=design.strata,
        slots=design.slots,
        doses=packs.doses,
        spares=packs.spares,
        code_version=CODE_VERSION,
        key=state.signing_key,
        rehearsal=state.rehearsal,
        factors=design.procedure.factors if isinstance(design.procedure, Minimisation) else (),
    )


def put_in_envelopes(room: Room, state: VaultState, slots: Iterable[SlotSecret]) -> None:
    """Seal slots to every recipient and store the envelopes."""
    made = list(slots)
    for recipient, key in _recipients(state):
        boxes = [
            (slot.stratum, slot.slot, seal_slot(key, (slot.stratum, slot.slot), slot.arm, slot.nonce, room.entropy))
            for slot in made
        ]
        room.put_envelopes(state.ceremony, recipient, boxes)


def _recipients(state: VaultState) -> list[tuple[str, bytes]]:
    keys = [(VAULT, state.envelope_key), (PHARMACY, state.pharmacist_key)]
    return [(recipient, bytes.fromhex(key)) for recipient, key in keys if key]


def _party(request: Request) -> Role:
    if request.role not in SEED_PARTIES:
        raise Refusal("CEREMONY-PARTY", "Only the statistician and the pharmacist bring seed shares.")
    return request.role


def _share_name(ceremony: int, party: Role) -> str:
    return f"share {ceremony} {party.value}"


def _out_of_order(sentence: str, remedy: str) -> Refusal:
    return Refusal("CEREMONY-ORDER", sentence, remedy)
