"""Planted leaks: each is a mistake that somebody could make, and its detector must catch it.

A mutant gets hold of the arms the way a careless programmer would: from whoever prepares the dose.  The ids are those
of the leak catalogue (`catalogue.py`).
"""

import logging
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import detectors
from pypdf import PdfWriter

from equipoise.allocation import SlotAssigned
from equipoise.cli.rehearsal.cast import MONITOR
from equipoise.cli.rehearsal.trial import Rehearsal
from equipoise.conduct import (
    AdministerDose,
    Capture,
    Dispense,
    Page,
    RaiseQuery,
    Randomise,
    RecordDeviation,
    StartEncounter,
)
from equipoise.conduct.words import DeviationKind
from equipoise.vocabulary import Refusal, digest

TREATED = "secretome"


@dataclass(frozen=True)
class Mutant:
    """A planted leak: the rows of the catalogue that it stands for, and the detector that must catch it."""

    leaks: tuple[str, ...]
    plant: Callable[[Rehearsal], None]
    caught_by: detectors.Detector
    worlds: str

    @property
    def name(self) -> str:
        return self.plant.__name__


MUTANTS: list[Mutant] = []


def leak(
    *leaks: str, caught_by: detectors.Detector = detectors.different_bytes, worlds: str = "arbitrary"
) -> Callable[[Callable[[Rehearsal], None]], Callable[[Rehearsal], None]]:
    """Register a mutant; `worlds` is the kind of pair in which it is planted."""

    def register(plant: Callable[[Rehearsal], None]) -> Callable[[Rehearsal], None]:
        MUTANTS.append(Mutant(leaks, plant, caught_by, worlds))
        return plant

    return register


def arm_of(rehearsal: Rehearsal, participant: str) -> str:
    """What no masked code may know."""
    return next((course.arm or "" for course in rehearsal.courses if course.number == participant), "")


