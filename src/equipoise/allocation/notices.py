"""What the vault tells the masked side unasked for details: that a code was broken, and whether the pharmacy balances.

A notice names a slot and the reason that was given before anything was shown, so it depends on no arm (leak L28).
"""

from collections.abc import Mapping
from typing import Any

from equipoise.allocation.entries import BreakAlarm, BreakReason, CodeBroken, PharmacyAccount
from equipoise.allocation.state import AllocationState
from equipoise.vocabulary import Refusal, utc_from_text


def take_notices(state: AllocationState, answer: Mapping[str, Any]) -> tuple[CodeBroken | BreakAlarm, ...]:
    """The entries that the vault's notices lead to; what is on record already leads to none."""
    holder = {place: participant for participant, place in state.slot_of.items()}
    try:
        breaks = [_read_break(notice, holder) for notice in answer["breaks"]]
        alarms = [BreakAlarm(notice["number"], utc_from_text(notice["at"])) for notice in answer["alarms"]]
    except (KeyError, TypeError, ValueError):
        raise Refusal("VAULT-NOTICES", "The vault's notices cannot be read.", "Ask for them again.") from None
    fresh_breaks = [each for each in breaks if each.number not in state.breaks]
    fresh_alarms = [each for each in alarms if each.number > state.alarms]
    return (*fresh_breaks, *fresh_alarms)


def take_account(state: AllocationState, is_closed: bool) -> tuple[PharmacyAccount, ...]:
    """Record whether the pharmacy's reconciliation is closed, if that is news."""
    return () if state.is_account_closed is is_closed else (PharmacyAccount(is_closed),)


def _read_break(notice: Mapping[str, Any], holder: Mapping[tuple[int, int], str]) -> CodeBroken:
    place = notice["stratum"], notice["slot"]
    return CodeBroken(
        number=notice["number"],
        stratum=place[0],
        slot=place[1],
        reason=BreakReason(notice["reason"]),
        broken_at=utc_from_text(notice["at"]),
        on_paper=notice["on_paper"],
        participant=holder.get(place),
    )
