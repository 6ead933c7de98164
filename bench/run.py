"""Run every benchmark of this folder, one process each, and print their tables.

    make bench                     all of them: about a quarter of an hour on two cores
    python bench/run.py ledger     those whose name holds a word

Figures are medians on the machine at hand; a ratio is against the named peer in the same run.
"""

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path
from time import perf_counter

FOLDER = Path(__file__).parent
FIRST = ("bench_rehearsal", "bench_ledger")  # the main job and what it stands on
ALONE = ("bench_web",)  # long: has a target of its own
BUSY = 0.5  # programs that wait for a core; a figure taken beside them is too slow


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only benchmarks whose name holds one of these words")
    parser.add_argument("--with-r", action="store_true", help="also time R, where it is installed")
    options = parser.parse_args()
    found = sorted(FOLDER.glob("bench_*.py"), key=lambda path: (path.stem not in FIRST, path.stem))
    chosen = [path for path in found if is_wanted(path.stem, options.words, options.with_r)]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {load()}")
    began, failed = perf_counter(), []
    for number, path in enumerate(chosen, start=1):
        name = path.stem.removeprefix("bench_")
        print(f"\n== {number} of {len(chosen)}: {name}", flush=True)
        start = perf_counter()
        if subprocess.run([sys.executable, path], cwd=FOLDER, check=False).returncode:
            failed.append(name)
        print(f"   {name}: {perf_counter() - start:.0f} s", flush=True)
    print(f"\n{len(chosen)} benchmarks in {(perf_counter() - began) / 60:.1f} minutes")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return len(failed) > 0


def is_wanted(stem: str, words: list[str], with_r: bool) -> bool:
    if stem.endswith("_r") and not with_r:
        return False
    return any(word in stem for word in words) if words else stem not in ALONE


def load() -> str:
    waiting = os.getloadavg()[0]
    beside = (
        "other programs run beside it: take the times as upper limits" if waiting > BUSY else "nothing runs beside it"
    )
    return f"load {waiting:.1f}, {beside}"


if __name__ == "__main__":
    sys.exit(main())
