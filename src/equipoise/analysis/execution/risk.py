"""Risks by arm: the planned comparison of a yes-or-no endpoint, and the interval that every table of events uses."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from equipoise.analysis.exact.risk_difference import RiskInterval, risk_difference
from equipoise.analysis.exact.two_by_two import TwoByTwo, boschloo_test, fisher_test
from equipoise.analysis.execution.cases import Case
from equipoise.analysis.execution.task import Answer, Numbers, Task, result_of
from equipoise.analysis.results import Estimate
from equipoise.protocol.objectives import Rank

_MOST_TABLES = 2_601
"""Possible outcomes (n1 + 1)(n0 + 1), 50 v 50, up to which the exact unconditional interval is quick."""
_MOST_BOSCHLOO = 160_000
"""The same, 400 v 400, up to which Boschloo's test is; beyond, it gains nothing over Fisher's that anybody sees."""


@lru_cache(maxsize=4_096)
def difference_of_risks(table: TwoByTwo, level: Fraction) -> Estimate:
    """Treated minus control, with the exact unconditional interval, or the score interval in larger arms."""
    small = _outcomes(table) <= _MOST_TABLES
    return risk_difference(table, method=RiskInterval.EXACT if small else RiskInterval.SCORE, level=level)


def compared_risks(task: Task) -> Answer:
    """The difference of risks, with its interval; Boschloo's p-value (Fisher's in large arms), unless of safety.

    Endpoints of safety are described and not tested for benefit (`Rank.SAFETY`).
    """
    first, second = (task.cases.of(arm) for arm in task.arms)
    table = TwoByTwo(_events(first), len(first), _events(second), len(second))
    estimate = difference_of_risks(table, task.level)
    assert estimate.interval is not None, "every method of ours gives an interval"
    tested = task.cases.endpoint.rank is not Rank.SAFETY
    test, name = (fisher_test, "Fisher") if _outcomes(table) > _MOST_BOSCHLOO else (boschloo_test, "Boschloo")
    p = test(table).p if tested else None
    assumptions = ("independent participants", f"interval: {estimate.interval.method}")
    return Answer(result_of(task, Numbers(estimate, p, (*assumptions, *((f"p: {name}",) if tested else ())))))


def _outcomes(table: TwoByTwo) -> int:
    return (table.treated + 1) * (table.control + 1)


def _events(cases: Sequence[Case]) -> int:
    return sum(case.outcome == 1 for case in cases)
