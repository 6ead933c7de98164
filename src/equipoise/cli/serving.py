"""A site that serves in the background: started, found again and stopped by a note in its folder."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from equipoise.vocabulary import Refusal

_NOTE, _LOG = "serving.json", "serving.log"
_PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Serving:
    """A site that serves: its process, its address, and the code of its first set-up."""

    process: int
    site: str
    setup_code: str = ""


def note_serving(folder: Path, serving: Serving) -> None:
    """Write the note, for the owner of the folder alone."""
    note = folder / _NOTE
    note.touch(mode=0o600)
    note.write_text(json.dumps(asdict(serving)) + "\n", encoding="utf-8")


def forget_serving(folder: Path) -> None:
    (folder / _NOTE).unlink(missing_ok=True)


def serving_in(folder: Path) -> Serving | None:
    """The site that serves from this folder, if its process lives."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        serving = Serving(**json.loads((folder / _NOTE).read_text("utf-8")))
        os.kill(serving.process, 0)
        return serving
    return None


def start(folder: Path, options: list[str], console: Console) -> Serving:
    """Start the site as a process that stays; give it when its pages answer.  Raises `Refusal` where it does not."""
    known = serving_in(folder)
    if known:
        return known
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = folder.parent / f"{folder.name}.{_LOG}"
    command = [sys.executable, "-m", "equipoise.cli", "serve", str(folder), *options]
    with log.open("wb") as out, console.status("Making the synthetic site"):
        process = subprocess.Popen(  # noqa: S603  # our own command
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
        for _ in range(_PATIENCE_SECONDS * 10):
            found = serving_in(folder)
            if found or process.poll() is not None:
                break
            time.sleep(0.1)
    if not found:
        process.terminate()
        raise Refusal("SERVE-START", "The site did not start.", f"What it said stands in {log}.")
    return found


def stop(folder: Path) -> bool:
    """End the site that serves from this folder; False if there is none."""
    serving = serving_in(folder)
    if serving is None:
        return False
    os.kill(serving.process, signal.SIGTERM)
    return True
