"""`equipoise verify DIR`: 0 for a sound trial, 1 for a changed one, 2 for none; a sentence, never a traceback."""

import io
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

import equipoise
from equipoise.cli.verify import ROOMS, run
from equipoise.conduct.events import ParticipantScreened
from equipoise.ledger import Anchor
from equipoise.vocabulary import Refusal
from ledger_sample import NURSE, Signer, fill, open_ledger


@pytest.fixture
def trial(tmp_path):
    folder = tmp_path / "trial"
    folder.mkdir()
    ledger = open_ledger(folder / "ledger.sqlite3")
    with ledger.transaction():
        fill(ledger, 200)
    ledger.add_checkpoint(Signer(1).checkpoint(*ledger.head()))
    anchor = Anchor(*ledger.head(), date(2024, 1, 3), "quality file")
    (folder / "anchors.txt").write_text(f"# kept since the first visit\n{anchor.text()}\n")
    ledger.close()
    return folder


def verified(*arguments, terminal=False, **options) -> tuple[int, str]:
    console = Console(file=io.StringIO(), width=120, force_terminal=terminal, color_system=None)
    status = run(*arguments, console=console, **options)
    return status, console.file.getvalue()


def cut(trial, seq: int) -> None:
    with sqlite3.connect(trial / "ledger.sqlite3") as connection:
        for name in ("ledger_no_delete", "checkpoint_no_delete"):
            (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
            connection.execute(f"DROP TRIGGER {name}")
            connection.execute(f"DELETE FROM {name.split('_')[0]} WHERE seq > ?", (seq,))
            connection.execute(sql)
    connection.close()


@pytest.mark.parametrize("name", ["", "ledger.sqlite3"])
def test_a_sound_trial_is_named_by_its_folder_or_its_ledger(trial, name):
    status, text = verified(trial / name, trusted_keys=[Signer(1).key.upper()])
    assert status == 0
    assert "200 entries" in text
    assert "Signed    to entry 200" in text
    assert "Anchored  to entry 200" in text
    assert "Nothing was found changed" in text


def test_a_key_that_nobody_named_is_shown_to_be_compared(trial):
    status, text = verified(trial)
    assert status == 0
    assert Signer(1).key in text


def test_a_cut_ledger_is_found_by_the_anchor_and_exits_with_1(trial):
    cut(trial, 150)
    status, text = verified(trial)
    assert status == 1
    assert "LEDGER-ANCHOR" in text
    assert "quality file" in text
    (trial / "anchors.txt").unlink()
    status, text = verified(trial)
    assert status == 0
    assert "Warnings  1" in text  # it says what an anchor alone could tell
    assert "LEDGER-UNANCHORED" in text


def test_anchors_may_come_from_elsewhere(trial, tmp_path):
    (trial / "anchors.txt").unlink()
    own = tmp_path / "mine.txt"
    own.write_text(Anchor(200, "ab" * 32, date(2024, 1, 3)).text())
    status, text = verified(trial, anchors=own)
    assert status == 1
    assert "written anew" in text


@pytest.mark.parametrize(
    ("written", "rule"), [(b"an anchor", "LEDGER-ANCHOR-TEXT"), (b"\xff\xfe", "LEDGER-ANCHOR-TEXT")]
)
def test_anchors_that_cannot_be_read_are_refused(trial, written, rule):
    (trial / "anchors.txt").write_bytes(written)
    with pytest.raises(Refusal) as refused:
        verified(trial)
    assert refused.value.rule == rule


def test_a_key_that_is_none_is_refused(trial):
    with pytest.raises(Refusal, match="not a public key"):
        verified(trial, trusted_keys=["0123"])


def test_a_projection_is_named_and_its_differences_are_errors(trial):
    status, text = verified(trial, projections={"shown values": lambda connection, entries: ["Entry 3 differs."]})
    assert status == 1
    assert "Rebuilt   shown values" in text
    assert "shown values: Entry 3 differs." in text


def test_a_long_ledger_shows_a_bar_in_a_terminal_only(trial):
    assert "Verifying" in verified(trial, terminal=True)[1]
    assert "Verifying" not in verified(trial)[1]


def test_where_there_is_no_ledger_it_is_said_in_a_sentence(tmp_path):
    with pytest.raises(Refusal, match="There is no file"):
        verified(tmp_path)


def test_from_the_command_line(trial, tmp_path):
    """It knows the types of all rooms without being told; the sample's, which only the tests declare, it does not."""
    real = tmp_path / "ledger.sqlite3"
    ledger = open_ledger(real)
    ledger.append([ParticipantScreened("P001", "S1", date(2024, 1, 2))], **NURSE)
    ledger.close()
    command = [sys.executable, "-c", "from equipoise.cli import main; main()", "verify"]
    running = [
        subprocess.Popen([*command, str(place)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for place in (real, trial)
    ]
    printed = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0, 1]
    assert "a type that this program does not know" in printed[1][0]
    assert not any("Traceback" in errors for _, errors in printed)


def test_every_room_that_declares_entry_types_is_known_to_the_command():
    rooms = Path(equipoise.__file__).parent
    declaring = {
        path.relative_to(rooms).parts[0] for path in rooms.rglob("*.py") if "\n@event(" in path.read_text("utf-8")
    }
    assert declaring - {"ledger"} == set(ROOMS)
