"""What other tools print, right or wrong, by their own routes, beside the value that our methods give.

A wrong figure that many people know is no reason to doubt the right one only if it can be shown where it comes from.
scipy and statsmodels are asked here; what R's packages say stands in `r/other_tools.txt`, with the program beside it.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis_vectors import (
    A_CONTROL,
    A_TREATED,
    ASAT_COMPOUND,
    ASAT_CONTROL,
    B_CONTROL,
    B_TREATED,
    C,
    D,
    Y,
    bits,
    close,
    column,
    rows,
)
from equipoise.analysis import (
    RiskInterval,
    Sides,
    SmallSample,
    Structure,
    TwoByTwo,
    Zeros,
    boschloo_test,
    from_arms,
    one_way_anova,
    permuted_blocks,
    randomisation_interval,
    randomisation_test,
    rank_sum_test,
    risk_difference,
    signed_rank_test,
)
from equipoise.analysis.mixed.fit import Fitted, fit
from equipoise.analysis.mixed.inference import corrected_covariance
from equipoise.analysis.mixed.patterns import repeated
from equipoise.design import power
from shared_data import needs_shared

these_versions = pytest.mark.skipif(
    (scipy.__version__, statsmodels.__version__) != ("1.17.1", "0.15.0"),
    reason="the printed figures are those of scipy 1.17.1 and statsmodels 0.15.0",
)
LINES = (Path(__file__).parent / "r" / "other_tools.txt").read_text(encoding="utf-8").splitlines()
R = {name: float(value) for name, value in (line.split() for line in LINES if line[0] not in "#!")}
REFUSED = dict(line[2:].rstrip().split(" ", 1) for line in LINES if line[0] == "!")
ROTAROD = ([22, 300, 75, 271, 300, 18, 300, 300, 163, 300, 300, 300], [300] * 12)
NO_TIES = ([0, 1, 2, 3, 9], [4, 5, 6, 7, 8, 10, 11])
ARMS, EVERYTHING = [1] * 15 + [0] * 15, 155117520


def scipy_ranks(first: list, second: list, method: str = "auto") -> float:
    return float(stats.mannwhitneyu(np.array(first, float), np.array(second, float), method=method).pvalue)


def scipy_signed(values: list, **options: str) -> float:
    return float(stats.wilcoxon(values, **options).pvalue)


def reduction(visit: str) -> tuple[list[float], list[float]]:
    """Polyps at the visit over those at the start, sulindac and placebo."""
    table = [row for row in rows("polyps.csv") if row[visit]]
    first, second = (
        [float(row[visit]) / float(row["baseline"]) for row in table if row["treatment"] == arm]
        for arm in ("sulindac", "placebo")
    )
    return first, second


# what the tool says, by its own route; ours
SCIPY: dict[str, tuple[str, Callable[[], float], str, Callable[[], object]]] = {
    "rotarod, called exact": (
        "0.0887338", lambda: scipy_ranks(*ROTAROD, "exact"),
        "0.0372670807", lambda: rank_sum_test(*from_arms(*ROTAROD)).p,
    ),
    "rotarod": (
        "0.0164732", lambda: scipy_ranks(*ROTAROD),
        "0.0372670807", lambda: rank_sum_test(*from_arms(*ROTAROD)).p,
    ),
    "B, called exact": (
        "0.0674961539", lambda: scipy_ranks(B_TREATED, B_CONTROL, "exact"),
        "0.0632935596", lambda: rank_sum_test(*from_arms(B_TREATED, B_CONTROL)).p,
    ),
    "B": (
        "0.0655489635", lambda: scipy_ranks(B_TREATED, B_CONTROL),
        "0.0632935596", lambda: rank_sum_test(*from_arms(B_TREATED, B_CONTROL)).p,
    ),
    "ASAT, called exact": (
        "0.1468567316", lambda: scipy_ranks(ASAT_COMPOUND, ASAT_CONTROL, "exact"),
        "0.1442442872", lambda: rank_sum_test(*from_arms(ASAT_COMPOUND, ASAT_CONTROL)).p,
    ),
    "D, zeros dropped, called exact": (
        "0.004638671875", lambda: scipy_signed(D, method="exact"), "0.0048828125", lambda: signed_rank_test(D).p,
    ),
    "D, zeros dropped": ("0.0069061", lambda: scipy_signed(D), "0.0048828125", lambda: signed_rank_test(D).p),
    "D, Pratt, called exact": (
        "0.0067138671875", lambda: scipy_signed(D, zero_method="pratt", method="exact"),
        "0.00537109375", lambda: signed_rank_test(D, zeros=Zeros.PRATT).p,
    ),
    "D, Pratt": (
        "0.0067199", lambda: scipy_signed(D, zero_method="pratt"),
        "0.00537109375", lambda: signed_rank_test(D, zeros=Zeros.PRATT).p,
    ),
    "no ties": (
        "0.0479797980", lambda: scipy_ranks(*NO_TIES),
        "0.0479797980", lambda: rank_sum_test(*from_arms(*NO_TIES)).p,
    ),
    "no ties, beside a row that has one": (
        "0.0513199",
        lambda: stats.mannwhitneyu([NO_TIES[0], [0, 1, 2, 3, 4]], [NO_TIES[1], NO_TIES[1]], axis=1).pvalue[0],
        "0.0479797980", lambda: rank_sum_test(*from_arms(*NO_TIES)).p,
    ),
    "54 of one sign": (
        "0.0", lambda: scipy_signed(range(1, 55), method="exact"),
        "1.1102230246251565e-16", lambda: signed_rank_test(range(1, 55)).p,
    ),
    "99 zeros": (
        "1.0000000000000002",
        lambda: scipy_signed([-1] + [0] * 99, zero_method="pratt", alternative="greater", method="exact"),
        "1", lambda: signed_rank_test([-1] + [0] * 99, zeros=Zeros.PRATT, sides=Sides.GREATER).p,
    ),
    "size of two arms": (
        "63.765610588912", lambda: TTestIndPower().solve_power(0.5, power=0.8, alpha=0.05),
        "63.76561019095", lambda: power.two_sample_size(0.5, 0.8),
    ),
}  # fmt: skip


@these_versions
@pytest.mark.parametrize("name", SCIPY)
def test_scipy_and_statsmodels(name: str) -> None:
    theirs, ask, ours, compute = SCIPY[name]
    assert close(ask(), theirs)
    assert close(compute(), ours)


@these_versions
@needs_shared
@pytest.mark.parametrize(
    ("visit", "theirs", "p"),
    [("number3m", "3.853e-4", "8.505426e-5"), ("number12m", "4.922e-3", "0.0030245296")],
)
def test_one_tie_among_the_polyps_makes_scipy_approximate(visit: str, theirs: str, p: str) -> None:
    first, second = reduction(visit)
    assert close(scipy_ranks(first, second), theirs)
    table = [row for row in rows("polyps.csv") if row[visit]]
    exact = [Fraction(row[visit]) / Fraction(row["baseline"]) for row in table]
    assert close(rank_sum_test(exact, [int(row["treatment"] == "sulindac") for row in table]).p, p)


@these_versions
def test_scipy_has_no_far_tail_of_the_noncentral_t() -> None:
    """What we do there: `test_no_nan_where_library_routines_give_one` of the power by formula."""
    for at, df, shift in ((-1.96, 100, 10), (-2, 58, 10), (-2, 500, 9)):
        assert np.isnan(stats.nct.cdf(at, df, shift))


@these_versions
@pytest.mark.parametrize(
    ("table", "lower", "upper"),
    [((27, 295, 52, 307), "-0.1301616", "-0.0244154"), ((4, 55, 14, 52), "-0.3143919", "-0.0581204")],
)
def test_score_limits_of_statsmodels(table: tuple[int, ...], lower: str, upper: str) -> None:
    """Called Miettinen-Nurminen there.  Ours solve their equation (`test_miettinen_nurminen_limits_...`)."""
    theirs = confint_proportions_2indep(*table, method="score", compare="diff")
    assert close(theirs[0], lower) and close(theirs[1], upper)
    ours = risk_difference(TwoByTwo(*table), method=RiskInterval.SCORE).interval
    assert not close(ours.lower, lower) and not close(ours.upper, upper)


@these_versions
def test_boschloo_of_the_transposed_table() -> None:
    """scipy wants samples as columns; with arms as rows it compares the arms of the dead with those of the living."""
    assert close(stats.boschloo_exact([[4, 51], [14, 38]]).pvalue, "0.0065341")
    right = float(boschloo_test(TwoByTwo(4, 55, 14, 52), sides=Sides.DOUBLED).p)
    assert stats.boschloo_exact([[4, 14], [51, 38]]).pvalue == pytest.approx(right, rel=1e-9)


NIST = Path(scipy.__file__).parent / "stats/tests/data/nist_anova"


@these_versions
@pytest.mark.skipif(not NIST.is_dir(), reason="this build of scipy comes without the NIST StRD files")
@pytest.mark.parametrize(("name", "certified", "digits"), [("SmLs07", 21, 4.4), ("SmLs08", 201, 4.2)])
def test_sums_of_squares_in_floating_point(name: str, certified: int, digits: float) -> None:
    """Correct digits of F: scipy 4.4 and 4.2, statsmodels no more; ours, of whole numbers, all."""
    lines = (line.split() for line in (NIST / f"{name}.dat").read_text(encoding="ascii").splitlines()[60:])
    pairs = [fields for fields in lines if len(fields) == 2]
    groups: dict[str, list[str]] = {}
    for group, value in pairs:
        groups.setdefault(group, []).append(value)
    numbers = [np.array(values, float) for values in groups.values()]
    theirs = float(stats.f_oneway(*numbers).statistic)
    assert round(-np.log10(abs(theirs - certified) / certified), 1) == digits
    matrix = np.array([[1.0, *(float(group == own) for own in list(groups)[1:])] for group, _ in pairs])
    fitted = sm.OLS(np.array([value for _, value in pairs], float), matrix).fit().fvalue
    assert -np.log10(abs(fitted - certified) / certified) < digits + 0.05
    assert float(one_way_anova(groups).statistic) == certified


@these_versions
@pytest.mark.skipif(not NIST.is_dir(), reason="this build of scipy comes without the NIST StRD files")
def test_regressions_in_floating_point() -> None:
    """Correct digits of NIST's Norris with scipy (slope, intercept, SD), and the fewest of Longley with statsmodels."""
    lines = NIST.with_name("nist_linregress").joinpath("Norris.dat").read_text(encoding="ascii").splitlines()[60:]
    y, x = np.array([line.split() for line in lines if line.strip()], float).T
    found = stats.linregress(x, y)
    for value, certified, digits in (
        (found.slope, 1.00211681802045, 14.4),
        (found.intercept, -0.262323073774029, 12.8),
        (found.stderr, 0.429796848199937e-3, 11.8),
    ):
        assert round(-np.log10(abs(value / certified - 1)), 1) == pytest.approx(digits, abs=0.3)  # processors differ
    longley = sm.datasets.longley.load_pandas()
    deflator = sm.OLS(longley.endog, sm.add_constant(longley.exog)).fit().params["GNPDEFL"]
    assert round(-np.log10(abs(deflator / 15.0618722713733 - 1)), 1) == pytest.approx(10.9, abs=0.3)


