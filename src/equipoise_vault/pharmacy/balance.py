"""The balance to the unit: received = dispensed + returned + destroyed + stock, by consignment and by product.

The books alone always add up; the balance therefore takes `stock` from the last count by a person, which must be newer
than the last movement.  What does not agree is a finding that keeps the vault from releasing the list.
Source: E6(R3) 3.15.3; 21 CFR 312.59, 312.62(a).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from equipoise.vocabulary import Finding, Severity
from equipoise_vault.pharmacy.state import Pharmacy
from equipoise_vault.pharmacy.stock import Consignment
from equipoise_vault.pharmacy.words import IN_PREPARATION, KitStage


@dataclass(frozen=True, slots=True)
class Balance:
    """Units of one consignment (by its number) or product.

    `booked` is the stock by the books, `counted` what the last count found of it (None if none is valid); `not_found`
    are units that two people have searched for.
    """

    name: str
    received: int
    dispensed: int
    returned: int
    destroyed: int
    not_found: int
    booked: int
    counted: int | None

    @property
    def is_even(self) -> bool:
        """True if every unit that was received is accounted for by what was seen."""
        gone = self.dispensed + self.returned + self.destroyed + self.not_found
        return self.counted is not None and self.received == gone + self.counted


def balances(state: Pharmacy) -> tuple[Balance, ...]:
    """One line per consignment, in order."""
    return tuple(_of_consignment(state, consignment) for consignment in state.consignments.values())


def by_product(state: Pharmacy) -> tuple[Balance, ...]:
    """One line per product: the sums of its consignments."""
    lines: dict[str, list[Balance]] = {}
    for consignment in state.consignments.values():
        lines.setdefault(consignment.product, []).append(_of_consignment(state, consignment))
    return tuple(_sum(product, parts) for product, parts in lines.items())


def pharmacy_findings(state: Pharmacy) -> tuple[Finding, ...]:
    """Everything that keeps the account open; an error keeps the list from being released.  For the pharmacist only."""
    return tuple(_found(state))


def is_reconciled(state: Pharmacy) -> bool:
    """All that the masked side may know of it."""
    return not any(finding.severity is Severity.ERROR for finding in _found(state))


def _of_consignment(state: Pharmacy, consignment: Consignment) -> Balance:
    stages = Counter(kit.stage for kit in state.kits_of(consignment.number))
    in_hand = sum(stages[stage] for stage in (*IN_PREPARATION, KitStage.DISCARDED))
    return Balance(
        name=str(consignment.number),
        received=consignment.received,
        dispensed=stages[KitStage.DISPENSED],
        returned=stages[KitStage.RETURNED],
        destroyed=consignment.destroyed + stages[KitStage.DESTROYED],
        not_found=consignment.not_found + stages[KitStage.NOT_FOUND],
        booked=consignment.shelf + consignment.set_aside + in_hand,
        counted=_counted(consignment, in_hand),
    )


def _counted(consignment: Consignment, in_hand: int) -> int | None:
    count = consignment.count
    if count is None or consignment.moved:
        return None
    return count.units + in_hand - len(count.absent_kits) + len(count.surplus_kits)


def _sum(product: str, lines: Iterable[Balance]) -> Balance:
    parts = list(lines)
    counts = [part.counted for part in parts]
    return Balance(
        name=product,
        received=sum(part.received for part in parts),
        dispensed=sum(part.dispensed for part in parts),
        returned=sum(part.returned for part in parts),
        destroyed=sum(part.destroyed for part in parts),
        not_found=sum(part.not_found for part in parts),
        booked=sum(part.booked for part in parts),
        counted=None if None in counts else sum(count for count in counts if count is not None),
    )


def _found(state: Pharmacy) -> Iterator[Finding]:
    for number in state.misfits:
        yield _error("ACCOUNT-RECORD", f"record {number}", "A record contradicts the ones before it.", "Investigate.")
    for consignment in state.consignments.values():
        yield from _of_count(state, consignment)
    for kit in state.kits.values():
        if kit.stage in IN_PREPARATION:
            yield _error("ACCOUNT-KIT", f"pack {kit.pack}", f"The kit is {kit.stage.value}.", "Hand over or discard.")
    for number, excursion in state.excursions.items():
        if excursion.is_open:
            yield _error("ACCOUNT-EXCURSION", f"excursion {number}", "An excursion is not judged.", "Judge it.")
    for number, removal in state.removals.items():
        if not removal.is_witnessed:
            yield _error("ACCOUNT-REMOVAL", f"removal {number}", "A removal has no witness.", "Have it witnessed.")


def _of_count(state: Pharmacy, consignment: Consignment) -> Iterator[Finding]:
    line = _of_consignment(state, consignment)
    place = f"consignment {consignment.number}, lot {consignment.lot}"
    if line.counted is None:
        yield _error("ACCOUNT-COUNT", place, "Nobody has counted since the last movement.", "Count the stock.")
        return
    if not line.is_even or (consignment.count is not None and not consignment.count.agrees):
        message = (
            f"{line.received} received, but {line.dispensed} dispensed, {line.returned} returned, {line.destroyed} "
            f"destroyed, {line.not_found} not found and {line.counted} in stock."
        )
        yield _error("ACCOUNT-BALANCE", place, message, "Search, count again, or record what happened.")
    if line.not_found:
        message = f"{line.not_found} units were not found."
        yield Finding("ACCOUNT-NOT-FOUND", Severity.WARNING, place, message, "Report it to the sponsor.")


def _error(rule: str, place: str, message: str, suggestion: str) -> Finding:
    return Finding(rule, Severity.ERROR, place, message, suggestion)
