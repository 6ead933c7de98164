"""The vault as a process of its own: two sockets, modes, no dumps, nothing readable on disk, shares to open it."""

import itertools
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from allocation_trial import DOSED, START, signed, trial
from equipoise.allocation import (
    AllocationState,
    RehearsalVault,
    VaultClient,
    next_slot,
    read_design,
    rehearse_ceremony,
)
from equipoise.closure.certificate import LockStatement, certify
from equipoise.ledger import Book, SqliteLedger
from equipoise.vocabulary import Refusal, Role, SteppingClock
from equipoise_vault.ceremony import the_list
from equipoise_vault.room import FILE, Room
from equipoise_vault.shares import join_shares

VAULT = [sys.executable, "-m", "equipoise_vault"]


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "vault"
    out = subprocess.run([*VAULT, "create", "--dir", str(folder)], capture_output=True, text=True, check=True).stdout
    return folder, [line.strip() for line in out.splitlines() if line.strip().startswith("EQ1-")]


@pytest.fixture
def served(made):
    """A vault that is open on its two sockets, with its process."""
    folder, shares = made
    process = subprocess.Popen(
        [*VAULT, "serve", "--dir", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(f"{shares[0]}\n{shares[2]}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "The vault is open.\n"
    deadline = time.monotonic() + 10
    while not (folder / "desk.sock").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    yield folder, process
    process.terminate()
    process.wait(timeout=10)
    process.stdin.close()
    process.stdout.close()


def test_folder_file_and_sockets_are_its_users_alone(served):
    folder, _ = served
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(
        [FILE, f"{FILE}-wal", f"{FILE}-shm", "hatch.sock", "desk.sock"], 0o600
    )


def test_the_hatch_answers_public_facts_and_refuses_the_rest(served):
    folder, _ = served
    with VaultClient.connect(folder / "hatch.sock", who="web") as client:
        assert client.describe()["rehearsal"] is False
        with pytest.raises(Refusal) as refused:
            client.sealed()
        assert refused.value.rule == "CEREMONY-ORDER"
        checkpoint = client.sign_checkpoint((3, "a" * 64), datetime(2026, 3, 2, tzinfo=UTC))
        assert checkpoint.is_genuine() and checkpoint.key == client.describe()["signing_key"]


def test_nobody_at_home_is_a_sentence(tmp_path):
    with pytest.raises(Refusal, match="does not answer"):
        VaultClient.connect(tmp_path / "nowhere.sock", who="web")


def test_k15_no_core_dump_even_when_killed_with_one(served):
    _, process = served
    limits = Path(f"/proc/{process.pid}/limits").read_text().splitlines()
    assert [line.split()[4:6] for line in limits if line.startswith("Max core file size")] == [["0", "0"]]
    process.send_signal(signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -signal.SIGABRT
    assert os.WIFSIGNALED(status) and not os.WCOREDUMP(status)


def test_k15_the_process_is_not_dumpable():
    """PR_GET_DUMPABLE (3) answers 0 after `harden`: no core, and no ptrace or /proc/pid/mem by the same user."""
    script = (
        "import ctypes; from equipoise_vault.process import harden; harden(); "
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "0\n"


@pytest.mark.parametrize("pair", list(itertools.permutations(range(3), 2)))
def test_k18_any_two_holders_open_the_vault(made, pair):
    folder, shares = made
    room = Room.open(folder, join_shares(shares[pair[0]], shares[pair[1]]), os.urandom, SteppingClock(START))
    assert len(room.sign(b"text")) == 128
    room.close()


def test_a_wrong_key_an_open_folder_and_a_second_vault_are_refused(made):
    folder, _ = made
    for call, rule in [
        (lambda: Room.open(folder, bytes(32), os.urandom, SteppingClock(START)), "VAULT-KEY"),
        (lambda: Room.create(folder, os.urandom, SteppingClock(START)), "VAULT-EXISTS"),
        (lambda: Room.open(folder / "none", bytes(32), os.urandom, SteppingClock(START)), "VAULT-MISSING"),
    ]:
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.rule == rule
    folder.chmod(0o750)
    with pytest.raises(Refusal, match="Others can read"):
        Room.open(folder, bytes(32), os.urandom, SteppingClock(START))
    folder.chmod(0o700)
    again = subprocess.run([*VAULT, "create", "--dir", str(folder)], capture_output=True, text=True, check=False)
    assert again.returncode == 2 and "already" in again.stderr and "Traceback" not in again.stderr


def test_the_file_shows_no_arm_no_share_and_no_design(tmp_path):
    held = trial(tmp_path, {**DOSED, "arms": ["secretome-arm", "saline-control"]}).seal()
    for slot in range(30):
        held.ask("open_for_pharmacist", Role.PHARMACIST, stratum=0, slot=slot)
    raw = b"".join(path.read_bytes() for path in (tmp_path / "vault").iterdir())
    keys = (*held.shares.values(), held.room.secret("signing"))
    for secret in (b"secretome-arm", b"saline-control", b"big-stick", *keys):
        assert secret not in raw and secret.hex().encode() not in raw


def test_secrets_are_silent(tmp_path):
    held = trial(tmp_path).seal()
    made = the_list(held.room, held.room.book.state())
    shown = [repr(held.room), str(made), repr(made.slots[0]), f"{made.slots!r}"]
    assert not any("active" in text or "placebo" in text for text in shown)
    with pytest.raises(TypeError):
        pickle.dumps(held.room)


def rehearse(folder, seed):
    clock = SteppingClock(START)
    book = Book(SqliteLedger.open(folder / "trial.sqlite3", clock), AllocationState())
    statement = LockStatement("5" * 64, 1, "a" * 64, "d" * 64, "2026-09-01T00:00:00.000000Z")
    certificate = certify(statement, signed(statement, "A"), signed(statement, "B")).as_json()
    with RehearsalVault(folder / "vault", seed, clock) as vault:
        rehearse_ceremony(
            vault, read_design(DOSED), lambda decide, role: book.execute(decide, who=role.value, role=role)
        )
        book.execute(lambda state: next_slot(state, "01-001"), who="nurse", role=Role.INVESTIGATOR)
        checkpoint = vault.sign_checkpoint(book.ledger.head())
        nature = [vault.nature_of(0, slot) for slot in range(30)]
        opening = vault.release(certificate, "d" * 64)
    raw = b"".join(box for (box,) in _boxes(folder / "vault" / FILE))
    return [entry.hash for entry in book.ledger.entries()], checkpoint, nature, opening, raw


def _boxes(path):
    return sqlite3.connect(path).execute("SELECT box FROM envelope ORDER BY stratum, slot, recipient").fetchall()


def test_a_rehearsal_through_a_pipe_is_the_same_twice_and_marked(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    first, again, other = (rehearse(tmp_path / name, seed) for name, seed in [("a", 1), ("b", 1), ("c", 2)])
    assert first == again
    assert first[3] != other[3] and first[4] != other[4]
    assert first[1].is_genuine() and set(first[2]) == {"active", "placebo"} and '"rehearsal": true' in first[3]
