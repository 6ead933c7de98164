"""Small worlds to simulate trials in, made directly as arrays."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from equipoise.allocation.many_lists import ProcedureTable
from equipoise.analysis import randomisation_test, rank_sum_test
from equipoise.analysis.exact.reference import Reference
from equipoise.analysis.many.randomisation import RandomisationTest
from equipoise.design.simulation.endpoint import View
from equipoise.design.simulation.modelling import Place
from equipoise.design.simulation.trial_model import TrialModel
from equipoise.design.simulation.trials import Comparison


def world(
    *,
    items: int = 1,
    mean: float = 0.0,
    sd: float = 1.0,
    visits: float = 0.5,
    between: float = 0.0,
    improvement: float = 0.0,
    effect: float = 0.0,
    decimals: int = 9,
    least: float = -np.inf,
    most: float = np.inf,
    entry: float = -np.inf,
    drift: float = 0.0,
    leaving: tuple[float, float, float] = (0.0, 0.0, 0.0),
    non_adherence: float = 0.0,
    strata: tuple[float, ...] = (1.0,),
    prognosis: tuple[float, ...] = (0.0,),
) -> TrialModel:
    """Alike items at two visits, two arms (0 treated, 1 control); lower is better; amounts in the items' unit."""
    correlations = np.full((items, items), between)
    np.fill_diagonal(correlations, 1.0)
    stays = np.array([[1.0, 0.0], [visits, np.sqrt(1 - visits**2)]])
    shift = np.zeros((2, 2, items))
    shift[0, 1] = -effect
    same = np.full(items, 1.0)
    return TrialModel(
        items=tuple(f"item_{index}" for index in range(items)),
        arms=("treated", "control"),
        typical=mean * same,
        spread=sd * same,
        log=np.zeros(items, dtype=np.bool_),
        decimals=np.full(items, decimals),
        least=least * same,
        most=most * same,
        lowest=-np.inf * same,
        highest=np.inf * same,
        cut=np.nan * same,
        towards_worse=same,
        between_items=np.linalg.cholesky(correlations),
        between_visits=np.array([stays] * items),
        shared=np.outer([0.0, 1.0], -improvement * same),
        effect=shift,
        response=np.zeros(items),
        entry=entry,
        drift=drift,
        leaving=leaving,
        non_adherence=non_adherence,
        progress=np.array([0.0, 1.0]),
        strata=np.array(strata),
        prognosis=np.outer(prognosis, same),
    )


def view(item: int = 0, *, is_change: bool = True) -> View:
    """The change (or the value) of an item, treated against control."""
    return View(Place(item, 0, 1), is_change, False, "half_limit", False, (0, 1))


@dataclass(frozen=True)
class FixedSizes:
    """The first `treated` participants of each trial are treated: enough where participants are exchangeable."""

    treated: int

    def __call__(self, stratum: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        arms = np.ones(stratum.shape, dtype=np.int8)
        arms[:, : self.treated] = 0
        return arms


def tied_numbers(arm: np.ndarray, rng: np.random.Generator, *, missing: float, moved: np.ndarray | float) -> Comparison:
    """Tied whole numbers of participants with these arms (T, n), of whom 0 is experimental; some of them missing.

    `moved` is what is added to the baseline.
    """
    baseline = np.rint(rng.normal(6, 3, arm.shape) + moved)
    outcome = np.rint(0.6 * baseline + rng.normal(2, 2, arm.shape))
    side = np.where(arm == 0, 1, 0).astype(np.int8)
    side[rng.random(arm.shape) < missing] = -1
    return Comparison(baseline, outcome, outcome - baseline, side)


def hold_against_single_trials(
    data: Comparison, table: ProcedureTable, reference_of: Callable[[int, np.ndarray], Reference]
) -> None:
    """Tests of means and of ranks give what the tests of one trial give; `reference_of` a trial and who is used."""
    rng = np.random.default_rng
    means = RandomisationTest(table, 0)(data, rng(1))
    ranks = RandomisationTest(table, 0, ranks=True)(data, rng(1))
    for trial, side in enumerate(data.side):
        used = side >= 0
        reference = reference_of(trial, used)
        values, arms = data.metric[trial, used].astype(int).tolist(), side[used].tolist()
        assert means.exact_p[trial] == pytest.approx(float(randomisation_test(values, arms, reference).p), abs=1e-12)
        assert ranks.exact_p[trial] == pytest.approx(float(rank_sum_test(values, arms, reference).p), abs=1e-12)
