"""Paper envelopes: printed once at sealing, for the night when nothing else works, and accounted for afterwards (M07).

One page per slot.  Every arm is printed on every page and one is marked, so that all pages have the same words and the
same number of characters; a page is folded into an opaque envelope with the slot's number outside.
"""

import json
from datetime import datetime

from equipoise.allocation.commitment import root_in_groups
from equipoise.allocation.entries import BreakReason
from equipoise.vocabulary import Finding, Json, Refusal, Severity
from equipoise_vault.ceremony import Answer, frozen_design, manual_name, the_list
from equipoise_vault.entries import PaperEnvelopeOpened, PaperEnvelopesCounted, PaperEnvelopesPrinted
from equipoise_vault.opening import sealed_state
from equipoise_vault.reauthentication import require_token
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.seal import SlotSecret
from equipoise_vault.state import VaultState
from equipoise_vault.template import template


def print_envelopes(room: Room, request: Request) -> Answer:
    """The pages of all envelopes as one printable document, once; the printing is recorded before it is shown.

    Before the first slot is used, by the pharmacist, with a `token`; a second printing needs a reason and is a new set.
    """
    state = sealed_state(room)
    if state.paper_printed and not request.why.strip():
        raise Refusal("PAPER-TWICE", "The envelopes were printed already.", "Say why a new set is needed.")
    require_token(room, request)
    made, design = the_list(room, state), frozen_design(room, state)
    room.book.execute(
        lambda _: (PaperEnvelopesPrinted(len(made.slots)),), who=request.who, role=request.role, why=request.why
    )
    assert state.commitment is not None
    root = root_in_groups(state.commitment.root)
    return {"pages": envelope_pages([_page(slot, design.arms, design.strata) for slot in made.slots], root)}


def record_opened(room: Room, request: Request) -> Answer:
    """Enter that a paper envelope was opened: `stratum, slot, opened_at, opened_by, reason`.  It is a code break."""
    state = sealed_state(room)
    if not state.paper_printed:
        raise Refusal("PAPER-PRINTED", "No envelopes were printed.", "Check the trial.")
    room.envelope(state.ceremony, "vault", request.place)  # refuses a slot that the list does not have
    opened_at: datetime = request.moment("opened_at")
    if opened_at > room.clock():
        raise Refusal("PAPER-TIME", "This time lies in the future.", "Enter when it was opened.")
    event = PaperEnvelopeOpened(
        *request.place, request.choice("reason", BreakReason), opened_at, request.words("opened_by")
    )

    def decide(state: VaultState) -> tuple[PaperEnvelopeOpened]:
        if request.place in state.paper_opened:
            raise Refusal("PAPER-OPENED", "This envelope is on record as opened.", "Nothing more is needed.")
        return (event,)

    room.book.execute(decide, who=request.who, role=request.role, why=request.why)
    return {"opened": len(room.book.state().paper_opened)}


def count_envelopes(room: Room, request: Request) -> Answer:
    """Enter how many envelopes are `intact`; printed = intact + opened, or the account stays open."""
    intact = request.whole("intact")
    room.ledger.append([PaperEnvelopesCounted(intact)], who=request.who, role=request.role)
    return {"is_even": not paper_findings(room.book.state())}


def show_paper(room: Room, request: Request) -> Answer:
    """How many envelopes were printed, opened and counted as intact (null: not since the last one was opened).

    `time_zone` is the trial's, for the times that people enter; UTC where the vault was not given the definition.
    """
    state = room.book.state()
    manual = manual_name(state.ceremony)
    findings: list[Json] = [finding.message for finding in paper_findings(state)]
    return {
        "printed": state.paper_printed,
        "opened": len(state.paper_opened),
        "intact": state.paper_intact,
        "findings": findings,
        "time_zone": json.loads(room.secret(manual))["time_zone"] if room.has_secret(manual) else "UTC",
    }


def paper_findings(state: VaultState) -> tuple[Finding, ...]:
    """What keeps the account of the paper envelopes open, if any were printed."""
    if not state.paper_printed:
        return ()
    if state.paper_intact is None:
        return (_finding("PAPER-COUNT", "The envelopes were not counted since the last one was opened."),)
    expected = state.paper_printed - len(state.paper_opened)
    if state.paper_intact != expected:
        return (_finding("PAPER-BALANCE", f"{expected} envelopes should be intact, {state.paper_intact} are."),)
    return ()


def envelope_pages(pages: list[dict[str, Json]], root: str) -> str:
    """The printable document: one page per slot, all of one length."""
    return template("envelopes.html").render(pages=pages, root=root)


def _page(slot: SlotSecret, arms: tuple[str, ...], strata: tuple[str, ...]) -> dict[str, Json]:
    return {
        "place": f"{slot.stratum:04d} / {slot.slot:06d}",
        "stratum": strata[slot.stratum] if strata else "",
        "arms": [[arm, "[X]" if arm == slot.arm else "[ ]"] for arm in arms],
        "nonce": slot.nonce.hex(),
    }


def _finding(rule: str, message: str) -> Finding:
    return Finding(rule, Severity.ERROR, "paper envelopes", message, "Count them again; find the missing ones.")
