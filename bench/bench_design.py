"""The design engine beside the tools that people use, on the same machine and data.

One million trials of 30 with baseline and outcome (correlation 0.6, effect 0.5 SD) by ANCOVA, drawn and analysed by the
simulation that `equipoise design` runs; peers fit the same model to as many trials as they manage in a second or two,
and their rate counts.  100,000 trials by four methods, two of them exact.  One call for power, size and bounds.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from design_world import FixedSizes, view, world
from equipoise.allocation import PermutedBlocks
from equipoise.allocation.many_lists import tabulate
from equipoise.analysis.many.moments import Ancova, PooledT
from equipoise.analysis.many.planned import Lists
from equipoise.analysis.many.randomisation import RandomisationTest, complete_table
from equipoise.design.power import ancova_power, two_sample_power, two_sample_size
from equipoise.design.sequential.boundaries import equal_looks, obrien_fleming
from equipoise.design.simulation.criteria import Significant
from equipoise.design.simulation.drawing import draw_trials
from equipoise.design.simulation.running import Step, Work, Workers, simulate
from equipoise.design.simulation.workers import processes

N = 30
RUNS = 5
CORES = os.cpu_count() or 1
WORLD = world(visits=0.6, effect=0.5)


def seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def ancova_trials(workers: Workers, trials: int) -> None:
    steps = (Step("ancova", view(), Ancova()),)
    work = Work(WORLD, N, FixedSizes(15), steps, (), {"ancova": Significant("ancova", 0.05)}, 0.05, 1, {})
    power = simulate(work, trials, workers).rates["ancova"]
    assert abs(power.share - 0.367834035791) < 4 * power.se


def sample(trials: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Designs, outcomes and arms of some trials, for the peers: drawing is not counted against them."""
    rng = np.random.default_rng(1)
    arm = FixedSizes(15)(np.zeros((trials, N), dtype=np.int16), rng)
    drawn = draw_trials(WORLD, arm, rng)
    baseline, outcome = drawn.values[0, 0], drawn.values[1, 0]
    designs = np.stack([np.ones((trials, N)), arm == 0, baseline], axis=2).astype(float)
    return designs, outcome, arm


def statsmodels_ols(trials: int) -> None:
    from statsmodels.regression.linear_model import OLS

    designs, outcomes, _ = sample(trials)
    for x, y in zip(designs, outcomes, strict=True):
        _ = OLS(y, x).fit().pvalues[1]


def numpy_lstsq(trials: int) -> None:
    designs, outcomes, _ = sample(trials)
    for x, y in zip(designs, outcomes, strict=True):
        np.linalg.lstsq(x, y, rcond=None)


def scipy_rank_tests(trials: int) -> None:
    from scipy.stats import mannwhitneyu

    _, outcomes, arms = sample(trials)
    for y, arm in zip(outcomes, arms, strict=True):
        mannwhitneyu(y[arm == 0], y[arm == 1])


def four_methods(workers: Workers, trials: int) -> None:
    """ANCOVA, t, exact Wilcoxon and the exact block randomisation test of rounded, tied values."""
    model = world(mean=5, sd=3.5, visits=0.6, decimals=0, least=0, most=32)
    table = tabulate(PermutedBlocks((6,)), (1, 1), N)
    methods = {
        "ancova": Ancova(),
        "t": PooledT(),
        "wilcoxon": RandomisationTest(complete_table(), 1, ranks=True, given_sizes=True),
        "blocks": RandomisationTest(table, 0),
    }
    steps = tuple(Step(name, view(), method) for name, method in methods.items())
    criteria = {name: Significant(name, 0.05) for name in methods}
    simulate(Work(model, N, Lists(table, (0, 1)), steps, (), criteria, 0.05, 1, {}), trials, workers)


def rate(work: Callable[[int], None], trials: int, runs: int = RUNS) -> float:
    work(trials)
    return trials / median(seconds(lambda: work(trials)) for _ in range(runs))


def show(name: str, per_second: float, ours: float | None = None) -> None:
    ratio = f"{ours / per_second:>8.0f} x" if ours else ""
    print(f"{name:46} {per_second:>14,.0f} {ratio}", flush=True)


def call(name: str, work: Callable[[], float], known: float) -> None:
    work()
    times = sorted(seconds(work) for _ in range(30))
    print(f"{name:46} {1e3 * median(times):>11.3f} ms   differs from {known:g} by {abs(work() - known):.1e}")


def main() -> None:
    print(f"{'trials of 30 per second':46} {'':>14} {'ours is':>10}")
    with processes(CORES) as workers:
        measure(workers)


def measure(workers: Workers) -> None:
    ours = rate(partial(ancova_trials, workers), 1_000_000)
    show(f"ANCOVA, drawn and analysed, {CORES} cores", ours)
    show("statsmodels OLS, analysed only", rate(statsmodels_ols, 1_000, 3), ours)
    show("numpy lstsq, analysed only", rate(numpy_lstsq, 5_000, 3), ours)
    four = rate(partial(four_methods, workers), 100_000, 3)
    show("ANCOVA + t + exact Wilcoxon + exact blocks", four)
    show("scipy mannwhitneyu alone (wrong with ties)", rate(scipy_rank_tests, 1_000, 3), four)
    print(f"1,000,000 by ANCOVA: {1e6 / ours:.2f} s; 100,000 by four methods: {1e5 / four:.1f} s")
    call("power of the t test", lambda: two_sample_power(1, 15, 15), 0.752923034503410)
    call("size of the t test", lambda: two_sample_size(0.5, 0.8), 63.7656101909522)
    call("power of ANCOVA", lambda: ancova_power(0.5, 15, 15, 0.6), 0.367834035791)
    call("O'Brien-Fleming, 3 looks", lambda: obrien_fleming(equal_looks(3)).bounds[0], 3.471091445)


if __name__ == "__main__":
    main()
