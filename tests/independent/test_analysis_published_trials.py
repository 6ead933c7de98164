"""Every printed cell of two tables of the CDISC pilot study, and the published figures of five other trials.

The printed tables stand in `published/`, with their source; the participants' data are read from the shared files.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from scipy.stats import norm, rankdata

from analysis_vectors import close, column, rows
from equipoise.analysis import (
    TwoByTwo,
    ancova,
    chi_square_test,
    fisher_test,
    from_arms,
    linear_model,
    odds_ratio,
    pooled_t_test,
    rank_sum_test,
    sign_flip_test,
)
from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.execution.harms import ArmsCompared, event_rows
from equipoise.analysis.execution.summaries import mean, quantile, standard_deviation
from equipoise.analysis.harms_data import Exposure, HarmsData, RecordedEvent
from shared_data import needs_shared

pytestmark = needs_shared
PRINTED = Path(__file__).parent / "published" / "cdisc_pilot_adverse_events.txt"
DOSES = ("Placebo", "Xanomeline Low Dose", "Xanomeline High Dose")


def half_up(value: Fraction | float, decimals: int) -> str:
    """As SAS prints: a half is rounded away from zero."""
    exact = Fraction(value)
    units = int(abs(exact) * 10**decimals + Fraction(1, 2))
    sign = "-" if exact < 0 and units else ""
    return f"{sign}{Fraction(units, 10**decimals).__float__():.{decimals}f}"


def described(values: list[str]) -> tuple[str, str, str]:
    numbers = [Fraction(value) for value in values]
    middle, low, high = (quantile(numbers, Fraction(share, 2)) for share in (1, 0, 2))
    return (
        str(len(numbers)),
        f"{half_up(mean(numbers), 1)} ({half_up(standard_deviation(numbers), 2)})",
        f"{half_up(middle, 1)} ({half_up(low, 0)};{half_up(high, 0)})",
    )


@pytest.mark.parametrize(
    ("variable", "cells"),
    [
        ("BASE", (("79", "24.1 (12.19)", "21.0 (5;61)"), ("81", "24.4 (12.92)", "21.0 (5;57)"),
                  ("74", "21.3 (11.74)", "18.0 (3;57)"))),
        ("AVAL", (("79", "26.7 (13.79)", "24.0 (5;62)"), ("81", "26.4 (13.18)", "25.0 (6;62)"),
                  ("74", "22.8 (12.48)", "20.0 (3;62)"))),
        ("CHG", (("79", "2.5 (5.80)", "2.0 (-11;16)"), ("81", "2.0 (5.55)", "2.0 (-11;17)"),
                 ("74", "1.5 (4.26)", "1.0 (-7;13)"))),
    ],
)  # fmt: skip
def test_descriptive_cells_of_table_14_3_01(variable: str, cells) -> None:
    table = rows("cdisc_adas_wk24.csv")
    assert tuple(described(column(table, variable, TRTPN=dose)) for dose in ("0", "54", "81")) == cells


def test_digits_behind_table_14_3_01() -> None:
    table = rows("cdisc_adas_wk24.csv")
    for variable, printed in (
        ("BASE", "24.1218 12.1864 24.4074 12.9224 21.2973 11.7365"),
        ("AVAL", "26.6665 13.7943 26.4027 13.1807 22.7678 12.4836"),
        ("CHG", "2.5447 5.8039 1.9953 5.5528 1.4705 4.2624"),
    ):
        arms = [[Fraction(value) for value in column(table, variable, TRTPN=dose)] for dose in ("0", "54", "81")]
        found = [value for arm in arms for value in (mean(arm), standard_deviation(arm))]
        assert all(close(value, text) for value, text in zip(found, printed.split(), strict=True))
    for variable, dose, printed in (("BASE", "54", "56.72"), ("AVAL", "0", "61.55"), ("AVAL", "81", "61.55")):
        assert half_up(max(map(Fraction, column(table, variable, TRTPN=dose))), 2) == printed


def test_model_cells_of_table_14_3_01() -> None:
    table = rows("cdisc_adas_wk24.csv")
    change, arm = column(table, "CHG"), column(table, "TRTPN")
    covariates = {"site": column(table, "SITEGR1"), "baseline": column(table, "BASE")}
    factors = frozenset({"site"})
    fits = {dose: ancova(change, arm, dose, covariates, factors=factors) for dose in ("0", "54")}
    for higher, lower, cells in (
        ("54", "0", ("0.569", "-0.5 (0.82)", "(-2.1;1.1)")),
        ("81", "0", ("0.233", "-1.0 (0.84)", "(-2.7;0.7)")),
        ("81", "54", ("0.520", "-0.5 (0.84)", "(-2.2;1.1)")),
    ):
        found = fits[lower].estimate(f"{higher} - {lower}")
        limits = f"({half_up(found.interval.lower, 1)};{half_up(found.interval.upper, 1)})"
        assert (found.p.text(3), f"{half_up(found.value, 1)} ({half_up(found.se, 2)})", limits) == cells
    dose = linear_model(change, {"dose": arm, **covariates}, factors=factors)
    assert (dose.scalar("residual df"), dose.estimate("dose").p.text(3)) == (221, "0.245")


def emergent(rows_of_events: list[dict[str, str]], heading: str) -> HarmsData:
    """Treatment-emergent events as our tables of harms read them, one term per heading."""
    given = [
        RecordedEvent(row["USUBJID"], heading and row[heading], 1, 1, row["AESER"] == "Y", False, False, False, ())
        for row in rows_of_events
        if row["TRTEMFL"] == "Y"
    ]
    return HarmsData(events=tuple(given), exposure={event.participant: Exposure(1, 1) for event in given})


def safety_set() -> ArmsCompared:
    people = [row for row in rows("cdisc_adsl.csv") if row["SAFFL"] == "Y"]
    members = {arm: frozenset(column(people, "USUBJID", TRT01A=arm)) for arm in DOSES}
    assert [len(each) for each in members.values()] == [86, 84, 84]
    return ArmsCompared(members, LEVEL_95)


def table_lines(table: str) -> Iterator[tuple[str, str, list[str]]]:
    for line in PRINTED.read_text(encoding="utf-8").splitlines():
        if line.startswith(table):
            _, kind, name, *cells = line.split("|")
            yield kind, name, cells


@pytest.mark.parametrize(("name", "serious", "expected"), [("14-5.01", False, 254), ("14-5.02", True, 4)])
def test_every_cell_of_the_tables_of_adverse_events(name: str, serious: bool, expected: int) -> None:
    """1,524 counts, their percentages and 508 p values of Fisher's test: the printed cells, all of them."""
    events = [row for row in rows("cdisc_adae.csv") if row["AESER"] == "Y" or not serious]
    compared = safety_set()
    found = {
        (kind, row.term): row
        for kind, heading in (("total", ""), ("class", "AEBODSYS"), ("term", "AEDECOD"))
        for row in event_rows(emergent(events, heading), compared)
    }
    printed = list(table_lines(name))
    assert len(printed) == len(found) == expected
    for kind, term, cells in printed:
        row = found["total", ""] if term == "ANY BODY SYSTEM" else found[kind, term]
        assert our_cells(row, compared) == cells, term


