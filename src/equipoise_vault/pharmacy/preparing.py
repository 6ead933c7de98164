"""One dose from the shelf to the ward: the same steps, in the same order and with the same times, for every arm.

A product that is never frozen is thawed all the same, as a dummy: nothing in stage, time or label tells the arm (L5).
"""

from datetime import datetime, timedelta

from equipoise.vocabulary import Refusal, parse_reported
from equipoise_vault.pharmacy.bench import Bench
from equipoise_vault.pharmacy.entries import (
    DosePrepared,
    KitDiscarded,
    KitHandedOver,
    KitReturned,
    PreparationChecked,
    ThawEnded,
    ThawStarted,
)
from equipoise_vault.pharmacy.stock import Consignment, Kit
from equipoise_vault.pharmacy.words import IN_PREPARATION, KitStage, Unfit
from equipoise_vault.request import Request


def start_thaw(bench: Bench, request: Request) -> tuple[ThawStarted]:
    """Take one unit of a `consignment` for a `pack`: `stratum, slot, dose, started_at`, for a spare `spare_reason`.

    The pack must belong to the slot and dose, the consignment hold the product of the slot's arm and be fit for use.
    """
    place, dose = request.place, request.whole("dose")
    pack = request.text("pack")
    if pack in bench.state.kits:
        raise Refusal("PHARMACY-PACK", "This pack number was used before.", "Take the next spare, with a reason.")
    spare_reason = _right_pack(bench, place, dose, pack, request)
    if (*place, dose) not in bench.state.requests:
        raise Refusal("PHARMACY-REQUEST", "Nobody asks for this dose.", "Wait for the dose request of the ward.")
    started_at = bench.happened(request.moment("started_at"))
    consignment = bench.consignment(request.whole("consignment"))
    if consignment.product != bench.product_for(place):
        raise Refusal("PHARMACY-PRODUCT", "This is the other product.", "Stop. Compare slot, pack number and product.")
    usable(bench, consignment)
    return (ThawStarted(pack, *place, dose, consignment.number, started_at, spare_reason),)


def end_thaw(bench: Bench, request: Request) -> tuple[ThawEnded]:
    """The thaw of a `pack` is over, at `ended_at`: from here the time to use counts."""
    kit = bench.kit(request.text("pack"), KitStage.THAWING)
    return (ThawEnded(kit.pack, bench.happened(request.moment("ended_at"), after=kit.thaw_started_at)),)


def prepare_dose(bench: Bench, request: Request) -> tuple[DosePrepared]:
    """The dose of a `pack` is drawn (`volume_ml`), sleeved and labelled, at `prepared_at`."""
    kit = bench.kit(request.text("pack"), KitStage.THAWED)
    prepared_at = bench.happened(request.moment("prepared_at"), after=kit.thaw_ended_at)
    in_time(bench, kit, prepared_at)
    volume = parse_reported(request.text("volume_ml"), "mL", three_decimals=True)
    planned = bench.manual.product(_consignment(bench, kit).product).dose_ml
    if volume.comparator or volume.value <= 0 or volume.value != (planned or volume.value):
        raise Refusal("PHARMACY-VOLUME", "This is not the volume of a dose.", "Draw the volume of the definition.")
    return (DosePrepared(kit.pack, volume.value, prepared_at),)


def check_preparation(bench: Bench, request: Request) -> tuple[PreparationChecked]:
    """Another person has compared a `pack` with slot, product and volume."""
    kit = bench.kit(request.text("pack"), KitStage.PREPARED)
    if kit.prepared_by == bench.who:
        raise Refusal("PHARMACY-SECOND", "The check is another person's.", "Ask a colleague.")
    return (PreparationChecked(kit.pack),)


def hand_over(bench: Bench, request: Request) -> tuple[KitHandedOver]:
    """A checked `pack` leaves the pharmacy, `to` a staff code, at `handed_over_at`, while it may still be used."""
    kit = bench.kit(request.text("pack"), KitStage.CHECKED)
    usable(bench, _consignment(bench, kit), of_kit=True)
    handed_over_at = bench.happened(request.moment("handed_over_at"), after=kit.thaw_ended_at)
    in_time(bench, kit, handed_over_at)
    return (KitHandedOver(kit.pack, request.words("to"), handed_over_at),)


def take_back(bench: Bench, request: Request) -> tuple[KitReturned]:
    """A `pack` that was not given came back, at `returned_at`, with a `reason`."""
    kit = bench.kit(request.text("pack"), KitStage.DISPENSED)
    returned_at = bench.happened(request.moment("returned_at"), after=kit.handed_over_at)
    return (KitReturned(kit.pack, returned_at, request.words("reason")),)


def discard(bench: Bench, request: Request) -> tuple[KitDiscarded]:
    """A `pack` in preparation cannot be given: `unfit`, and the `reason`."""
    kit = bench.kit(request.text("pack"), *IN_PREPARATION)
    return (KitDiscarded(kit.pack, request.choice("unfit", Unfit), request.words("reason")),)


def use_before(bench: Bench, kit: Kit) -> datetime | None:
    """Until when a thawed kit may be given; None before the thaw has ended, or where the definition sets no limit."""
    minutes = bench.manual.use_within_minutes
    if minutes is None or kit.thaw_ended_at is None:
        return None
    return kit.thaw_ended_at + timedelta(minutes=minutes)


def in_time(bench: Bench, kit: Kit, moment: datetime) -> None:
    """Refuse a kit whose time to use is over at `moment`."""
    limit = use_before(bench, kit)
    if limit is not None and moment > limit:
        raise Refusal("PHARMACY-THAW", "The time to use this dose is over.", "Discard it and take a spare.")


def usable(bench: Bench, consignment: Consignment, *, of_kit: bool = False) -> None:
    """Refuse units that are not released, are in quarantine, have expired or are used up."""
    number = consignment.number
    if len(consignment.released_by) < 2:
        raise Refusal("PHARMACY-RELEASE", "This consignment is not released.", "It needs both releases.")
    judged = [each for each in bench.state.excursions.values() if each.found.consignment == number]
    if any(each.is_open for each in judged):
        raise Refusal("PHARMACY-QUARANTINE", "This consignment is in quarantine.", "Judge its excursion first.")
    if any(each.verdict is not None and not each.verdict.is_usable for each in judged):
        raise Refusal("PHARMACY-QUARANTINE", "This consignment was rejected.", "Discard what was taken from it.")
    if consignment.expires_on < bench.today:
        raise Refusal("PHARMACY-EXPIRED", "The lot has expired.", "Set its units aside.")
    if not of_kit and consignment.shelf < 1:
        raise Refusal("PHARMACY-EMPTY", "No unit of this consignment is left.", "Take another consignment.")


def _consignment(bench: Bench, kit: Kit) -> Consignment:
    return bench.consignment(kit.consignment)


def _right_pack(bench: Bench, place: tuple[int, int], dose: int, pack: str, request: Request) -> str:
    """Refuse a pack that is not this slot's and dose's; give the reason why a spare is used, if it is one."""
    packs, position = bench.packs, place[0] * bench.slots + place[1]
    if packs is None or packs.position_of(pack) != position:
        raise Refusal("PHARMACY-PACK", "This pack number is not of this slot.", "Compare it with today's doses.")
    if pack == packs.pack(position, dose):
        return ""
    unused = [spare for spare in packs.spares(position) if spare not in bench.state.kits]
    if pack not in unused[:1]:
        raise Refusal(
            "PHARMACY-PACK", "This pack number is not of this dose.", "Take the dose's own, or the next spare."
        )
    return request.words("spare_reason")
