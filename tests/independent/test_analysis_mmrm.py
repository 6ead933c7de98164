"""MMRM against SAS's printed figures, R nlme and pbkrtest, another implementation in numpy, and the paired t test.

The programs and outputs of R stand in `r/`; every figure of SAS's own listings is in `test_analysis_mmrm_sas.py`.
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis_vectors import close, column, rows
from equipoise.analysis import LongData, SmallSample, Structure, mmrm
from equipoise.analysis.mixed.fit import Fitted, fit
from equipoise.analysis.mixed.inference import corrected_covariance, degrees_of_freedom, joint_test
from equipoise.analysis.mixed.patterns import repeated
from equipoise.analysis.mixed.structure import covariances, start
from shared_data import needs_shared

pytestmark = needs_shared
R = Path(__file__).parent / "r"
SPATIAL = {Structure.SPATIAL_EXPONENTIAL, Structure.SPATIAL_GAUSSIAN}
KR, LINEAR, PLAIN = SmallSample.KENWARD_ROGER, SmallSample.KENWARD_ROGER_LINEAR, SmallSample.SATTERTHWAITE


def fev(structure: Structure, *terms: str, restricted: bool = True) -> Fitted:
    """FEV1 ~ 1 + terms."""
    table = [row for row in rows("fev_data.csv") if row["FEV1"] != "NA"]
    visit = [int(row["AVISIT"][-1]) - 1 for row in table]
    known = {
        "TRT": np.array([row["ARMCD"] == "TRT" for row in table], float),
        "Female": np.array([row["SEX"] == "Female" for row in table], float),
        "Black": np.array([row["RACE"].startswith("Black") for row in table], float),
        "White": np.array([row["RACE"] == "White" for row in table], float),
        **{f"VIS{v + 1}": np.array([own == v for own in visit], float) for v in range(4)},
    }
    columns = [np.ones(len(table))] + [np.prod([known[t] for t in term.split(":")], axis=0) for term in terms]
    outcome = np.array([float(row["FEV1"]) for row in table])
    places = (
        np.array([[float(row["VISITN"]), float(row["VISITN2"])] for row in table]) if structure in SPATIAL else None
    )
    data = repeated(outcome, np.column_stack(columns), column(table, "USUBJID"), visit, places)
    return fit(data, structure, restricted)


def se(fitted: Fitted, at: int, method: SmallSample) -> float:
    return float(np.sqrt(corrected_covariance(fitted, method)[at, at]))


def df(fitted: Fitted, at: int) -> float:
    return degrees_of_freedom(fitted, np.eye(len(fitted.at.coefficients))[at])


def independent_minus2() -> float:
    """-2 REML log likelihood of FEV1 ~ ARMCD + SEX with independent errors of one variance, by least squares."""
    table = [row for row in rows("fev_data.csv") if row["FEV1"] != "NA"]
    x = np.array([[1.0, row["ARMCD"] == "TRT", row["SEX"] == "Female"] for row in table])
    y = np.array([float(row["FEV1"]) for row in table])
    (rss,), df = np.linalg.lstsq(x, y, rcond=None)[1], len(y) - 3
    return df * (math.log(2 * math.pi * rss / df) + 1) + np.linalg.slogdet(x.T @ x)[1]


def test_sas_reml_un() -> None:
    fitted = fev(Structure.UNSTRUCTURED, "TRT", "Female")
    assert fitted.at.minus2 <= 3666.96698281  # SAS; ours is a slightly better optimum
    assert close(fitted.at.minus2, "3666.966975")
    free = {"AIC": 2 * 10, "AICC": 2 * 10 * 534 / (534 - 11), "BIC": 10 * math.log(200)}  # 537 values less 3 means
    assert [round(fitted.at.minus2 + each, 1) for each in free.values()] == [3687.0, 3687.4, 3720.0]
    assert round(independent_minus2() - fitted.at.minus2, 2) == 222.74  # likelihood ratio against no correlation
    printed = (108.64, 45.5282, 40.1475, -2.4314, 0.8698, 24.7713, -46.7566, -13.0626, 18.9219, 152.49)
    assert np.allclose(fitted.theta, printed, atol=0.02)
    for at, (value, error, freedom) in enumerate(
        ((41.0757, 0.5504, 156.07), (3.8265, 0.6422, 161.04), (-0.1404, 0.6434, 161.32))
    ):
        assert abs(fitted.at.coefficients[at] - value) < 6e-5
        assert abs(se(fitted, at, PLAIN) - error) < 6e-5
        assert abs(df(fitted, at) - freedom) < 6e-3


@pytest.mark.parametrize(
    ("restricted", "minus2", "rho", "residual", "lines"),
    [
        (True, "3853.30169736", "0.3931", "84.6947",
         (("40.1643", "0.8377", 190), ("4.2211", "0.9629", 187), ("0.2364", "0.9646", 188))),
        (False, "3857.17944241", "0.3861", "83.9291",
         (("40.1664", "0.8312", 193), ("4.2196", "0.9553", 191), ("0.2317", "0.9570", 191))),
    ],
)  # fmt: skip
def test_sas_ar1(restricted: bool, minus2: str, rho: str, residual: str, lines) -> None:
    fitted = fev(Structure.AR1, "TRT", "Female", restricted=restricted)
    assert close(fitted.at.minus2, minus2)
    assert close(fitted.theta[1], rho)
    assert abs(fitted.theta[0] - float(residual)) < 2e-4
    for at, (value, error, freedom) in enumerate(lines):
        assert close(fitted.at.coefficients[at], value)
        assert close(se(fitted, at, PLAIN), error)
        assert round(df(fitted, at)) == freedom


@pytest.mark.parametrize(
    ("structure", "printed"),
    [
        (Structure.UNSTRUCTURED, ("3667.96275614", "3.819750", "0.638906", "0.66130046", "0.66130046", "160.6906")),
        (Structure.AR1, ("3855.12433951", "4.225743", "0.959867", "0.95865366", "0.96058068", "188.4695")),
        (Structure.COMPOUND_SYMMETRY,
         ("3890.97896859", "4.196636", "0.795599", "0.79646969", "0.79646969", "177.0384")),
        (Structure.TOEPLITZ, ("3830.79965708", "4.470502", "0.874612", "0.87842942", "0.87842942", "160.0138")),
    ],
)  # fmt: skip
def test_kenward_roger_at_the_optimum(structure, printed) -> None:
    """Treatment effect of FEV1 ~ ARMCD by an independent implementation in numpy: -2 log likelihood, effect, its three
    standard errors and df.  (SAS stopped a little earlier: its own figures stand in `test_analysis_mmrm_sas.py`.)
    """
    fitted = fev(structure, "TRT")
    found = (fitted.at.minus2, fitted.at.coefficients[1], *(se(fitted, 1, each) for each in (PLAIN, KR, LINEAR)))
    assert all(map(close, (*found, df(fitted, 1)), printed))


EXPECTED = {
    words[0]: words[1:]
    for words in map(str.split, (R / "kenward_roger_pbkrtest.txt").read_text(encoding="utf-8").splitlines()[1:])
}


def test_expected_information_gives_what_pbkrtest_gives() -> None:
    """W = 2 (expected Hessian of -2 log L)^-1 instead of the observed one: R pbkrtest does so, SAS does not.

    The program and its output stand in `r/`.  On the FEV data df are 170.9 instead of 160.7.
    """

    def by_expectation(fitted: Fitted) -> Fitted:
        return replace(fitted, w=2 * np.linalg.inv(fitted.at.expected))

    assert close(df(by_expectation(fev(Structure.UNSTRUCTURED, "TRT")), 1), "170.9")
    fitted = by_expectation(polyps_change(Structure.COMPOUND_SYMMETRY))
    for at, row, printed in ((2, "arm", ("0.3057127469", "36.7479")), (3, "later:arm", ("0.433345181", "19.4682"))):
        found = fitted.at.coefficients[at], se(fitted, at, KR), df(fitted, at)
        assert found == pytest.approx([float(value) for value in EXPECTED[row]], rel=1e-6)  # lme4 stops earlier
        assert all(map(close, found[1:], printed))


def test_full_model_of_the_mmrm_readme() -> None:
    visits = ("VIS2", "VIS3", "VIS4")
    fitted = fev(
        Structure.UNSTRUCTURED, "Black", "White", "Female", "TRT", *visits, *(f"TRT:{visit}" for visit in visits)
    )
    assert close(fitted.at.minus2, "3386.44987116")
    covariance = (40.5537, 14.3960, 26.5715, 4.9747, 2.7855, 14.8979, 13.3867, 7.4745, 0.9082, 95.5568)
    assert fitted.theta == pytest.approx(covariance, rel=1e-3, abs=5e-3)
    for at, (value, error, freedom) in enumerate(
        (
            (30.77748, 0.88656, 218.80), (1.53050, 0.62448, 168.67), (5.64357, 0.66561, 157.14),
            (0.32606, 0.53195, 166.13), (3.77423, 1.07415, 145.55), (4.83959, 0.80172, 143.88),
            (10.34211, 0.82269, 155.56), (15.05390, 1.31281, 138.47), (-0.04193, 1.12932, 138.56),
            (-0.69369, 1.18765, 158.17), (0.62423, 1.85085, 129.72),
        )
    ):  # fmt: skip
        assert fitted.at.coefficients[at] == pytest.approx(value, abs=5e-4)  # their optimiser stops a little earlier
        assert se(fitted, at, PLAIN) == pytest.approx(error, rel=2e-4)
        assert df(fitted, at) == pytest.approx(freedom, rel=2e-4)  # R nlme's gls takes 526 for all of them
    assert close(fitted.at.minus2, "3386.45")
    assert close(se(fitted, 4, KR), "1.08177779")
    assert close(se(fitted, 10, KR), "1.86795767")


def polyps(complete: bool = False, **options) -> object:
    kept = [row for row in rows("polyps.csv") if row["number12m"] or not complete]
    visits = ("number3m", "number12m")
    cells = [(row, visit) for row in kept for visit in visits]
    data = LongData(
        [math.log(float(row[visit])) if row[visit] else None for row, visit in cells],
        [row["participant_id"] for row, _ in cells],
        [visit for _, visit in cells],
        [row["treatment"] for row, _ in cells],
        visits,
        {"baseline": [math.log(float(row["baseline"])) for row, _ in cells]},
    )
    return mmrm(data, "placebo", **options)


@pytest.mark.parametrize(
    ("structure", "by_visit", "minus2", "theta", "three", "twelve"),
    [
        (Structure.UNSTRUCTURED, frozenset(), "86.20985151", ("0.225791", "0.030743", "0.841831"),
         ("-0.701839", "0.206899", "18.2824", "0.20746205"), ("-1.483348", "0.413715", "16.5026", "0.41617227")),
        (Structure.UNSTRUCTURED, frozenset({"baseline"}), "82.64445698", ("0.219344", "0.070576", "0.714812"),
         ("-0.663409", "0.204733", "19.0000", "0.20473313"), ("-1.601292", "0.385124", "17.1038", "0.38686412")),
    ],
)  # fmt: skip
def test_polyps(structure, by_visit, minus2, theta, three, twelve) -> None:
    plain = polyps(structure=structure, by_visit=by_visit, small_sample=PLAIN)
    corrected = polyps(structure=structure, by_visit=by_visit, small_sample=KR)
    assert close(plain.scalar("-2 REML log likelihood"), minus2)
    assert all(close(found, printed) for (_, found), printed in zip(plain.scalars[2:], theta, strict=True))
    for visit, (value, error, freedom, kr) in (("number3m", three), ("number12m", twelve)):
        name = f"sulindac - placebo at {visit}"
        assert close(plain.estimate(name).value, value)
        assert close(plain.estimate(name).se, error)
        assert close(plain.estimate(name).df, freedom)
        assert close(corrected.estimate(name).se, kr)
        assert close(corrected.estimate(name).df, freedom)


def test_polyps_compound_symmetry_and_ar1() -> None:
    for structure, first, second in (
        (Structure.COMPOUND_SYMMETRY, "0.015455", "0.485153"),
        (Structure.AR1, "0.500609", "0.030873"),
    ):
        result = polyps(structure=structure, small_sample=PLAIN)
        assert close(result.scalar("-2 REML log likelihood"), "92.52297914")
        parameters = [value for _, value in result.scalars[2:]]
        assert close(parameters[0], first)
        assert close(parameters[1], second)
        estimate = result.estimate("sulindac - placebo at number3m")
        assert close(estimate.value, "-0.763125")
        assert close(estimate.se, "0.305705")
        assert close(estimate.df, "36.7700")
    name = "sulindac - placebo at number3m"
    assert close(polyps(structure=Structure.AR1, small_sample=KR).estimate(name).se, "0.30570105")
    assert close(polyps(structure=Structure.AR1, small_sample=LINEAR).estimate(name).se, "0.30571206")


def polyps_change(structure: Structure) -> Fitted:
    """1 + later + arm + arm x later + baseline: the last but one is the interaction, which `mmrm` does not print."""
    table = [row for row in rows("polyps.csv") for _ in range(2)]
    later, drug = np.tile([0.0, 1.0], 22), np.array([row["treatment"] == "sulindac" for row in table], float)
    baseline = np.log([float(row["baseline"]) for row in table])
    assert close(baseline.mean(), "3.0147873086")
    matrix = np.column_stack((np.ones(44), later, drug, drug * later, baseline - baseline.mean()))
    texts = [row["number12m" if at else "number3m"] for row, at in zip(table, later, strict=True)]
    seen = [place for place, text in enumerate(texts) if text]
    outcome = np.log([float(texts[place]) for place in seen])
    people = [table[place]["participant_id"] for place in seen]
    return fit(repeated(outcome, matrix[seen], people, later[seen].astype(int).tolist()), structure)


@pytest.mark.parametrize(
    ("structure", "three", "change"),
    [
        (Structure.COMPOUND_SYMMETRY, "0.30571206", "0.43322670"),
        (Structure.AR1, "0.30570105", "0.43383874"),
    ],
)
def test_polyps_change_of_the_effect(structure, three, change) -> None:
    """12 months against 3."""
    fitted = polyps_change(structure)
    assert close(fitted.at.coefficients[3], "-0.775968")
    assert close(se(fitted, 3, PLAIN), "0.431999")
    assert close(df(fitted, 3), "20.3168")
    assert close(se(fitted, 2, KR), three)
    assert close(se(fitted, 3, KR), change)
    assert close(se(fitted, 3, LINEAR), "0.43322670")


def test_complete_data_equals_ancova_at_each_visit() -> None:
    result = polyps(complete=True, by_visit=frozenset({"baseline"}), small_sample=LINEAR)
    assert close(result.scalar("-2 REML log likelihood"), "80.21373936")
    theta = ("0.225195", "0.072459", "0.715418")
    assert all(close(found, printed) for (_, found), printed in zip(result.scalars[2:], theta, strict=True))
    for name, value, error, p in (
        ("sulindac - placebo at number3m", "-0.728697", "0.21644462", None),
        ("sulindac - placebo at number12m", "-1.6222994296", "0.3857864382", "0.0005949422"),
    ):
        estimate = result.estimate(name)
        assert close(estimate.value, value)
        assert close(estimate.se, error)
        assert estimate.df == pytest.approx(17, abs=1e-9)
        assert p is None or close(estimate.p, p)


def test_sleep_equals_the_paired_t_test() -> None:
    """R mmrm's default Kenward-Roger gives SE 0.3386 here; SAS and the paired t test give 0.3889587."""
    table = rows("sleep.csv")
    outcome = np.array([float(v) for v in column(table, "extra_hours")])
    drug = np.array([float(v == "2") for v in column(table, "drug")])
    grouped = repeated(outcome, np.column_stack((np.ones(20), drug)), column(table, "id"), [int(v) for v in drug])
    for structure, minus2, theta, intercept_df in (
        (Structure.UNSTRUCTURED, "69.64946884", ("3.200556", "2.848333", "4.009000"), None),
        (Structure.COMPOUND_SYMMETRY, "69.95588292", ("2.848333", "0.756444"), "11.0814"),
    ):
        fitted = fit(grouped, structure)
        assert close(fitted.at.minus2, minus2)
        assert all(close(found, printed) for found, printed in zip(fitted.theta, theta, strict=True))
        assert close(fitted.at.coefficients[1], "1.58")
        for method in SmallSample:
            assert close(se(fitted, 1, method), "0.3889587239")
        assert df(fitted, 1) == pytest.approx(9, abs=1e-8)
        assert intercept_df is None or close(df(fitted, 0), intercept_df)