ROUNDED = {1: 1274088, 2: 1278264, 3: 1278824, 4: 1278348, 5: 1278342, 6: 1278340, 10: 1278340}


@pytest.mark.parametrize("decimals", ROUNDED)
def test_coin_and_exact_rank_tests_on_rounded_values(decimals: int) -> None:
    """coin counts one allocation too many from 6 decimals on; exactRankTests maps scores to integers without a word."""
    values, arms = from_arms(A_TREATED, A_CONTROL)
    ours = randomisation_test([round(Fraction(value), decimals) for value in values], arms).p
    assert (ours.favourable, ours.total) == (ROUNDED[decimals], EVERYTHING)
    assert round(R[f"coin_count_{decimals}"], 4) == ROUNDED[decimals] + (decimals > 5)
    assert close(R[f"exact_rank_tests_{decimals}"], "0.009718206" if decimals == 1 else "0.009180394")


def test_coin_refuses_real_numbers_in_blocks() -> None:
    """28 values with ten decimals in blocks of 4: counted here by all 279,936 sums of the blocks."""
    assert REFUSED == {
        "coin_shift": "cannot compute exact distribution with real-valued scores",
        "coin_blocks": "cannot compute exact p-values with blocks",
    }
    values = [Fraction(value) + Fraction((i + 1) ** 3 % 101, 10**10) for i, value in enumerate(Y)]
    arms = bits("1010 0101 1010 1001 1001 0011 0101")
    whole = [int(value * 10**10) for value in values]
    sums = np.array([0])
    for start in range(0, 28, 4):
        block = [sum(pair) for pair in combinations(whole[start : start + 4], 2)]
        sums = (sums[:, None] + np.array(block)).ravel()
    far = abs(2 * sums - sum(whole)) >= abs(2 * sum(v for v, arm in zip(whole, arms, strict=True) if arm) - sum(whole))
    result = randomisation_test(values, arms, permuted_blocks([4] * 7)).p
    assert (result.favourable, result.total) == (int(far.sum()), 279936)
    assert result.favourable != 23360  # of the values with one decimal


