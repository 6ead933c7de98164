"""The benchmark of the design engine works; it is run by hand alone, so that nobody would see it break."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import bench_design
from equipoise.design.simulation.workers import threads


def test_it_measures_what_it_says() -> None:
    bench_design.ancova_trials(threads(1), 20_000)  # holds the power against the formula itself
    bench_design.four_methods(threads(1), 1_000)
    for peer in (bench_design.statsmodels_ols, bench_design.numpy_lstsq, bench_design.scipy_rank_tests):
        peer(20)
