"""Power of the t-test against planning figures worked out by hand and against statsmodels."""

import pytest
from statsmodels.stats.power import TTestIndPower

from equipoise.registration.power import detectable_difference, t_test_power


@pytest.mark.parametrize(
    ("first", "second", "difference", "power"),
    [(7, 8, 0.78, 0.29), (15, 14, 0.78, 0.53), (27, 27, 0.78, 0.80), (165, 165, 0.31, 0.80)],
)
def test_planning_figures(first: int, second: int, difference: float, power: float) -> None:
    assert t_test_power(first, second, difference) == pytest.approx(power, abs=0.006)


@pytest.mark.parametrize(("first", "second", "difference"), [(7, 8, 1.57), (15, 14, 1.08)])
def test_detectable_differences(first: int, second: int, difference: float) -> None:
    assert detectable_difference(first, second) == pytest.approx(difference, abs=0.006)


@pytest.mark.parametrize("sizes", [(2, 2), (5, 9), (13, 13), (40, 20)])
@pytest.mark.parametrize("difference", [0.0, 0.2, 0.8, 1.5])
def test_against_statsmodels(sizes: tuple[int, int], difference: float) -> None:
    first, second = sizes
    theirs = TTestIndPower().power(difference, first, 0.05, ratio=second / first)
    assert t_test_power(first, second, difference) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("sizes", [(500, 500), (1000, 1000), (10**6, 10**6)])
def test_large_trials_miss_no_large_effect(sizes: tuple[int, int]) -> None:
    assert t_test_power(*sizes, 1.5) == pytest.approx(1, abs=1e-12)  # statsmodels gives nan here


def test_no_power_without_degrees_of_freedom() -> None:
    assert t_test_power(1, 1, 2.0) == 0.0
