"""What the masked server may know of the vault's day: that codes were broken, and whether the accounts are closed."""

from equipoise.vocabulary import Json, utc_text
from equipoise_vault.ceremony import Answer
from equipoise_vault.paper import paper_findings
from equipoise_vault.pharmacy.balance import is_reconciled
from equipoise_vault.request import Request
from equipoise_vault.room import Room


def notices(room: Room, request: Request) -> Answer:
    """Each broken slot once, with the reason that was chosen before it was shown, and the alarms over many breaks."""
    state = room.book.state()
    breaks: list[Json] = [
        {
            "number": number,
            "stratum": broken.place[0],
            "slot": broken.place[1],
            "reason": broken.reason.value,
            "at": utc_text(broken.at),
            "on_paper": broken.on_paper,
        }
        for number, broken in enumerate(state.breaks.values(), start=1)
    ]
    alarms: list[Json] = [{"number": number, "at": utc_text(at)} for number, at in enumerate(state.alarms, start=1)]
    return {"breaks": breaks, "alarms": alarms}


def pharmacy_account(room: Room, request: Request) -> Answer:
    """Open or closed, and nothing more: the stock and the paper envelopes together."""
    return {"is_closed": is_account_closed(room)}


def is_account_closed(room: Room) -> bool:
    """True if nothing of stock, cold chain or paper envelopes is unsettled."""
    return is_reconciled(room.pharmacy.state()) and not paper_findings(room.book.state())
