"""Multiplicity: statsmodels, worked examples of the papers, and complete enumeration for max-T."""

from fractions import Fraction

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from analysis_vectors import C
from equipoise.analysis import (
    Resampling,
    big_stick,
    bonferroni,
    fixed_sequence,
    graphical,
    hochberg,
    holm,
    max_t,
    randomisation_test,
)

ENDPOINTS = {f"y{j}": [row[j] for row in C] for j in range(7)}
ARMS = [1] * 15 + [0] * 15
RAW = [0.09783701, 0.11151178, 0.19452847, 0.63926056, 0.16227971, 0.86941659, 0.84039861]
SINGLE = [0.51798988, 0.56769296, 0.78424930, 0.99926155, 0.71507046, 0.99999941, 0.99999778]
DOWN = [0.51798988, 0.51798988, 0.59191481, 0.95305347, 0.59191481, 0.97495361, 0.97495361]


@pytest.mark.parametrize("seed", range(20))
def test_holm_and_hochberg_against_statsmodels(seed: int) -> None:
    values = np.random.default_rng(seed).random(6) ** 2
    p = {f"h{i}": float(v) for i, v in enumerate(values)}
    for ours, theirs in ((holm, "holm"), (hochberg, "simes-hochberg"), (bonferroni, "bonferroni")):
        assert np.allclose(list(ours(p).values()), multipletests(values, method=theirs)[1])


def test_fixed_sequence_stops_at_the_first_failure() -> None:
    p = {"a": Fraction(1, 100), "b": Fraction(1, 10), "c": Fraction(1, 1000)}
    assert fixed_sequence(p, ["a", "b", "c"]) == {"a": Fraction(1, 100), "b": Fraction(1, 10), "c": Fraction(1, 10)}


def test_graphical_reproduces_holm_and_fixed_sequence() -> None:
    """Both are graphs: equal shares passed on equally, and one share passed along a chain."""
    p = {"a": Fraction(1, 50), "b": Fraction(1, 80), "c": Fraction(3, 100)}
    third, half = Fraction(1, 3), Fraction(1, 2)
    everyone = {x: {y: half for y in p if y != x} for x in p}
    assert graphical(p, dict.fromkeys(p, third), everyone) == holm(p)
    chain = {"a": {"b": Fraction(1)}, "b": {"c": Fraction(1)}}
    assert graphical(p, {"a": Fraction(1)}, chain) == fixed_sequence(p, ["a", "b", "c"])


def consistent(p, adjusted, weights, g) -> bool:
    """A rejection at level alpha by the plain algorithm, for a grid of levels, is 'adjusted p <= alpha'."""
    for alpha in np.linspace(0.001, 0.999, 400):
        w, edges, left, rejected = {h: float(weights.get(h, 0)) for h in p}, {}, set(p), set()
        edges = {a: {b: float(g.get(a, {}).get(b, 0)) for b in p} for a in p}
        while chosen := next((h for h in sorted(left) if p[h] <= w[h] * alpha), None):
            left.remove(chosen)
            rejected.add(chosen)
            w = {h: w[h] + w[chosen] * edges[chosen][h] for h in left}
            edges = {
                a: {
                    b: (edges[a][b] + edges[a][chosen] * edges[chosen][b]) / (1 - edges[a][chosen] * edges[chosen][a])
                    if a != b and edges[a][chosen] * edges[chosen][a] < 1
                    else 0.0
                    for b in left
                }
                for a in left
            }
        if rejected != {h for h in p if adjusted[h] <= alpha}:
            return False
    return True


@pytest.mark.parametrize("seed", range(10))
def test_graphical_against_the_rejection_algorithm(seed: int) -> None:
    generator = np.random.default_rng(seed)
    names = ["a", "b", "c", "d"]
    p = {h: float(v) for h, v in zip(names, generator.random(4) ** 3, strict=True)}
    cuts = generator.integers(1, 6, size=4)
    weights = {h: Fraction(int(c), int(cuts.sum())) for h, c in zip(names, cuts, strict=True)}
    g = {}
    for a in names:
        own = generator.integers(0, 4, size=3)
        total = int(own.sum()) or 1
        g[a] = {b: Fraction(int(v), total) for b, v in zip([x for x in names if x != a], own, strict=True)}
    assert consistent(p, graphical(p, weights, g), weights, g)


def test_max_t_statistics_and_monte_carlo() -> None:
    result = max_t(ENDPOINTS, ARMS, resampling=Resampling(200_000, 1))
    assert np.allclose(
        result.statistics, [1.658667, 1.597063, 1.312324, 0.480368, 1.409860, 0.168640, 0.205355], atol=5e-7
    )
    for found, exact in ((result.single_step, SINGLE), (result.step_down, DOWN)):
        for p, truth in zip(found, exact, strict=True):
            assert abs(float(p) - truth) < 4 * (truth * (1 - truth) / 200_000) ** 0.5 + 2e-5
            assert p.interval.lower <= float(p)
    assert not result.raw[0].exact


def test_max_t_small_enumeration_against_plain_python() -> None:
    from itertools import combinations

    endpoints = {name: values[:10] for name, values in list(ENDPOINTS.items())[:3]}
    arms = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    result = max_t(endpoints, arms, enumerate_all=True)
    y = np.array([[float(v) for v in values] for values in endpoints.values()])
    z = (y - y.mean(axis=1, keepdims=True)) / y.std(axis=1, ddof=1, keepdims=True)
    t = np.array([abs(z[:, list(c)].sum(axis=1)) / 2.4**0.5 for c in combinations(range(10), 4)])
    assert np.allclose(result.statistics, t[0])
    assert [p.favourable for p in result.raw] == (t >= t[0] - 1e-9).sum(axis=0).tolist()
    assert [p.favourable for p in result.single_step] == [(t.max(axis=1) >= v - 1e-9).sum() for v in t[0]]
    for p, values in zip(result.raw, endpoints.values(), strict=True):
        assert p.value == randomisation_test(values, arms).p.value


def test_max_t_by_complete_enumeration() -> None:
    """All 155,117,520 allocations."""
    result = max_t(ENDPOINTS, ARMS, enumerate_all=True)
    raw = [15176234, 17297430, 30174774, 99160512, 25172426, 134861746, 130360548]
    single = [80349306, 88059124, 121650806, 155002974, 110919956, 155117428, 155117176]
    down = [80349306, 80349306, 91816358, 147835290, 91816358, 151232386, 151232386]
    for found, counts, printed in (
        (result.raw, raw, RAW),
        (result.single_step, single, SINGLE),
        (result.step_down, down, DOWN),
    ):
        assert [p.favourable for p in found] == counts
        assert [round(float(p), 8) for p in found] == printed


def test_max_t_under_the_recorded_procedure() -> None:
    result = max_t(ENDPOINTS, [1, 0] * 15, big_stick(30), resampling=Resampling(4000, 3))
    exact = [float(randomisation_test(v, [1, 0] * 15, big_stick(30)).p) for v in ENDPOINTS.values()]
    # another statistic where arm sizes vary, so close rather than equal
    assert np.allclose([float(p) for p in result.raw], exact, atol=0.05)
