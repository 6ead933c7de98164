"""A whole rehearsal as whole processes: wall and processor time, peak memory, and how time grows with participants.

A rehearsal is three processes: the trial, its vault, and the one that reads along and writes the report.  Processor
time is that of all three.  Memory is what they hold together at the worst moment, pages that they share counted once
(Linux: proportional set size, looked at four times a second in a run of its own); elsewhere the largest of the three.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMMAND = Path(sys.executable).with_name("equipoise")
PROC = Path("/proc")


@dataclass(frozen=True)
class Cost:
    seconds: float
    processor_seconds: float
    largest_mb: float


def rehearse(participants: int, out: Path) -> "subprocess.Popen[bytes]":
    command = [COMMAND, "rehearse", "--participants", str(participants), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def cost(participants: int) -> Cost:
    """One rehearsal, as the operating system accounts for it."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = rehearse(participants, Path(folder) / "out")
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    assert status == 0, "the rehearsal failed"
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def peak_mb(participants: int) -> float:
    """The most that all processes of one rehearsal hold together."""
    most = 0.0
    with tempfile.TemporaryDirectory() as folder:
        process = rehearse(participants, Path(folder) / "out")
        while process.poll() is None:
            most = max(most, sum(held_mb(pid) for pid in family(process.pid)))
            time.sleep(0.25)
    assert process.returncode == 0, "the rehearsal failed"
    return most


def family(pid: int) -> Iterator[int]:
    """A process and all that it has started."""
    yield pid
    for children in (PROC / str(pid) / "task").glob("*/children"):
        for child in _read(children).split():
            yield from family(int(child))


def held_mb(pid: int) -> float:
    lines = _read(PROC / str(pid) / "smaps_rollup").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""


def help_seconds() -> float:
    start = time.perf_counter()
    subprocess.run([COMMAND, "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def show(what: str, figure: str, beside: str = "") -> None:
    print(f"{what:34} {figure:>10}   {beside}", flush=True)


def main() -> None:
    show("equipoise --help", f"{statistics.median(help_seconds() for _ in range(7)):.2f} s", "goal 0.3 s")
    runs = [cost(30) for _ in range(3)]
    seconds = statistics.median(run.seconds for run in runs)
    busy = statistics.median(run.processor_seconds for run in runs)
    show("rehearse, 30 participants", f"{seconds:.1f} s", f"goal 10 s; {busy:.1f} s of processor time")
    together = peak_mb(30) if (PROC / "self" / "smaps_rollup").exists() else max(run.largest_mb for run in runs)
    show("memory, 30 participants", f"{together:.0f} MB", "goal 500 MB")
    each = {}
    for participants in (100, 1000):
        run = cost(participants)
        each[participants] = run.seconds / participants
        show(
            f"rehearse, {participants:,} participants",
            f"{run.seconds:.1f} s",
            f"{1000 * each[participants]:.0f} ms a participant; {run.processor_seconds:.0f} s of processor time; "
            f"largest process {run.largest_mb:.0f} MB",
        )
    show("time a participant, 1,000 : 100", f"{each[1000] / each[100]:.2f}", "goal at most 1.5")


if __name__ == "__main__":
    main()
