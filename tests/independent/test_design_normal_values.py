"""Compiled normal values are numpy's own, to the bit, and leave the stream where numpy would have left it."""

import numpy as np
import pytest

from equipoise.design.nature import stream
from equipoise.design.simulation.kernels import standard_normal


def test_a_stream_gives_the_same_values_however_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of all lengths, other draws between them; a million values hold a few hundred beyond the edge."""
    monkeypatch.setenv("EQUIPOISE_KERNELS", "numba")
    ours, numpys = stream(7, 3, 2), stream(7, 3, 2)
    for shape in [(1,), (2,), (3,), (5, 7), (1023,), (1,), (2, 500_000), (4, 1, 10, 30), (13,)]:
        assert np.array_equal(standard_normal(ours, shape), numpys.standard_normal(shape))
        between = shape[0] % 5
        assert np.array_equal(ours.random(between), numpys.random(between))
        assert np.array_equal(ours.integers(0, 100, between), numpys.integers(0, 100, between))


def test_other_generators_are_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", "numba")
    assert np.array_equal(
        standard_normal(np.random.default_rng(1), (3, 4)), np.random.default_rng(1).standard_normal((3, 4))
    )
