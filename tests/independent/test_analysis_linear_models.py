"""t tests, ANCOVA, robust variances and ANOVA: NIST certificates, the CDISC pilot's table, statsmodels."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy
import statsmodels.api as sm

from analysis_vectors import A_CONTROL, A_TREATED, X_N30, close, column, rows
from equipoise.analysis import (
    Variance,
    ancova,
    linear_model,
    one_way_anova,
    paired_t_test,
    pooled_t_test,
    welch_t_test,
)
from shared_data import needs_shared

NIST = Path(scipy.__file__).parent / "stats/tests/data/nist_anova"
REGRESSION = NIST.with_name("nist_linregress")
SETS = ["SiRstv", "AtmWtAg", *(f"SmLs0{i}" for i in range(1, 10))]


def nist(name: str) -> tuple[dict[str, list[str]], str]:
    lines = (NIST / f"{name}.dat").read_text(encoding="ascii").splitlines()
    certified = next(line.split()[-1] for line in lines if line.startswith("Between"))
    groups: dict[str, list[str]] = {}
    for line in lines[60:]:
        if len(fields := line.split()) == 2:
            groups.setdefault(fields[0], []).append(fields[1])
    return groups, certified


@pytest.mark.skipif(not NIST.is_dir(), reason="this build of scipy comes without the NIST StRD files")
@pytest.mark.parametrize("name", SETS)
def test_nist_anova_to_14_digits(name: str) -> None:
    groups, certified = nist(name)
    f, truth = Fraction(one_way_anova(groups).statistic), Fraction(certified)
    digits = 15.0 if f == truth else -np.log10(float(abs(f - truth) / truth))
    assert digits >= 14


def test_t_tests_on_vector_a() -> None:
    pooled, welch = pooled_t_test(A_TREATED, A_CONTROL), welch_t_test(A_TREATED, A_CONTROL)
    assert close(pooled.statistic, "-2.8595927417")
    assert close(pooled.p, "0.0079259751")
    assert close(welch.p, "0.0080769877")


@needs_shared
def test_sleep_and_maize_and_globulin() -> None:
    table = rows("sleep.csv")
    pairs = zip(column(table, "extra_hours", drug="1"), column(table, "extra_hours", drug="2"), strict=True)
    sleep = paired_t_test([Fraction(a) - Fraction(b) for a, b in pairs])
    assert close(sleep.statistic, "-4.0621276834")
    assert close(sleep.p, "0.0028328902")
    assert close(sleep.estimate.interval.lower, "-2.4598858")
    assert close(sleep.estimate.interval.upper, "-0.7001142")
    maize = paired_t_test(column(rows("zeamays.csv"), "diff"))
    assert close(maize.statistic, "2.1479874613")
    assert close(maize.p, "0.0497029440")
    table = rows("globulin.csv")
    assert close(
        pooled_t_test(column(table, "gfrac", group="group1"), column(table, "gfrac", group="group2")).p, "0.1368249310"
    )


def test_ancova_vectors() -> None:
    arms = ["treated"] * 5 + ["control"] * 5
    small = ancova(
        [4, 6, 5, 7, 2, 7, 5, 6, 6, 9], arms, "control", {"baseline": [5, 7, 6, 9, 4, 8, 6, 5, 7, 10]}
    ).estimate("treated - control")
    assert close(small.value, "-0.9689189189")
    assert close(small.se, "0.4693882355")
    assert close(small.statistic, "-2.0642164536")
    assert close(small.p, "0.0778788477")
    arms = ["treated"] * 15 + ["control"] * 15
    thirty = ancova(A_TREATED + A_CONTROL, arms, "control", {"x": X_N30}).estimate("treated - control")
    assert close(thirty.value, "-3.86102758")
    assert close(thirty.se, "1.37023997")
    assert close(thirty.statistic, "-2.81777474")
    assert close(thirty.p, "0.0089366277")


@needs_shared
def test_cdisc_pilot_table_14_3_01() -> None:
    """The published cells, and the digits behind them."""
    table = rows("cdisc_adas_wk24.csv")
    change, arm = column(table, "CHG"), column(table, "TRTPN")
    covariates = {"site": column(table, "SITEGR1"), "baseline": column(table, "BASE")}
    factors = frozenset({"site"})
    against_placebo = ancova(change, arm, "0", covariates, factors=factors)
    against_low = ancova(change, arm, "54", covariates, factors=factors)
    assert against_placebo.scalar("residual df") == 220
    for estimate, value, se, low, high, p in (
        (against_placebo.estimate("54 - 0"), "-0.466782", "0.818042", "-2.078985", "1.145420", "0.568847"),
        (against_placebo.estimate("81 - 0"), "-1.006014", "0.840529", "-2.662534", "0.650506", "0.232641"),
        (against_low.estimate("81 - 54"), "-0.539231", "0.836109", "-2.187039", "1.108577", "0.519645"),
    ):
        assert close(estimate.value, value)
        assert close(estimate.se, se)
        assert close(estimate.interval.lower, low)
        assert close(estimate.interval.upper, high)
        assert close(estimate.p, p)
    dose = linear_model(change, {"dose": arm, **covariates}, factors=factors)
    assert close(dose.estimate("dose").p, "0.244706")
    assert dose.estimate("dose").p.text(3) == "0.245"


@pytest.mark.parametrize("variance", list(Variance))
def test_robust_variances_agree_with_statsmodels(variance: Variance) -> None:
    generator = np.random.default_rng(3)
    x, arm = generator.normal(size=40), np.array(["a", "b"] * 20)
    y = x + generator.normal(size=40) * (1 + (arm == "b"))
    ours = ancova(y.tolist(), arm.tolist(), "a", {"x": x.tolist()}, variance=variance)
    matrix = np.column_stack((np.ones(40), arm == "b", x))
    kind = "nonrobust" if variance is Variance.MODEL else variance.value
    theirs = sm.OLS(y, matrix).fit(cov_type=kind, use_t=True)
    assert np.allclose(ours.estimate("b - a").se, theirs.bse[1], rtol=1e-12)
    assert np.allclose(ours.estimate("x").se, theirs.bse[2], rtol=1e-12)
    assert np.allclose(float(ours.estimate("b - a").p), theirs.pvalues[1], rtol=1e-9)


@pytest.mark.skipif(not REGRESSION.is_dir(), reason="this build of scipy comes without the NIST StRD files")
def test_nist_norris() -> None:
    """Linear regression of lower difficulty; values certified to 15 digits."""
    lines = (REGRESSION / "Norris.dat").read_text(encoding="ascii").splitlines()[60:]
    table = [line.split() for line in lines if line.strip()]
    found = linear_model([y for y, _ in table], {"x": [x for _, x in table]})
    for name, value, se in (
        ("intercept", -0.262323073774029, 0.232818234301152),
        ("x", 1.00211681802045, 0.429796848199937e-3),
    ):
        assert found.estimate(name).value == pytest.approx(value, rel=1e-11)
        assert found.estimate(name).se == pytest.approx(se, rel=1e-11)


def test_nist_longley() -> None:
    """Linear regression of higher difficulty; the data come with statsmodels."""
    data = sm.datasets.longley.load_pandas()
    found = linear_model(data.endog.tolist(), {name: data.exog[name].tolist() for name in data.exog})
    for name, value, se in (
        ("intercept", -3482258.63459582, 890420.383607373),
        ("GNPDEFL", 15.0618722713733, 84.9149257747669),
        ("GNP", -0.358191792925910e-01, 0.334910077722432e-01),
        ("UNEMP", -2.02022980381683, 0.488399681651699),
        ("ARMED", -1.03322686717359, 0.214274163161675),
        ("POP", -0.511041056535807e-01, 0.226073200069370),
        ("YEAR", 1829.15146461355, 455.478499142212),
    ):
        assert found.estimate(name).value == pytest.approx(value, rel=1e-9)
        assert found.estimate(name).se == pytest.approx(se, rel=1e-9)


@needs_shared
def test_polyps_ancova_of_log_counts() -> None:
    for visit, n, value, se, p in (
        ("number3m", 22, "-0.6634085", "0.2047331", "0.0043060"),
        ("number12m", 20, "-1.6222994", "0.3857864", "0.0005949"),
    ):
        kept = [row for row in rows("polyps.csv") if row[visit]]
        result = ancova(
            [np.log(float(row[visit])) for row in kept],
            column(kept, "treatment"),
            "placebo",
            {"log baseline": [np.log(float(row["baseline"])) for row in kept]},
        )
        estimate = result.estimate("sulindac - placebo")
        assert sum(count for _, count in result.n) == n
        assert close(estimate.value, value)
        assert close(estimate.se, se)
        assert close(estimate.p, p)
    for logarithm, ratio in ((estimate.value, "0.1974442"), (estimate.interval.lower, "0.0874894")):
        assert close(np.exp(logarithm), ratio)
    assert close(np.exp(estimate.interval.upper), "0.4455877")
