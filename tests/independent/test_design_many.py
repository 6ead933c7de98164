"""The methods for thousands of trials give what their single-trial twins in the analysis room give."""

import numpy as np
import pytest

from design_world import hold_against_single_trials, tied_numbers
from equipoise.allocation import BigStick, BlockUrn, Complete, PermutedBlocks, RandomisationDesign, predictability
from equipoise.allocation.many_lists import draw_lists, tabulate
from equipoise.analysis import (
    ancova,
    max_t,
    paired_t_test,
    pooled_t_test,
    rank_sum_test,
    welch_t_test,
)
from equipoise.analysis.many.joint import MaxTest
from equipoise.analysis.many.moments import Ancova, PairedT, PooledT, WelchT
from equipoise.analysis.many.randomisation import RandomisationTest, complete_table, doubled_midranks, whole_numbers
from equipoise.analysis.recorded_procedure import recorded_procedure
from equipoise.design.simulation.trials import Comparison

PROCEDURES = (BigStick(3), PermutedBlocks((4,)), PermutedBlocks((2, 4)), BlockUrn(2), Complete())
RNG = np.random.default_rng


def compared(procedure, trials: int, n: int, seed: int, missing: float = 0.15) -> Comparison:
    """Tied whole numbers, some of them missing, allocated by a procedure; arm 0 is experimental."""
    rng = RNG(seed)
    lists = draw_lists(tabulate(procedure, (1, 1), n), (trials, n), rng)
    return tied_numbers(lists, rng, missing=missing, moved=0)


def of(values: np.ndarray, side: np.ndarray) -> list[int]:
    return [int(value) for value in values[side]]