def test_derivatives_against_differences() -> None:
    """Score and Hessian of -2 log L, numerically."""
    from equipoise.analysis.mixed.likelihood import evaluate

    generator = np.random.default_rng(1)
    n, t = 12, 3
    visit, who = np.tile(np.arange(t), n), [str(i) for i in np.repeat(np.arange(n), t)]
    keep = generator.random(n * t) < 0.8
    x = np.column_stack((np.ones(n * t), generator.normal(size=n * t)))[keep]
    y = generator.normal(size=n * t)[keep]
    grouped = repeated(y, x, [w for w, k in zip(who, keep, strict=True) if k], visit[keep].tolist())
    for structure, theta in (
        (Structure.UNSTRUCTURED, np.array([1.2, 0.3, 1.5, 0.1, 0.2, 0.9])),
        (Structure.AR1, np.array([1.3, 0.4])),
        (Structure.TOEPLITZ, np.array([1.1, 0.3, 0.2])),
        (Structure.COMPOUND_SYMMETRY, np.array([0.3, 0.8])),
        (Structure.SPATIAL_GAUSSIAN, np.array([1.3, 0.9])),
    ):
        for restricted in (True, False):

            def at(theta, structure=structure, restricted=restricted):
                return evaluate(grouped, covariances(structure, theta, grouped), restricted)

            steps = 1e-5 * np.eye(len(theta))
            score = [(at(theta + e).minus2 - at(theta - e).minus2) / 2e-5 for e in steps]
            hessian = [(at(theta + e).score - at(theta - e).score) / 2e-5 for e in steps]
            assert np.allclose(at(theta).score, score, rtol=1e-6, atol=1e-6)
            assert np.allclose(at(theta).observed, hessian, rtol=1e-6, atol=1e-6)


