"""Exact tests against R coin and survival: the program and its output stand in `r/`."""

from pathlib import Path

import pytest

from analysis_vectors import (
    AML,
    ASAT_COMPOUND,
    ASAT_CONTROL,
    B_CONTROL,
    B_TREATED,
    D,
    Y,
    bits,
)
from equipoise.analysis import (
    Sides,
    TwoByTwo,
    Zeros,
    exact_log_rank_test,
    fisher_test,
    from_arms,
    kaplan_meier,
    normal_scores_test,
    permuted_blocks,
    randomisation_test,
    rank_sum_test,
    rate_ratio_test,
    signed_rank_test,
)

OUTPUT = (Path(__file__).parent / "r" / "exact_tests.txt").read_text(encoding="utf-8")
R = {name: float(value) for name, value in (line.split() for line in OUTPUT.splitlines() if not line.startswith("#"))}

B = from_arms(B_TREATED, B_CONTROL)
ASAT = from_arms(ASAT_COMPOUND, ASAT_CONTROL)
BP = from_arms([94, 108, 110, 90], [80, 94, 85, 90, 90, 90, 108, 94, 78, 105, 88])
ROTAROD = from_arms([22, 300, 75, 271, 300, 18, 300, 300, 163, 300, 300, 300], [300] * 12)
ENTRIES = [(value, i) for i, (_, text) in enumerate(AML) for value in text.split()]
AML_TIMES, AML_EVENTS = [v.rstrip("+") for v, _ in ENTRIES], [int("+" not in v) for v, _ in ENTRIES]
AML_ARMS = [i for _, i in ENTRIES]


def blocked(arms: str, sizes: list[int]) -> object:
    return randomisation_test(Y, bits(arms), permuted_blocks(sizes, treated=None)).p


MAINTAINED = kaplan_meier(AML_TIMES[:11], AML_EVENTS[:11]).median
RATIO = rate_ratio_test(11, 800, 21, 3011).estimate.interval
OURS = {
    "b_means": randomisation_test(*B).p,
    "b_ranks": rank_sum_test(*B).p,
    "asat_means": randomisation_test(*ASAT).p,
    "asat_ranks": rank_sum_test(*ASAT).p,
    "bloodp_means": randomisation_test(*BP).p,
    "bloodp_ranks": rank_sum_test(*BP).p,
    "bloodp_means_greater": randomisation_test(*BP, sides=Sides.GREATER).p,
    "bloodp_normal_scores": normal_scores_test(*BP).p,
    "rotarod_ranks": rank_sum_test(*ROTAROD).p,
    "y_blocks_of_4": blocked("1010010110101001100100110101", [4] * 7),
    "y_blocks_mixed": blocked("1010110010010101001101010110", [4, 6, 4, 6, 8]),
    "y_blocks_strata": blocked("1010010110100110011001011100", [4, 4, 4, 4, 6, 6]),
    "d_pratt": signed_rank_test(D, zeros=Zeros.PRATT).p,
    "d_wilcoxon": signed_rank_test(D).p,
    "aml_exact_log_rank": exact_log_rank_test(AML_TIMES, AML_EVENTS, AML_ARMS).p,
    "aml_median": MAINTAINED.value,
    "aml_median_lower": MAINTAINED.interval.lower,
    "fisher_streptomycin": fisher_test(TwoByTwo(4, 55, 14, 52)).p,
    "poisson_ratio_lower": RATIO.lower,
    "poisson_ratio_upper": RATIO.upper,
}


def test_nothing_of_r_is_left_out() -> None:
    assert set(OURS) == set(R)


@pytest.mark.parametrize("name", R)
def test_agrees_with_r(name: str) -> None:
    """To the digits that R prints; coin computes in floating point."""
    assert float(OURS[name]) == pytest.approx(R[name], rel=1e-9)
