"""The tutorial is true: every command in it runs, in its order, and ends as it says."""

import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "first-trial.md"


def commands(text: str) -> list[tuple[str, int]]:
    """Each `$ command` of the console blocks with the exit status that the text promises (0 unless it says so)."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                promised = re.search(r"#.*status (\d)", line)
                found.append((line[2:], int(promised[1]) if promised else 0))
    return found


@pytest.mark.skipif(shutil.which("bash") is None, reason="the tutorial's commands are for a shell")
def test_every_command_of_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    folder = str(tmp_path)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "STUDIES": str(files("equipoise") / "studies"),
    }
    steps = commands(TUTORIAL.read_text(encoding="utf-8"))
    assert len(steps) > 8
    for command, promised in steps:
        if command.startswith("cd "):
            folder = str(Path(folder) / command[3:])
            continue
        ran = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == promised, f"{command}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
        assert "Traceback" not in ran.stderr
