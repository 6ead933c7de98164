"""Drawing trials from a model, a block at a time."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.design.simulation.kernels import standard_normal
from equipoise.design.simulation.trial_model import Floats, TrialModel
from equipoise.design.simulation.trials import Sides, Strata, Trials

MOST_DECIMALS = 6
"""Values with more decimals are left as they are drawn."""
LEAVING_STRENGTH = 0.7
"""Correlation between the tendency to leave and what it depends on (baseline, or outcome)."""


def draw_strata(shares: Floats, shape: tuple[int, int], generator: np.random.Generator) -> Strata:
    """The stratum of each participant, drawn by the strata's `shares`; where there is one, nothing is drawn."""
    if len(shares) == 1:
        return np.zeros(shape, dtype=np.int16)
    bounds = np.cumsum(shares)[:-1]
    return np.searchsorted(bounds, generator.random(shape), side="right").astype(np.int16)


def draw_trials(model: TrialModel, arm: Sides, generator: np.random.Generator, stratum: Strata | None = None) -> Trials:
    """Trials in which participant j of trial t has `arm[t, j]` and is of `stratum[t, j]` (default: all of the first).

    The same generator state gives the same trials.
    """
    stratum = np.zeros(arm.shape, dtype=np.int16) if stratum is None else stratum
    latent = draw_latent(model, stratum, generator)
    adherent = _adherent(model, arm.shape, generator)
    seen = draw_presence(model, latent, arm, generator)
    values, below = measure(model, latent, arm, adherent)
    return Trials(values, below, arm, seen, adherent)


def draw_latent(model: TrialModel, stratum: Strata, generator: np.random.Generator) -> Floats:
    """Latent values (V, I, T, n) of participants of `stratum` (T, n), correlated between items and visits; item 0 at
    baseline meets the entry rule."""
    visits, items, shape = model.visits, len(model.items), stratum.shape
    latent = standard_normal(generator, (visits, items, *shape))
    drift = model.drift * (np.arange(shape[-1]) / max(1, shape[-1] - 1) - 0.5)
    moved = drift + model.prognosis[stratum, 0] if model.prognosis.any() else drift
    if np.isfinite(model.entry):
        latent[0, 0] = _above(latent[0, 0], model.entry - moved)
    _mix_items(latent, model.between_items)
    _mix_visits(latent, model.between_visits)
    if model.drift:
        latent += drift
    if model.prognosis.any():
        latent += model.prognosis[stratum].transpose(2, 0, 1)
    if model.response.any():
        own = generator.standard_normal(shape)
        for visit in range(visits):
            latent[visit] += (model.progress[visit] * model.response)[:, None, None] * own
    return latent


def draw_presence(model: TrialModel, latent: Floats, arm: Sides, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Who is seen at each visit (V, T, n); everybody is seen at baseline.

    Who leaves does so at a uniform moment of the study.  A tendency that depends on the baseline, or on the outcome,
    has correlation 0.7 with it; its threshold gives the stated share in the reference arm.
    """
    shares = model.leaving
    seen = np.ones((model.visits, *arm.shape), dtype=np.bool_)
    if not any(shares):
        return seen
    leaves = generator.random(arm.shape) < shares[0]
    for share, visit in zip(shares[1:], (0, model.visits - 1), strict=True):
        if share:
            level = model.towards_worse[0] * _standardised(model, latent[visit, 0], visit, arm)
            own = generator.standard_normal(arm.shape)
            tendency = LEAVING_STRENGTH * level + np.sqrt(1 - LEAVING_STRENGTH**2) * own
            leaves |= tendency > -special.ndtri(share)
    moment = generator.random(arm.shape)
    for visit in range(1, model.visits):
        seen[visit] = ~(leaves & (moment <= model.progress[visit]))
    return seen


def _standardised(model: TrialModel, level: Floats, visit: int, arm: Sides) -> Floats:
    """The latent level of item 0 with mean 0 and SD 1 among those who meet the entry rule, effects of arms apart."""
    mean, variance = model.prognosis[:, 0], np.ones(len(model.strata))
    if np.isfinite(model.entry):
        stays, least = float(model.between_visits[0, visit, 0]), model.entry - mean
        hazard = np.exp(-0.5 * least**2) / np.sqrt(2 * np.pi) / special.ndtr(-least)
        mean = mean + stays * hazard
        variance = 1 + stays**2 * hazard * (least - hazard)
    centre = model.strata @ mean
    variance = model.strata @ (variance + (mean - centre) ** 2)  # within the strata and between them
    shifted: Floats = (level + model.effect[arm, visit, 0] / model.spread[0] - centre) / np.sqrt(variance)
    return shifted


def measure(
    model: TrialModel, latent: Floats, arm: Sides, adherent: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_]]:
    """What is reported for the latent values (overwritten), and which of it lies below a limit."""
    below = np.zeros(latent.shape, dtype=np.bool_)
    taken = {k: (arm == k) & adherent for k in np.flatnonzero(model.effect.any(axis=(1, 2)))}
    for visit in range(model.visits):
        for item in range(len(model.items)):
            value = latent[visit, item]
            if model.spread[item] != 1.0:
                value *= model.spread[item]
            for k, inside in taken.items():
                if model.effect[k, visit, item]:
                    value += model.effect[k, visit, item] * inside
            if model.shared[visit, item]:
                value += model.shared[visit, item]
            _report(model, item, value, below[visit, item])
    return latent, below


def _report(model: TrialModel, item: int, value: Floats, below: NDArray[np.bool_]) -> None:
    """From deviations on the item's scale to what is written down, in place."""
    if np.isfinite(model.cut[item]):
        np.greater(value, model.cut[item], out=value)
        return
    if model.log[item]:
        np.exp(value, out=value)
        value *= model.typical[item]
    elif model.typical[item]:
        value += model.typical[item]
    if np.isfinite(model.least[item]) or np.isfinite(model.most[item]):
        np.clip(value, model.least[item], model.most[item], out=value)
    if model.decimals[item] <= MOST_DECIMALS:
        np.round(value, model.decimals[item], out=value)
    if np.isfinite(model.lowest[item]):
        np.less(value, model.lowest[item], out=below)
    if np.isfinite(model.lowest[item]) or np.isfinite(model.highest[item]):
        np.clip(value, model.lowest[item], model.highest[item], out=value)


def _above(normal: Floats, least: Floats) -> Floats:
    """Standard normal values turned into normal values above `least`, by their ranks."""
    tail: Floats = -special.ndtri(special.ndtr(-least) * special.ndtr(-normal))
    return tail


def _mix_items(latent: Floats, factor: Floats) -> None:
    """Correlate the items in place, last first, so that no overwritten one is needed again."""
    for item in range(len(factor) - 1, -1, -1):
        mixed = latent[:, item]
        if factor[item, item] != 1.0:
            mixed *= factor[item, item]
        for other in range(item):
            if factor[item, other]:
                mixed += factor[item, other] * latent[:, other]


def _mix_visits(latent: Floats, factors: Floats) -> None:
    for item, factor in enumerate(factors):
        for visit in range(len(factor) - 1, -1, -1):
            mixed = latent[visit, item]
            if factor[visit, visit] != 1.0:
                mixed *= factor[visit, visit]
            for other in range(visit):
                if factor[visit, other]:
                    mixed += factor[visit, other] * latent[other, item]


def _adherent(model: TrialModel, shape: tuple[int, ...], generator: np.random.Generator) -> NDArray[np.bool_]:
    if not model.non_adherence:
        return np.ones(shape, dtype=np.bool_)
    kept: NDArray[np.bool_] = generator.random(shape) >= model.non_adherence
    return kept
