"""Exact inference: randomisation tests, limits by inversion, max-T, beside scipy on the same data.

scipy's complete enumeration is timed at 8 against 8 and carried over to 15 against 15 by the number of allocations.
Compiled kernels throughout, as a process that keeps working has them; the last rows are first uses, as they come.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
from math import comb

import numpy as np
from scipy import stats

from analysis_timing import head, once, row, seconds
from analysis_vectors import A_CONTROL, A_TREATED, B_CONTROL, B_TREATED, X_N30, C, D
from equipoise.analysis import (
    Resampling,
    ancova_randomisation_test,
    big_stick,
    from_arms,
    max_t,
    permuted_blocks,
    randomisation_interval,
    randomisation_test,
    rank_sum_test,
    signed_rank_test,
)

FIRST_USE = """
import time
began = time.perf_counter()
from equipoise.analysis import randomisation_test
randomisation_test([f"{i**3 % 17}.{i:010d}" for i in range(2 * PER_ARM)], [1, 0] * PER_ARM)
print(time.perf_counter() - began)
"""


def mean_difference(x, y, axis=-1):
    return np.mean(x, axis=axis) - np.mean(y, axis=axis)


def scipy_enumeration() -> float:
    """Seconds per allocation of scipy's permutation_test with n_resamples = inf."""
    x, y = np.array(A_TREATED[:8], float), np.array(A_CONTROL[:8], float)
    task = once(lambda: stats.permutation_test((x, y), mean_difference, n_resamples=np.inf, vectorized=True))
    return task / comb(16, 8)


def main() -> None:
    rng = random.Random(1)
    real, whole = from_arms(A_TREATED, A_CONTROL), from_arms(B_TREATED, B_CONTROL)
    all_scipy = scipy_enumeration() * comb(30, 15)
    head()
    row(
        "exact p, 15 v 15, 10 decimals",
        seconds(lambda: randomisation_test(*real)),
        2e-3,
        "scipy, extrapolated",
        all_scipy,
    )
    row(
        "exact p, 15 v 15, integers",
        seconds(lambda: randomisation_test(*whole)),
        2e-3,
        "scipy, extrapolated",
        all_scipy,
    )
    x, y = np.array(B_TREATED), np.array(B_CONTROL)
    peer = seconds(lambda: stats.mannwhitneyu(x, y, method="exact"))
    row("rank sum with ties, 15 v 15", seconds(lambda: rank_sum_test(*whole)), None, "scipy 'exact' (wrong)", peer)
    d = np.array(D)
    enumerate_signs = stats.PermutationMethod(n_resamples=np.inf)
    peer = once(lambda: stats.wilcoxon(d[d != 0], method=enumerate_signs))
    row("signed rank with ties, n = 15", seconds(lambda: signed_rank_test(D)), None, "scipy, all signs", peer)
    large = [f"{rng.gauss(0, 1):.10f}" for _ in range(48)]
    row("exact p, 24 v 24, 10 decimals", seconds(lambda: randomisation_test(large, [1, 0] * 24), 3), 1.5)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{'  peak memory of this process so far':44} {peak:>7.2f} GB {'1.2 GB':>9}")
    sixty = [f"{rng.gauss(0, 1):.10f}" for _ in range(60)]
    row(
        "blocks of 4, n = 60, 10 decimals",
        seconds(lambda: randomisation_test(sixty, [1, 0, 0, 1] * 15, permuted_blocks([4] * 15))),
        0.5,
    )
    many = [f"{rng.gauss(8, 3):.1f}" for _ in range(240)]
    row(
        "blocks of 4, n = 240, 1 decimal",
        seconds(lambda: randomisation_test(many, [1, 0, 0, 1] * 60, permuted_blocks([4] * 60))),
        0.02,
    )
    stick = [1, 0] * 15
    row("big stick, n = 30, integers", seconds(lambda: randomisation_test(whole[0], stick, big_stick(30))))
    row("big stick, n = 30, 10 decimals", seconds(lambda: randomisation_test(real[0], stick, big_stick(30))))
    row("exact 95 % limits, 15 v 15", seconds(lambda: randomisation_interval(*real)), 0.15)
    row(
        "exact 95 % limits, big stick, integers",
        seconds(lambda: randomisation_interval(whole[0], stick, big_stick(30))),
    )
    row("exact ANCOVA F, 15 v 15", seconds(lambda: ancova_randomisation_test(*real, X_N30)), 0.6)
    endpoints = {f"y{j}": [line[j] for line in C] for j in range(7)}
    z = np.array(C, float)
    draws = 20_000

    def scipy_loop() -> None:
        for j in range(7):
            stats.permutation_test((z[:15, j], z[15:, j]), mean_difference, n_resamples=draws, vectorized=True)

    family = seconds(lambda: max_t(endpoints, real[1], resampling=Resampling(10**6, 1)), 5)
    row("max-T, 1e6 allocations x 7", family, 0.15, "scipy, raw p only, scaled", once(scipy_loop) * (1e6 / draws))
    first_uses()


def first_uses() -> None:
    """A fresh process, import included, on a machine where nothing was compiled before."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        del environment["EQUIPOISE_KERNELS"]
        for label, per_arm, goal in (
            ("first use in a process, 15 v 15", 15, 2.0),
            ("first use on a machine, 22 v 22 (compiles)", 22, None),
            ("first use in a process, 22 v 22", 22, None),
        ):
            program = FIRST_USE.replace("PER_ARM", str(per_arm))
            done = subprocess.run(
                [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
            )
            row(label, float(done.stdout), goal)


if __name__ == "__main__":
    os.environ["EQUIPOISE_KERNELS"] = "numba"
    main()
