"""Power by formula against 40-digit anchors, published examples, quadrature by scipy, and brute force."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from analysis_vectors import close
from equipoise.analysis import rank_sum_test
from equipoise.design import power
from equipoise.design.power import ranks
from equipoise.design.power.proportions import fisher_region
from equipoise.vocabulary import Refusal

NINE_DIGITS = 1e-9


CHANGE = 0.5 / math.sqrt(2 - 2 * 0.6)
# what is asked -> printed; ours
DIGITS: dict[str, tuple[str, Callable[[], float]]] = {
    "size 0.5 0.8": ("63.7656101909522", lambda: power.two_sample_size(0.5, 0.8)),
    "size 0.5 0.9": ("85.0312841373461", lambda: power.two_sample_size(0.5, 0.9)),
    "size 1 0.8": ("16.7147224470358", lambda: power.two_sample_size(1.0, 0.8)),
    "size 1.2 0.8": ("11.9422574565848", lambda: power.two_sample_size(1.2, 0.8)),
    "two_sample 1 15 15": ("0.752923034503410", lambda: power.two_sample_power(1, 15, 15)),
    "paired 0.8 15": ("0.82131053872411", lambda: power.paired_power(0.8, 15)),
    "change 0.5 15 15 0.6": ("0.315409724404", lambda: power.two_sample_power(CHANGE, 15, 15)),
    "follow-up 0.5 15 15": ("0.262443033865", lambda: power.two_sample_power(0.5, 15, 15)),
    "paired arm 0.5 15 0.6": ("0.522247973413", lambda: power.paired_power(CHANGE, 15)),
    "ancova 0.5 15 15 0.6": ("0.367834035791", lambda: power.ancova_power(0.5, 15, 15, 0.6)),
    "ancova 1 15 15 0.6": ("0.899147578944", lambda: power.ancova_power(1, 15, 15, 0.6)),
    "ancova 0.5 15 15 0.7": ("0.443081124530", lambda: power.ancova_power(0.5, 15, 15, 0.7)),
    "ancova 0.5 14 14 0.5": ("0.302400576302", lambda: power.ancova_power(0.5, 14, 14, 0.5)),
    "ancova 0.5 64 64 0": ("0.798269731897", lambda: power.ancova_power(0.5, 64, 64, 0)),
    "ancova 1 8 7 0.7": ("0.666101231399", lambda: power.ancova_power(1, 8, 7, 0.7)),
    "ancova 0 15 15 0.6": ("0.05", lambda: power.ancova_power(0, 15, 15, 0.6)),
}
PRECISE = dict(
    line.rsplit(" ", 1)
    for line in (Path(__file__).parent / "forty_digits" / "power.txt").read_text(encoding="utf-8").splitlines()
)


@pytest.mark.parametrize("name", DIGITS)
def test_sizes_and_powers_to_the_printed_digit(name: str) -> None:
    """In 40-digit arithmetic by the definition (the program stands in `forty_digits/`), and ours as far as doubles go.

    The analysis of the change, of the follow-up alone and inside the treated arm: 15 + 15, effect 0.5, correlation 0.6.
    R, rpact and statsmodels each give another size (`test_analysis_other_tools.py`).
    """
    printed, compute = DIGITS[name]
    assert close(PRECISE[name], printed)
    assert compute() == pytest.approx(float(PRECISE[name]), rel=2e-13)


@pytest.mark.parametrize(
    ("arms", "power_at_78", "detectable"),
    [((15, 14), 0.53, 1.08), ((8, 7), 0.29, 1.57)],
)
def test_planning_values_of_the_publication(arms: tuple[int, int], power_at_78: float, detectable: float) -> None:
    assert round(power.two_sample_power(0.78, *arms), 2) == power_at_78
    assert round(power.two_sample_effect(*arms, 0.8), 2) == detectable


def test_sizes_for_the_planning_values() -> None:
    assert math.ceil(power.two_sample_size(0.78, 0.8)) == 27
    assert math.ceil(power.two_sample_size(0.31, 0.8)) == 165


def test_inverse_calls_come_back() -> None:
    """Size, effect and level are inverses of power, also with unequal arms."""
    size = power.two_sample_size(0.6, 0.85, 0.04, ratio=2)
    assert power.two_sample_power(0.6, size, 2 * size, 0.04) == pytest.approx(0.85, abs=1e-12)
    effect = power.two_sample_effect(9, 17, 0.85, 0.04)
    assert power.two_sample_power(effect, 9, 17, 0.04) == pytest.approx(0.85, abs=1e-12)
    assert power.two_sample_alpha(effect, 9, 17, 0.85) == pytest.approx(0.04, abs=1e-10)
    adjusted = power.ancova_size(0.6, 0.85, 0.5, ratio=1.5)
    assert power.ancova_power(0.6, adjusted, 1.5 * adjusted, 0.5) == pytest.approx(0.85, abs=1e-12)
    assert power.ancova_power(power.ancova_effect(9, 17, 0.85, 0.5), 9, 17, 0.5) == pytest.approx(0.85, abs=1e-12)
    assert power.paired_power(power.paired_effect(12, 0.9), power.paired_size(power.paired_effect(12, 0.9), 0.9)) == (
        pytest.approx(0.9, abs=1e-12)
    )


@pytest.mark.parametrize(("df", "shift"), [(100, 10.0), (58, 10.0), (500, 9.0)])
def test_no_nan_where_library_routines_give_one(df: int, shift: float) -> None:
    """scipy's noncentral t is nan in the far lower tail there; the power is what the upper tail says."""
    arms = (df + 2) / 2
    found = power.two_sample_power(shift / math.sqrt(arms / 2), arms, arms)
    assert found == pytest.approx(1.0, abs=1e-9)
    assert found <= 1 + 1e-12