def test_exact_rank_tests_where_it_is_right() -> None:
    assert R["rotarod"] == pytest.approx(float(rank_sum_test(*from_arms(*ROTAROD)).p), rel=1e-12)
    assert close(R["rotarod_asymptotic"], "0.0147316879")  # coin
    b = from_arms(B_TREATED, B_CONTROL)
    assert R["b_ranks"] == pytest.approx(float(rank_sum_test(*b).p), rel=1e-12)
    assert R["b_means"] == pytest.approx(float(randomisation_test(*b).p), rel=1e-12)


@needs_shared
def test_globulin_of_exact_rank_tests() -> None:
    table = rows("globulin.csv")
    data = from_arms(*(column(table, "gfrac", group=group) for group in ("group1", "group2")))
    assert R["globulin"] == pytest.approx(float(randomisation_test(*data).p), rel=1e-12)
    limits = randomisation_interval(*data)
    assert (limits.lower, limits.upper) == (R["globulin_lower"], R["globulin_upper"])


# p, drawn, exact: scipy and permute count twice the smaller tail, which is the same for equal arms
SAMPLED = [
    *((p, 10**5, Fraction(1278340, EVERYTHING)) for p in (0.00848, 0.0079, 0.0080, 0.0083)),
    *((p, 10**6, Fraction(1278340, EVERYTHING)) for p in (0.00835, 0.00829)),
    (0.0092, 10**4, Fraction(1278340, EVERYTHING)),
]
MAX_T = [80349306, 88059124, 121650806, 155002974, 110919956, 155117428, 155117176]


