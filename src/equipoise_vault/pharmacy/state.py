"""The pharmacy as a fold of its sealed records."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from equipoise.ledger import Entry
from equipoise_vault.pharmacy.entries import TemperatureLogRead
from equipoise_vault.pharmacy.folding import HANDLERS, MisfitError
from equipoise_vault.pharmacy.stock import Consignment, Excursion, Kit, Removal
from equipoise_vault.sealed_record import OpenRecord


@dataclass
class Pharmacy:
    """What the pharmacist's day and the balance are worked out from.

    `requests` holds the doses that the masked side has asked for; `watched_until` how far the temperature logs of a
    place reach; `misfits` the numbers of records that contradict the ones before, which no verb writes.
    """

    open_record: OpenRecord = field(repr=False)
    records: int = 0
    consignments: dict[int, Consignment] = field(default_factory=dict)
    kits: dict[str, Kit] = field(default_factory=dict)
    excursions: dict[int, Excursion] = field(default_factory=dict)
    removals: dict[int, Removal] = field(default_factory=dict)
    requests: dict[tuple[int, int, int], date] = field(default_factory=dict)
    watched_until: dict[str, datetime] = field(default_factory=dict)
    logs: dict[str, TemperatureLogRead] = field(default_factory=dict)
    misfits: list[int] = field(default_factory=list)

    def apply(self, entry: Entry) -> None:
        """Take the next entry of the vault's ledger; what is not sealed passes by."""
        if entry.type != "vault_record_sealed":
            return
        self.records += 1
        event: Any = self.open_record(entry.event, self.records)
        try:
            HANDLERS[type(event)](self, entry.who, event)
        except MisfitError:
            self.misfits.append(self.records)

    def kits_of(self, consignment: int) -> tuple[Kit, ...]:
        return tuple(kit for kit in self.kits.values() if kit.consignment == consignment)
