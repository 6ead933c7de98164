"""The error rate of every method that compares arms, under its own null: 100,000 trials of 15 and of 30, with ties.

Methods that rest on the normal distribution are asked with normal values and with a rounded score, exact ones with tied
whole numbers; an exact test may lie below the nominal rate, never above it.  What is exactly valid is shown without
simulation too: over every allocation of fixed data, in one list and in two strata.
"""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, stats

from analysis_vectors import sequences
from design_world import view, world
from equipoise.allocation import BigStick
from equipoise.allocation.many_lists import tabulate
from equipoise.analysis import (
    Reference,
    TwoByTwo,
    big_stick,
    boschloo_test,
    odds_scores,
    randomisation_test,
    rank_sum_test,
    stratified,
)
from equipoise.analysis.many.moments import Ancova, PooledT, WelchT
from equipoise.analysis.many.planned import Lists
from equipoise.analysis.many.randomisation import RandomisationTest, complete_table
from equipoise.design.power.proportions import exact_power
from equipoise.design.simulation.criteria import Significant
from equipoise.design.simulation.operating import Rate
from equipoise.design.simulation.running import Step, Work, simulate
from equipoise.design.simulation.trials import Comparison
from equipoise.design.simulation.workers import threads

ALPHA, TRIALS = 0.05, 100_000
TIES = {"mean": 5, "sd": 3.5, "decimals": 0}
SCORE = TIES | {"least": 0, "most": 32, "improvement": 1}


def rates(model, n: int, procedure, methods: dict) -> dict[str, Rate]:
    table = tabulate(procedure, (1, 1), n)
    steps = tuple(Step(name, view(), method) for name, method in methods.items())
    criteria = {name: Significant(name, ALPHA) for name in methods}
    work = Work(model, n, Lists(table, (0, 1)), steps, (), criteria, ALPHA, 11, {})
    return dict(simulate(work, TRIALS, threads(2)).rates)


@pytest.mark.parametrize("n", [15, 30])
@pytest.mark.parametrize("values", [{}, TIES, SCORE], ids=["normal", "ties", "ties and a floor"])
def test_models(n: int, values: dict) -> None:
    """ANCOVA and the t test are exact for normal values, and hold for a rounded score with a floor: 4.9 to 5.1 %.

    Welch's test is an approximation: for normal values of one variance its rate is 4.80 % at 15 and 4.94 % at 30, which
    100,000 trials cannot tell from 5 %.  The simulation finds what the integral below gives, so that the deviation is
    the method's own; at a floor, where values are not normal, it is a little larger.
    """
    found = rates(world(visits=0.6, **values), n, BigStick(4), {"ancova": Ancova(), "t": PooledT(), "welch": WelchT()})
    for name in ("ancova", "t"):
        assert abs(found[name].share - ALPHA) <= 3 * found[name].se, name
    assert 0.046 <= found["welch"].share <= ALPHA
    if not values:
        own = sum(chance * size_of_welch(first, n - first) for first, chance in arm_sizes(n, 4).items())
        assert abs(found["welch"].share - own) <= 3 * found["welch"].se
        assert abs(own - ALPHA) <= 3 * found["welch"].se
    if values == TIES:
        assert abs(found["welch"].share - ALPHA) <= 3 * found["welch"].se


def size_of_welch(first: int, second: int) -> float:
    """P(|t| > its bound) of Welch's test for normal values of one variance, by quadrature.

    The share B of the first arm in the pooled sum of squares is Beta distributed, independent of that sum and of the
    difference in means: given B, the bound of |t| is one of Student's t with first + second - 2 degrees of freedom.
    """
    dfs, nu = (first - 1, second - 1), first + second - 2

    def rejects(share: float) -> float:
        parts = share / dfs[0] / first, (1 - share) / dfs[1] / second
        df = sum(parts) ** 2 / (parts[0] ** 2 / dfs[0] + parts[1] ** 2 / dfs[1])
        bound = stats.t.ppf(1 - ALPHA / 2, df) * np.sqrt(nu * sum(parts) / (1 / first + 1 / second))
        return float(2 * stats.t.sf(bound, nu) * stats.beta.pdf(share, dfs[0] / 2, dfs[1] / 2))

    return integrate.quad(rejects, 0, 1, epsabs=1e-9)[0]


def arm_sizes(n: int, limit: int) -> dict[int, float]:
    """The chances of the first arm's size under the big stick, walked from its rule."""
    lead = Counter({0: 1.0})
    for _ in range(n):
        following: Counter[int] = Counter()
        for ahead, chance in lead.items():
            for step in (1, -1):
                share = 0.5 if abs(ahead) < limit else float(step * ahead < 0)
                following[ahead + step] += chance * share
        lead = following
    return {(n + ahead) // 2: chance for ahead, chance in lead.items() if chance}


@pytest.mark.parametrize("n", [15, 30])
def test_exact_tests_are_never_above_nominal(n: int) -> None:
    table = tabulate(BigStick(4), (1, 1), n)
    methods = {
        "means": RandomisationTest(table, 0),
        "ranks": RandomisationTest(table, 0, ranks=True),
        "mann_whitney": RandomisationTest(complete_table(), 1, ranks=True, given_sizes=True),
    }
    found = rates(world(visits=0.6, **SCORE), n, BigStick(4), methods)
    for name, rate in found.items():
        assert rate.share <= ALPHA + 3 * rate.se, name
        assert rate.share > 0.035, f"{name} is exact, and not timid for all that"


@pytest.mark.parametrize(("first", "second"), [(8, 7), (15, 15)])
def test_boschloo_is_never_above_nominal(first: int, second: int) -> None:
    """The test of a yes-or-no endpoint: its exact size, over all tables, for every true share on a grid."""
    region = np.array(
        [
            [float(boschloo_test(TwoByTwo(a, first, b, second)).p) <= ALPHA for b in range(second + 1)]
            for a in range(first + 1)
        ]
    )
    sizes = [exact_power(share, share, region) for share in np.linspace(0.005, 0.995, 100)]
    assert max(sizes) <= ALPHA
    assert max(sizes) > 0.035


BIG_STICKS = {
    "one list": big_stick(9, 2),
    "two strata": stratified([((0, 2, 3, 6, 8), big_stick(5, 2)), ((1, 4, 5, 7), big_stick(4, 2))]),
}


@pytest.mark.parametrize("reference", BIG_STICKS.values(), ids=BIG_STICKS)
def test_exact_tests_are_exactly_valid(reference: Reference) -> None:
    """For fixed data, the share of allocations with p <= alpha is at most alpha: no simulation, no error.

    Means, ranks, and the score of proportional odds adjusted for a baseline value: any score that knows no arm.
    """
    rng = np.random.default_rng(3)
    possible = [(list(z), w) for z, w in sequences(reference) if 0 < sum(z) < reference.n]
    whole = sum(weight for _, weight in possible)
    for _ in range(2):
        values, baseline = (np.rint(rng.normal(4, 2, reference.n)).astype(int).tolist() for _ in range(2))
        scores = odds_scores(values, {"baseline": baseline})
        for test, given in ((randomisation_test, values), (rank_sum_test, values), (randomisation_test, scores)):
            p = [(test(given, arms, reference).p.value, weight) for arms, weight in possible]
            for alpha in (Fraction(1, 100), Fraction(1, 20), Fraction(1, 10), Fraction(3, 10)):
                assert sum(weight for found, weight in p if found <= alpha) <= alpha * whole


def test_many_trials_at_once_are_exactly_valid() -> None:
    """The same for the version that simulations use."""
    n = 10
    procedure = BigStick(2)
    table = tabulate(procedure, (1, 1), n)
    rng = np.random.default_rng(3)
    lists = np.array(np.meshgrid(*[[0, 1]] * n)).reshape(n, -1).T.astype(np.int8)
    chances = np.array([chance_of(table, row) for row in lists])
    possible, chances = lists[chances > 0], chances[chances > 0]
    assert chances.sum() == pytest.approx(1)
    for _ in range(20):
        values = np.broadcast_to(np.rint(rng.normal(4, 2, n)), possible.shape)
        data = Comparison(values, values, values, np.where(possible == 0, 1, 0).astype(np.int8))
        for ranks in (False, True):
            p = RandomisationTest(table, 0, ranks=ranks)(data, rng).exact_p
            for alpha in (0.01, 0.05, 0.1, 0.3):
                assert chances[p <= alpha + 1e-12].sum() <= alpha + 1e-12


def chance_of(table, row) -> float:
    state, chance = 0, 1.0
    for arm in row:
        branches = [b for b in range(table.chance.shape[1]) if table.chance[state, b] and table.arm[state, b] == arm]
        if not branches:
            return 0.0
        chance *= table.chance[state, branches[0]]
        state = table.after[state, branches[0]]
    return chance