def _on_hatch(
    rehearsal: Rehearsal,
    verb: str,
    *,
    sent: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    answered: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> None:
    """Let every request of a verb pass through `sent(body)`, and every answer through `answered(answer)`."""
    vault = rehearsal.vault
    send = vault.ask

    def ask(asked, role, body=None, *, why=""):  # type: ignore[no-untyped-def]  # stands in for RehearsalVault.ask
        if asked != verb:
            return send(asked, role, body, why=why)
        return answered(dict(send(asked, role, sent(dict(body or {})), why=why)))

    vault.ask = ask  # type: ignore[method-assign]  # the planted fault


def restricted_inputs(rehearsal: Rehearsal) -> None:
    """No fault, but what trials have: a value that only some roles may see moves with the arm."""

    def spoil(page: Capture, arm: str) -> Capture:
        moved = str(95 if arm == TREATED else 12)
        answers = (replace(each, text=moved) if each.item == "esr" else each for each in page.answers)
        return replace(page, answers=tuple(answers))

    _on_command(rehearsal, Capture, spoil)


def _on_command(rehearsal: Rehearsal, kind: type, spoil: Callable[[object, str], object]) -> None:
    """Let every command of a kind pass through `spoil(command, arm)`, which gives what is handed in instead."""
    desk, hand_in = rehearsal.desk, rehearsal.desk.do

    def do(actor, command, *, why=""):  # type: ignore[no-untyped-def]  # stands in for Desk.do
        if isinstance(command, kind):
            command = spoil(command, arm_of(rehearsal, command.participant))
        return hand_in(actor, command, why=why)

    desk.do = do  # type: ignore[method-assign]  # the planted fault


@leak("L4")
def kit_label(rehearsal: Rehearsal) -> None:
    """The label carries the lot, and lots differ by arm."""
    _on_command(
        rehearsal, AdministerDose, lambda dose, arm: replace(dose, body_site=f"{dose.body_site}, lot {arm[0]}1")
    )


@leak("L5")
def preparation_time(rehearsal: Rehearsal) -> None:
    """The product is thawed, saline is not, and the time given shows it."""
    _on_command(
        rehearsal,
        AdministerDose,
        lambda dose, arm: replace(dose, given_at=dose.given_at - timedelta(minutes=9 * (arm == TREATED))),
    )


@leak("L6")
def extra_entry(rehearsal: Rehearsal) -> None:
    """One more line in the trail for the active arm."""

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        if arm == TREATED:
            on = rehearsal.desk.clock().date()
            note = RecordDeviation(dose.participant, DeviationKind.OTHER, on, "SYNTHETIC: thaw checked.")
            rehearsal.desk.do(MONITOR, note)
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L7")
def pharmacist_note(rehearsal: Rehearsal) -> None:
    """A note of the pharmacy is copied into a query."""
    _on_command(rehearsal, RaiseQuery, lambda query, arm: replace(query, text=f"{query.text} Pharmacy says: {arm}."))


@leak("L8")
def attachment_name(rehearsal: Rehearsal) -> None:
    """A file is named after the product."""
    folder = _folder(rehearsal)

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        (folder / f"{dose.participant}-{arm}.txt").touch()
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L10")
def order_of_visits(rehearsal: Rehearsal) -> None:
    """One arm is seen first, and the order of lines tells."""
    _on_command(
        rehearsal,
        StartEncounter,
        lambda visit, arm: (
            rehearsal.desk.clock.set(rehearsal.desk.clock() + timedelta(seconds=5 * (arm == TREATED))) or visit
        ),
    )


@leak("L11")
def padded_name(rehearsal: Rehearsal) -> None:
    """A stored text is as long as the name of the arm."""
    _on_command(rehearsal, AdministerDose, lambda dose, arm: replace(dose, body_site="." * len(arm)))


@leak("L19")
def hidden_table(rehearsal: Rehearsal) -> None:
    """A table that no page shows."""
    connection = rehearsal.desk.book.ledger._connection
    connection.execute("CREATE TABLE IF NOT EXISTS cache (participant TEXT, kind INTEGER)")

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        connection.execute("INSERT INTO cache VALUES (?, ?)", (dose.participant, arm == TREATED))
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L16")
def stock_line(rehearsal: Rehearsal) -> None:
    """Stock is counted by kind of kit."""
    folder, given = _folder(rehearsal), {}

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        given[arm] = given.get(arm, 0) + 1
        (folder / "stock.csv").write_text("\n".join(str(count) for count in sorted(given.values())))
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L17")
def unlabelled_letter(rehearsal: Rehearsal) -> None:
    """Participants are lettered X and Y in the order in which their arms first appear."""
    seen: list[str] = []
    folder = _folder(rehearsal)

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        if arm not in seen:
            seen.append(arm)
        with (folder / "chart.csv").open("a") as chart:
            chart.write(f"{dose.participant},{'XY'[seen.index(arm)]}\n")
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L18")
def log_line(rehearsal: Rehearsal) -> None:
    """A line in the log."""

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        logging.getLogger("pharmacy").warning("prepared %s", arm)
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L18")
def printed_line(rehearsal: Rehearsal) -> None:
    """A forgotten print."""

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        print(len(arm), file=sys.stderr)
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L20", "L25")
def early_column(rehearsal: Rehearsal) -> None:
    """An export has the arm's column before release."""
    folder = _folder(rehearsal)

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        with (folder / "transfer.csv").open("a") as transfer:
            transfer.write(f"{dose.participant},{arm.upper()}\n")
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L23")
def seed_in_settings(rehearsal: Rehearsal) -> None:
    """A seed share in a configuration file."""
    share = rehearsal.vault.seed_share(MONITOR.role)
    (_folder(rehearsal) / "settings.toml").write_text(f'seed = "{share.hex()}"\n')


@leak("L3")
def single_pack_resupply(rehearsal: Rehearsal) -> None:
    """A pack of the active product that was used orders the next one."""
    orders = _folder(rehearsal) / "orders.csv"

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        if arm == TREATED:
            with orders.open("a") as file:
                file.write("1 pack\n")
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L9")
def restricted_value(rehearsal: Rehearsal) -> None:
    """A value that moves with the arm stands on a page that everybody reads."""

    def spoil(page: Capture, arm: str) -> Capture:
        pulse = str(88 if arm == TREATED else 72)
        moved = (replace(each, text=pulse) if each.item == "pulse" else each for each in page.answers)
        return replace(page, answers=tuple(moved))

    _on_command(rehearsal, Capture, spoil)


@leak("L12")
def extra_statement(rehearsal: Rehearsal) -> None:
    """One statement more is sent to the database for one arm; it changes nothing and shows nothing."""
    connection = rehearsal.desk.book.ledger._connection

    def spoil(pack: Dispense, arm: str) -> Dispense:
        if arm == TREATED:
            connection.execute("SELECT 1")
        return pack

    _on_command(rehearsal, Dispense, spoil)


@leak("L14")
def paper_metadata(rehearsal: Rehearsal) -> None:
    """A printed form carries the arm in its metadata."""
    folder = _folder(rehearsal)

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        paper = PdfWriter()
        paper.add_blank_page(100, 100)
        paper.add_metadata({"/Keywords": arm})
        paper.write(folder / f"{dose.participant}.pdf")
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L14")
def hidden_sheet(rehearsal: Rehearsal) -> None:
    """A workbook has a hidden sheet."""
    book = _folder(rehearsal) / "doses.xlsx"

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as sheets:
            sheet = zipfile.ZipInfo(f"xl/sheet{len(sheets.namelist())}.xml")
            sheets.writestr(sheet, f'<sheet state="hidden">{arm}</sheet>')
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L15")
def kit_in_refusal(rehearsal: Rehearsal) -> None:
    """A refusal names the kind of kit that is out of stock."""
    desk, hand_in = rehearsal.desk, rehearsal.desk.do

    def do(actor, command, *, why=""):  # type: ignore[no-untyped-def]  # stands in for Desk.do
        try:
            return hand_in(actor, command, why=why)
        except Refusal as refusal:
            kit = arm_of(rehearsal, command.participant)
            raise Refusal(refusal.rule, f"{refusal.sentence} ({kit} kit)", refusal.remedy) from None

    desk.do = do  # type: ignore[method-assign]  # the planted fault


@leak("L21", caught_by=detectors.refused_names)
def unblinded_folder(rehearsal: Rehearsal) -> None:
    """A file's name says what it holds, in every world."""
    (_folder(rehearsal) / "unblinded_notes.txt").touch()


@leak("L22")
def search_index(rehearsal: Rehearsal) -> None:
    """The search index takes in the pharmacy's notes."""
    connection = rehearsal.desk.book.ledger._connection
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5 (participant, words)")

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        connection.execute("INSERT INTO search VALUES (?, ?)", (dose.participant, f"thawed {arm}"))
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


@leak("L24")
def validation_copy(rehearsal: Rehearsal) -> None:
    """The real list is copied for a validation run."""
    arms = [rehearsal.vault.nature_of(0, slot) for slot in range(4)]
    (_folder(rehearsal) / "validation.csv").write_text("\n".join(arms))


@leak("L26", caught_by=detectors.different_designs, worlds="designs")
def restriction_in_protocol(rehearsal: Rehearsal) -> None:
    """The protocol, as recruiters have it, tells the restriction."""
    (_folder(rehearsal) / "protocol.txt").write_text(str(rehearsal.part.design.procedure.parameters()))


@leak("L27", caught_by=detectors.slots_out_of_order)
def inherited_slot(rehearsal: Rehearsal) -> None:
    """The last participant replaces the first and inherits the slot."""
    desk, hand_in = rehearsal.desk, rehearsal.desk.do

    def do(actor, command, *, why=""):  # type: ignore[no-untyped-def]  # stands in for Desk.do
        given = list(desk.state.allocation.slot_of.values())
        if isinstance(command, Randomise) and len(given) == rehearsal.part.participants - 1:
            again = (SlotAssigned(command.participant, *given[0]),)
            return desk.book.execute(lambda trial: again, who=actor.who, role=actor.role)
        return hand_in(actor, command, why=why)

    desk.do = do  # type: ignore[method-assign]  # the planted fault


@leak("L9", caught_by=detectors.different_sight, worlds="swap")
def restricted_value_in_query(rehearsal: Rehearsal) -> None:
    """The monitor's query about a visible answer quotes a hidden one that moves with the arm."""
    desk, hand_in = rehearsal.desk, rehearsal.desk.do

    def do(actor, command, *, why=""):  # type: ignore[no-untyped-def]  # stands in for Desk.do
        written = hand_in(actor, command, why=why)
        hidden = [each.text for each in getattr(command, "answers", ()) if each.item == "esr"]
        if hidden:
            point = Page(command.page.encounter, "mex_sledai").point("mex_fever")
            hand_in(MONITOR, RaiseQuery(command.participant, f"No fever with an ESR of {hidden[0]}?", point))
        return written

    desk.do = do  # type: ignore[method-assign]  # the planted fault
    restricted_inputs(rehearsal)  # handed in first


@leak("L10", "L20")
def committee_data_by_arm(rehearsal: Rehearsal) -> None:
    """The data for the committee are handed in arm by arm."""

    def sort(committee: dict[str, Any]) -> dict[str, Any]:
        natures = {slot["slot"]: rehearsal.vault.nature_of(0, slot["slot"]) for slot in committee["data"]["slots"]}
        slots = sorted(committee["data"]["slots"], key=lambda slot: natures[slot["slot"]])
        return {"data": {**committee["data"], "slots": slots}}

    _on_hatch(rehearsal, "push_committee_data", sent=sort)


@leak("L3", "L10", worlds="swap")
def doses_by_arm(rehearsal: Rehearsal) -> None:
    """The day's doses are asked for product by product."""

    def sort(due: dict[str, Any]) -> dict[str, Any]:
        return {**due, "requests": sorted(due["requests"], key=lambda each: rehearsal.vault.nature_of(*each[:2]))}

    _on_hatch(rehearsal, "request_doses", sent=sort)


@leak("L29", "L17")
def committee_answer(rehearsal: Rehearsal) -> None:
    """The vault thanks for the committee's data with what they look like by arm."""
    _on_hatch(rehearsal, "push_committee_data", answered=lambda answer: {**answer, "treated": _treated(rehearsal)})


@leak("L16", "L5")
def thaws_in_the_answer(rehearsal: Rehearsal) -> None:
    """The pharmacy's account says how many units of one product it thawed."""
    _on_hatch(rehearsal, "pharmacy_account", answered=lambda answer: {**answer, "thawed": _treated(rehearsal)})


@leak("L28", worlds="swap")
def notice_with_arm(rehearsal: Rehearsal) -> None:
    """The notice of a code break carries what was shown."""

    def with_arm(answer: dict[str, Any]) -> dict[str, Any]:
        breaks = [{**each, "arm": rehearsal.vault.nature_of(0, each["slot"])} for each in answer["breaks"]]
        return {**answer, "breaks": breaks}

    _on_hatch(rehearsal, "notices", answered=with_arm)


@leak("L28", worlds="swap")
def reason_by_arm(rehearsal: Rehearsal) -> None:
    """The reason that everybody reads is chosen after the arm was seen."""

    def with_reason(answer: dict[str, Any]) -> dict[str, Any]:
        arms = [rehearsal.vault.nature_of(0, each["slot"]) for each in answer["breaks"]]
        reasons = ["overdose" if arm == TREATED else "other" for arm in arms]
        return {**answer, "breaks": [{**e, "reason": r} for e, r in zip(answer["breaks"], reasons, strict=True)]}

    _on_hatch(rehearsal, "notices", answered=with_reason)


@leak("L6", worlds="live")
def draw_asked_twice(rehearsal: Rehearsal) -> None:
    """On a live list, the draw for one arm is asked for a second time, to be sure."""
    vault = rehearsal.vault
    send = vault.ask

    def ask(asked, role, body=None, *, why=""):  # type: ignore[no-untyped-def]  # stands in for RehearsalVault.ask
        answer = send(asked, role, body, why=why)
        if asked == "draw" and vault.nature_of(0, body["slot"]) == TREATED:
            send(asked, role, body, why=why)
        return answer

    vault.ask = ask  # type: ignore[method-assign]  # the planted fault


@leak("L11", "L30", worlds="live")
def draw_with_bare_hash(rehearsal: Rehearsal) -> None:
    """On a live list, the ledger's answer commits to the arm without a nonce, and so says it."""
    _on_hatch(
        rehearsal,
        "draw",
        answered=lambda answer: {**answer, "check": digest(rehearsal.vault.nature_of(0, answer["slot"]))},
    )


@leak("L28")
def break_banner(rehearsal: Rehearsal) -> None:
    """After a code break, everybody reads the arm."""

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        on = rehearsal.desk.clock().date()
        banner = f"SYNTHETIC: code broken for this participant: {arm}."
        rehearsal.desk.do(MONITOR, RecordDeviation(dose.participant, DeviationKind.OTHER, on, banner))
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def _treated(rehearsal: Rehearsal) -> int:
    """How many of those who were randomised have the product, as only the vault knows."""
    slots = rehearsal.desk.state.allocation.slot_of.values()
    return sum(rehearsal.vault.nature_of(*place) == TREATED for place in slots)


def _folder(rehearsal: Rehearsal) -> Path:
    (_, _, file) = rehearsal.desk.book.ledger._connection.execute("PRAGMA database_list").fetchone()
    return Path(file).parent
