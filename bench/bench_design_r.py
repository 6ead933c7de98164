"""Power, size and group-sequential boundaries beside R rpact, where it is installed (Debian: r-cran-rpact)."""

import shutil
import subprocess

from analysis_timing import head, row, seconds
from equipoise.design.power import two_sample_power, two_sample_size
from equipoise.design.sequential.boundaries import equal_looks, obrien_fleming

PROGRAM = """
suppressMessages(library(rpact))
timed <- function(work) { work(); median(sapply(1:7, function(i) system.time(work())["elapsed"])) }
size <- function() getSampleSizeMeans(alternative = 0.5, stDev = 1, sided = 2, alpha = 0.05, beta = 0.2)
power <- function() getPowerMeans(alternative = 1, stDev = 1, sided = 2, alpha = 0.05, maxNumberOfSubjects = 30)
bounds <- function() getDesignGroupSequential(kMax = 3, alpha = 0.025, sided = 1, typeOfDesign = "OF")
cat(timed(size), timed(power), timed(bounds), "\\n")
cat(format(size()$nFixed / 2, digits = 12), format(power()$overallReject, digits = 12),
    format(bounds()$criticalValues, digits = 11), "\\n")
"""


def main() -> None:
    if shutil.which("Rscript") is None:
        print("R is not installed; on Debian: apt-get install r-cran-rpact")
        return
    done = subprocess.run(["Rscript", "-e", PROGRAM], capture_output=True, text=True, check=False)
    if done.returncode:
        print("rpact is not installed; on Debian: apt-get install r-cran-rpact")
        return
    times, numbers = (line.split() for line in done.stdout.strip().splitlines())
    size, power, bounds = map(float, times)
    head()
    row("size of a t test, d = 0.5", seconds(lambda: two_sample_size(0.5, 0.8)), 1e-3, "rpact", size)
    row("power of a t test, 15 v 15, d = 1", seconds(lambda: two_sample_power(1, 15, 15)), 1e-3, "rpact", power)
    ours = obrien_fleming(equal_looks(3))
    row("O'Brien-Fleming, 3 looks", seconds(lambda: obrien_fleming(equal_looks(3))), None, "rpact", bounds)
    print(f"    size per arm: rpact {numbers[0]}, ours {two_sample_size(0.5, 0.8):.12g}; two-sided, both tails counted")
    print(f"    power: rpact {numbers[1]}, ours {two_sample_power(1, 15, 15):.12g}")
    print(f"    boundaries: rpact {' '.join(numbers[2:])}, ours {' '.join(f'{z:.10g}' for z in ours.bounds)}")


if __name__ == "__main__":
    main()
