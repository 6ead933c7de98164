"""Timing shared by the analysis benchmarks: medians, goals, and a named peer in the same run."""

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

RUNS = 7
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the test vectors are the benchmark's data


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median time of `work` after one warm-up call."""
    work()
    times = []
    for _ in range(runs):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return median(times)


def once(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def head() -> None:
    print(f"{'task':44} {'ours':>10} {'goal':>9}    {'peer':28} {'its time':>10} {'ratio':>9}")


def row(task: str, ours: float, goal: float | None = None, peer: str = "", theirs: float | None = None) -> None:
    """One line; `*` marks a goal that was missed on this machine."""
    aim = f"{_text(goal)}{'*' if ours > goal else ' '}" if goal else ""
    beside = f"{_text(theirs):>10} {theirs / ours:>8,.0f}x" if theirs else ""
    print(f"{task:44} {_text(ours):>10} {aim:>9}    {peer:28} {beside}", flush=True)


def _text(time: float) -> str:
    return f"{time * 1e3:.3g} ms" if time < 1 else f"{time:.3g} s"
