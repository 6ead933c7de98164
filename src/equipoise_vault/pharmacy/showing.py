"""What the pharmacist looks at: stock, kits, excursions, removals, balance and findings, as data for a page."""

from equipoise.vocabulary import Finding, Json, utc_text
from equipoise_vault.pharmacy.balance import Balance, balances, by_product, is_reconciled, pharmacy_findings
from equipoise_vault.pharmacy.bench import Answer, bench
from equipoise_vault.pharmacy.entries import TemperatureLogRead
from equipoise_vault.pharmacy.stock import Consignment, Excursion, Kit, Removal
from equipoise_vault.request import Request
from equipoise_vault.room import Room


def show_stock(room: Room, request: Request) -> Answer:
    """Everything on the books, and whether it adds up."""
    state = bench(room, request).state
    return {
        "consignments": [_consignment(each) for each in state.consignments.values()],
        "kits": [_kit(each) for each in state.kits.values()],
        "excursions": [_excursion(each) for each in state.excursions.values()],
        "removals": [_removal(each) for each in state.removals.values()],
        "balances": [_balance(line) for line in balances(state)],
        "products": [_balance(line) for line in by_product(state)],
        "logs": [_log(log) for log in reversed(state.logs.values())],
        "findings": [_finding(finding) for finding in pharmacy_findings(state)],
        "is_reconciled": is_reconciled(state),
    }


def show_manual(room: Room, request: Request) -> Answer:
    """The pharmacy manual: study, time zone, products with their tests and steps, visits."""
    manual = bench(room, request).manual
    products: list[Json] = [
        {
            "id": each.id,
            "name": dict(each.name),
            "maker": each.maker,
            "dose_ml": "" if each.dose_ml is None else str(each.dose_ml),
            "route": each.route,
            "storage_c": [str(end) for end in each.storage_c] if each.storage_c else [],
            "tests": list(each.tests),
            "steps": [dict(step) for step in each.steps],
        }
        for each in manual.products.values()
    ]
    return {
        "study": manual.study,
        "time_zone": manual.time_zone,
        "products": products,
        "visits": [dict(visit.name) for visit in manual.visits],
        "use_within_minutes": manual.use_within_minutes,
    }


def _consignment(each: Consignment) -> dict[str, Json]:
    return {
        "consignment": each.number,
        "product": each.product,
        "maker": each.maker,
        "lot": each.lot,
        "expires_on": each.expires_on.isoformat(),
        "received": each.received,
        "place": each.place,
        "tests": {
            name: {
                "limit": test.limit,
                "result": test.result,
                "tested_on": test.tested_on.isoformat(),
                "is_met": test.is_met,
            }
            for name, test in each.tests.items()
        },
        "released_by": list(each.released_by),
        "shelf": each.shelf,
        "set_aside": each.set_aside,
    }


def _kit(each: Kit) -> dict[str, Json]:
    return {
        "pack": each.pack,
        "stratum": each.place[0],
        "slot": each.place[1],
        "dose": each.dose,
        "consignment": each.consignment,
        "stage": each.stage.value,
        "thaw_started_at": utc_text(each.thaw_started_at),
        "thaw_ended_at": utc_text(each.thaw_ended_at) if each.thaw_ended_at else "",
        "handed_over_at": utc_text(each.handed_over_at) if each.handed_over_at else "",
        "spare_reason": each.spare_reason,
    }


def _excursion(each: Excursion) -> dict[str, Json]:
    found = each.found
    minutes = int(((found.ended_at or found.last_at) - found.began_at).total_seconds()) // 60
    return {
        "excursion": found.excursion,
        "consignment": found.consignment,
        "kind": found.kind.value,
        "began_at": utc_text(found.began_at),
        "ended_at": utc_text(found.ended_at) if found.ended_at else "",
        "minutes": minutes,
        "extreme_c": "" if found.extreme_c is None else str(found.extreme_c),
        "is_usable": each.verdict.is_usable if each.verdict else None,
        "decided_by": each.verdict.decided_by if each.verdict else "",
        "grounds": each.verdict.grounds if each.verdict else "",
    }


def _log(each: TemperatureLogRead) -> dict[str, Json]:
    return {
        "digest": each.digest,
        "place": each.place,
        "began_at": utc_text(each.began_at),
        "ended_at": utc_text(each.ended_at),
        "readings": each.readings,
    }


def _removal(each: Removal) -> dict[str, Json]:
    out = each.proposed
    return {
        "removal": out.removal,
        "kind": out.kind.value,
        "consignment": out.consignment,
        "quantity": out.quantity,
        "kits": list(out.kits),
        "manner": out.manner,
        "proposed_by": each.proposed_by,
        "is_witnessed": each.is_witnessed,
    }


def _balance(line: Balance) -> dict[str, Json]:
    return {
        "name": line.name,
        "received": line.received,
        "dispensed": line.dispensed,
        "returned": line.returned,
        "destroyed": line.destroyed,
        "not_found": line.not_found,
        "booked": line.booked,
        "counted": line.counted,
        "is_even": line.is_even,
    }


def _finding(finding: Finding) -> dict[str, Json]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "place": finding.place,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }
