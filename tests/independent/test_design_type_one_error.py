"""The error rate of every method that compares arms, under its own null: 100,000 trials of 15 and of 30, with ties.

Methods that rest on the normal distribution are asked with normal values, exact ones with tied whole numbers; an exact
test may lie below the nominal rate, never above it.
"""

import numpy as np
import pytest

from design_world import view, world
from equipoise.allocation import BigStick, PermutedBlocks
from equipoise.allocation.many_lists import tabulate
from equipoise.analysis import TwoByTwo, boschloo_test
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
SCORE = {"mean": 5, "sd": 3.5, "decimals": 0, "least": 0, "most": 32, "improvement": 1}


def rates(model, n: int, procedure, methods: dict) -> dict[str, Rate]:
    table = tabulate(procedure, (1, 1), n)
    steps = tuple(Step(name, view(), method) for name, method in methods.items())
    criteria = {name: Significant(name, ALPHA) for name in methods}
    work = Work(model, n, Lists(table, (0, 1)), steps, (), criteria, ALPHA, 11, {})
    return dict(simulate(work, TRIALS, threads(2)).rates)


@pytest.mark.parametrize("n", [15, 30])
@pytest.mark.parametrize("values", [{}, SCORE], ids=["normal", "ties and a floor"])
def test_models(n: int, values: dict) -> None:
    """ANCOVA and the t test are exact for normal values, and hold for a rounded score with a floor: 4.9 to 5.1 %.

    Welch's test is an approximation; its rate is 4.7 to 4.8 % here, below nominal by more than the Monte Carlo error.
    """
    found = rates(world(visits=0.6, **values), n, BigStick(4), {"ancova": Ancova(), "t": PooledT(), "welch": WelchT()})
    for name in ("ancova", "t"):
        assert abs(found[name].share - ALPHA) <= 3 * found[name].se, name
    assert 0.046 <= found["welch"].share <= ALPHA


@pytest.mark.parametrize(
    ("n", "procedure"), [(15, BigStick(4)), (30, BigStick(4)), (15, PermutedBlocks((4,))), (30, PermutedBlocks((2, 4)))]
)
def test_exact_tests_are_never_above_nominal(n: int, procedure) -> None:
    table = tabulate(procedure, (1, 1), n)
    methods = {
        "means": RandomisationTest(table, 0),
        "ranks": RandomisationTest(table, 0, ranks=True),
        "mann_whitney": RandomisationTest(complete_table(), 1, ranks=True, given_sizes=True),
    }
    if not isinstance(procedure, BigStick) or n == 30:
        del methods["mann_whitney"]  # asked once: it is the same test whatever the procedure
    found = rates(world(visits=0.6, **SCORE), n, procedure, methods)
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


def test_exact_tests_are_exactly_valid() -> None:
    """For fixed data, the share of allocations with p <= alpha is at most alpha: no simulation, no error."""
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
