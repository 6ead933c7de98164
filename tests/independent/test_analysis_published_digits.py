"""Every figure as it is printed where it was published, and with the digits behind it; and the data that give them.

Counts and fractions of these stand in `test_analysis_exact_anchors.py` and its neighbours; here each is read as text.
"""

import hashlib
from collections.abc import Callable
from fractions import Fraction

import pytest

from analysis_vectors import (
    A_CONTROL,
    A_TREATED,
    AML,
    ASAT_COMPOUND,
    ASAT_CONTROL,
    B_CONTROL,
    B_TREATED,
    D,
    Y,
    bits,
    close,
    column,
    rows,
)
from equipoise.analysis import (
    Sides,
    TestResult,
    ancova_randomisation_test,
    complete,
    from_arms,
    log_rank_test,
    normal_scores_test,
    paired_t_test,
    permuted_blocks,
    poisson_model,
    randomisation_interval,
    randomisation_test,
    rank_sum_test,
    sign_flip_test,
    signed_rank_test,
)
from shared_data import SHARED, needs_shared

pytestmark = needs_shared

FILES = {  # rows, first 16 digits of SHA-256
    "cdisc_adas_wk24.csv": (234, "78fd21162e6003ee"),
    "cdisc_adae.csv": (1191, "1c08baf29196b06a"),
    "cdisc_adsl.csv": (254, "519fa368f1a915f6"),
    "indo_rct.csv": (602, "f9a9e6743961762f"),
    "polyps.csv": (22, "37529e061254a823"),
    "strep_tb.csv": (107, "e06fa0e042761c12"),
    "laryngoscope.csv": (99, "53af4f29758b9504"),
    "rotarod.csv": (24, "4578e4abff133988"),
    "zeamays.csv": (15, "de54f19e44fdfcdc"),
    "bloodp.csv": (15, "e79907cf5b04ad8b"),
    "sleep.csv": (20, "784cf0263eea5e2e"),
    "depression.csv": (9, "94fc2c1a11e1e0be"),
    "globulin.csv": (20, "be9d86061c234c98"),
    "gehan.csv": (42, "0aab2d91d9fcf826"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_data_are_the_published_ones(name: str) -> None:
    count, digits = FILES[name]
    assert len(rows(name)) == count
    assert hashlib.sha256((SHARED / "data" / name).read_bytes()).hexdigest()[:16] == digits


def test_fev_data_of_r_mmrm() -> None:
    table = rows("fev_data.csv")
    seen = [row for row in table if row["FEV1"] != "NA"]
    assert (len(table), len(set(column(table, "USUBJID")))) == (800, 200)
    assert (len(seen), len(set(column(seen, "USUBJID")))) == (537, 197)


def arms_of(name: str, value: str, first: str, second: str) -> tuple[list, list[int]]:
    table = rows(name)
    return from_arms(column(table, value, group=first), column(table, value, group=second))


def rotarod() -> tuple[list, list[int]]:
    return arms_of("rotarod.csv", "time", "treatment", "control")


def bloodp() -> tuple[list, list[int]]:
    return arms_of("bloodp.csv", "bp", "group1", "group2")


def globulin() -> tuple[list, list[int]]:
    return arms_of("globulin.csv", "gfrac", "group1", "group2")


def depression() -> list[Fraction]:
    table = rows("depression.csv")
    change = [Fraction(row["first_visit"]) - Fraction(row["second_visit"]) for row in table]
    assert [each * 1000 for each in change] == [952, -147, 1022, 430, 620, 590, 490, -80, 10]
    return change


def sleep() -> list[Fraction]:
    table = rows("sleep.csv")
    pairs = zip(column(table, "extra_hours", drug="1"), column(table, "extra_hours", drug="2"), strict=True)
    return [Fraction(first) - Fraction(second) for first, second in pairs]


def maize() -> list[str]:
    return column(rows("zeamays.csv"), "diff")


def a_with(decimals: int) -> TestResult:
    values, arms = from_arms(A_TREATED, A_CONTROL)
    return randomisation_test([round(Fraction(value), decimals) for value in values], arms)


def gehan() -> TestResult:
    table = rows("gehan.csv")
    arms = [int(arm == "6-MP") for arm in column(table, "treat")]
    return log_rank_test(column(table, "time"), [int(seen) for seen in column(table, "cens")], arms)


def aml() -> TestResult:
    entries = [(value, 1 - arm) for arm, (_, values) in enumerate(AML) for value in values.split()]
    times, events = [value.rstrip("+") for value, _ in entries], [int("+" not in value) for value, _ in entries]
    return log_rank_test(times, events, [arm for _, arm in entries])


def under_blocks(arms: str, sizes: list[int] | None, **cut: int) -> object:
    own = bits(arms)
    return randomisation_test(Y[: len(own)], own, permuted_blocks(sizes, **cut) if sizes else None).p


B, SEVEN = from_arms(B_TREATED, B_CONTROL), "1010 0101 1010 1001 1001 0011 0101"
MIXED, TWELVE = "1010 110010 0101 010011 01010110", "1010 0101 1010"
STRATA = "1010 0101 1010 0110 011001 011100"
TEN = bits("1,0,0,1,1,0,1,0,1,1")
SMALL = ([4, 6, 5, 7, 2, 7, 5, 6, 6, 9], [1] * 5 + [0] * 5, [5, 7, 6, 9, 4, 8, 6, 5, 7, 10])

PRINTED: dict[str, tuple[Callable[[], object], str]] = {
    "rotarod, exact (Bergmann, Ludbrook & Spooren 2000)": (
        lambda: rank_sum_test(*rotarod()).p, "0.0373 0.0372670807"),
    "rotarod, one-sided": (lambda: rank_sum_test(*rotarod(), sides=Sides.LESS).p, "0.0186 0.0186335404"),
    "maize, sign-flip (Fisher 1935)": (lambda: sign_flip_test(maize()).p, "0.0526733398"),
    "maize, signed rank": (lambda: signed_rank_test(maize()).p, "0.0412597656"),
    "maize, t": (lambda: paired_t_test(maize()).statistic, "2.148 2.1479874613"),
    "maize, p of t": (lambda: paired_t_test(maize()).p, "0.0497 0.0497029440"),
    "blood pressure, means (StatXact-5 manual)": (lambda: randomisation_test(*bloodp()).p, "0.1040 0.1040293040"),
    "blood pressure, means, one-sided": (
        lambda: randomisation_test(*bloodp(), sides=Sides.GREATER).p, "0.0564 0.0564102564"),
    "blood pressure, means, doubled": (
        lambda: randomisation_test(*bloodp(), sides=Sides.DOUBLED).p, "0.1128205128"),
    "blood pressure, ranks": (lambda: rank_sum_test(*bloodp()).p, "0.0989 0.0989010989"),
    "blood pressure, ranks, one-sided": (
        lambda: rank_sum_test(*bloodp(), sides=Sides.GREATER).p, "0.0542 0.0542124542"),
    "blood pressure, van der Waerden": (lambda: normal_scores_test(*bloodp()).p, "0.0799 0.0798534799"),
    "blood pressure, van der Waerden, one-sided": (
        lambda: normal_scores_test(*bloodp()).tails.greater, "0.0462 0.0461538462"),
    "globulin (Gardner & Altman 1989)": (lambda: randomisation_test(*globulin()).p, "0.1475 0.1474918271"),
    "depression (Hollander & Wolfe 1973)": (
        lambda: signed_rank_test(depression(), sides=Sides.GREATER).p, "0.0195 0.01953125"),
    "sleep, t (Student 1908)": (lambda: paired_t_test(sleep()).statistic, "-4.06 -4.0621 -4.0621276834"),
    "sleep, p of t": (lambda: paired_t_test(sleep()).p, "0.00283 0.002833 0.0028329 0.0028328902"),
    "6-MP, log-rank (Freireich 1963, Gehan 1965)": (lambda: gehan().statistic, "16.79 16.7929409892"),
    "6-MP, p": (lambda: gehan().p, "4.1688e-5 4.16881e-5"),
    "maintenance of remission, log-rank (Miller 1997)": (lambda: aml().statistic, "3.4 3.3963886990"),
    "maintenance of remission, p": (lambda: aml().p, "0.065 0.0653393220"),
    "ASAT, ranks (Hothorn 1992)": (
        lambda: rank_sum_test(*from_arms(ASAT_COMPOUND, ASAT_CONTROL)).p, "0.1442442872"),
    "ASAT, means": (lambda: randomisation_test(*from_arms(ASAT_COMPOUND, ASAT_CONTROL)).p, "0.2153549298"),
    "D, sign-flip": (lambda: sign_flip_test(D).p, "0.005615234375"),
    "B, means": (lambda: randomisation_test(*B).p, "0.0581810359 0.058181035901038"),
    "B, means, one-sided": (lambda: randomisation_test(*B).tails.less, "0.0290905180"),
    "B, ranks": (lambda: rank_sum_test(*B).p, "0.0632935596"),
    "A": (lambda: a_with(10).p, "0.008241106484941"),
    "A, one tail": (lambda: a_with(10).tails.less * 155117520, "639170"),
    **{
        f"A with {decimals} decimals": (lambda own=decimals: a_with(own).p, text)
        for decimals, text in enumerate(
            ("0.0082136950", "0.0082406165", "0.0082442267", "0.0082411581", "0.0082411194", "0.0082411065"), 1
        )
    },
    "A, lower limit": (
        lambda: randomisation_interval(*from_arms(A_TREATED, A_CONTROL)).lower, "-6.57153213194"),
    "A, upper limit": (
        lambda: randomisation_interval(*from_arms(A_TREATED, A_CONTROL)).upper, "-1.08376788689"),
    "Y, blocks of 4": (lambda: under_blocks(SEVEN, [4] * 7), "0.0834476452"),
    "Y, blocks ignored": (lambda: under_blocks(SEVEN, None), "0.1594339500"),
    "Y, mixed blocks": (lambda: under_blocks(MIXED, [4, 6, 4, 6, 8]), "0.3230416667"),
    "Y, mixed blocks ignored": (lambda: under_blocks(MIXED, None), "0.4115136377"),
    "Y, two strata": (lambda: under_blocks(STRATA, [4, 4, 4, 4, 6, 6]), "0.5949112654"),
    "Y, first twelve": (lambda: under_blocks(TWELVE, [4] * 3), "0.4259259259"),
    "Y, cut block, 1 0": (lambda: under_blocks(TWELVE + "10", [4] * 4, used_in_last=2), "0.3117283951"),
    "Y, cut block, 0 1": (lambda: under_blocks(TWELVE + "01", [4] * 4, used_in_last=2), "0.5493827160"),
    "Y, cut block, 1 1": (lambda: under_blocks(TWELVE + "11", [4] * 4, used_in_last=2), "0.6018518519"),
    "Y, fair coin": (lambda: randomisation_test(Y[:10], TEN, complete(10)).p, "0.0802348337"),
    "Y, fair coin given the sizes": (
        lambda: randomisation_test(Y[:10], TEN, complete(10), given_sizes=True).p, "0.0714285714"),
    "ten participants, adjusted": (lambda: ancova_randomisation_test(*SMALL).p, "0.0396825397"),
    "indomethacin, share (Elmunzer 2012)": (lambda: Fraction(2700, 295), "9.2 9.1525"),
    "placebo, share": (lambda: Fraction(5200, 307), "16.9 16.9381"),
    "Pentax, first attempts (Abdallah 2011)": (lambda: Fraction(4300, 50), "86 86.0"),
    "Macintosh, first attempts": (lambda: Fraction(4500, 49), "92 91.8"),
}  # fmt: skip


@pytest.mark.parametrize("name", PRINTED)
def test_as_printed(name: str) -> None:
    compute, printed = PRINTED[name]
    found = compute()
    assert all(close(found, text) for text in printed.split())


def test_poisson_regression_of_everitt_and_hothorn() -> None:
    """The digits of the Handbook of Statistical Analyses Using R; those behind them: `test_analysis_rates.py`."""
    table = [row for row in rows("polyps.csv") if row["number12m"]]
    terms = {"drug": [int(row["treatment"] == "sulindac") for row in table], "age": column(table, "age")}
    model = poisson_model([int(row["number12m"]) for row in table], terms)
    for name, value, se in (
        ("intercept", "4.52902", "0.14687"),
        ("drug", "-1.35908", "0.11764"),
        ("age", "-0.03883", "0.00596"),
    ):
        assert close(model.estimate(name).value, value)
        assert close(model.estimate(name).se, se)
    for name, value in (
        ("null deviance", "378.66"),
        ("residual deviance", "179.54"),
        ("AIC", "273.88"),
        ("dispersion", "10.728"),
    ):
        assert close(model.scalar(name), value)