@pytest.mark.parametrize("kernels", ["numba", "numpy"])
@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda each: type(each).__name__)
def test_randomisation_tests(procedure, kernels: str, monkeypatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", kernels)
    n = 12
    data = compared(procedure, 8, n, 11)
    table = tabulate(procedure, (1, 1), n)
    design = RandomisationDesign(("a", "b"), procedure, n)
    places = [(1, place) for place in range(n)]
    hold_against_single_trials(data, table, lambda trial, used: recorded_procedure(design, places, "a", used.tolist()))


@pytest.mark.parametrize("kernels", ["numba", "numpy"])
def test_mann_whitney(kernels: str, monkeypatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", kernels)
    data = compared(Complete(), 12, 11, 5)
    found = RandomisationTest(complete_table(), 1, ranks=True, given_sizes=True)(data, RNG(1))
    for trial, side in enumerate(data.side):
        used = side >= 0
        wanted = rank_sum_test(of(data.metric[trial], used), of(side, used)).p
        assert found.exact_p[trial] == pytest.approx(float(wanted), abs=1e-12)


@pytest.mark.parametrize("kernels", ["numba", "numpy"])
def test_models(kernels: str, monkeypatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", kernels)
    data = compared(BigStick(4), 10, 16, 3)
    found = {
        "ancova": Ancova()(data, RNG(1)),
        "pooled": PooledT()(data, RNG(1)),
        "welch": WelchT()(data, RNG(1)),
        "inside": PairedT(1)(data, RNG(1)),
    }
    for trial, side in enumerate(data.side):
        used, treated, control = side >= 0, side == 1, side == 0
        change, baseline = data.metric[trial], data.baseline[trial]
        arms = ["a" if own == 1 else "b" for own in side[used]]
        model = ancova(of(change, used), arms, "b", {"baseline": of(baseline, used)})
        first, second = of(change, treated), of(change, control)
        wanted = {
            "ancova": model.estimate("a - b"),
            "pooled": pooled_t_test(first, second).estimate,
            "welch": welch_t_test(first, second).estimate,
            "inside": paired_t_test(first).estimate,
        }
        for name, estimate in wanted.items():
            answers = found[name]
            assert answers.estimate[trial] == pytest.approx(float(estimate.value), abs=1e-12), name
            assert answers.p()[trial] == pytest.approx(float(estimate.p), abs=1e-12), name
            low, high = float(estimate.interval.lower), float(estimate.interval.upper)
            assert answers.covers(low + 1e-9, 0.05)[trial] and answers.covers(high - 1e-9, 0.05)[trial], name
            assert not answers.covers(low - 1e-9, 0.05)[trial] and not answers.covers(high + 1e-9, 0.05)[trial], name
            assert answers.significant(0.05)[trial] == (float(estimate.p) <= 0.05), name


@pytest.mark.parametrize("kernels", ["numba", "numpy"])
def test_max_t_by_the_twin_that_enumerates(kernels: str, monkeypatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", kernels)
    rng = RNG(4)
    n, endpoints = 12, 4
    side = np.array([rng.permutation([1] * 6 + [0] * 6)], dtype=np.int8)
    values = np.round(rng.normal(0, 1, (endpoints, 1, n)) + np.where(side == 1, 0.8, 0), 3)
    data = tuple(Comparison(each * 0, each, each, side) for each in values)
    table = tabulate(PermutedBlocks((n,)), (1, 1), n)
    drawn = [MaxTest(table, 0)(data, RNG(seed)) for seed in range(12)]
    exact = max_t(
        {f"y{k}": [f"{v:.3f}" for v in each[0]] for k, each in enumerate(values)}, side[0].tolist(), enumerate_all=True
    )
    for index, wanted in enumerate(exact.step_down):
        mean = np.mean([answers[index].exact_p[0] for answers in drawn])
        assert mean == pytest.approx(float(wanted), abs=0.03)


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda each: type(each).__name__)
def test_many_lists_follow_the_procedure(procedure) -> None:
    """Imbalance and the share of the first arm agree with the exact sums over the procedure's tree."""
    lists = draw_lists(tabulate(procedure, (1, 1), 20), (40_000, 20), RNG(2))
    wanted = predictability(procedure, (1, 1), 20).imbalance
    found = np.abs(20 - 2 * lists.sum(axis=1)).mean()
    assert found == pytest.approx(wanted, abs=0.06)
    assert lists.mean(axis=0) == pytest.approx([0.5] * 20, abs=0.01)


def test_ratio_and_unequal_arms() -> None:
    lists = draw_lists(tabulate(PermutedBlocks((6,)), (2, 1), 12), (100, 12), RNG(2))
    assert set((lists == 0).sum(axis=1)) == {8}


def test_values_with_many_decimals_are_tested_by_drawing_again() -> None:
    rng = RNG(6)
    n = 14
    table = tabulate(PermutedBlocks((n,)), (1, 1), n)
    side = np.where(draw_lists(table, (400, n), rng) == 0, 1, 0).astype(np.int8)
    values = rng.normal(size=(400, n))
    data = Comparison(values, values, values, side)
    drawn = RandomisationTest(table, 0)(data, rng).exact_p
    rounded = Comparison(values, values, np.round(values, 1), side)
    exact = RandomisationTest(table, 0)(rounded, rng).exact_p
    assert whole_numbers(values) is None and whole_numbers(np.round(values, 1)) is not None
    assert np.corrcoef(drawn, exact)[0, 1] > 0.99
    assert drawn.min() >= 1 / 1000


def test_midranks_leave_out_who_is_missing() -> None:
    values = np.array([[3.0, np.nan, 1.0, 3.0, 2.0]])
    assert doubled_midranks(values)[0].tolist()[0::2] == [7.0, 2.0, 4.0]
    assert np.isnan(doubled_midranks(values)[0, 1])


def test_trials_without_an_answer_are_never_significant() -> None:
    """An empty arm, one participant, no spread at all."""
    flat = np.full((3, 4), 2.0)
    side = np.array([[1, 1, 1, 1], [1, 0, -1, -1], [1, 0, 1, 0]], dtype=np.int8)
    data = Comparison(flat, flat, flat * 0, side)
    for method in (Ancova(), PooledT(), WelchT(), PairedT(1), RandomisationTest(complete_table(), 1)):
        answers = method(data, RNG(1))
        assert not answers.significant(0.5).any()
        assert (answers.p() == 1).all()
