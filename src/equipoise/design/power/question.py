"""One question, asked from any side: of size, effect, power and level, the one that is left out is found."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from equipoise.design.power.ancova import ancova_power
from equipoise.design.power.margins import equivalence_power, non_inferiority_power
from equipoise.design.power.ordinal import whitehead_power
from equipoise.design.power.proportions import fisher_power, fisher_size
from equipoise.design.power.ranks import noether_power
from equipoise.design.power.solving import arms_of, reach, root
from equipoise.design.power.survival import log_rank_power
from equipoise.design.power.t_test import paired_power, two_sample_power
from equipoise.vocabulary import Refusal

_NEAREST = 1e-9
"""How near to no effect, or to certainty, an effect is looked for."""


class PlannedTest(StrEnum):
    """What a trial may be planned on."""

    T = "t"
    ANCOVA = "ancova"
    PAIRED = "paired"
    RANKS = "ranks"
    RISKS = "risks"
    ODDS = "odds"
    LOG_RANK = "log-rank"
    NON_INFERIORITY = "non-inferiority"
    EQUIVALENCE = "equivalence"


@dataclass(frozen=True)
class Kind:
    """What the words of a question mean for a test: its definition, its effect, what is counted, no effect, alpha."""

    definition: str
    effect: str
    counted: str = "participants of both arms"
    none: float = 0.0
    alpha: float = 0.05
    least: float = 4.0


KINDS: Mapping[PlannedTest, Kind] = {
    PlannedTest.T: Kind("Student's t, two-sided, two-tailed noncentral t", "difference in SDs"),
    PlannedTest.ANCOVA: Kind(
        "analysis of covariance over all baselines, two-sided", "difference in SDs of the outcome"
    ),
    PlannedTest.PAIRED: Kind(
        "paired t, two-sided; it compares no arms", "mean change in SDs of the change", "pairs", least=2.0
    ),
    PlannedTest.RANKS: Kind("Wilcoxon-Mann-Whitney by Noether's formula, two-sided", "P(X < Y) + P(X = Y)/2", none=0.5),
    PlannedTest.RISKS: Kind("Fisher's exact test over all tables, two-sided", "share in the experimental arm"),
    PlannedTest.ODDS: Kind("proportional odds by Whitehead's formula, two-sided", "odds ratio", none=1.0),
    PlannedTest.LOG_RANK: Kind(
        "log-rank by Schoenfeld's formula, two-sided", "hazard ratio", "events", none=1.0, least=1.0
    ),
    PlannedTest.NON_INFERIORITY: Kind("one-sided t test against the margin", "true difference in SDs", alpha=0.025),
    PlannedTest.EQUIVALENCE: Kind("two one-sided t tests, each at alpha", "true difference in SDs"),
}


ONE_NUMBER = frozenset({PlannedTest.PAIRED, PlannedTest.LOG_RANK})
"""Tests whose number is not split into arms."""


@dataclass(frozen=True)
class Question:
    """Three of `effect`, `number`, `power` and `alpha`, and what else a test needs.

    `number` counts both arms, pairs, or events; arms are 1 : `ratio`.  `control` is the share with the event in the
    reference arm (risks), or the shares of the categories there (odds).
    """

    test: PlannedTest
    effect: float | None = None
    number: float | None = None
    power: float | None = None
    alpha: float | None = None
    correlation: float = 0.0
    margin: float = 0.0
    ratio: float = 1.0
    control: tuple[float, ...] = ()


@dataclass(frozen=True)
class Answered:
    """The question with nothing left out; `found` names what was asked for.

    `arms` are whole participants per arm, and `achieved` is the power that they have; a `number` that was found is not
    rounded.
    """

    question: Question
    found: str
    arms: tuple[int, int]
    achieved: float


def answer(question: Question) -> Answered:
    """The one of size, effect, power and level that the question leaves out.

    Raises `Refusal` for a question that leaves out another number of them, or that has no answer.
    """
    kind = KINDS[question.test]
    if None not in (question.effect, question.number, question.power):
        if question.alpha is not None:
            raise _not_one()
        found = "alpha"
    else:
        question = replace(question, alpha=kind.alpha if question.alpha is None else question.alpha)
        left_out = [name for name in ("effect", "number", "power") if getattr(question, name) is None]
        if len(left_out) != 1:
            raise _not_one()
        found = left_out[0]
    _refuse_without(question)
    full = _with(question, found, _SOLVERS[found](question))
    effect, number, alpha, _ = _given(full)
    arms = _rounded_up(full, number) if found == "number" else _whole(full, number)
    return Answered(full, found, arms, _power(full, effect, sum(arms), alpha, arms))


def _with(q: Question, name: str, value: float) -> Question:
    match name:
        case "number":
            return replace(q, number=value)
        case "effect":
            return replace(q, effect=value)
        case "power":
            return replace(q, power=value)
        case _:
            return replace(q, alpha=value)


def _power(q: Question, effect: float, number: float, alpha: float, arms: tuple[float, float] | None = None) -> float:
    """Power with a number of participants, split as the ratio says where `arms` do not."""
    first, second = arms or (number / (1 + q.ratio), number * q.ratio / (1 + q.ratio))
    match q.test:
        case PlannedTest.T:
            found = two_sample_power(effect, first, second, alpha)
        case PlannedTest.ANCOVA:
            found = ancova_power(effect, first, second, q.correlation, alpha)
        case PlannedTest.PAIRED:
            found = paired_power(effect, number, alpha)
        case PlannedTest.RANKS:
            found = noether_power(effect, first, second, alpha)
        case PlannedTest.RISKS:
            found = fisher_power(effect, q.control[0], round(first), round(second), alpha)
        case PlannedTest.ODDS:
            found = whitehead_power(q.control, effect, number, alpha, q.ratio)
        case PlannedTest.LOG_RANK:
            found = log_rank_power(effect, number, alpha, q.ratio)
        case PlannedTest.NON_INFERIORITY:
            found = non_inferiority_power(effect, q.margin, first, second, alpha)
        case PlannedTest.EQUIVALENCE:
            found = equivalence_power(effect, q.margin, first, second, alpha)
    return found


def _power_asked(q: Question) -> float:
    effect, number, alpha, _ = _given(q)
    return _power(q, effect, number, alpha, _whole(q, number))


def _size_asked(q: Question) -> float:
    effect, _, alpha, power = _given(q)
    if effect == KINDS[q.test].none and q.test not in (PlannedTest.NON_INFERIORITY, PlannedTest.EQUIVALENCE):
        raise Refusal("POWER-EFFECT", f"An effect of {effect:g} has no size.", f"Give a {KINDS[q.test].effect}.")
    if q.test is PlannedTest.RISKS:
        return float(sum(fisher_size(effect, q.control[0], power, alpha, q.ratio)))
    return reach(lambda number: _power(q, effect, number, alpha), power, KINDS[q.test].least)


def _effect_asked(q: Question) -> float:
    """The smallest effect above none; for ranks, risks, odds and hazards that is one for the larger."""
    _, number, alpha, power = _given(q)
    have = partial(_power_of_effect, q, number, alpha)
    if q.test is PlannedTest.EQUIVALENCE:
        best = have(0.0)
        if best < power:
            raise Refusal("POWER-REACH", f"Even with no difference at all the power is {best:.3f}.", "Take more.")
        return root(lambda effect: have(effect) - power, 0.0, q.margin * (1 - 1e-9))
    none = q.control[0] if q.test is PlannedTest.RISKS else KINDS[q.test].none
    none = -q.margin if q.test is PlannedTest.NON_INFERIORITY else none
    top = 1.0 if q.test in (PlannedTest.RISKS, PlannedTest.RANKS) else math.inf
    if math.isfinite(top):
        last = top - _NEAREST
        if have(last) < power:
            raise Refusal("POWER-REACH", "No effect reaches this power.", "Take more participants.")
        return root(lambda effect: have(effect) - power, none + _NEAREST, last)
    return none + reach(lambda away: have(none + max(away, _NEAREST)), power, 0.0, 0.5)


def _power_of_effect(q: Question, number: float, alpha: float, effect: float) -> float:
    return _power(q, effect, number, alpha, _whole(q, number))


def _alpha_asked(q: Question) -> float:
    effect, number, _, power = _given(q)
    if q.test is PlannedTest.RISKS:
        raise Refusal("POWER-ALPHA", "An exact test has no power between its steps.", "Ask for the power instead.")
    arms = _whole(q, number)
    top = power if q.margin == 0 else 0.499  # a one-sided test at more than a half rejects what it should keep
    if _power(q, effect, number, top, arms) < power:
        raise Refusal("POWER-REACH", "No level reaches this power.", "Take more participants, or ask for less power.")
    return root(lambda alpha: _power(q, effect, number, alpha, arms) - power, 1e-12, top)


_SOLVERS: Mapping[str, Callable[[Question], float]] = {
    "power": _power_asked,
    "number": _size_asked,
    "effect": _effect_asked,
    "alpha": _alpha_asked,
}


def _given(q: Question) -> tuple[float, float, float, float]:
    """Effect, number, alpha and power; not-a-number for the one that is asked for."""
    effect, number, alpha, power = (
        math.nan if each is None else each for each in (q.effect, q.number, q.alpha, q.power)
    )
    return effect, number, alpha, power


def _whole(q: Question, number: float) -> tuple[int, int]:
    """A number that was given, as whole participants per arm."""
    if number != int(number) or number < 2:
        raise Refusal("POWER-SIZE", f"{number:g} is no number of participants.", f"Take {max(2, math.ceil(number))}.")
    return (int(number), 0) if q.test in ONE_NUMBER else arms_of(int(number), q.ratio)


def _rounded_up(q: Question, number: float) -> tuple[int, int]:
    """Whole participants for a size that was found, each arm rounded up."""
    if q.test in ONE_NUMBER:
        return math.ceil(number - 1e-9), 0
    return math.ceil(number / (1 + q.ratio) - 1e-9), math.ceil(number * q.ratio / (1 + q.ratio) - 1e-9)


def _refuse_without(q: Question) -> None:
    needs_margin = q.test in (PlannedTest.NON_INFERIORITY, PlannedTest.EQUIVALENCE)
    if needs_margin and q.margin <= 0:
        raise Refusal("POWER-MARGIN", "This test needs a margin in SDs.", "Add --margin 0.5, on clinical grounds.")
    if q.test is PlannedTest.RISKS and len(q.control) != 1:
        raise Refusal("POWER-SHARES", "The share with the event in the reference arm is needed.", "Add --control 0.3.")
    if q.test is PlannedTest.ODDS and len(q.control) < 2:
        raise Refusal(
            "POWER-SHARES",
            "The shares of the categories in the reference arm are needed.",
            "Add --control 0.2,0.3,0.5.",
        )
    if not math.isfinite(q.ratio) or q.ratio <= 0:
        raise Refusal("POWER-RATIO", f"Arms of 1 to {q.ratio:g} are impossible.", "Equal arms: --ratio 1.")


def _not_one() -> Refusal:
    return Refusal(
        "POWER-QUESTION",
        "A question leaves out one of effect, participants and power (alpha if none of these).",
        "For a size: --effect 0.5 --power 0.8.",
    )