@pytest.mark.parametrize(
    ("effect", "margin", "first", "second"), [(0, 0.5, 64, 64), (0.1, 0.8, 20, 30), (0, 0.5, 10, 10)]
)
def test_equivalence_by_another_quadrature(effect: float, margin: float, first: int, second: int) -> None:
    df, scale = first + second - 2, math.sqrt(first * second / (first + second))
    bound = stats.t.ppf(0.95, df)

    def integrand(square: float) -> float:
        reach = bound * math.sqrt(square / df)
        inside = stats.norm.cdf(scale * (margin - effect) - reach) - stats.norm.cdf(reach - scale * (margin + effect))
        return float(stats.chi2.pdf(square, df) * max(0.0, inside))

    by_quad = integrate.quad(integrand, 0, df * (margin * scale / bound) ** 2, epsabs=1e-12, limit=200)[0]
    assert power.equivalence_power(effect, margin, first, second) == pytest.approx(by_quad, abs=NINE_DIGITS)


def test_margins() -> None:
    df = 126
    by_scipy = stats.nct.sf(stats.t.ppf(0.975, df), df, 0.5 * math.sqrt(32))
    assert power.non_inferiority_power(0, 0.5, 64, 64) == pytest.approx(by_scipy, abs=NINE_DIGITS)
    size = power.equivalence_size(0.1, 0.6, 0.9)
    assert power.equivalence_power(0.1, 0.6, size, size) == pytest.approx(0.9, abs=1e-10)
    with pytest.raises(Refusal, match="stays within a margin"):
        power.equivalence_size(0.6, 0.5, 0.8)


def test_published_formulae() -> None:
    """Schoenfeld 1981 and Freedman 1982 for HR 0.5; Whitehead 1993, his example of 187 patients; Noether 1987."""
    assert power.schoenfeld_events(0.5, 0.8) == pytest.approx(4 * 7.848879734 / math.log(2) ** 2, rel=1e-9)
    assert power.freedman_events(0.5, 0.8) == pytest.approx(9 * 7.848879734, rel=1e-9)
    assert round(power.whitehead_size((0.2, 0.5, 0.2, 0.1), math.exp(0.887), 0.9)) == 187
    assert power.noether_size(0.7, 0.8) == pytest.approx(7.848879734 / (3 * 0.04), rel=1e-9)
    assert power.chi_square_size(0.5, 0.25, 0.8) == pytest.approx(57.67, abs=0.005)  # Fleiss, table 4.3: 58
    assert power.log_rank_power(0.5, power.schoenfeld_events(0.5, 0.8)) == pytest.approx(0.8, abs=1e-9)
    size = power.whitehead_size((0.2, 0.5, 0.2, 0.1), 2.0, 0.8)
    assert power.whitehead_power((0.2, 0.5, 0.2, 0.1), 2.0, size) == pytest.approx(0.8, abs=1e-9)


