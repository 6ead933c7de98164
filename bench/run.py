"""Run every benchmark of this folder, one process each, and print their tables.

    make bench                     all of them
    python bench/run.py ledger     those whose name holds a word

Figures are medians on the machine at hand; a ratio is against the named peer in the same run.
"""

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only benchmarks whose name holds one of these words")
    parser.add_argument("--with-r", action="store_true", help="also time R, where it is installed")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    failed = []
    for path in sorted(FOLDER.glob("bench_*.py")):
        if path.stem.endswith("_r") and not options.with_r:
            continue
        if options.words and not any(word in path.stem for word in options.words):
            continue
        print(f"\n== {path.stem.removeprefix('bench_')}", flush=True)
        if subprocess.run([sys.executable, path], cwd=FOLDER, check=False).returncode:
            failed.append(path.stem)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return len(failed) > 0


if __name__ == "__main__":
    sys.exit(main())
