"""A whole rehearsal as a whole process: wall time, peak memory, and how time grows with the number of participants."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = Path(sys.executable).with_name("equipoise")


def rehearse(participants: int) -> tuple[float, float]:
    """Seconds and peak MB of one rehearsal, as the operating system accounts for it."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen(
            [COMMAND, "rehearse", "--participants", str(participants), "--out", f"{folder}/out"],
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, "the rehearsal failed"
        return time.perf_counter() - start, usage.ru_maxrss / 1024


def help_seconds() -> float:
    start = time.perf_counter()
    subprocess.run([COMMAND, "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    print(f"{'equipoise --help':32} {statistics.median(help_seconds() for _ in range(7)):8.3f} s   (goal 0.3)")
    runs = [rehearse(30) for _ in range(3)]
    seconds, peak = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"{'rehearse, 30 participants':32} {seconds:8.2f} s   (goal 10)   {peak:6.0f} MB (goal 500)")
    per_participant = {}
    for participants in (100, 1000):
        seconds, peak = rehearse(participants)
        per_participant[participants] = seconds / participants
        print(f"{f'rehearse, {participants} participants':32} {seconds:8.2f} s   {peak:6.0f} MB")
    ratio = per_participant[1000] / per_participant[100]
    print(f"{'time per participant, 1000 : 100':32} {ratio:8.2f}     (goal at most 1.5)")


if __name__ == "__main__":
    main()
