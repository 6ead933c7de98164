"""Predictability against the published simulation (n = 30, 1:1) and against an independent brute force."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from equipoise.allocation.design import read_design
from equipoise.allocation.predictability import judge_design, predictability
from equipoise.allocation.procedures import BigStick, BlockUrn, Complete, PermutedBlocks, allocate
from equipoise.vocabulary import Severity

# method, guess %, certain %, mean imbalance: 4,000 to 40,000 simulated lists of 30, hence the tolerances
SIMULATED = [
    (PermutedBlocks((2,)), 75, 50, 0.00),
    (PermutedBlocks((4,)), 70, 31, 0.67),
    (PermutedBlocks((6,)), 68, 25, 0.00),
    (PermutedBlocks((2, 4)), 72, 11, 0.22),
    (PermutedBlocks((2, 4, 6)), 70, 3.8, 0.40),
    (PermutedBlocks((4, 6)), 69, 5.7, 0.47),
    (PermutedBlocks((30,)), 60, 6, 0.00),
    (BlockUrn(2), 66.1, 15.5, 0.67),
    (BlockUrn(3), 62.6, 5.4, 0.94),
    (BigStick(2), 61.6, 23.3, None),
    (BigStick(3), 57.6, 15, 1.33),
    (BigStick(4), 55.0, 10, 2.01),
    (BigStick(5), 53.7, 7, None),
    (Complete(), 50, 0, 4.35),
]


@pytest.mark.parametrize(("procedure", "guess", "certain", "imbalance"), SIMULATED, ids=str)
def test_the_published_table_within_monte_carlo_error(procedure, guess, certain, imbalance):
    found = predictability(procedure, (1, 1), 30)
    assert found.guess * 100 == pytest.approx(guess, abs=0.8)
    assert found.certain * 100 == pytest.approx(certain, abs=0.7)
    if imbalance is not None:
        assert found.imbalance == pytest.approx(imbalance, abs=0.05)


@pytest.mark.parametrize("procedure", [PermutedBlocks((2, 4)), BlockUrn(2), BigStick(2), Complete()], ids=str)
def test_against_brute_force_over_every_list_of_seven(procedure):
    """Every list with its probability, found by feeding every possible row of draws; certainty from the lists alone."""
    slots, lists = 7, _all_lists(procedure, 7)
    certain = guess = Fraction(0)
    for arms, chance in lists.items():
        for at in range(slots):
            followers = {other[at] for other in lists if other[:at] == arms[:at]}
            certain += chance * (len(followers) == 1)
            ahead = arms[:at].count(0) - arms[:at].count(1)
            guess += chance * (Fraction(1, 2) if ahead == 0 else int((ahead > 0) == arms[at]))
    imbalance = sum(chance * abs(arms.count(0) - arms.count(1)) for arms, chance in lists.items())
    found = predictability(procedure, (1, 1), slots)
    assert sum(lists.values()) == 1
    assert found.certain == pytest.approx(float(certain / slots), abs=1e-12)
    assert found.guess == pytest.approx(float(guess / slots), abs=1e-12)
    assert found.imbalance == pytest.approx(float(imbalance), abs=1e-12)


class _Script:
    """Draws by a script, and asks for a longer one where it ends."""

    def __init__(self, script):
        self.script, self.at, self.bound = script, 0, 0

    def __call__(self, bound):
        if self.at == len(self.script):
            self.bound = bound
            raise IndexError
        self.at += 1
        return self.script[self.at - 1]


def _all_lists(procedure, slots):
    lists, waiting = {}, [((), Fraction(1))]
    while waiting:
        script, chance = waiting.pop()
        below = _Script(script)
        try:
            arms = allocate(procedure, (1, 1), slots, below)
            lists[arms] = lists.get(arms, 0) + chance
        except IndexError:
            waiting += [((*script, draw), chance / below.bound) for draw in range(below.bound)]
    return lists


@pytest.mark.parametrize("ratio", [(1, 1), (2, 1), (2, 1, 1)])
@pytest.mark.parametrize("procedure", [PermutedBlocks((12, 24)), BlockUrn(2), Complete()], ids=str)
def test_the_ratio_is_kept(procedure, ratio):
    generator = np.random.default_rng(1)
    arms = np.array([allocate(procedure, ratio, 24, lambda n: int(generator.integers(n))) for _ in range(800)])
    for arm, share in enumerate(ratio):
        assert (arms == arm).mean() == pytest.approx(share / sum(ratio), abs=0.015)


def test_block_urn_probabilities_are_zhaos():
    """P(i) = (w_i lambda + w_i k - n_i) / (W lambda + W k - n), k = complete sets so far, over every path of eight."""
    ratio, urn = (2, 1), BlockUrn(2)
    for path in itertools.product((0, 1), repeat=8):
        state, counts = urn.start(ratio), [0, 0]
        for arm in path:
            sets = min(counts[0] // 2, counts[1])
            weights = [2 * (2 + sets) - counts[0], (2 + sets) - counts[1]]
            found = {outcome.arm: outcome for outcome in urn.outcomes(state, ratio)}
            assert {index: outcome.weight for index, outcome in found.items()} == {
                index: weight for index, weight in enumerate(weights) if weight
            }
            if arm not in found:
                break
            state = found[arm].state
            counts[arm] += 1


def test_poor_designs_get_a_warning_and_the_default_does_not():
    def severity(**restriction):
        design = read_design({"arms": ["a", "b"], "slots": 60, **restriction})
        return judge_design(design, participants=30)[0].severity

    assert severity(method="big-stick", mti=4) is Severity.INFO
    assert severity(method="block-urn", **{"lambda": 3}) is Severity.INFO
    for sizes in ([2], [4], [6], [2, 4], [4, 6]):
        assert severity(method="permuted-blocks", block_sizes=sizes) is Severity.WARNING
    message = judge_design(
        read_design({"arms": ["a", "b"], "slots": 60, "method": "permuted-blocks", "block_sizes": [4]}), 30
    )[0].message
    assert "70.0 %" in message and "31.1 %" in message


def test_strata_of_a_small_one_site_trial_get_a_warning():
    document = {"arms": ["a", "b"], "slots": 30, "method": "big-stick", "mti": 4, "stratum_names": ["f", "m"]}
    assert [finding.rule for finding in judge_design(read_design(document), 30)] == [
        "ALLOCATION-PREDICTABILITY",
        "ALLOCATION-STRATA",
    ]
