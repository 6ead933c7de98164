"""The vault with its pages as it is started: one line that says where, an end with its pages, a hatch for a group."""

import grp
import http.client
import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from allocation_trial import START
from equipoise.allocation import RehearsalVault, VaultClient
from equipoise.vocabulary import Role, SteppingClock

SERVE = [sys.executable, "-m", "equipoise_vault", "serve"]


@pytest.fixture
def serve(tmp_path):
    """Start the vault with pages on any free port; gives the process and what it said."""
    started = []

    def start(*more, folder=None):
        command = [*SERVE, "--dir", str(folder or tmp_path / "vault"), "--pages", "127.0.0.1:0", *map(str, more)]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(command, text=True, **pipes)
        started.append(process)
        line = process.stdout.readline()
        return process, json.loads(line) if line else {}

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()
        process.stderr.close()


def children(process) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(number) for number in listed.split()]


def fetched(said) -> str:
    return urllib.request.urlopen(f"{said['pages']}sign-in/", timeout=20).read().decode()


def is_gone(number: int) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{number}/stat").read_text().split()[2] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_a_demonstration_opens_the_vault_of_a_rehearsal_and_shows_its_accounts(serve, tmp_path):
    clock = SteppingClock(START)
    with RehearsalVault(tmp_path / "vault", 11, clock) as vault:
        key = vault.ask("describe", Role.SYSTEM)["signing_key"]
    _, said = serve("--demonstration", "11")
    assert said["setup_code"] == "" and "demo.pharmacist.2" in fetched(said)
    kept = http.client.HTTPConnection(urlsplit(said["pages"]).netloc, timeout=30)
    for method in ("HEAD", "GET"):  # on one connection: the content of a head would be read as the next answer
        kept.request(method, "/sign-in/")
        assert bool(kept.getresponse().read()) is (method == "GET")
    with VaultClient.connect(Path(said["hatch"]), who="web") as hatch:
        assert hatch.describe()["signing_key"] == key and hatch.describe()["rehearsal"] is True


def test_another_seed_and_a_real_vault_are_no_demonstration(serve, tmp_path):
    with RehearsalVault(tmp_path / "vault", 11, SteppingClock(START)) as vault:
        vault.ask("describe", Role.SYSTEM)  # a vault is made when it is first asked
    process, said = serve("--demonstration", "12")
    assert said == {} and process.wait(timeout=20) == 2 and "do not open this vault" in process.stderr.read()


def test_the_end_of_the_vault_is_the_end_of_its_pages_however_it_ends(serve, tmp_path):
    for number in (signal.SIGTERM, signal.SIGKILL):
        process, _ = serve(folder=tmp_path / number.name)
        (pages,) = children(process)
        process.send_signal(number)
        process.wait(timeout=20)
        assert is_gone(pages)


def test_pages_that_fail_come_back_at_the_same_address_and_the_vault_stays_open(serve):
    process, said = serve("--demonstration", "11")
    (pages,) = children(process)
    os.kill(pages, signal.SIGKILL)
    assert "demo.pharmacist" in fetched(said)  # the socket has waited
    assert children(process) != [pages]
    with VaultClient.connect(Path(said["hatch"]), who="web") as hatch:
        assert hatch.describe()["rehearsal"] is True


def test_neither_process_leaves_a_core(serve):
    process, _ = serve("--demonstration", "11")
    for number in (process.pid, *children(process)):
        limits = Path(f"/proc/{number}/limits").read_text().splitlines()
        assert [line.split()[4:6] for line in limits if line.startswith("Max core file size")] == [["0", "0"]]


def test_the_hatch_of_a_group_is_open_to_that_group_alone(serve, tmp_path):
    group = grp.getgrgid(os.getgid()).gr_name
    hatch = tmp_path / "run" / "hatch.sock"
    hatch.parent.mkdir(mode=0o750)
    _, said = serve("--demonstration", "11", "--hatch", hatch, "--hatch-group", group)
    assert said["hatch"] == str(hatch) and stat.S_IMODE(hatch.stat().st_mode) == 0o660
    assert (tmp_path / "vault").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--hatch-group", "root"], "The vault's folder is closed to the group."),
        (["--hatch", "/nonexistent-folder/h.sock", "--hatch-group", "root"], "The socket cannot be made there."),
        (["--hatch", "hatch-of-a-test.sock", "--hatch-group", "no such group"], "The hatch cannot be given"),
        (["--pages", "nowhere"], "This is no address."),
        (["--pages", "192.0.2.1:80"], "This address cannot be used."),
    ],
)
def test_what_cannot_be_served_is_a_sentence(serve, more, sentence):
    process, said = serve("--demonstration", "11", *more)
    assert said == {} and process.wait(timeout=20) != 0
    written = process.stderr.read()
    assert sentence in written and "Traceback" not in written
    Path("hatch-of-a-test.sock").unlink(missing_ok=True)
