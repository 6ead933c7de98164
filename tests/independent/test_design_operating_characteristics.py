"""The published operating characteristics of the registry's plan, simulated anew, within three Monte Carlo errors.

Assumed world: MEX-SLEDAI with mean 5, SD 3.5, rounded to 0..32, no effect of the drug.  Former figures: 3,000 to
20,000 trials per row.  All 336 comparisons lie within three Monte Carlo errors of their difference.  The former figure
that lies farthest off (15 participants, entry at 6, correlation 0.5, shift 1: 0.488) is 3.4 of its own errors from what
400,000 trials give, 0.505: of 336 figures one lies beyond 3.79 in one table of twenty.  A second version below, which
shares no code with the simulation, gives the same.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from design_world import FixedSizes, view, world
from equipoise.allocation import PermutedBlocks
from equipoise.allocation.many_lists import tabulate
from equipoise.analysis import signed_rank_test
from equipoise.analysis.many.joint import MaxTest
from equipoise.analysis.many.moments import Ancova, PairedT, PooledT
from equipoise.analysis.many.planned import Lists
from equipoise.analysis.many.randomisation import RandomisationTest, complete_table
from equipoise.design.simulation.answers import Answers
from equipoise.design.simulation.criteria import AtLeast, Benefit, Significant, Without
from equipoise.design.simulation.running import JointStep, Outcome, Step, Work, simulate
from equipoise.design.simulation.trial_model import TrialModel
from equipoise.design.simulation.trials import Comparison
from equipoise.design.simulation.workers import threads

ALPHA = 0.05
NOTHING: dict[str, float] = {}

# shared shift -> (mean change, paired t in the treated arm, treated significant and control not, t test of the change,
# ANCOVA, randomisation test of ANCOVA's residuals)
ONE_ENDPOINT = {
    (15, False, 0.5): (
        (0.00, 0.029, 0.026, 0.049, 0.053, 0.052),
        (-0.89, 0.101, 0.090, 0.048, 0.048, 0.048),
        (-1.72, 0.260, 0.204, 0.049, 0.051, 0.051),
    ),
    (15, False, 0.7): (
        (0.01, 0.024, 0.023, 0.051, 0.052, 0.052),
        (-0.91, 0.136, 0.119, 0.047, 0.049, 0.049),
        (-1.74, 0.396, 0.267, 0.051, 0.050, 0.050),
    ),
    (15, False, 0.8): (
        (-0.01, 0.027, 0.026, 0.050, 0.052, 0.053),
        (-0.90, 0.180, 0.152, 0.050, 0.054, 0.052),
        (-1.73, 0.522, 0.285, 0.050, 0.046, 0.048),
    ),
    (15, True, 0.5): (
        (-1.56, 0.231, 0.184, 0.049, 0.048, 0.049),
        (-2.52, 0.488, 0.275, 0.051, 0.051, 0.051),
        (-3.49, 0.790, 0.228, 0.050, 0.049, 0.048),
    ),
    (15, True, 0.7): (
        (-0.95, 0.148, 0.129, 0.046, 0.048, 0.047),
        (-1.95, 0.453, 0.275, 0.049, 0.052, 0.049),
        (-2.92, 0.792, 0.223, 0.051, 0.055, 0.050),
    ),
    (15, True, 0.8): (
        (-0.64, 0.107, 0.097, 0.052, 0.051, 0.049),
        (-1.64, 0.462, 0.280, 0.049, 0.049, 0.046),
        (-2.62, 0.837, 0.193, 0.049, 0.049, 0.048),
    ),
    (30, False, 0.5): (
        (0.00, 0.028, 0.026, 0.053, 0.051, 0.050),
        (-0.91, 0.172, 0.142, 0.049, 0.051, 0.051),
        (-1.75, 0.504, 0.249, 0.053, 0.051, 0.051),
    ),
    (30, False, 0.7): (
        (0.00, 0.024, 0.023, 0.051, 0.053, 0.052),
        (-0.90, 0.239, 0.181, 0.049, 0.050, 0.049),
        (-1.74, 0.713, 0.212, 0.051, 0.048, 0.048),
    ),
    (30, False, 0.8): (
        (0.00, 0.025, 0.024, 0.050, 0.052, 0.051),
        (-0.90, 0.338, 0.228, 0.051, 0.050, 0.050),
        (-1.75, 0.856, 0.119, 0.051, 0.051, 0.051),
    ),
    (30, True, 0.5): (
        (-1.56, 0.428, 0.245, 0.052, 0.051, 0.051),
        (-2.53, 0.828, 0.145, 0.052, 0.053, 0.050),
        (-3.48, 0.982, 0.017, 0.049, 0.050, 0.049),
    ),
    (30, True, 0.7): (
        (-0.95, 0.261, 0.196, 0.051, 0.051, 0.050),
        (-1.94, 0.777, 0.183, 0.046, 0.050, 0.049),
        (-2.92, 0.984, 0.014, 0.047, 0.047, 0.046),
    ),
    (30, True, 0.8): (
        (-0.65, 0.187, 0.154, 0.048, 0.049, 0.048),
        (-1.64, 0.786, 0.176, 0.046, 0.047, 0.047),
        (-2.64, 0.991, 0.007, 0.049, 0.049, 0.049),
    ),
}
# exact signed-rank test in the treated arm, entry at 6: the shares at shared shifts 0, 1 and 2
SIGNED_RANK = {
    (15, 0.5): (0.175, 0.428, 0.712),
    (15, 0.7): (0.102, 0.369, 0.714),
    (30, 0.5): (0.411, 0.809, 0.980),
    (30, 0.7): (0.240, 0.752, 0.978),
}
CRITERIA = {
    "paired": Benefit("treated", ALPHA, -1),
    "only": Without(Benefit("treated", ALPHA, -1), Significant("control", ALPHA)),
    "change": Significant("change", ALPHA),
    "ancova": Significant("ancova", ALPHA),
    "residuals": Significant("residuals", ALPHA),
}
METHODS = {"treated": PairedT(1), "control": PairedT(0), "change": PooledT(), "ancova": Ancova()}


def simulated(model, n, allocate, steps, criteria, *, families=(), trials=20_000, seed=7, truth=NOTHING) -> Outcome:
    return simulate(Work(model, n, allocate, steps, families, criteria, ALPHA, seed, truth), trials, threads(2))


def distance(share: float, former: float, trials: int, former_trials: int) -> float:
    """How many standard errors of their difference two shares lie apart; former shares were printed to 3 decimals."""
    mean = min(0.9999, max(1e-4, (share + former) / 2))
    return abs(share - former) / math.sqrt(mean * (1 - mean) * (1 / trials + 1 / former_trials) + 0.00029**2)


@dataclass(frozen=True)
class Residuals:
    """Randomisation test of the metric's residuals on the baseline, 999 shared allocations of fixed sizes, in the first
    trials of each block.  Residuals add up to zero, so that the sum over the treated is the statistic."""

    treated: int
    asked: int = 50

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        x, y, side = (each[: self.asked] for each in (compared.baseline, compared.metric, compared.side))
        x, y = (each - each.mean(axis=1, keepdims=True) for each in (x, y))
        rest = y - x * (x * y).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True)
        lists = generator.random((999, side.shape[1])).argsort(axis=1) < self.treated
        drawn = np.abs(np.einsum("tj,bj->tb", rest, lists))
        own = (rest * (side == 1)).sum(axis=1)
        extreme = (drawn >= np.abs(own)[:, None] * (1 - 1e-12)).sum(axis=1)
        return Answers(own, exact_p=(1 + extreme) / 1_000)


@dataclass(frozen=True)
class SignedRank:
    """The exact signed-rank test of the change in the treated arm, in the first trials of each block."""

    asked: int = 10

    def __call__(self, compared: Comparison, generator: np.random.Generator) -> Answers:
        found = []
        for change, side in zip(compared.metric[: self.asked], compared.side[: self.asked], strict=True):
            treated = change[side == 1].astype(int).tolist()
            found.append((np.mean(treated), float(signed_rank_test(treated).p) if any(treated) else 1.0))
        estimate, p = np.array(found).T
        return Answers(estimate, exact_p=p)


def score(stays: float, shift: float, *, selected: bool) -> TrialModel:
    """The score of the former simulation."""
    entry = (6 - 0.5 - 5) / 3.5 if selected else -np.inf
    return world(mean=5, sd=3.5, visits=stays, improvement=shift, decimals=0, least=0, most=32, entry=entry)


def test_one_endpoint() -> None:
    """All 36 rows: the paired test fails by selection and by shared improvement; comparisons of arms never do."""
    apart, means = [], []
    for (n, selected, stays), rows in ONE_ENDPOINT.items():
        first = (n + 1) // 2
        methods = {**METHODS, "residuals": Residuals(first)}
        steps = tuple(Step(name, view(), method) for name, method in methods.items())
        for shift, (mean, *row) in enumerate(rows):
            model = score(stays, shift, selected=selected)
            found = simulated(model, n, FixedSizes(first), steps, CRITERIA, truth={"treated": mean})
            for name, former in zip(CRITERIA, row, strict=True):
                rate = found.rates[name]
                apart.append(distance(rate.share, former, rate.trials, 10_000))
            change = found.estimates["treated"]
            means.append(abs(change.bias) / math.hypot(change.bias_se, change.sd / 100, 0.0029))
    assert len(apart) == 180
    assert max(apart) < 3
    assert max(means) < 3


def test_signed_ranks_inside_the_treated_arm() -> None:
    apart = []
    for (n, stays), shares in SIGNED_RANK.items():
        for shift, former in enumerate(shares):
            model, steps = score(stays, shift, selected=True), (Step("ranks", view(), SignedRank()),)
            criteria = {"ranks": Benefit("ranks", ALPHA, -1)}
            rate = simulated(model, n, FixedSizes((n + 1) // 2), steps, criteria).rates["ranks"]
            apart.append(distance(rate.share, former, rate.trials, 2_000))
    assert max(apart) < 3


def test_the_row_that_lies_off_by_a_second_version() -> None:
    """Eight treated of fifteen, drawn and tested in six lines of numpy: the share is that of the simulation."""
    rng, n, trials = np.random.default_rng(1), 8, 200_000
    latent = rng.standard_normal(4 * trials * n)
    latent = latent[np.clip(np.rint(5 + 3.5 * latent), 0, 32) >= 6][: trials * n].reshape(trials, n)
    later = 0.5 * latent + math.sqrt(0.75) * rng.standard_normal((trials, n))
    change = np.clip(np.rint(5 + 3.5 * later - 1), 0, 32) - np.clip(np.rint(5 + 3.5 * latent), 0, 32)
    t = change.mean(axis=1) / (change.std(axis=1, ddof=1) / math.sqrt(n))
    naive = float((t <= stats.t.ppf(0.025, n - 1)).mean())
    model = score(0.5, 1, selected=True)
    steps = (Step("treated", view(), PairedT(1)),)
    found = simulated(model, 15, FixedSizes(8), steps, {"paired": CRITERIA["paired"]}, trials=50_000)
    assert distance(found.rates["paired"].share, naive, trials, 50_000) < 3
    assert naive == pytest.approx(0.505, abs=0.004)
    farthest = stats.norm.isf(0.05 / 2 / 336)
    assert abs(naive - 0.488) < farthest * math.sqrt(naive * (1 - naive) / 10_000)


# (n, r, shift in SD): mean number significant, any significant, any improved, at least 3 improved;
# comparisons of the arms: ANCOVA any, Holm any, max-T any
SEVEN_ENDPOINTS = {
    (15, 0.0, 0.0): (0.34, 0.297, 0.157, 0.001, 0.302, 0.048, 0.050),
    (15, 0.0, 0.3): (0.93, 0.627, 0.619, 0.053, 0.302, 0.049, 0.047),
    (15, 0.3, 0.0): (0.34, 0.277, 0.140, 0.005, 0.287, 0.049, 0.054),
    (15, 0.3, 0.3): (0.91, 0.527, 0.512, 0.096, 0.280, 0.049, 0.049),
    (15, 0.5, 0.0): (0.35, 0.246, 0.124, 0.010, 0.249, 0.044, 0.054),
    (15, 0.5, 0.3): (0.91, 0.454, 0.438, 0.119, 0.246, 0.043, 0.051),
    (30, 0.0, 0.0): (0.35, 0.303, 0.164, 0.001, 0.299, 0.048, 0.049),
    (30, 0.0, 0.3): (1.59, 0.836, 0.835, 0.194, 0.305, 0.052, 0.058),
    (30, 0.3, 0.0): (0.36, 0.280, 0.143, 0.006, 0.279, 0.046, 0.057),
    (30, 0.3, 0.3): (1.57, 0.704, 0.701, 0.239, 0.272, 0.045, 0.049),
    (30, 0.5, 0.0): (0.35, 0.237, 0.120, 0.013, 0.245, 0.041, 0.045),
    (30, 0.5, 0.3): (1.60, 0.615, 0.612, 0.264, 0.231, 0.041, 0.045),
}


def test_seven_endpoints() -> None:
    """Unadjusted tests find something in a quarter of trials; Holm and max-T keep 5 %."""
    seven = range(7)
    paired = tuple(Significant(f"paired_{k}", ALPHA) for k in seven)
    improved = tuple(Benefit(f"paired_{k}", ALPHA, -1) for k in seven)
    between = tuple(Significant(f"ancova_{k}", ALPHA) for k in seven)
    holm = tuple(Significant(f"ancova_{k}", ALPHA / 7) for k in seven)
    joint = tuple(Significant(f"max_t.{k}", ALPHA) for k in seven)
    criteria = {f"paired_{k}": each for k, each in enumerate(paired)}
    criteria |= {"any": AtLeast(1, paired), "improved": AtLeast(1, improved), "three": AtLeast(3, improved)}
    criteria |= {"ancova": AtLeast(1, between), "holm": AtLeast(1, holm), "max_t": AtLeast(1, joint)}
    apart = []
    for (n, r, shift), row in SEVEN_ENDPOINTS.items():
        model = world(items=7, visits=0.6, between=r, improvement=shift)
        steps = tuple(Step(f"paired_{k}", view(k), PairedT(1)) for k in seven)
        steps += tuple(Step(f"ancova_{k}", view(k), Ancova()) for k in seven)
        sizes = (n // 2, n // 2) if n % 2 == 0 else (n // 2 + 1, n // 2)
        table = tabulate(PermutedBlocks((n,)), sizes, n)
        family = JointStep("max_t", tuple(map(str, seven)), tuple(map(view, seven)), MaxTest(table, 0))
        found = simulated(model, n, Lists(table, (0, 1)), steps, criteria, families=(family,), trials=4_000)
        mean = sum(found.rates[f"paired_{k}"].share for k in seven)
        assert mean == pytest.approx(row[0], abs=0.07)
        names = ("any", "improved", "three", "ancova", "holm")
        apart += [distance(found.rates[k].share, v, 4_000, 20_000) for k, v in zip(names, row[1:6], strict=True)]
        apart.append(distance(found.rates["max_t"].share, row[6], 4_000, 4_000))
    assert max(apart) < 3


# drift in SD: (size, power at 1 SD) of the test that respects the blocks, of the one that ignores them, of the t test
BLOCKS = {
    0: ((0.050, 0.726), (0.048, 0.735), (0.048, 0.734)),
    0.5: ((0.046, 0.715), (0.045, 0.720), (0.044, 0.720)),
    1: ((0.054, 0.702), (0.042, 0.685), (0.042, 0.686)),
    2: ((0.052, 0.696), (0.024, 0.582), (0.023, 0.583)),
    4: ((0.045, 0.695), (0.004, 0.283), (0.003, 0.285)),
    8: ((0.051, 0.660), (0.000, 0.008), (0.000, 0.008)),
}


def test_ignoring_the_blocks() -> None:
    """n = 28 in blocks of 4, linear drift over accrual: what ignores the blocks loses its power."""
    table = tabulate(PermutedBlocks((4,)), (1, 1), 28)
    methods = {
        "blocks": RandomisationTest(table, 0),
        "ignored": RandomisationTest(complete_table(), 1, given_sizes=True),
        "t": PooledT(),
    }
    steps = tuple(Step(name, view(is_change=False), method) for name, method in methods.items())
    criteria = {name: Significant(name, ALPHA) for name in methods}
    apart = []
    for drift, wanted in BLOCKS.items():
        for which, effect in enumerate((0.0, 1.0)):
            model = world(effect=effect, drift=drift, decimals=1)
            found = simulated(model, 28, Lists(table, (0, 1)), steps, criteria, trials=4_000)
            shares = [found.rates[name].share for name in methods]
            apart += [distance(s, row[which], 4_000, 3_000) for s, row in zip(shares, wanted, strict=True)]
    assert max(apart) < 3
