"""The arrow of DESIGN section 2 holds: import-linter's contracts, and the ways round them that it cannot see."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_hold() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def test_the_vault_is_not_reached_by_name_either() -> None:
    """A dynamic import escapes import contracts; the masked side may name the vault only to start it as a process."""
    pattern = re.compile(r"import_module\([^)]*vault|__import__\([^)]*vault|(?:from|import)\s+equipoise_vault")
    offenders = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "src" / "equipoise").rglob("*.py"))
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert not offenders


def test_the_core_reads_no_clock_and_draws_no_randomness() -> None:
    """Clock, ids and randomness are arguments (DESIGN section 3); command line and pages ask the machine."""
    pattern = re.compile(
        r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(|uuid\.uuid|uuid4\(|^import random|"
        r"os\.urandom|secrets\.token|default_rng\(\s*\)",
        re.MULTILINE,
    )
    allowed = {"src/equipoise/cli/", "src/equipoise/web/"}  # the pages draw codes and the numbers of requests
    offenders = [
        place
        for path in sorted((ROOT / "src" / "equipoise").rglob("*.py"))
        if pattern.search(path.read_text(encoding="utf-8"))
        and not (place := path.relative_to(ROOT).as_posix()).startswith(tuple(allowed))
    ]
    assert not offenders
