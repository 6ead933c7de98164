"""Every exact engine against complete enumeration, as fractions, on random cases with ties, zeros, unequal arms."""

import random
from fractions import Fraction
from functools import cache
from itertools import compress, product

import pytest

from analysis_vectors import sequences
from equipoise.analysis import (
    Reference,
    biased_coin,
    big_stick,
    block_urn,
    complete,
    fixed_sizes,
    maximal,
    minimisation,
    permuted_blocks,
    random_blocks,
    randomisation_test,
    rank_sum_test,
    stratified,
    urn,
)
from equipoise.analysis.exact.cost import Job
from equipoise.analysis.exact.halves import halves_counter
from equipoise.analysis.exact.integers import reduced, scaled
from equipoise.analysis.exact.table import table_counter
from equipoise.analysis.exact.two_sample import linear_tails, mean_difference
from equipoise.analysis.results import Sides


@cache
def listed(reference: Reference) -> list[tuple[tuple[int, ...], Fraction]]:
    return list(sequences(reference))


def enumerated(values: list[Fraction], arms: list[int], reference: Reference, given_sizes: bool) -> dict[str, Fraction]:
    """p-values from the definition: difference in means per allocation, as fractions."""

    whole, n = sum(values), len(values)

    def difference(z: tuple[int, ...]) -> Fraction:
        treated, k = sum(compress(values, z)), sum(z)
        return treated / k - (whole - treated) / (n - k)

    observed = difference(tuple(arms))
    every = [(difference(z), w, sum(z)) for z, w in listed(reference) if 0 < sum(z) < len(z)]
    centre = sum(d * w for d, w, _ in every) / sum(w for _, w, _ in every)
    table = [(d, w) for d, w, k in every if not given_sizes or k == sum(arms)]
    total = sum(w for _, w in table)

    def share(test) -> Fraction:
        return sum((w for d, w in table if test(d)), Fraction(0)) / total

    greater, less = share(lambda d: d >= observed), share(lambda d: d <= observed)
    return {
        "distance": share(lambda d: abs(d - centre) >= abs(observed - centre)),
        "mid": share(lambda d: abs(d - centre) > abs(observed - centre)) / 2
        + share(lambda d: abs(d - centre) >= abs(observed - centre)) / 2,
        "greater": greater,
        "less": less,
        "doubled": min(Fraction(1), 2 * min(greater, less)),
    }


def some_reference(rng: random.Random) -> Reference:
    n = rng.randint(3, 9)
    kind = rng.randrange(11)
    if kind == 0:
        return complete(n)
    if kind == 1:
        return big_stick(n, rng.randint(1, 3))
    if kind == 2:
        return biased_coin(n, Fraction(rng.choice([2, 3]), 4), rng.choice([None, 2]))
    if kind == 3:
        return urn(n, rng.randint(0, 2), rng.randint(1, 2))
    if kind == 4:
        return block_urn(n, rng.randint(1, 3))
    if kind == 5:
        return maximal(n, rng.randint(1, 3), n + n % 2)
    if kind == 6:
        sizes = rng.choice([[4, 4], [2, 4, 2], [4, 6], [6, 2], [2, 2, 2]])
        return permuted_blocks(sizes, used_in_last=rng.randint(1, sizes[-1]))
    if kind == 7:
        return permuted_blocks([3, 4], [1, 2])
    if kind == 8:
        return random_blocks(n, [2, 4])
    if kind == 9:
        levels = [[rng.choice("ab"), rng.choice("xy")] for _ in range(n)]
        return minimisation(levels, Fraction(rng.choice([3, 4]), 4))
    places = list(range(7))
    rng.shuffle(places)
    return stratified([(sorted(places[:3]), big_stick(3, 2)), (sorted(places[3:]), permuted_blocks([4]))])


def some_values(rng: random.Random, n: int) -> list[str]:
    kind = rng.randrange(4)
    while True:
        if kind == 0:
            values = [str(rng.randint(0, 3)) for _ in range(n)]
        elif kind == 1:
            values = [f"{rng.randint(-30, 30) / 10:.1f}" for _ in range(n)]
        elif kind == 2:
            values = [f"{rng.gauss(0, 1):.10f}" for _ in range(n)]
        else:
            values = [rng.choice(["0", "0", "1.25", "-7"]) for _ in range(n)]
        if len({Fraction(v) for v in values}) > 1:
            return values


def compare(result, truth: dict[str, Fraction]) -> None:
    tails = result if hasattr(result, "mid") else result.tails
    assert {name: getattr(tails, name) for name in truth} == truth