def our_cells(row, compared: ArmsCompared) -> list[str]:
    cells = []
    for arm in DOSES:
        people, whole = row.participants[arm], len(compared.members[arm])
        cells.append(f"{people} ({half_up(Fraction(100 * people, whole), 1)}%)" if people else "0")
        cells.append(f"[{row.events[arm]}]" if people else "")
    for dose in DOSES[1:]:
        table = TwoByTwo(row.participants[dose], 84, row.participants["Placebo"], 86)
        nobody = not (table.treated_events or table.control_events)
        cells.append("" if nobody else printed_p(fisher_test(table).p.value))
    return cells


def printed_p(p: Fraction) -> str:
    """Their rules: three decimals, an asterisk below 0.15, `>.99` above 0.99."""
    return ">.99" if p > Fraction(99, 100) else half_up(p, 3) + ("*" if p < Fraction(15, 100) else "")


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((65, 77, 76), "0.006533", "0.013638"),  # any
        ((21, 47, 40), "4.02e-5", None),  # general disorders
        ((8, 20, 25), None, "0.000870"),  # nervous system
        ((0, 1, 2), "0.494118", "0.242673"),  # any serious one
    ],
)
def test_digits_behind_the_tables_of_adverse_events(counts, low, high) -> None:
    for count, printed in zip(counts[1:], (low, high), strict=True):
        assert printed is None or close(fisher_test(TwoByTwo(count, 84, counts[0], 86)).p, printed)


def test_traps_of_the_adverse_events() -> None:
    """Events that began before the dose, and people without any event, change the table where they are forgotten."""
    events, arm_of = rows("cdisc_adae.csv"), {row["USUBJID"]: row["TRT01A"] for row in rows("cdisc_adsl.csv")}
    assert sum(row["TRTEMFL"] != "Y" for row in events) == 65
    people = {row["USUBJID"] for row in events}
    assert len(people) == 225
    assert [sum(arm_of[p] == arm for p in people) for arm in DOSES] == [69, 77, 79]


