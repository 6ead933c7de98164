"""Site and vault as two users of one machine: the site's user has the hatch, and nothing else of the vault.

Needs root, to become both users, and an interpreter that they may run.  The guide is docs/how-to/two-users-systemd.md.
"""

import grp
import json
import os
import shutil
import site
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VAULT_USER, SITE_USER, STRANGER = 64_001, 64_002, 64_003
LIBRARIES = os.pathsep.join([str(ROOT / "src"), *site.getsitepackages()])
pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be two users")

PROBE = """
import ctypes, json, os, socket, sys
folder, hatch, process = sys.argv[1], sys.argv[2], int(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)

def tried(act):
    try:
        return act()
    except OSError as error:
        return type(error).__name__

def attached():
    if libc.ptrace(16, process, 0, 0):
        raise OSError(ctypes.get_errno(), "ptrace")

def asked(path, verb):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        line.sendall(json.dumps({"verb": verb, "who": "x", "role": "system", "why": "", "body": {}}).encode() + b"\\n")
        answer = json.loads(line.makefile().readline())
        return answer.get("refused", {"rule": "granted"})["rule"]

print(json.dumps({
    "folder": tried(lambda: os.listdir(folder)),
    "database": tried(lambda: open(f"{folder}/vault.sqlite3", "rb").read(1)),
    "desk": tried(lambda: asked(f"{folder}/desk.sock", "describe")),
    "memory": tried(lambda: open(f"/proc/{process}/mem", "rb").read(1)),
    "environment": tried(lambda: open(f"/proc/{process}/environ", "rb").read(1)),
    "open files": tried(lambda: os.listdir(f"/proc/{process}/fd")),
    "ptrace": tried(attached),
    "kill": tried(lambda: os.kill(process, 9)),
    "another hatch": tried(lambda: os.unlink(hatch)),
    "describe": tried(lambda: asked(hatch, "describe")),
    "todays_doses": tried(lambda: asked(hatch, "todays_doses")),
}))
"""


def started(user: int, groups: list[int], *command: str) -> subprocess.Popen[str]:
    """A process as that user, in a group of the same number and the groups besides."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {"PYTHONPATH": LIBRARIES, "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(
        [interpreter(), *command],
        user=user,
        group=user,
        extra_groups=groups,
        cwd="/",
        env=environment,
        text=True,
        **pipes,
    )


def interpreter() -> str:
    """This interpreter, or the system's of the same version, if the users may run it."""
    for each in (sys.executable, shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin") or sys.executable):
        try:
            run = subprocess.run(
                [each, "-c", ""], user=SITE_USER, group=SITE_USER, extra_groups=[], cwd="/", check=False
            )
        except PermissionError:
            continue
        if run.returncode == 0:
            return each
    pytest.skip("other users may not run this interpreter")


@pytest.fixture(scope="module")
def vault() -> Iterator[tuple[Path, Path, int, int]]:
    """An open vault of the vault's user: its folder, the hatch, its process, the group of the hatch."""
    shared = grp.getgrgid(1)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        folder, run = place / "vault", place / "run"
        folder.mkdir(mode=0o700)
        run.mkdir(mode=0o750)
        os.chown(folder, VAULT_USER, VAULT_USER)
        os.chown(run, VAULT_USER, shared.gr_gid)  # RuntimeDirectory, and ExecStartPre's chgrp
        said, _ = started(VAULT_USER, [], "-m", "equipoise_vault", "create", "--dir", str(folder)).communicate()
        shares = [line.strip() for line in said.splitlines() if line.startswith("   ")]
        hatch = run / "hatch.sock"
        command = ["serve", "--dir", str(folder), "--hatch", str(hatch), "--hatch-group", shared.gr_name]
        with started(VAULT_USER, [shared.gr_gid], "-m", "equipoise_vault", *command) as process:
            process.stdin.write("\n".join(shares[:2]) + "\n")
            process.stdin.flush()
            assert "open" in process.stdout.readline()
            while not hatch.exists() or stat.S_IMODE(hatch.stat().st_mode) != 0o660:
                assert process.poll() is None, process.stderr.read()
            yield folder, hatch, process.pid, shared.gr_gid
            process.terminate()


def probed(vault: tuple[Path, Path, int, int], user: int, groups: list[int]) -> dict[str, object]:
    folder, hatch, process, _ = vault
    said, wrong = started(user, groups, "-c", PROBE, str(folder), str(hatch), str(process)).communicate()
    assert said, wrong
    return json.loads(said)


def test_k15_the_sites_user_has_the_hatch_and_nothing_else_of_the_vault(vault: tuple[Path, Path, int, int]) -> None:
    """ASVS 13.2.2: two users; a stolen masked server asks for public facts alone."""
    found = probed(vault, SITE_USER, [vault[3]])
    assert (found.pop("describe"), found.pop("todays_doses")) == ("granted", "VAULT-DOOR")
    assert set(found.values()) == {"PermissionError"}, found


def test_another_user_of_the_machine_has_not_even_the_hatch(vault: tuple[Path, Path, int, int]) -> None:
    assert set(probed(vault, STRANGER, []).values()) == {"PermissionError"}
