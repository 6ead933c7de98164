"""The reports of a released trial: for each lock a folder, written by a process of its own, shown once it is whole.

What makes a report (analysis, figures, typesetting) is never loaded into the process that serves pages.
"""

import os
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from threading import Lock, Thread

OPENING = "opening.json"
"""The opened list, beside the ledger: it is there once its release has been received, and not before."""
REPORT_FILES = ("report.pdf", "report.html")
PROOF_FILES = ("verify_trial.py", OPENING, "ledger.jsonl", "arms.json")
"""What a reader needs to check the trial, beside the report."""


class ReportState(StrEnum):
    """How far a report is."""

    NONE = "none"
    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"


_under_way: set[Path] = set()
_lock = Lock()


def report_folder(trial: Path, certificate_digest: str) -> Path:
    """The folder of the report that rests on this lock."""
    return trial / "reports" / certificate_digest[:16]


def report_state(folder: Path) -> ReportState:
    """How far the report of this folder is, as far as this process knows."""
    if folder.is_dir():
        return ReportState.DONE
    with _lock:
        if folder in _under_way:
            return ReportState.UNDER_WAY
    return ReportState.FAILED if _failure(folder).is_file() else ReportState.NONE


def start_report(trial: Path, folder: Path) -> None:
    """Have the report of the trial in `trial` written into `folder`, unless it is there or under way."""
    with _lock:
        if folder.is_dir() or folder in _under_way:
            return
        _under_way.add(folder)
    Thread(target=_write, args=(trial, folder), daemon=True, name="report").start()


def _write(trial: Path, folder: Path) -> None:
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.draft")
    command = [sys.executable, "-m", "equipoise.cli", "report", str(trial), "--out", str(draft)]
    try:
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(draft, ignore_errors=True)
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603  # our own
        if done.returncode == 0 and not folder.is_dir():
            draft.rename(folder)
        elif done.returncode != 0:
            _failure(folder).write_bytes(done.stdout + done.stderr)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        with _lock:
            _under_way.discard(folder)


def _failure(folder: Path) -> Path:
    """What the process said that could not write the report: for whoever runs the site."""
    return folder.with_suffix(".failed.txt")
