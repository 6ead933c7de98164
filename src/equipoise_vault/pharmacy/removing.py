"""Units leave the books: destroyed before two people, or not found by two people."""

from equipoise.vocabulary import Refusal
from equipoise_vault.pharmacy.bench import Bench
from equipoise_vault.pharmacy.entries import RemovalProposed, RemovalWitnessed, StockCounted
from equipoise_vault.pharmacy.words import KitStage, RemovalKind
from equipoise_vault.request import Request


def count_stock(bench: Bench, request: Request) -> tuple[StockCounted]:
    """Enter what was found of a `consignment`: `units` on the shelf and set aside, `kits` by pack number."""
    units = request.whole("units")
    if units < 0:
        raise Refusal("PHARMACY-QUANTITY", "A count is not below zero.", "Check the number.")
    return (StockCounted(bench.consignment(request.whole("consignment")).number, units, request.texts("kits")),)


def propose_removal(bench: Bench, request: Request) -> tuple[RemovalProposed]:
    """Say what leaves the books: `kind, consignment, quantity, kits, manner`; it counts once another has witnessed it.

    Destroyed are units that were set aside, and kits that were discarded or returned; not found are units that should
    stand on the shelf, or such kits.
    """
    kind = request.choice("kind", RemovalKind)
    consignment, quantity = bench.consignment(request.whole("consignment")), request.whole("quantity")
    kits = tuple(_kit_of(bench, pack, consignment.number) for pack in request.texts("kits"))
    pending = [each.proposed for each in bench.state.removals.values() if not each.is_witnessed]
    if any(each.consignment == consignment.number for each in pending):
        raise Refusal("PHARMACY-REMOVAL", "Another removal of this consignment waits for its witness.", "Finish it.")
    available = consignment.set_aside if kind is RemovalKind.DESTROYED else consignment.shelf
    if quantity < 0 or quantity > available or not quantity + len(kits):
        raise Refusal("PHARMACY-QUANTITY", "There are not so many units to remove.", "Set units aside first; count.")
    number = len(bench.state.removals) + 1
    return (RemovalProposed(number, kind, consignment.number, quantity, kits, request.words("manner")),)


def witness_removal(bench: Bench, request: Request) -> tuple[RemovalWitnessed]:
    """Another person saw a `removal`; with that the units are off the books."""
    removal = bench.state.removals.get(request.whole("removal"))
    if removal is None or removal.is_witnessed:
        raise Refusal("PHARMACY-REMOVAL", "No such removal waits for a witness.", "Check its number.")
    if removal.proposed_by == bench.who:
        raise Refusal("PHARMACY-SECOND", "The witness is another person.", "Ask a colleague.")
    out, consignment = removal.proposed, bench.consignment(removal.proposed.consignment)
    available = consignment.set_aside if out.kind is RemovalKind.DESTROYED else consignment.shelf
    if out.quantity > available:
        raise Refusal("PHARMACY-QUANTITY", "There are not so many units any more.", "Count them.")
    for pack in out.kits:
        _kit_of(bench, pack, out.consignment)
    return (RemovalWitnessed(out.removal),)


def _kit_of(bench: Bench, pack: str, consignment: int) -> str:
    kit = bench.kit(pack, KitStage.DISCARDED, KitStage.RETURNED)
    if kit.consignment != consignment:
        raise Refusal("PHARMACY-PACK", "This kit was made from another consignment.", "Remove it with its own.")
    return pack
