"""Planted leaks: each is a mistake that somebody could make, and the two-worlds test must catch it.

A mutant gets hold of the arms the way a careless programmer would: from whoever prepares the dose.  The ids are those
of the leak catalogue (SECURITY.md).
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from equipoise.cli.rehearsal.cast import MONITOR
from equipoise.cli.rehearsal.trial import Rehearsal
from equipoise.conduct import AdministerDose, RaiseQuery, RecordDeviation, StartEncounter
from equipoise.conduct.words import DeviationKind

Mutant = Callable[[Rehearsal], None]
TREATED = "secretome"


def arm_of(rehearsal: Rehearsal, participant: str) -> str:
    """What no masked code may know."""
    return next((course.arm or "" for course in rehearsal.courses if course.number == participant), "")


def _on_command(rehearsal: Rehearsal, kind: type, spoil: Callable[[object, str], object]) -> None:
    """Let every command of a kind pass through `spoil(command, arm)`, which gives what is handed in instead."""
    desk, hand_in = rehearsal.desk, rehearsal.desk.do

    def do(actor, command, *, why=""):  # type: ignore[no-untyped-def]  # stands in for Desk.do
        if isinstance(command, kind):
            command = spoil(command, arm_of(rehearsal, command.participant))
        return hand_in(actor, command, why=why)

    desk.do = do  # type: ignore[method-assign]  # the planted fault


def kit_label(rehearsal: Rehearsal) -> None:
    """L4: the label carries the lot, and lots differ by arm."""
    _on_command(
        rehearsal, AdministerDose, lambda dose, arm: replace(dose, body_site=f"{dose.body_site}, lot {arm[0]}1")
    )


def preparation_time(rehearsal: Rehearsal) -> None:
    """L5: the product is thawed, saline is not, and the time given shows it."""
    _on_command(
        rehearsal,
        AdministerDose,
        lambda dose, arm: replace(dose, given_at=dose.given_at - timedelta(minutes=9 * (arm == TREATED))),
    )


def extra_entry(rehearsal: Rehearsal) -> None:
    """L6: one more line in the trail for the active arm."""

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        if arm == TREATED:
            on = rehearsal.desk.clock().date()
            note = RecordDeviation(dose.participant, DeviationKind.OTHER, on, "SYNTHETIC: thaw checked.")
            rehearsal.desk.do(MONITOR, note)
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def pharmacist_note(rehearsal: Rehearsal) -> None:
    """L7: a note of the pharmacy is copied into a query."""
    _on_command(rehearsal, RaiseQuery, lambda query, arm: replace(query, text=f"{query.text} Pharmacy says: {arm}."))


def attachment_name(rehearsal: Rehearsal) -> None:
    """L8: a file is named after the product."""
    folder = _folder(rehearsal)

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        (folder / f"{dose.participant}-{arm}.txt").touch()
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def order_of_visits(rehearsal: Rehearsal) -> None:
    """L10: one arm is seen first, and the order of lines tells."""
    _on_command(
        rehearsal,
        StartEncounter,
        lambda visit, arm: (
            rehearsal.desk.clock.set(rehearsal.desk.clock() + timedelta(seconds=5 * (arm == TREATED))) or visit
        ),
    )


def padded_name(rehearsal: Rehearsal) -> None:
    """L11: a stored text is as long as the name of the arm."""
    _on_command(rehearsal, AdministerDose, lambda dose, arm: replace(dose, body_site="." * len(arm)))


def hidden_table(rehearsal: Rehearsal) -> None:
    """L19: a table that no page shows."""
    connection = rehearsal.desk.book.ledger._connection
    connection.execute("CREATE TABLE IF NOT EXISTS cache (participant TEXT, kind INTEGER)")

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        connection.execute("INSERT INTO cache VALUES (?, ?)", (dose.participant, arm == TREATED))
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def stock_line(rehearsal: Rehearsal) -> None:
    """L16: stock is counted by kind of kit."""
    folder, given = _folder(rehearsal), {}

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        given[arm] = given.get(arm, 0) + 1
        (folder / "stock.csv").write_text("\n".join(str(count) for count in sorted(given.values())))
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def unlabelled_letter(rehearsal: Rehearsal) -> None:
    """L17: participants are lettered X and Y in the order in which their arms first appear."""
    seen: list[str] = []
    folder = _folder(rehearsal)

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        if arm not in seen:
            seen.append(arm)
        with (folder / "chart.csv").open("a") as chart:
            chart.write(f"{dose.participant},{'XY'[seen.index(arm)]}\n")
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def log_line(rehearsal: Rehearsal) -> None:
    """L18: a line in the log."""

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        logging.getLogger("pharmacy").warning("prepared %s", arm)
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def printed_line(rehearsal: Rehearsal) -> None:
    """L18: a forgotten print."""

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        print(len(arm), file=sys.stderr)
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def early_column(rehearsal: Rehearsal) -> None:
    """L20, L25: an export has the arm's column before release."""
    folder = _folder(rehearsal)

    def spoil(dose: AdministerDose, arm: str) -> AdministerDose:
        with (folder / "transfer.csv").open("a") as transfer:
            transfer.write(f"{dose.participant},{arm.upper()}\n")
        return dose

    _on_command(rehearsal, AdministerDose, spoil)


def seed_in_settings(rehearsal: Rehearsal) -> None:
    """L23: a seed share in a configuration file."""
    share = rehearsal.vault.seed_share(MONITOR.role)
    (_folder(rehearsal) / "settings.toml").write_text(f'seed = "{share.hex()}"\n')


def _folder(rehearsal: Rehearsal) -> Path:
    (_, _, file) = rehearsal.desk.book.ledger._connection.execute("PRAGMA database_list").fetchone()
    return Path(file).parent


MUTANTS: tuple[Mutant, ...] = (
    kit_label,
    preparation_time,
    extra_entry,
    pharmacist_note,
    attachment_name,
    order_of_visits,
    padded_name,
    stock_line,
    unlabelled_letter,
    log_line,
    printed_line,
    hidden_table,
    early_column,
    seed_in_settings,
)
