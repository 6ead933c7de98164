"""Exact tests beside R's coin on the same data, where R and coin are installed (Debian: r-cran-coin)."""

import json
import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

from analysis_timing import head, row, seconds
from analysis_vectors import A_CONTROL, A_TREATED
from equipoise.analysis import from_arms, permuted_blocks, randomisation_test

PROGRAM = """
suppressMessages({library(coin); library(jsonlite)})
job <- fromJSON(commandArgs(TRUE)[1])
y <- as.numeric(job$y); z <- factor(job$z, levels = c(1, 0)); b <- factor(job$block)
run <- function() if (nlevels(b) > 1) oneway_test(y ~ z | b, distribution = "exact") else
  oneway_test(y ~ z, distribution = "exact")
invisible(pvalue(run()))
times <- sapply(1:5, function(i) system.time(pvalue(run()))["elapsed"])
cat(median(times), format(pvalue(run()), digits = 12))
"""


def coin(values: list[str], arms: list[int], blocks: list[int]) -> tuple[float, str]:
    with tempfile.TemporaryDirectory() as folder:
        program, job = Path(folder) / "time.R", Path(folder) / "job.json"
        program.write_text(PROGRAM, encoding="utf-8")
        job.write_text(json.dumps({"y": values, "z": arms, "block": blocks}), encoding="utf-8")
        done = subprocess.run(["Rscript", program, job], capture_output=True, text=True, check=True)
    time, p = done.stdout.split()
    return float(time), p


def main() -> None:
    if shutil.which("Rscript") is None:
        print("R is not installed; on Debian: apt-get install r-cran-coin r-cran-jsonlite")
        return
    rng = random.Random(1)
    values, arms = from_arms(A_TREATED, A_CONTROL)
    head()
    for decimals in (1, 2, 3, 10):
        rounded = [f"{round(float(v), decimals):.{decimals}f}" if decimals < 10 else str(v) for v in values]
        time, p = coin(rounded, arms, [1] * 30)
        ours = randomisation_test(rounded, arms).p
        row(
            f"15 v 15, {decimals} decimals",
            seconds(lambda r=rounded: randomisation_test(r, arms)),
            None,
            "coin, exact",
            time,
        )
        print(f"    p: coin {p}, ours {float(ours):.12g} = {ours.favourable}/{ours.total}")
    many = [f"{rng.gauss(8, 3):.1f}" for _ in range(240)]
    assigned, blocks = [1, 0, 0, 1] * 60, [i // 4 for i in range(240)]
    time, p = coin(many, assigned, blocks)
    reference = permuted_blocks([4] * 60)
    row(
        "blocks of 4, n = 240, 1 decimal",
        seconds(lambda: randomisation_test(many, assigned, reference)),
        0.02,
        "coin, strata",
        time,
    )
    print(f"    p: coin {p}, ours {float(randomisation_test(many, assigned, reference).p):.12g}")


if __name__ == "__main__":
    os.environ["EQUIPOISE_KERNELS"] = "numba"
    main()