def test_event_share_is_the_mean_over_entry() -> None:
    by_quad = integrate.quad(lambda entry: 1 - math.exp(-0.1 * (6 + entry)), 0, 12)[0] / 12
    assert power.event_share(0.1, 12, 6) == pytest.approx(by_quad, abs=1e-12)


@pytest.mark.parametrize(("first", "second"), [(7, 7), (5, 9), (12, 4)])
def test_fisher_power_by_every_table(first: int, second: int) -> None:
    total = 0.0
    for a, b in itertools.product(range(first + 1), range(second + 1)):
        p = stats.fisher_exact([[a, first - a], [b, second - b]]).pvalue
        if p <= 0.05:
            total += stats.binom.pmf(a, first, 0.8) * stats.binom.pmf(b, second, 0.2)
    assert power.fisher_power(0.8, 0.2, first, second) == pytest.approx(total, abs=1e-12)


def test_fisher_never_exceeds_alpha() -> None:
    sizes = [power.fisher_power(share, share, 12, 15) for share in np.linspace(0, 1, 41)]
    assert max(sizes) <= 0.05


def test_fisher_size_is_near_the_corrected_formula() -> None:
    first, _ = power.fisher_size(0.5, 0.25, 0.8)
    assert abs(first - power.chi_square_size(0.5, 0.25, 0.8, corrected=True)) <= 2
    assert power.fisher_power(0.5, 0.25, first, first) >= 0.8


def test_region_of_fisher_is_what_the_analysis_would_say() -> None:
    from equipoise.analysis import TwoByTwo, fisher_test

    region = fisher_region(6, 8)
    for a, b in itertools.product(range(7), range(9)):
        assert region[a, b] == (float(fisher_test(TwoByTwo(a, 6, b, 8)).p) <= 0.05)


def test_exact_rank_power_by_enumeration() -> None:
    """Every order of 4 X and 5 Y, its chance when hazards are proportional, and the exact test of the analysis room."""
    ratio, total = 0.25, 0.0
    for places in itertools.combinations(range(9), 5):
        left_x, left_y, chance = 4, 5, 1.0
        for place in range(9):
            is_y = place in places
            share = ratio * left_y / (left_x + ratio * left_y)
            chance *= share if is_y else 1 - share
            left_x, left_y = left_x - (not is_y), left_y - is_y
        arms = [int(place in places) for place in range(9)]
        if float(rank_sum_test(list(range(9)), arms).p) <= 0.05:
            total += chance
    assert ranks.exact_power(0.8, 4, 5) == pytest.approx(total, abs=1e-12)


def test_null_law_of_u_is_the_count_of_arrangements() -> None:
    law = ranks.law_of_u(0.5, 3, 4)
    counts = np.zeros(13, dtype=int)
    for places in itertools.combinations(range(7), 4):  # of Y
        counts[sum(y - index for index, y in enumerate(places))] += 1
    assert [Fraction(int(count), 35) for count in counts] == [
        Fraction(chance).limit_denominator(1000) for chance in law
    ]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: power.two_sample_size(0.5, 0.8, 1.2), "Alpha is 1.2"),
        (lambda: power.two_sample_size(0.5, 1.0), "power of 1"),
        (lambda: power.two_sample_size(0.0, 0.8), "no size"),
        (lambda: power.ancova_power(0.5, 15, 15, 1.0), "correlation"),
        (lambda: power.two_sample_power(0.5, 1, 1), "few"),
        (lambda: power.fisher_power(1.2, 0.5, 5, 5), "nearest"),
        (lambda: power.schoenfeld_events(1.0, 0.8), "hazard ratio"),
        (lambda: power.whitehead_size((0.5, 0.6), 2.0, 0.8), "add up to 1.1"),
        (lambda: power.noether_size(0.5, 0.8), "no size"),
        (lambda: power.event_share(-1, 2, 3), "positive"),
    ],
)
def test_what_has_no_answer_is_refused(call, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()
    assert words in f"{refused.value.sentence} {refused.value.remedy}"
    assert refused.value.remedy