def test_sampled_values_lie_within_their_own_error() -> None:
    """Printed by scipy, permute and coin from that many drawn allocations; and coin's adjusted p of seven endpoints."""
    first = [0.5178, 0.5679, 0.7852, 0.9993, 0.7157, 1, 1]
    drawn = [(p, 10**6, Fraction(count, EVERYTHING)) for p, count in zip(first, MAX_T, strict=True)]
    again = [(R[f"coin_max_t_{j}"], 10**6, Fraction(count, EVERYTHING)) for j, count in enumerate(MAX_T)]
    assert len(C[0]) == len(again)
    for p, draws, exact in SAMPLED + drawn + again:
        assert abs(p - exact) < 3 * (float(exact * (1 - exact)) / draws) ** 0.5 + 5e-5  # printed to four decimals


def test_sizes_and_powers_of_r() -> None:
    """R leaves out the far tail by default; rpact stops earlier; with `strict = TRUE` R is right to ten decimals."""
    assert close(R["size_r"], "63.7657637")
    assert close(R["size_r_strict"], "63.765610191") and close(power.two_sample_size(0.5, 0.8), "63.765610191")
    assert close(R["size_rpact"], "63.7657842") and close(2 * R["size_rpact"], "127.531568")
    assert close(R["power_r_paired"], "0.821310538725") and close(power.paired_power(0.8, 15), "0.8213105387241")


def in_cholesky_parameters(fitted: Fitted) -> Fitted:
    """A 2 x 2 fit in R mmrm's parameters: Sigma = D L L' D, D = diag(exp a, exp b), L unit lower triangular.

    P, Q and W transform with the Jacobian; R_kl gains sum_h d2 theta_h / dk dl (-P_h), as theta is not linear in them.
    """

    def natural(own: np.ndarray) -> np.ndarray:
        root = np.diag(np.exp(own[:2])) @ np.array([[1, 0], [own[2], 1]])
        return (root @ root.T)[[0, 1, 1], [0, 0, 1]]

    first, cross, second = fitted.theta
    below = cross / (first * second - cross**2) ** 0.5
    at = np.array([np.log(first) / 2, np.log(second - cross**2 / first) / 2, below])
    assert natural(at) == pytest.approx(fitted.theta)
    step = 1e-4 * np.eye(3)
    jacobian = np.array([natural(at + e) - natural(at - e) for e in step]) / 2e-4
    bend = [
        [natural(at + e + f) - natural(at + e - f) - natural(at - e + f) + natural(at - e - f) for f in step]
        for e in step
    ]
    inverse = np.linalg.inv(jacobian)
    here = replace(
        fitted.at,
        p_h=np.einsum("kh,hab->kab", jacobian, fitted.at.p_h),
        q_hj=np.einsum("kh,lj,hjab->klab", jacobian, jacobian, fitted.at.q_hj),
        r_hj=np.einsum("klh,hab->klab", np.array(bend) / 4e-8, -fitted.at.p_h),
    )
    return replace(fitted, w=inverse.T @ fitted.w @ inverse, at=here)


@needs_shared
def test_kenward_roger_in_other_parameters() -> None:
    """R mmrm's default gives SE 0.3386 for Student's sleep data; SAS, the linear form and the paired t test 0.38896."""
    table = rows("sleep.csv")
    drug = np.array([float(value == "2") for value in column(table, "drug")])
    outcome = np.array(column(table, "extra_hours"), float)
    data = repeated(outcome, np.column_stack((np.ones(20), drug)), column(table, "id"), drug.astype(int).tolist())
    fitted = fit(data, Structure.UNSTRUCTURED)
    for theirs, method, printed in (
        (True, SmallSample.KENWARD_ROGER, "0.3386"),
        (True, SmallSample.KENWARD_ROGER_LINEAR, "0.3889587239"),
        (False, SmallSample.KENWARD_ROGER, "0.3889587239"),
    ):
        own = in_cholesky_parameters(fitted) if theirs else fitted
        assert close(corrected_covariance(own, method)[1, 1] ** 0.5, printed)
