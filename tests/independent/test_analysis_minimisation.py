"""Minimisation, weighed exactly and run again: against the sealed procedure itself, one participant at a time."""

import random
from collections import Counter
from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from equipoise.allocation.minimisation import Minimisation, arm_weights
from equipoise.allocation.minimised_lists import draw_minimised
from equipoise.analysis import Resampling, Sides, minimisation, minimisation_again, randomisation_test
from equipoise.analysis.execution.randomisation import Law, under_law
from equipoise.analysis.execution.task import Means
from equipoise.vocabulary import Refusal

FAVOUR = Fraction(4, 5)
LEVELS = [("f", "old"), ("f", "young"), ("m", "old"), ("f", "old"), ("m", "young"), ("m", "old"), ("f", "young")]
OUTCOME = [3, 9, 4, 4, 11, 6, 8]
ARMS = [1, 0, 0, 1, 1, 0, 1]


def probabilities(levels, favour: Fraction, weights: tuple[int, ...], arms: int = 2) -> dict[tuple[int, ...], Fraction]:
    """Every sequence with its probability, from the rule by which the vault draws."""
    names = tuple(str(index) for index in range(len(weights)))
    procedure = Minimisation(names, weights, (favour.numerator, favour.denominator))
    found = {}
    for sequence in product(range(arms), repeat=len(levels)):
        chance = Fraction(1)
        for position, arm in enumerate(sequence):
            drawn = list(zip(sequence[:position], levels[:position], strict=True))
            shares = arm_weights(procedure, arms, drawn, levels[position])
            chance *= Fraction(shares[arm], sum(shares))
        found[sequence] = chance
    return found


@pytest.mark.parametrize("weights", [(1, 1), (2, 1), (1, 3)])
def test_exact_p_is_the_sum_over_all_sequences(weights: tuple[int, ...]) -> None:
    chance = {s: p for s, p in probabilities(LEVELS, FAVOUR, weights).items() if 0 < sum(s) < 7}
    assert sum(probabilities(LEVELS, FAVOUR, weights).values()) == 1

    def difference(sequence) -> Fraction:
        k, total = sum(sequence), sum(OUTCOME)
        treated = sum(y for y, arm in zip(OUTCOME, sequence, strict=True) if arm)
        return Fraction(treated, k) - Fraction(total - treated, 7 - k)

    whole = sum(chance.values())
    centre = sum(difference(s) * p for s, p in chance.items()) / whole
    far = abs(difference(ARMS) - centre)
    p = sum(p for s, p in chance.items() if abs(difference(s) - centre) >= far) / whole
    assert randomisation_test(OUTCOME, ARMS, minimisation(LEVELS, FAVOUR, weights)).p.value == p


@pytest.mark.parametrize(("weights", "arms"), [((1, 1), 2), ((3, 1), 2), ((1, 2), 3)])
def test_many_runs_follow_the_procedure(weights: tuple[int, ...], arms: int) -> None:
    """Chi-square of 60,000 runs of four participants against the chances of all sequences."""
    names = tuple(str(index) for index in range(2))
    procedure = Minimisation(names, weights, (3, 4))
    levels = LEVELS[:4]
    rows = draw_minimised(procedure, arms, levels, 60_000, np.random.default_rng(5))
    seen = Counter(map(tuple, rows.tolist()))
    expected = {s: float(p) * 60_000 for s, p in probabilities(levels, Fraction(3, 4), weights, arms).items()}
    distance = sum((seen[s] - e) ** 2 / e for s, e in expected.items())
    freedom = len(expected) - 1
    assert distance < freedom + 4 * (2 * freedom) ** 0.5


def test_the_re_run_agrees_with_the_exact_value_and_says_how_far() -> None:
    rng = random.Random(3)
    levels = [(rng.choice("ab"), rng.choice("xyz")) for _ in range(14)]
    outcome = [rng.randint(0, 15) for _ in range(14)]
    arms = [1, 0] * 7
    for sides in (Sides.DISTANCE, Sides.GREATER):
        exact = randomisation_test(outcome, arms, minimisation(levels, FAVOUR), sides=sides)
        again = randomisation_test(
            outcome, arms, minimisation_again(levels, FAVOUR), sides=sides, resampling=Resampling(20_000, 4)
        )
        assert exact.exact
        assert not again.exact
        assert again.p.interval.lower <= exact.p.value <= again.p.interval.upper
        assert again.engine == "re-run of the recorded procedure"


def test_a_trial_too_large_to_weigh_is_run_again() -> None:
    """200 participants over four factors: the exact engines refuse, the re-run answers, a seed repeats it."""
    rng = random.Random(8)
    levels = [tuple(rng.choice("abc") for _ in range(4)) for _ in range(200)]
    outcome = [f"{rng.gauss(0, 1):.6f}" for _ in range(200)]
    arms = [1, 0] * 100
    with pytest.raises(Refusal) as refused:
        randomisation_test(outcome, arms, minimisation(levels, FAVOUR))
    assert refused.value.rule in {"EXACT-COST", "EXACT-STATES"}
    procedure = minimisation_again(levels, FAVOUR, (1, 1, 2, 1))
    first, second = (randomisation_test(outcome, arms, procedure, resampling=Resampling(999, 6)) for _ in range(2))
    assert first == second


def test_a_plan_runs_the_procedure_again_where_it_cannot_be_weighed() -> None:
    rng = random.Random(9)
    levels = [tuple(rng.choice("abc") for _ in range(4)) for _ in range(120)]
    law = Law(minimisation(levels, FAVOUR), lambda: minimisation_again(levels, FAVOUR))
    task = SimpleNamespace(means=Means(resampling=Resampling(199, 2)))
    test, notes = under_law(task, [rng.randint(0, 9) for _ in range(120)], [1, 0] * 60, law)
    assert not test.exact
    assert test.p.interval is not None
    assert "run 199 times again" in notes[0]


def test_nonsense_is_refused() -> None:
    for levels, favour, weights in (
        ([], FAVOUR, None),
        ([("a",), ("a", "b")], FAVOUR, None),
        (LEVELS, Fraction(1, 3), None),
        (LEVELS, FAVOUR, (1,)),
        (LEVELS, FAVOUR, (1, 0)),
    ):
        for make in (minimisation, minimisation_again):
            with pytest.raises(Refusal):
                make(levels, favour, weights)