def test_indomethacin_trial() -> None:
    """27 of 295 (9.2 %) against 52 of 307 (16.9 %), P = 0.005 (Elmunzer 2012)."""
    table = rows("indo_rct.csv")
    assert [len(column(table, "id", site=s)) for s in ("1_UM", "2_IU", "3_UK", "4_Case")] == [164, 413, 22, 3]
    counts = [
        (len(column(table, "id", rx=arm, outcome="1_yes")), len(column(table, "id", rx=arm)))
        for arm in ("1_indomethacin", "0_placebo")
    ]
    assert [f"{events} of {n} ({half_up(Fraction(100 * events, n), 1)} %)" for events, n in counts] == [
        "27 of 295 (9.2 %)",
        "52 of 307 (16.9 %)",
    ]
    both = TwoByTwo(*counts[0], *counts[1])
    assert fisher_test(both).p.text(3) == "0.005"
    assert close(chi_square_test(both).p, "0.004682")
    assert close(chi_square_test(both, continuity=True).p, "0.006781")


def test_streptomycin_trial() -> None:
    """Deaths 4 of 55 against 14 of 52; considerable improvement 28 against 4 (MRC 1948)."""
    table = rows("strep_tb.csv")
    levels = {
        arm: [column(table, "rad_num", arm=arm).count(str(level)) for level in range(6, 0, -1)]
        for arm in ("Streptomycin", "Control")
    }
    assert levels == {"Streptomycin": [28, 10, 2, 5, 6, 4], "Control": [4, 13, 3, 12, 6, 14]}
    assert [half_up(Fraction(100 * a, b), 2) for a, b in ((4, 55), (14, 52), (28, 55), (4, 52))] == [
        "7.27", "26.92", "50.91", "7.69",
    ]  # fmt: skip
    improved = [sum(row["improved"] == "TRUE" for row in table if row["arm"] == arm) for arm in levels]
    assert improved == [38, 17]


def test_laryngoscope_trial() -> None:
    """First attempts: 86 % with the video laryngoscope, 92 % with the Macintosh (Abdallah 2011)."""
    table = rows("laryngoscope.csv")
    first = {arm: column(table, "attempt1_S_F", Randomization=arm) for arm in ("1", "0")}
    counts = [(each.count("1"), len(each)) for each in first.values()]
    assert counts == [(43, 50), (45, 49)]
    assert [half_up(Fraction(100 * good, n), 0) for good, n in counts] == ["86", "92"]
    assert close(fisher_test(TwoByTwo(*counts[0], *counts[1])).p, "0.5246")
    overall = {arm: column(table, "intubation_overall_S_F", Randomization=arm).count("1") for arm in first}
    assert overall == {"1": 46, "0": 49}


def test_polyps_trial() -> None:
    """The means of the ratios to baseline, and the ratio of counts at 12 months from the ANCOVA of their logarithms."""
    for visit, drug, placebo in (("number3m", "0.601633", "1.095323"), ("number12m", "0.366769", "1.592715")):
        for arm, printed in (("sulindac", drug), ("placebo", placebo)):
            ratios = [
                Fraction(row[visit]) / Fraction(row["baseline"])
                for row in rows("polyps.csv")
                if row["treatment"] == arm and row[visit]
            ]
            assert close(mean(ratios), printed)


def test_rotarod_normal_approximation() -> None:
    """Asymptotic 0.0147 (Bergmann, Ludbrook & Spooren 2000): the difference in mean midranks over its permutation SD.

    Var D = n s^2 / (k (n - k)), s^2 with divisor n - 1 over all midranks, which is the variance with correction for
    ties; no continuity correction.  The package offers no such approximation where the exact value can be had.
    """
    table = rows("rotarod.csv")
    values, arms = from_arms(column(table, "time", group="treatment"), column(table, "time", group="control"))
    result = rank_sum_test(values, arms)
    ranks = [Fraction(rank) for rank in rankdata([float(value) for value in values])]
    deviation = standard_deviation(ranks) * (Fraction(24, 12 * 12)) ** 0.5
    p = 2 * norm.sf(abs(float(result.statistic)) / deviation)
    assert close(p, "0.0147316879")
    assert half_up(p, 4) == "0.0147"
    assert result.p.text() == "0.0373"


def test_small_vectors() -> None:
    """What the other files about these vectors leave out."""
    maize = column(rows("zeamays.csv"), "diff")
    thousandths = [int(Fraction(d) * 1000) for d in maize]
    own = sum(thousandths)
    sums = [sum(s * d for s, d in zip(signs, thousandths, strict=True)) for signs in product((1, -1), repeat=15)]
    assert (sum(each > own for each in sums), sum(each >= own for each in sums)) == (835, 863)
    assert sign_flip_test(maize).tails.greater == Fraction(863, 32768)
    table = rows("globulin.csv")
    groups = [column(table, "gfrac", group=g) for g in ("group1", "group2")]
    assert close(pooled_t_test(*groups).p, "0.1368249310")
    assert close(float(odds_ratio(TwoByTwo(27, 295, 52, 307)).value), "0.4940442")