def test_joint_test_of_one_contrast_is_the_square_of_t() -> None:
    fitted = fev(Structure.UNSTRUCTURED, "TRT")
    contrast = np.array([0.0, 1.0])
    for method in (PLAIN, KR, LINEAR):
        t = fitted.at.coefficients[1] / se(fitted, 1, method)
        assert joint_test(fitted, contrast[None], method).statistic == pytest.approx(t * t)
        assert f"{df(fitted, 1):.4f}" in joint_test(fitted, contrast[None], method).reference


def days(**changes: object) -> LongData:
    """Two arms of four participants, measured on days of their own."""
    generator = np.random.default_rng(3)
    fields = {
        "outcome": [round(float(v), 2) for v in np.cumsum(generator.normal(size=(8, 3)), axis=1).ravel()],
        "participants": [name for name in "abcdefgh" for _ in range(3)],
        "visits": ["1", "2", "3"] * 8,
        "arms": ["x"] * 12 + ["y"] * 12,
        "visit_order": ("1", "2", "3"),
        "covariates": {},
    }
    return LongData(**{**fields, **changes})


def test_exponential_decay_over_even_days_is_ar1() -> None:
    """exp(-1 / range) is the correlation of neighbours; with places as without, in days as in weeks."""
    weeks = [[str(7 * day)] for _ in range(8) for day in (1, 2, 3)]
    ar1 = mmrm(days(), "x", structure=Structure.AR1, small_sample=LINEAR)
    for data, unit in ((days(), 1), (days(places=weeks), 7)):
        faded = mmrm(data, "x", structure=Structure.SPATIAL_EXPONENTIAL, small_sample=LINEAR)
        assert math.exp(-unit / faded.scalar("SP(EXP)")) == pytest.approx(ar1.scalar("AR(1)"), rel=1e-6)
        for own, other in zip(faded.estimates, ar1.estimates, strict=True):
            assert (own.value, own.se, own.df) == pytest.approx((other.value, other.se, other.df), rel=1e-6)


