"""One step of the fold per kind of record.  A record that contradicts the ones before changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from equipoise_vault.pharmacy import entries as made
from equipoise_vault.pharmacy.stock import Consignment, Count, Excursion, Kit, Removal
from equipoise_vault.pharmacy.words import IN_PREPARATION, IN_THE_PHARMACY, KitStage, RemovalKind

if TYPE_CHECKING:
    from equipoise_vault.pharmacy.state import Pharmacy


class MisfitError(Exception):
    """A record that cannot follow the ones before it."""


def _fits(condition: object) -> None:
    if not condition:
        raise MisfitError


def _consignment(state: "Pharmacy", number: int) -> Consignment:
    _fits(number in state.consignments)
    return state.consignments[number]


def _kit(state: "Pharmacy", pack: str, *stages: KitStage) -> Kit:
    _fits(pack in state.kits and state.kits[pack].stage in stages)
    return state.kits[pack]


def _put(state: "Pharmacy", consignment: Consignment) -> None:
    _fits(min(consignment.shelf, consignment.set_aside, consignment.destroyed, consignment.not_found) >= 0)
    state.consignments[consignment.number] = consignment


def _received(state: "Pharmacy", who: str, event: made.ConsignmentReceived) -> None:
    _fits(event.consignment == len(state.consignments) + 1 and event.quantity > 0)
    state.consignments[event.consignment] = Consignment(
        number=event.consignment,
        product=event.product,
        maker=event.maker,
        lot=event.lot,
        expires_on=event.expires_on,
        received=event.quantity,
        stays=((event.place, event.received_at),),
        received_by=who,
        shelf=event.quantity,
    )


def _receipt_corrected(state: "Pharmacy", who: str, event: made.ReceiptCorrected) -> None:
    old = _consignment(state, event.consignment)
    _put(state, old.moves(received=event.quantity, shelf=old.shelf + event.quantity - old.received))


def _tested(state: "Pharmacy", who: str, event: made.CertificateTestRecorded) -> None:
    old = _consignment(state, event.consignment)
    _put(state, replace(old, tests={**old.tests, event.test: event}))


def _released(state: "Pharmacy", who: str, event: made.ConsignmentReleased) -> None:
    old = _consignment(state, event.consignment)
    _fits(len(old.released_by) == event.is_second)
    _put(state, replace(old, released_by=(*old.released_by, who)))


def _moved(state: "Pharmacy", who: str, event: made.ConsignmentMoved) -> None:
    old = _consignment(state, event.consignment)
    _put(state, replace(old, stays=(*old.stays, (event.place, event.moved_at))))


def _set_aside(state: "Pharmacy", who: str, event: made.StockSetAside) -> None:
    old = _consignment(state, event.consignment)
    _put(state, old.moves(shelf=old.shelf - event.quantity, set_aside=old.set_aside + event.quantity))


def _counted(state: "Pharmacy", who: str, event: made.StockCounted) -> None:
    old = _consignment(state, event.consignment)
    here = frozenset(kit.pack for kit in state.kits_of(old.number) if kit.stage in IN_THE_PHARMACY)
    found = frozenset(event.kits)
    count = Count(event.units, old.shelf + old.set_aside, absent_kits=here - found, surplus_kits=found - here)
    _put(state, replace(old, count=count, moved=False))


def _log_read(state: "Pharmacy", who: str, event: made.TemperatureLogRead) -> None:
    state.logs[event.digest] = event
    state.watched_until[event.place] = max(event.ended_at, state.watched_until.get(event.place, event.ended_at))


def _excursion_found(state: "Pharmacy", who: str, event: made.ExcursionFound) -> None:
    _consignment(state, event.consignment)
    _fits(1 <= event.excursion <= len(state.excursions) + 1)
    state.excursions[event.excursion] = Excursion(event)


def _excursion_judged(state: "Pharmacy", who: str, event: made.ExcursionJudged) -> None:
    _fits(event.excursion in state.excursions)
    excursion = replace(state.excursions[event.excursion], verdict=event)
    state.excursions[event.excursion] = excursion
    if not event.is_usable:
        old = _consignment(state, excursion.found.consignment)
        _put(state, old.moves(shelf=0, set_aside=old.set_aside + old.shelf))


def _requested(state: "Pharmacy", who: str, event: made.DoseRequested) -> None:
    key = (event.stratum, event.slot, event.dose)
    if event.is_withdrawn:
        _fits(key in state.requests)
        del state.requests[key]
    else:
        state.requests[key] = event.day


def _thaw_started(state: "Pharmacy", who: str, event: made.ThawStarted) -> None:
    old = _consignment(state, event.consignment)
    _fits(event.pack not in state.kits)
    _put(state, old.moves(shelf=old.shelf - 1))
    state.kits[event.pack] = Kit(
        pack=event.pack,
        place=(event.stratum, event.slot),
        dose=event.dose,
        consignment=event.consignment,
        stage=KitStage.THAWING,
        thaw_started_at=event.started_at,
        spare_reason=event.spare_reason,
    )


def _put_kit(state: "Pharmacy", kit: Kit, stage: KitStage, **changes: Any) -> None:
    state.kits[kit.pack] = replace(kit, stage=stage, **changes)
    _put(state, _consignment(state, kit.consignment).moves())


def _thaw_ended(state: "Pharmacy", who: str, event: made.ThawEnded) -> None:
    _put_kit(state, _kit(state, event.pack, KitStage.THAWING), KitStage.THAWED, thaw_ended_at=event.ended_at)


def _prepared(state: "Pharmacy", who: str, event: made.DosePrepared) -> None:
    _put_kit(state, _kit(state, event.pack, KitStage.THAWED), KitStage.PREPARED, prepared_by=who)


def _checked(state: "Pharmacy", who: str, event: made.PreparationChecked) -> None:
    kit = _kit(state, event.pack, KitStage.PREPARED)
    _fits(who != kit.prepared_by)
    _put_kit(state, kit, KitStage.CHECKED)


def _handed_over(state: "Pharmacy", who: str, event: made.KitHandedOver) -> None:
    kit = _kit(state, event.pack, KitStage.CHECKED)
    _put_kit(state, kit, KitStage.DISPENSED, handed_over_at=event.handed_over_at)


def _returned(state: "Pharmacy", who: str, event: made.KitReturned) -> None:
    _put_kit(state, _kit(state, event.pack, KitStage.DISPENSED), KitStage.RETURNED)


def _discarded(state: "Pharmacy", who: str, event: made.KitDiscarded) -> None:
    _put_kit(state, _kit(state, event.pack, *IN_PREPARATION), KitStage.DISCARDED)


def _removal_proposed(state: "Pharmacy", who: str, event: made.RemovalProposed) -> None:
    _consignment(state, event.consignment)
    _fits(event.removal == len(state.removals) + 1)
    state.removals[event.removal] = Removal(event, who)


def _removal_witnessed(state: "Pharmacy", who: str, event: made.RemovalWitnessed) -> None:
    removal = state.removals.get(event.removal)
    _fits(removal and not removal.is_witnessed and who != removal.proposed_by)
    assert removal is not None
    out = removal.proposed
    kits = [_kit(state, pack, KitStage.DISCARDED, KitStage.RETURNED) for pack in out.kits]
    old = _consignment(state, out.consignment)
    if out.kind is RemovalKind.DESTROYED:
        _put(state, old.moves(set_aside=old.set_aside - out.quantity, destroyed=old.destroyed + out.quantity))
    else:
        _put(state, old.moves(shelf=old.shelf - out.quantity, not_found=old.not_found + out.quantity))
    for kit in kits:
        _put_kit(state, kit, KitStage(out.kind))
    state.removals[event.removal] = replace(removal, is_witnessed=True)


HANDLERS: Mapping[type, Callable[["Pharmacy", str, Any], None]] = {
    made.ConsignmentReceived: _received,
    made.ReceiptCorrected: _receipt_corrected,
    made.CertificateTestRecorded: _tested,
    made.ConsignmentReleased: _released,
    made.ConsignmentMoved: _moved,
    made.StockSetAside: _set_aside,
    made.StockCounted: _counted,
    made.TemperatureLogRead: _log_read,
    made.ExcursionFound: _excursion_found,
    made.ExcursionJudged: _excursion_judged,
    made.DoseRequested: _requested,
    made.ThawStarted: _thaw_started,
    made.ThawEnded: _thaw_ended,
    made.DosePrepared: _prepared,
    made.PreparationChecked: _checked,
    made.KitHandedOver: _handed_over,
    made.KitReturned: _returned,
    made.KitDiscarded: _discarded,
    made.RemovalProposed: _removal_proposed,
    made.RemovalWitnessed: _removal_witnessed,
}
