"""The closed report: by-arm tables under fresh labels, sealed to the members' keys and to nobody else."""

import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from equipoise.vocabulary import Json, Refusal, canonical_json
from equipoise_vault.ceremony import Answer, frozen_design, the_list
from equipoise_vault.committee.data import CommitteeData, kept_data
from equipoise_vault.committee.labels import fresh_labels
from equipoise_vault.committee.members import admitted
from equipoise_vault.committee.tables import closed_tables
from equipoise_vault.entries import ClosedReportMade
from equipoise_vault.envelope import open_box, seal_box
from equipoise_vault.opening import sealed_state
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.state import VaultState
from equipoise_vault.template import template

FORMAT = "equipoise-closed-report-1"
STEP_BYTES = 1 << 16
"""A report is filled up to a multiple of this, so that its length says little of what is in it."""
_KEY_BYTES, _NONCE = 32, bytes(12)


def closed_report(room: Room, request: Request) -> Answer:
    """Make a report of the `data` of a digest for `recipients`, each an admitted member; recorded before it is given.

    A name that is no admitted member's is refused, whoever it is (L29).
    """
    sealed = sealed_state(room)
    data, recipients = kept_data(room, request.text("data")), request.texts("recipients")
    keys = admitted(sealed)
    if not recipients or any(name not in keys for name in recipients):
        raise Refusal("COMMITTEE-RECIPIENT", "A closed report goes to admitted members alone.", "Check the list.")

    def decide(state: VaultState) -> tuple[ClosedReportMade]:
        return (ClosedReportMade(state.reports + 1, request.text("data"), recipients),)

    (entry,) = room.book.execute(decide, who=request.who, role=request.role)
    number: int = entry.event.report
    content = _content(room, sealed, data, number)
    document_key = room.entropy(_KEY_BYTES)
    body = ChaCha20Poly1305(document_key).encrypt(_NONCE, content, _label(number))  # a key of its own: any nonce is new
    boxes: dict[str, Json] = {
        name: seal_box(bytes.fromhex(keys[name]), _label(number), document_key, room.entropy).hex()
        for name in recipients
    }
    return {"format": FORMAT, "report": number, "keys": boxes, "body": body.hex()}


def open_report(document: dict[str, object], private_key: bytes) -> dict[str, Json]:
    """Read a closed report with a member's private key: `page` (HTML) and `tables`.  Raises `Refusal`."""
    keys, number, body = document.get("keys"), document.get("report"), document.get("body")
    if not isinstance(keys, dict) or not isinstance(number, int) or not isinstance(body, str):
        raise Refusal("COMMITTEE-REPORT", "This is no closed report.", "Take the file as it was sent.")
    for box in keys.values():
        try:
            document_key = open_box(private_key, _label(number), bytes.fromhex(str(box)))
            content = ChaCha20Poly1305(document_key).decrypt(_NONCE, bytes.fromhex(body), _label(number))
        except (Refusal, InvalidTag, ValueError):
            continue
        report: dict[str, Json] = json.loads(content)
        return report
    raise Refusal("COMMITTEE-REPORT", "This report is not sealed to this key.", "Ask for one that is.")


def _content(room: Room, sealed: VaultState, data: CommitteeData, number: int) -> bytes:
    label_of = fresh_labels(frozen_design(room, sealed).arms, number, room.entropy)
    arm_of = {(slot.stratum, slot.slot): slot.arm for slot in the_list(room, sealed).slots}
    tables = closed_tables(data, lambda place: label_of[arm_of[place]], list(label_of.values()))
    header = {"report": number, **data.header}
    page = template("committee/report.html").render(header=header, tables=tables)
    content = canonical_json({"header": header, "page": page, "tables": [table.as_json() for table in tables]})
    return content.ljust(-(-len(content) // STEP_BYTES) * STEP_BYTES)


def _label(number: int) -> bytes:
    return f"equipoise closed report {number}".encode()