@pytest.mark.parametrize("seed", range(8))
def test_restricted_procedures_agree_with_enumeration(seed: int) -> None:
    """160 cases; the public test and both general engines."""
    rng = random.Random(seed)
    for _ in range(20):
        reference = some_reference(rng)
        possible = [list(z) for z, _ in sequences(reference) if 0 < sum(z) < reference.n]
        values, arms = some_values(rng, reference.n), rng.choice(possible)
        given = rng.random() < 0.3
        truth = enumerated([Fraction(v) for v in values], arms, reference, given)
        compare(randomisation_test(values, arms, reference, given_sizes=given), truth)
        scores, _, _factor = reduced(scaled(values).integers)
        task = Job(reference, scores)
        for engine in (table_counter, halves_counter) if sum(scores) < 100_000 else (halves_counter,):
            counts = engine(task.graph, task.scores, None, task.total)
            _, tails = linear_tails(
                task, counts, mean_difference(scores, arms), Sides.DISTANCE, sum(arms) if given else None
            )
            compare(tails, truth)


@pytest.mark.parametrize("seed", range(8))
def test_unrestricted_tests_agree_with_enumeration(seed: int) -> None:
    """2,000 cases, each by its values and by its midranks: small and unequal arms, ties and zeros."""
    rng = random.Random(1000 + seed)
    for _ in range(250):
        n = rng.randint(2, 8)
        k = rng.randint(1, n - 1)
        values, arms = some_values(rng, n), rng.sample([1] * k + [0] * (n - k), n)
        reference = fixed_sizes(n, k)
        compare(randomisation_test(values, arms), enumerated([Fraction(v) for v in values], arms, reference, False))
        ordered = sorted(Fraction(v) for v in values)
        midranks = [
            Fraction(sum(o < Fraction(v) for o in ordered) + sum(o <= Fraction(v) for o in ordered) + 1, 2)
            for v in values
        ]
        compare(rank_sum_test(values, arms), enumerated(midranks, arms, reference, False))


@pytest.mark.parametrize(
    ("reference", "printed"),
    [
        (big_stick(30, 3), "1.33"),
        (big_stick(30, 4), "2.01"),
        (biased_coin(30, Fraction(2, 3), 3), "0.85"),
        (block_urn(30, 2), "0.67"),
        (block_urn(30, 3), "0.94"),
        (random_blocks(30, [2, 4]), "0.22"),
        (random_blocks(30, [2, 4, 6]), "0.40"),
        (random_blocks(30, [4, 6]), "0.47"),
        (permuted_blocks([4] * 8, used_in_last=2), "0.67"),
        (complete(30), "4.35"),
    ],
)
def test_mean_imbalance_against_an_earlier_simulation(reference: Reference, printed: str) -> None:
    """Mean |n1 - n0| at n = 30 of 4,000 to 40,000 simulated sequences by another program; here it is exact."""
    task = Job(reference, (0,) * 30)
    found = sum(abs(2 * k - 30) * weight for k, (weight, _) in task.moments.items()) / task.total
    assert abs(found - float(printed)) < 0.1


def test_urn_and_minimisation_step_by_step() -> None:
    """Wei's urn UD(1, 1) after T, T, C: 2 control and 3 treated balls drawn in, so P(T) = (1 + 1)/(2 + 3)."""
    shares = dict(sequences(urn(4)))
    assert shares[1, 1, 0, 1] / (shares[1, 1, 0, 1] + shares[1, 1, 0, 0]) == Fraction(2, 5)
    levels = [["m", "old"], ["m", "young"], ["f", "young"]]
    shares = dict(sequences(minimisation(levels, Fraction(3, 4))))
    # third: f is even, young leads by whoever came second, so the other arm is favoured
    assert shares[1, 0, 1] / (shares[1, 0, 1] + shares[1, 0, 0]) == Fraction(3, 4)


def test_laws_are_probabilities() -> None:
    """Sequence weights of a coin-like law sum to 1; those of the maximal procedure are equal."""
    for reference in (big_stick(6, 2), biased_coin(5), urn(5), block_urn(6, 2), random_blocks(5, [2, 4])):
        assert sum(w for _, w in sequences(reference)) == 1
    assert {w for _, w in sequences(maximal(6, 2))} == {1}
    assert all(max(abs(2 * sum(z[:i]) - i) for i in range(7)) <= 2 for z, _ in sequences(maximal(6, 2)))
    for z in product((0, 1), repeat=3):  # a block of 4 cut after 3: every beginning weighs its one completion
        weight = sum(w for beginning, w in sequences(permuted_blocks([4], used_in_last=3)) if beginning == z)
        assert weight == (1 if sum(z) in (1, 2) else 0)
