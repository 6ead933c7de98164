"""Published and twice-confirmed exact p-values, to the printed digit and as counts."""

from decimal import Decimal
from fractions import Fraction

import pytest

from analysis_vectors import (
    A_CONTROL,
    A_TREATED,
    ASAT_COMPOUND,
    ASAT_CONTROL,
    B_CONTROL,
    B_TREATED,
    Y,
    bits,
    close,
    column,
    rows,
)
from equipoise.analysis import (
    complete,
    from_arms,
    normal_scores_test,
    permuted_blocks,
    randomisation_test,
    rank_sum_test,
    stratified,
)
from shared_data import needs_shared

ALL_15_15 = 155117520


def test_vector_a_is_counted_to_the_last_allocation() -> None:
    """coin's split-up algorithm says 1278341 here, one too many."""
    result = randomisation_test(*from_arms(A_TREATED, A_CONTROL))
    assert (result.p.favourable, result.p.total) == (1278340, ALL_15_15)
    assert result.tails.less == result.tails.distance / 2
    assert close(result.statistic, "-3.8311136130")
    assert result.exact


@pytest.mark.parametrize(
    ("decimals", "count"), [(1, 1274088), (2, 1278264), (3, 1278824), (4, 1278348), (5, 1278342), (6, 1278340)]
)
def test_vector_a_rounded(decimals: int, count: int) -> None:
    values, arms = from_arms(A_TREATED, A_CONTROL)
    rounded = [round(Decimal(v), decimals) for v in values]
    assert randomisation_test(rounded, arms).p.favourable == count


def test_vector_b_integers_with_ties() -> None:
    values, arms = from_arms(B_TREATED, B_CONTROL)
    means, ranks = randomisation_test(values, arms), rank_sum_test(values, arms)
    assert (means.p.favourable, means.tails.less) == (9024898, Fraction(4512449, ALL_15_15))
    assert (ranks.p.favourable, ranks.tails.less) == (9817940, Fraction(4908970, ALL_15_15))
    assert close(means.tails.mid, "0.0493746806")
    assert close(ranks.tails.mid, "0.0618279676")


def test_asat() -> None:
    values, arms = from_arms(ASAT_COMPOUND, ASAT_CONTROL)
    ranks = rank_sum_test(values, arms)
    assert ranks.p.value == Fraction(267712712, 1855967520)
    assert close(ranks.tails.doubled, "0.1442434057")
    assert randomisation_test(values, arms).p.value == Fraction(399691755, 1855967520)


SEVEN = bits("1,0,1,0, 0,1,0,1, 1,0,1,0, 1,0,0,1, 1,0,0,1, 0,0,1,1, 0,1,0,1")
MIXED = bits("1,0,1,0, 1,1,0,0,1,0, 0,1,0,1, 0,1,0,0,1,1, 0,1,0,1,0,1,1,0")
STRATA = bits("1,0,1,0, 0,1,0,1, 1,0,1,0, 0,1,1,0, 0,1,1,0,0,1, 0,1,1,1,0,0")
TWELVE = SEVEN[:4] + bits("0,1,0,1, 1,0,1,0")


@pytest.mark.parametrize(
    ("arms", "reference", "count", "total"),
    [
        (SEVEN, permuted_blocks([4] * 7), 23360, 279936),
        (SEVEN, None, 6395948, 40116600),
        (MIXED, permuted_blocks([4, 6, 4, 6, 8]), 325626, 1008000),
        (MIXED, None, 16508528, 40116600),
        (
            STRATA,
            stratified([(range(12), permuted_blocks([4] * 3)), (range(12, 28), permuted_blocks([4, 6, 6]))]),
            308402,
            518400,
        ),
        (TWELVE, permuted_blocks([4] * 3), 92, 216),
    ],
)
def test_vector_y_under_blocks(arms: list[int], reference, count: int, total: int) -> None:
    result = randomisation_test(Y[: len(arms)], arms, reference)
    assert (result.p.favourable, result.p.total) == (count, total)


@pytest.mark.parametrize(
    ("last", "p", "given"),
    [
        ("10", Fraction(101, 324), Fraction(67, 216)),
        ("01", Fraction(89, 162), Fraction(119, 216)),
        ("11", Fraction(65, 108), Fraction(67, 108)),
        ("00", Fraction(1, 4), Fraction(5, 18)),
    ],
)
def test_vector_y_with_a_truncated_block(last: str, p: Fraction, given: Fraction) -> None:
    arms, reference = TWELVE + bits(last), permuted_blocks([4] * 4, used_in_last=2)
    result = randomisation_test(Y[:14], arms, reference)
    assert (result.p.value, result.p.total) == (p, 1296)
    assert randomisation_test(Y[:14], arms, reference, given_sizes=True).p.value == given


def test_vector_y_under_a_fair_coin() -> None:
    arms = bits("1,0,0,1,1,0,1,0,1,1")
    free, given = (randomisation_test(Y[:10], arms, complete(10), given_sizes=g) for g in (False, True))
    assert (free.p.favourable, free.p.total) == (82, 1022)
    assert given.p.value == Fraction(15, 210)


@needs_shared
def test_rotarod_of_bergmann_ludbrook_and_spooren() -> None:
    """scipy's exact method says 0.0887."""
    table = rows("rotarod.csv")
    result = rank_sum_test(*from_arms(column(table, "time", group="treatment"), column(table, "time", group="control")))
    assert result.p.value == Fraction(100776, 2704156)
    assert min(result.tails.greater, result.tails.less) == Fraction(50388, 2704156)
    assert result.p.text() == "0.0373"


@needs_shared
def test_bloodp_of_the_statxact_manual() -> None:
    table = rows("bloodp.csv")
    data = from_arms(column(table, "bp", group="group1"), column(table, "bp", group="group2"))
    means, ranks, scores = randomisation_test(*data), rank_sum_test(*data), normal_scores_test(*data)
    assert (means.p.value, means.tails.greater) == (Fraction(142, 1365), Fraction(77, 1365))
    assert (means.tails.less, means.tails.doubled) == (Fraction(1312, 1365), Fraction(154, 1365))
    assert (ranks.p.value, ranks.tails.greater) == (Fraction(135, 1365), Fraction(74, 1365))
    assert close(scores.p, "0.0798534799")
    assert close(scores.tails.greater, "0.0461538462")


@needs_shared
def test_globulin_of_gardner_and_altman() -> None:
    table = rows("globulin.csv")
    data = from_arms(column(table, "gfrac", group="group1"), column(table, "gfrac", group="group2"))
    assert randomisation_test(*data).p.value == Fraction(27250, 184756)


@needs_shared
def test_polyps_ratios_as_fractions() -> None:
    """scipy's automatic choice falls back to the normal approximation because of one tie."""

    def ratios(visit: str, arm: str) -> list[Fraction]:
        return [
            Fraction(row[visit]) / Fraction(row["baseline"])
            for row in rows("polyps.csv")
            if row["treatment"] == arm and row[visit]
        ]

    for visit, p in (("number3m", Fraction(60, 705432)), ("number12m", Fraction(508, 167960))):
        assert rank_sum_test(*from_arms(ratios(visit, "sulindac"), ratios(visit, "placebo"))).p.value == p


def test_no_ties_one_row_at_a_time() -> None:
    """scipy issue 26115: the verdict of one endpoint must not depend on another."""
    assert rank_sum_test(*from_arms([0, 1, 2, 3, 9], [4, 5, 6, 7, 8, 10, 11])).p.value == Fraction(38, 792)
