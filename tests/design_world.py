"""Small worlds to simulate trials in, made directly as arrays."""

from dataclasses import dataclass

import numpy as np

from equipoise.design.simulation.endpoint import View
from equipoise.design.simulation.modelling import Place
from equipoise.design.simulation.trial_model import TrialModel


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
