"""Compiled and plain kernels give the same integers, and the plain ones alone carry the public functions."""

import math
import os
import random
import subprocess
import sys

import numpy as np
import pytest

from analysis_vectors import C
from equipoise.analysis import (
    Resampling,
    ancova_randomisation_test,
    big_stick,
    max_t,
    randomisation_interval,
    randomisation_test,
)
from equipoise.analysis.exact.kernels import compiled, kernel, plain
from equipoise.analysis.multiplicity.random_subsets import subset_sums
from equipoise.vocabulary.loops import PRICE, Rent

INTS = np.int64


@pytest.fixture
def numpy_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", "numpy")


def test_the_variable_chooses_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", "numpy")
    assert kernel("shift_row") is plain.shift_row
    monkeypatch.setenv("EQUIPOISE_KERNELS", "numba")
    assert kernel("shift_row", seconds=0) is compiled.shift_row


def test_plain_kernels_serve_until_they_would_have_paid_for_the_compiled_ones() -> None:
    rent = Rent()
    assert not rent.covers(PRICE + 1)
    assert not rent.covers(0.001)  # once bought, everything is compiled
    rent = Rent()
    assert [rent.covers(PRICE * 0.4) for _ in range(4)] == [True, True, False, False]


def test_a_first_small_test_loads_nothing() -> None:
    """A newcomer's 15 against 15 and a first max-T: numba is not even imported."""
    program = (
        "import sys; from equipoise.analysis import max_t, randomisation_test, randomisation_interval\n"
        "v, a = [f'{i ** 3 % 17}.{i:010d}' for i in range(30)], [1, 0] * 15\n"
        "randomisation_test(v, a); randomisation_interval(v, a); max_t({'x': v, 'y': v[::-1]}, a)\n"
        "assert 'numba' not in sys.modules\n"
        "for _ in range(200): randomisation_test(v, a)\n"
        "assert 'numba' in sys.modules\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "EQUIPOISE_KERNELS"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_integer_kernels_agree() -> None:
    rng = random.Random(1)
    for _ in range(30):
        values = np.array([rng.randint(0, 50) for _ in range(rng.randint(1, 9))], dtype=INTS)
        most = rng.randint(1, len(values))
        choose = np.array([[math.comb(q, j) for j in range(most + 1)] for q in range(len(values) + 1)], dtype=INTS)
        buffers = [np.zeros(int(choose[-1].sum()), dtype=INTS) for _ in range(2)]
        first, second = (
            module.subset_sums(values, most, choose, *(b.copy() for b in buffers)) for module in (compiled, plain)
        )
        assert np.array_equal(first, second)
        starts = np.concatenate(([0], np.cumsum(choose[-1])))
        for threshold in (0, 30, 77, 10**6):
            for only in (-1, 1):
                size = rng.randint(1, most)
                arguments = (first, starts, second, starts, size, only, threshold)
                assert compiled.pairs_at_least(*arguments) == plain.pairs_at_least(*arguments)
        reach = int(np.sort(values)[-most:].sum())
        assert np.array_equal(compiled.shift_row(values, most, reach), plain.shift_row(values, most, reach))


def test_weighted_pairs_agree() -> None:
    rng = np.random.default_rng(2)
    sums, other = np.sort(rng.integers(0, 40, 20)), np.sort(rng.integers(0, 40, 30))
    weights = rng.integers(1, 9, 20)
    own = rng.integers(1, 9, 30)
    accumulated = np.concatenate((np.cumsum(own[:10][::-1])[::-1], [0], np.cumsum(own[10:][::-1])[::-1], [0]))
    pairs = np.array([[0, 0, 12, 0, 10, 0], [1, 12, 20, 10, 30, 1], [0, 3, 9, 10, 30, 1]])
    for threshold in (0, 25, 44, 90):
        wanted = np.array([threshold, threshold + 3])
        arguments = (pairs, sums, weights, other, accumulated, wanted)
        assert compiled.meeting_pairs_at_least(*arguments) == plain.meeting_pairs_at_least(*arguments)


def test_floating_kernels_agree() -> None:
    generator = np.random.default_rng(3)
    low_e, low_z, up_e, up_z = (generator.normal(size=n) for n in (16, 16, 5, 5))
    starts, sizes = np.array([0, 1, 5, 11, 15, 16]), np.array([0, 1, 2, 3, 4])
    results = []
    for module in (compiled, plain):
        sure, possible = np.zeros(5, dtype=INTS), np.zeros(5, dtype=INTS)
        module.ancova_exceedances(low_e, low_z, starts, up_e, up_z, sizes, 0.3, 9.0, 1e-2, sure, possible)
        results.append((sure.tolist(), possible.tolist()))
    assert results[0] == results[1]
    words = np.random.PCG64(1).random_raw(500).view(np.uint32)
    words[7] = 0  # a word that unbiased selection has to throw away
    z, sums = generator.normal(size=(13, 8)), []
    for module in (compiled, plain):
        out = np.empty((8, 50))
        module.eight_subset_sums(z, 5, 50, words, out)
        sums.append(out)
    assert np.allclose(sums[0], sums[1], atol=1e-12)
    raw, masks = np.random.PCG64(2).random_raw(500), []
    for module in (compiled, plain):
        for drawn, unused, size in ((raw.view(np.uint32), 5, 14), (raw, 3, 30)):
            out = np.zeros(90, dtype=drawn.dtype)
            count = module.masks_of_size(drawn, unused, size, out)
            masks.append(out[:count].tolist())
    assert masks[:2] == masks[2:]
    assert [len(kept) for kept in masks[:2]] == [90, len(masks[1])]
    assert {kept.bit_count() for kept in masks[1]} == {30}
    bound, add = np.array([2.0, 1.0, 0.5]), np.array([0.1, -0.2, 0.0])
    counts = []
    for module in (compiled, plain):
        out = np.zeros((3, 3), dtype=INTS)
        module.max_t_tally(sums[0], 3, 40, add, bound, np.empty(50), out)
        counts.append(out.tolist())
    assert counts[0] == counts[1]


def test_bounded_draws_are_even() -> None:
    """Every unit is drawn equally often: 5 of 13, 40,000 draws."""
    draws = 40_000
    words = np.random.PCG64(9).random_raw(draws * 5 // 2 + 64).view(np.uint32)
    z = np.zeros((13, 8))
    z[:8] = np.eye(8)
    out = np.empty((8, draws))
    compiled.eight_subset_sums(z, 5, draws, words, out)
    share = out.mean(axis=1)
    assert np.abs(share - 5 / 13).max() < 4 * (5 / 13 * 8 / 13 / draws) ** 0.5


@pytest.mark.parametrize(("n", "size", "columns"), [(9, 4, 3), (13, 5, 8), (35, 16, 9), (20, 3, 2), (70, 35, 1)])
def test_random_subsets_have_their_size_and_both_kernels_sum_them(
    n: int, size: int, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By bits up to 32 and 64 participants, and by places where few are treated or one word is too short."""
    z = np.random.default_rng(4).normal(size=(n, columns))
    z[:, 0] = 1
    sums = []
    for kind in ("numba", "numpy"):
        monkeypatch.setenv("EQUIPOISE_KERNELS", kind)
        sums.append(subset_sums(z, size).draw(400, np.random.SeedSequence(11)))
    assert np.allclose(sums[0], sums[1], atol=1e-12)
    assert np.allclose(sums[0][0], size, atol=1e-12)


def test_random_subsets_are_equally_likely() -> None:
    """All 70 subsets of 4 of 8, told apart by powers of two; chi-square on 69 degrees of freedom."""
    z = 2.0 ** np.arange(8)[:, None]
    sums = subset_sums(z, 4).draw(70_000, np.random.SeedSequence(3))[0]
    values, counts = np.unique(sums, return_counts=True)
    assert len(values) == 70
    assert ((counts - 1000) ** 2 / 1000).sum() < 120  # P = 1e-4


def cases() -> list[object]:
    values, arms = [row[0] for row in C[:16]], [1, 0] * 8
    whole = [round(float(v) * 3) for v in values]
    family = {name: [row[j] for row in C[:16]] for j, name in enumerate("abc")}
    return [
        randomisation_test(values, arms).tails,
        randomisation_test(whole, arms).tails,
        randomisation_test(values, arms, big_stick(16, 3)).tails,
        randomisation_interval(values, arms),
        ancova_randomisation_test(values, arms, [row[1] for row in C[:16]]).p,
        max_t(family, arms, resampling=Resampling(300, 5)).step_down,
    ]


def test_public_functions_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", "numba")
    with_numba = cases()
    monkeypatch.setenv("EQUIPOISE_KERNELS", "numpy")
    assert cases() == with_numba


def test_importing_the_room_is_cheap_and_numba_waits() -> None:
    program = (
        "import sys, equipoise.analysis as a; assert 'numpy' not in sys.modules; a.randomisation_test; "
        "assert 'numba' not in sys.modules and 'scipy.stats' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
