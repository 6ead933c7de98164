"""The pharmacist's day: which doses the ward asks for, what goes into each, and how far each has come."""

from collections.abc import Iterator, Sequence

from equipoise.allocation.dose_request import DoseRequest, read_day_of_doses
from equipoise.vocabulary import Json, Refusal, utc_text
from equipoise_vault.entries import EnvelopeOpened
from equipoise_vault.pharmacy.bench import Answer, Bench, bench, recorded
from equipoise_vault.pharmacy.entries import DoseRequested
from equipoise_vault.pharmacy.manual import Product
from equipoise_vault.pharmacy.preparing import usable, use_before
from equipoise_vault.pharmacy.stock import Consignment, Kit
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.state import VaultState


def request_doses(room: Room, request: Request) -> Answer:
    """Take the masked side's list of a day.  The answer depends on the list alone."""
    recorded(requested)(room, request)
    asked = read_day_of_doses(request.body)
    return {"day": asked.day.isoformat(), "doses": len(asked.requests)}


def requested(bench: Bench, request: Request) -> tuple[DoseRequested, ...]:
    """What a list changes: doses that are asked for now, and doses of that day that no longer are."""
    asked = read_day_of_doses(request.body)
    for each in asked.requests:
        _known(bench, each)
    wanted = {(each.stratum, each.slot, each.dose) for each in asked.requests}
    known = bench.state.requests
    fresh = [DoseRequested(*key, asked.day) for key in sorted(wanted) if known.get(key) != asked.day]
    gone = [
        DoseRequested(*key, asked.day, is_withdrawn=True)
        for key, day in sorted(known.items())
        if day == asked.day and key not in wanted
    ]
    return (*fresh, *gone)


def todays_doses(room: Room, request: Request) -> Answer:
    """Today's doses with arm and preparation, in the order of the slots; each slot's opening is recorded first."""
    at_hand = bench(room, request)
    due = sorted(key for key, day in at_hand.state.requests.items() if day == at_hand.today)

    def decide(state: VaultState) -> list[EnvelopeOpened]:
        seen = state.opened_on.get(room.clock().date(), set())
        places = sorted({(stratum, slot) for stratum, slot, _ in due} - seen)
        return [EnvelopeOpened(*place) for place in places]

    room.book.execute(decide, who=request.who, role=request.role)
    doses: list[Json] = [_dose(at_hand, DoseRequest(*key)) for key in due]
    return {"day": at_hand.today.isoformat(), "doses": doses}


def _known(bench: Bench, asked: DoseRequest) -> None:
    strata = len(bench.packs.numbers) // bench.slots if bench.packs else 0
    doses = bench.packs.plan.doses if bench.packs else 0
    if asked.stratum >= strata or asked.slot >= bench.slots or not 1 <= asked.dose <= doses:
        raise Refusal("DOSE-REQUESTS", "A dose is asked for that the sealed list does not have.", "Check the list.")


def _dose(bench: Bench, asked: DoseRequest) -> dict[str, Json]:
    assert bench.packs is not None, "a dose that was asked for has a pack number"
    place = (asked.stratum, asked.slot)
    position = asked.stratum * bench.slots + asked.slot
    product = bench.manual.product(bench.product_for(place))
    visits = bench.manual.visits
    return {
        "stratum": asked.stratum,
        "slot": asked.slot,
        "dose": asked.dose,
        "pack": bench.packs.pack(position, asked.dose),
        "spares": [spare for spare in bench.packs.spares(position) if spare not in bench.state.kits],
        "visit": dict(visits[asked.dose - 1].name) if asked.dose <= len(visits) else {},
        "arm": bench.arm_of(place),
        **_instructions(product),
        "kits": [_kit(bench, kit) for kit in _kits(bench, place, asked.dose)],
        "consignments": [_shelf(consignment) for consignment in _fit(bench, product.id)],
    }


def _instructions(product: Product) -> dict[str, Json]:
    return {
        "product": product.id,
        "product_name": dict(product.name),
        "dose_ml": str(product.dose_ml) if product.dose_ml is not None else "",
        "route": product.route,
        "steps": [dict(step) for step in product.steps],
    }


def _kits(bench: Bench, place: tuple[int, int], dose: int) -> Sequence[Kit]:
    return [kit for kit in bench.state.kits.values() if (kit.place, kit.dose) == (place, dose)]


def _kit(bench: Bench, kit: Kit) -> dict[str, Json]:
    limit = use_before(bench, kit)
    return {"pack": kit.pack, "stage": kit.stage.value, "use_before": utc_text(limit) if limit else ""}


def _fit(bench: Bench, product: str) -> Iterator[Consignment]:
    """Consignments to take a unit from, the one that expires first ahead."""
    mine = [each for each in bench.state.consignments.values() if each.product == product]
    for consignment in sorted(mine, key=lambda each: (each.expires_on, each.number)):
        try:
            usable(bench, consignment)
        except Refusal:
            continue
        yield consignment


def _shelf(consignment: Consignment) -> dict[str, Json]:
    return {
        "consignment": consignment.number,
        "lot": consignment.lot,
        "place": consignment.place,
        "expires_on": consignment.expires_on.isoformat(),
        "units": consignment.shelf,
    }
