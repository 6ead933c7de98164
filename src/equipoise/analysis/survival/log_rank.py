"""Log-rank tests: chi-square, weighted, stratified, and exact under the procedure that was used."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from equipoise.analysis.exact.cost import Budget
from equipoise.analysis.exact.integers import Recorded, allocation_of
from equipoise.analysis.exact.monte_carlo import Resampling
from equipoise.analysis.exact.reference import Procedure
from equipoise.analysis.exact.two_sample import randomisation_test
from equipoise.analysis.models.distributions import chi_square_upper
from equipoise.analysis.results import Sides, TestResult
from equipoise.analysis.survival.follow_up import FollowUp, event_table, follow_up
from equipoise.vocabulary import Refusal


def log_rank_test(
    times: Sequence[Recorded],
    events: Sequence[int],
    allocation: Sequence[int],
    *,
    strata: Sequence[str] | None = None,
    rho: int = 0,
) -> TestResult:
    """Chi-square with 1 df: (sum w (d1 - e1))^2 / sum w^2 V over event times and strata, hypergeometric variance.

    w = S(t-)^rho with the pooled Kaplan-Meier curve: 0 is the log-rank test, 1 Peto & Peto's.  p = P(chi-square >=
    x), two-sided by nature.  Refuses an empty arm, no event, bad times.
    Source: Mantel 1966; Peto & Peto 1972; Harrington & Fleming 1982.
    """
    data = follow_up(times, events)
    arms = allocation_of(allocation, len(data.times))
    labels = ["" for _ in arms] if strata is None else list(strata)
    gap = variance = observed = 0.0
    for label in sorted(set(labels)):
        chosen = [i for i, own in enumerate(labels) if own == label]
        part = FollowUp(tuple(data.times[i] for i in chosen), tuple(data.events[i] for i in chosen))
        table = event_table(part, [arms[i] for i in chosen])
        n, d = table.at_risk.astype(float), table.events.astype(float)
        n1, d1 = table.at_risk_treated, table.events_treated
        before = np.cumprod(np.concatenate(([1.0], 1 - d / n)))[:-1]
        w = before**rho
        gap += float((w * (d1 - d * n1 / n)).sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            v = np.where(n > 1, d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1), 0.0)
        variance += float((w * w * v).sum())
        observed += float((w * d1).sum())
    if variance == 0:
        raise Refusal("TIME-EVENTS", "No event can tell the arms apart.", "Report the follow-up.")
    statistic = gap * gap / variance
    return TestResult(
        "log-rank test" + (f", weights S^{rho}" if rho else "") + (", stratified" if strata is not None else ""),
        "chi-square",
        statistic,
        chi_square_upper(statistic, 1),
        _sizes(data, arms),
        reference=f"chi-square, 1 degree of freedom; treated: observed {observed:g}, expected {observed - gap:.6g}",
        assumptions=("censoring does not depend on the prognosis",),
    )


def exact_log_rank_test(
    times: Sequence[Recorded],
    events: Sequence[int],
    allocation: Sequence[int],
    reference: Procedure | None = None,
    *,
    sides: Sides = Sides.DISTANCE,
    budget: Budget | None = None,
    resampling: Resampling | None = None,
) -> TestResult:
    """Randomisation test of the log-rank scores, exact under the procedure that was used.

    Participant i's score = event_i - H(t_i), in events, H the pooled Nelson-Aalen estimate as a fraction; the treated
    sum of the scores is the log-rank statistic, observed minus expected events.  Two-sided definitions and refusals as
    in `randomisation_test`; the null hypothesis includes equal censoring in both arms. Source: Peto & Peto 1972;
    Heinze, Gnant & Schemper 2003.
    """
    data = follow_up(times, events)
    if not any(data.events):
        raise Refusal("TIME-EVENTS", "There is no event.", "Report the follow-up.")
    result = randomisation_test(
        log_rank_scores(data), allocation, reference, sides=sides, budget=budget, resampling=resampling
    )
    arms = allocation_of(allocation, len(data.times))
    treated = sum(score for score, arm in zip(log_rank_scores(data), arms, strict=True) if arm)
    return TestResult(
        "exact log-rank test",
        "observed - expected (treated)",
        treated,
        result.p,
        _sizes(data, arms),
        result.tails,
        None,
        result.reference,
        result.engine,
        (*result.assumptions, "censoring does not depend on the arm"),
        result.warnings,
    )


def log_rank_scores(data: FollowUp) -> list[Fraction]:
    """event - H(t) per participant, H(t) = sum over event times <= t of events / at risk, exact."""
    table = event_table(data, [0] * len(data.times))
    hazards = [Fraction(d, r) for d, r in zip(table.events.tolist(), table.at_risk.tolist(), strict=True)]
    scores = []
    for time, event in zip(data.times, data.events, strict=True):
        reached = sum((h for t, h in zip(table.times, hazards, strict=True) if t <= time), Fraction(0))
        scores.append(event - reached)
    return scores


def _sizes(data: FollowUp, arms: Sequence[int]) -> tuple[tuple[str, int], ...]:
    return (
        ("treated", sum(arms)),
        ("control", len(arms) - sum(arms)),
        ("events, treated", sum(e for e, z in zip(data.events, arms, strict=True) if z)),
        ("events, control", sum(e for e, z in zip(data.events, arms, strict=True) if not z)),
    )
