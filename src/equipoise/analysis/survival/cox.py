"""Cox regression by partial likelihood: Efron, Breslow or exact ties, with strata."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.integers import Recorded
from equipoise.analysis.models.columns import Term, design
from equipoise.analysis.models.linear import t_estimate
from equipoise.analysis.results import ModelResult
from equipoise.analysis.survival.follow_up import FollowUp, follow_up
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]


class Ties(StrEnum):
    """How tied event times enter the partial likelihood."""

    EFRON = "Efron"
    BRESLOW = "Breslow"
    EXACT = "exact"
    """Discrete: all subsets of the risk set with as many events (Cox 1972; recursion of Gail, Lubin & Rubinstein)."""


def cox_model(
    times: Sequence[Recorded],
    events: Sequence[int],
    terms: Mapping[str, Term],
    *,
    strata: Sequence[str] | None = None,
    ties: Ties = Ties.EFRON,
    level: Fraction = LEVEL_95,
) -> ModelResult:
    """Log hazard ratios per term (`name=level` for factors), Wald intervals and p-values, normal theory.

    h(t) = h_s(t) exp(x b) with a baseline hazard per stratum s.  Scalars: log partial likelihood at 0 and at b,
    likelihood-ratio chi-square.  Refuses no events, redundant columns, and an infinite estimate (an arm without
    events).  Source: Cox 1972; Efron 1977; Breslow 1974.
    """
    data = follow_up(times, events)
    n = len(data.times)
    names, matrix = design(n, terms)
    x = matrix[:, 1:] - matrix[:, 1:].mean(axis=0)
    if not any(data.events) or np.linalg.matrix_rank(x) < x.shape[1]:
        raise Refusal("COX-DATA", "There is no event, or a column is constant or determined by others.", "Check them.")
    labels = ["" for _ in data.times] if strata is None else list(strata)
    sets = _risk_sets(data, labels)
    contribution = {Ties.EFRON: _efron, Ties.BRESLOW: _breslow, Ties.EXACT: _exact}[ties]

    def likelihood(b: Floats) -> tuple[float, Floats, Floats]:
        parts = [contribution(risk, x, b) for risk in sets]
        return (
            sum(part[0] for part in parts),
            np.sum([part[1] for part in parts], axis=0),
            np.sum([part[2] for part in parts], axis=0),
        )

    b, information, fitted = _newton(likelihood, x.shape[1])
    null = likelihood(np.zeros(x.shape[1]))[0]
    se = np.sqrt(np.diag(np.linalg.inv(information)))
    return ModelResult(
        f"Cox regression, {ties.value} ties" + (", stratified" if strata is not None else ""),
        tuple(
            t_estimate(name, float(value), float(error), float("inf"), level)
            for name, value, error in zip(names[1:], b, se, strict=True)
        ),
        (("participants", n), ("events", sum(data.events))),
        (("log likelihood, null", null), ("log likelihood", fitted), ("likelihood ratio", 2 * (fitted - null))),
        ("hazards are proportional over time", "censoring does not depend on the prognosis"),
    )


@dataclass(frozen=True)
class _RiskSet:
    events: NDArray[np.int64]
    members: NDArray[np.int64]


Contribution = tuple[float, Floats, Floats]


def _risk_sets(data: FollowUp, labels: Sequence[str]) -> list[_RiskSet]:
    sets = []
    for label in sorted(set(labels)):
        own = [i for i, other in enumerate(labels) if other == label]
        for time in sorted({data.times[i] for i in own if data.events[i]}):
            events = [i for i in own if data.events[i] and data.times[i] == time]
            members = [i for i in own if data.times[i] >= time]
            sets.append(_RiskSet(np.array(events), np.array(members)))
    return sets


def _newton(likelihood: Callable[[Floats], "Contribution"], p: int) -> tuple[Floats, Floats, float]:
    """Newton-Raphson with step halving; refuses a likelihood that keeps rising."""
    b = np.zeros(p)
    value, score, information = likelihood(b)
    for _ in range(60):
        step = np.linalg.solve(information, score)
        for _ in range(30):
            tried = likelihood(b + step)
            if np.isfinite(tried[0]) and tried[0] >= value - 1e-12 * abs(value):
                break
            step = step / 2
        b, (value, score, information) = b + step, tried
        if np.abs(b).max() > 30 or np.linalg.cond(information) > 1e14:
            break
        if np.abs(step).max() < 1e-11:
            return b, information, value
    raise Refusal(
        "COX-INFINITE",
        "The hazard ratio has no finite estimate (an arm or a level without events).",
        "Report the events, and use the exact log-rank test.",
    )


def _efron(risk: _RiskSet, x: Floats, b: Floats) -> Contribution:
    return _tied(risk, x, b, np.arange(len(risk.events)) / len(risk.events))


def _breslow(risk: _RiskSet, x: Floats, b: Floats) -> Contribution:
    return _tied(risk, x, b, np.zeros(len(risk.events)))


def _tied(risk: _RiskSet, x: Floats, b: Floats, shares: Floats) -> Contribution:
    """Each event in turn, with this share of the tied events already out of the risk set."""
    all_x, own_x = x[risk.members], x[risk.events]
    w, own_w = np.exp(all_x @ b), np.exp(own_x @ b)
    s0, s1, s2 = w.sum(), w @ all_x, (all_x * w[:, None]).T @ all_x
    t0, t1, t2 = own_w.sum(), own_w @ own_x, (own_x * own_w[:, None]).T @ own_x
    value, score, information = float((own_x @ b).sum()), own_x.sum(axis=0), np.zeros_like(s2)
    for share in shares:
        a0, a1, a2 = s0 - share * t0, s1 - share * t1, s2 - share * t2
        value -= float(np.log(a0))
        score = score - a1 / a0
        information += a2 / a0 - np.outer(a1, a1) / a0**2
    return value, score, information


def _exact(risk: _RiskSet, x: Floats, b: Floats) -> Contribution:
    """Elementary symmetric function of order d over the risk set, with its first two derivatives."""
    d, p = len(risk.events), x.shape[1]
    e0, e1, e2 = np.zeros(d + 1), np.zeros((d + 1, p)), np.zeros((d + 1, p, p))
    e0[0] = 1.0
    for row in x[risk.members]:
        w = float(np.exp(row @ b))
        outer = np.outer(row, row)
        cross = np.einsum("i,kj->kij", row, e1[:-1])
        e2[1:] += w * (e2[:-1] + cross + cross.transpose(0, 2, 1) + outer * e0[:-1, None, None])
        e1[1:] += w * (e1[:-1] + row * e0[:-1, None])
        e0[1:] += w * e0[:-1]
    own = x[risk.events].sum(axis=0)
    mean = e1[d] / e0[d]
    return float(own @ b - np.log(e0[d])), own - mean, e2[d] / e0[d] - np.outer(mean, mean)