@pytest.mark.parametrize("structure", list(Structure))
def test_derivatives_of_every_structure(structure) -> None:
    """First and second derivatives of Sigma against central differences."""
    data = repeated(np.array([2.0, 1.0, -1.7, 1.6]) ** 2, np.ones((4, 1)), ["a"] * 4, range(4))
    theta = start(structure, data)
    theta = theta + 0.1 + 0.05 * np.arange(len(theta)) % 0.3
    (own,), step = covariances(structure, theta, data), 1e-5
    for h in range(len(theta)):
        move = step * np.eye(len(theta))[h]
        (up,), (down,) = (covariances(structure, theta + sign * move, data) for sign in (1, -1))
        assert np.allclose((up.sigma - down.sigma) / (2 * step), own.first[h], atol=1e-8)
        assert np.allclose((up.first - down.first) / (2 * step), own.second[h], atol=1e-8)
    assert len(own.names) == len(theta)


NLME: dict[str, dict[str, tuple[float, ...]]] = {}
for _line in (R / "mmrm_nlme.txt").read_text(encoding="utf-8").splitlines():
    if not _line.startswith("#"):
        _fit, _row, *_values = _line.split()
        NLME.setdefault(_fit, {})[_row] = tuple(map(float, _values))


@pytest.mark.parametrize(
    ("name", "structure"),
    [
        ("fev_un", Structure.UNSTRUCTURED),
        ("fev_ar1", Structure.AR1),
        ("fev_arh1", Structure.HETEROGENEOUS_AR1),
        ("fev_cs", Structure.COMPOUND_SYMMETRY),
        ("fev_csh", Structure.HETEROGENEOUS_CS),
        ("fev_exp", Structure.SPATIAL_EXPONENTIAL),
        ("fev_gau", Structure.SPATIAL_GAUSSIAN),
    ],
)
def test_nlme_on_the_fev_data(name: str, structure: Structure) -> None:
    """R nlme `gls`: the program and its output stand in `r/`.  Ours is never the larger -2 log likelihood."""
    fitted, theirs = fev(structure, "TRT"), NLME[name]
    assert theirs["minus2"][0] - 1e-5 < fitted.at.minus2 < theirs["minus2"][0] + 1e-7
    for at, row in enumerate(("(Intercept)", "trt")):
        assert fitted.at.coefficients[at] == pytest.approx(theirs[row][0], abs=3e-4)  # nlme stops a little earlier
        assert se(fitted, at, PLAIN) == pytest.approx(theirs[row][1], rel=1e-4)


@pytest.mark.parametrize(
    ("name", "structure", "by_visit"),
    [
        ("polyps_un_common", Structure.UNSTRUCTURED, frozenset()),
        ("polyps_un_crossed", Structure.UNSTRUCTURED, frozenset({"baseline"})),
        ("polyps_cs_common", Structure.COMPOUND_SYMMETRY, frozenset()),
    ],
)
def test_nlme_on_the_polyps(name: str, structure: Structure, by_visit: frozenset[str]) -> None:
    result, theirs = polyps(structure=structure, by_visit=by_visit, small_sample=PLAIN), NLME[name]
    assert result.scalar("-2 REML log likelihood") == pytest.approx(theirs["minus2"][0], abs=1e-6)
    for visit, row in (("number3m", "v3:arm"), ("number12m", "v12:arm")):
        estimate = result.estimate(f"sulindac - placebo at {visit}")
        assert (estimate.value, estimate.se) == pytest.approx(theirs[row], rel=1e-5)
