"""Models: MMRM, ANCOVA, Cox, Fisher, beside statsmodels and lifelines on the same data."""

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from lifelines import CoxPHFitter
from scipy import stats

from analysis_timing import head, once, row, seconds
from equipoise.analysis import (
    Imputations,
    IncompleteData,
    LongData,
    SmallSample,
    Strategy,
    TwoByTwo,
    ancova,
    cox_model,
    fisher_test,
    mmrm,
    multiple_imputation,
    risk_difference,
)

FIRST_USE = """
import time
began = time.perf_counter()
from equipoise.analysis import LongData, mmrm
rows = [(p, v) for p in range(20) for v in range(2)]
mmrm(LongData([((p * 7 + v * 3) % 11) / 2 for p, v in rows], [str(p) for p, _ in rows], [str(v) for _, v in rows],
     ["ab"[p % 2] for p, _ in rows], ("0", "1"), {}), "a")
print(time.perf_counter() - began)
"""


def trial(participants: int, visits: int, seed: int = 1) -> LongData:
    """A synthetic trial with a third of the visits missing."""
    generator = np.random.default_rng(seed)
    level = generator.normal(40, 5, participants)
    cells = [(p, v) for p in range(participants) for v in range(visits)]
    values = [round(float(level[p] + 3 * v + generator.normal(0, 6)), 3) for p, v in cells]
    gone = generator.random(len(cells)) < 0.33
    return LongData(
        [None if missing else value for value, missing in zip(values, gone, strict=True)],
        [str(p) for p, _ in cells],
        [str(v) for _, v in cells],
        ["TRT" if p % 2 else "PBO" for p, _ in cells],
        tuple(str(v) for v in range(visits)),
        {"baseline": [round(float(level[p]), 3) for p, _ in cells]},
    )


def main() -> None:
    head()
    large, small = trial(200, 4), trial(30, 2)
    plain = SmallSample.SATTERTHWAITE
    row("MMRM, 536 observations, UN, Satterthwaite", seconds(lambda: mmrm(large, "PBO", small_sample=plain)), 0.2)
    row("MMRM, the same, Kenward-Roger-Linear", seconds(lambda: mmrm(large, "PBO")), 0.2)
    row("MMRM, 30 participants, 2 visits", seconds(lambda: mmrm(small, "PBO")))
    done = subprocess.run([sys.executable, "-c", FIRST_USE], capture_output=True, text=True, check=True)
    row("MMRM, first use in a process, import included", float(done.stdout), 2.0)
    generator = np.random.default_rng(2)
    x = generator.normal(size=30).round(2)
    frame = pd.DataFrame({"y": (x + generator.normal(size=30)).round(2), "x": x, "arm": ["a", "b"] * 15})
    columns = {name: frame[name].tolist() for name in frame}
    row(
        "ANCOVA, 30 participants",
        seconds(lambda: ancova(columns["y"], columns["arm"], "a", {"x": columns["x"]}), 30),
        None,
        "statsmodels, formula",
        seconds(lambda: smf.ols("y ~ arm + x", frame).fit().summary2(), 5),
    )
    times = np.ceil(generator.exponential(20, 60))
    events, arm = generator.integers(0, 2, 60), np.tile([0, 1], 30)
    survival = pd.DataFrame({"t": times, "e": events, "arm": arm})
    row(
        "Cox, 60 participants, Efron",
        seconds(lambda: cox_model(times.tolist(), events.tolist(), {"arm": arm.tolist()})),
        None,
        "lifelines",
        seconds(lambda: CoxPHFitter().fit(survival, "t", "e"), 5),
    )
    row(
        "Fisher, 15 v 15, exact fraction",
        seconds(lambda: fisher_test(TwoByTwo(3, 15, 9, 15)), 50),
        None,
        "scipy",
        seconds(lambda: stats.fisher_exact([[3, 9], [12, 6]]), 50),
    )
    row("exact risk difference limits, 15 v 15", seconds(lambda: risk_difference(TwoByTwo(3, 15, 9, 15))))
    outcomes = [[small.outcome[2 * p], small.outcome[2 * p + 1]] for p in range(30)]
    arms = [small.arms[2 * p] for p in range(30)]
    data = IncompleteData(outcomes, arms, {"baseline": [small.covariates["baseline"][2 * p] for p in range(30)]})
    jump = Strategy.JUMP_TO_REFERENCE
    row(
        "jump to reference, 100 imputations",
        once(lambda: multiple_imputation(data, "PBO", jump, imputations=Imputations(100))),
    )
    assert math.isfinite(multiple_imputation(data, "PBO", jump, imputations=Imputations(5)).estimates[0].value)


if __name__ == "__main__":
    main()
