"""Nature: what a synthetic participant would show at each encounter, drawn from a scenario.

Random streams are counter-based (Philox, keyed by seed and participant), so that one participant's life is the same
however many others there are and in whatever order they are drawn.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from equipoise.design.scenario import ChoiceModel, PresenceModel, QuantityModel, Scenario
from equipoise.instruments.item import Item

_NORMAL = NormalDist()


def stream(seed: int, *key: int) -> np.random.Generator:
    """An independent random stream for a seed and a key of up to two small integers."""
    first, second = (*key, 0, 0)[:2]
    return np.random.Generator(np.random.Philox(key=(seed << 64) | (first << 32) | second))


@dataclass(frozen=True)
class Life:
    """The truth about one synthetic participant: standard normal draws, fixed before any arm is known.

    `trait` (items + 1) belongs to the person, `noise` (items + 1, encounters) to the visit; row 0 is latent activity.
    """

    scenario: Scenario
    items: Mapping[str, int]
    trait: NDArray[np.float64]
    noise: NDArray[np.float64]

    def answer(self, item: Item, encounter: int, progress: float, arm: str | None) -> str:
        """What the participant would show for `item`, as a person would type it; empty where nature has no say.

        `encounter` counts from 0; `progress` is the share of the treatment period that has passed (0 to 1); `arm` is
        None before randomisation.
        """
        model = self.scenario.model_of(item)
        if model is None:
            return ""
        row = self.items[item.id]
        if isinstance(model, ChoiceModel):
            return _choose(model, _NORMAL.cdf(self._own(row, encounter)))
        loading = model.activity
        level = loading * self.activity(encounter, progress, arm)
        level += math.sqrt(1 - loading**2) * self._own(row, encounter)
        return _present(model, level) if isinstance(model, PresenceModel) else _measure(model, level)

    def activity(self, encounter: int, progress: float, arm: str | None) -> float:
        """Latent disease activity at an encounter, in standard deviations of the screened population."""
        fall = self.scenario.shared_improvement + (self.scenario.effect.get(arm, 0.0) if arm else 0.0)
        return self._own(0, encounter) - progress * fall

    def _own(self, row: int, encounter: int) -> float:
        stays = self.scenario.visit_correlation
        return float(math.sqrt(stays) * self.trait[row] + math.sqrt(1 - stays) * self.noise[row, encounter])


def draw_life(scenario: Scenario, items: Sequence[Item], encounters: int, rng: np.random.Generator) -> Life:
    """Draw one participant.  The same generator state gives the same life, whatever the arm will be."""
    rows = {item.id: row for row, item in enumerate(items, start=1)}
    return Life(scenario, rows, rng.standard_normal(len(rows) + 1), rng.standard_normal((len(rows) + 1, encounters)))


def _choose(model: ChoiceModel, share: float) -> str:
    passed = 0.0
    total = sum(model.shares.values())
    for value, weight in model.shares.items():
        passed += weight / total
        if share <= passed:
            return value
    return next(reversed(model.shares))


def _present(model: PresenceModel, level: float) -> str:
    if model.share in (0.0, 1.0):
        return model.present if model.share else model.absent
    return model.present if level > _NORMAL.inv_cdf(1 - model.share) else model.absent


def _measure(model: QuantityModel, level: float) -> str:
    on_scale = model.spread * level
    value = model.typical * math.exp(on_scale) if model.scale == "log" else model.typical + on_scale
    value = min(max(value, model.least), model.most)
    if model.lowest is not None and value < model.lowest:
        return f"<{model.lowest:.{model.decimals}f}"
    if model.highest is not None and value > model.highest:
        return f">{model.highest:.{model.decimals}f}"
    return f"{value:.{model.decimals}f}"
