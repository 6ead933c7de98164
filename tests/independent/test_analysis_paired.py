"""Sign-flip and signed-rank tests: published values, and enumeration of all signs as fractions."""

import random
from fractions import Fraction
from itertools import product

import pytest

from analysis_vectors import D, close, column, rows
from equipoise.analysis import Sides, Zeros, sign_flip_interval, sign_flip_test, signed_rank_test
from equipoise.analysis.exact.signs import _Halves, _sums, _Table, _table
from shared_data import needs_shared


def test_vector_d() -> None:
    """scipy's exact method says 0.004639 and 0.006714."""
    dropped, pratt = signed_rank_test(D), signed_rank_test(D, zeros=Zeros.PRATT)
    assert (dropped.statistic, dropped.p.value, dropped.tails.greater) == (84, Fraction(40, 8192), Fraction(20, 8192))
    assert (pratt.statistic, pratt.p.value, pratt.tails.greater) == (106, Fraction(44, 8192), Fraction(22, 8192))
    means = sign_flip_test(D)
    assert (means.p.value, means.tails.greater) == (Fraction(184, 32768), Fraction(92, 32768))


def test_order_does_not_matter() -> None:
    for test in (sign_flip_test, signed_rank_test):
        assert test(sorted(D)).tails == test(sorted(D, reverse=True)).tails == test(D).tails


def test_no_underflow_and_no_p_above_one() -> None:
    """scipy issues 26026 and 26028: it says 0.0 and 1.0000000000000002."""
    assert float(signed_rank_test(range(1, 55)).p) == 1.1102230246251565e-16
    extreme = signed_rank_test([-1] + [0] * 99, zeros=Zeros.PRATT, sides=Sides.GREATER)
    assert extreme.p.value == 1


def test_more_than_64_bits() -> None:
    """200 differences of one sign: 2 / 2^200, which no 64-bit table holds."""
    assert signed_rank_test(range(1, 201)).p.value == Fraction(2, 2**200)


@needs_shared
def test_maize_of_fisher() -> None:
    differences = column(rows("zeamays.csv"), "diff")
    flips = sign_flip_test(differences)
    assert flips.tails.greater == Fraction(863, 32768)
    assert (flips.p.favourable, flips.p.total) == (1726, 32768)
    assert signed_rank_test(differences).p.value == Fraction(1352, 32768)


@needs_shared
def test_depression_of_hollander_and_wolfe() -> None:
    table = rows("depression.csv")
    change = [Fraction(row["first_visit"]) - Fraction(row["second_visit"]) for row in table]
    result = signed_rank_test(change, sides=Sides.GREATER)
    assert (result.statistic, result.p.value) == (40, Fraction(10, 512))
    assert result.tails.distance == Fraction(20, 512)


@needs_shared
def test_sleep_of_student() -> None:
    table = rows("sleep.csv")
    pairs = zip(column(table, "extra_hours", drug="1"), column(table, "extra_hours", drug="2"), strict=True)
    change = [Fraction(first) - Fraction(second) for first, second in pairs]
    assert sign_flip_test(change).p.value == Fraction(4, 1024)
    assert signed_rank_test(change).p.value == Fraction(2, 512)


@needs_shared
def test_gehan_pairs() -> None:
    """18 of 21 pairs favour 6-MP (Freireich 1963): the sign test is the sign-flip test of +-1."""
    table = rows("gehan.csv")
    treated, control = (
        dict(zip(column(table, "pair", treat=t), column(table, "time", treat=t), strict=True))
        for t in ("6-MP", "control")
    )
    favours = sum(float(treated[pair]) > float(control[pair]) for pair in treated)
    assert favours == 18
    assert close(sign_flip_test([1] * 18 + [-1] * 3).p, "0.0014896393")


@pytest.mark.parametrize("seed", range(4))
def test_against_enumeration_of_signs(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        n = rng.randint(1, 8)
        reach = rng.choice([3, 30])
        values = [Fraction(rng.randint(-reach, reach), rng.choice([1, 10])) for _ in range(n)]
        if not any(values):
            continue
        compare(sign_flip_test(values), [abs(v) for v in values], [v > 0 for v in values])
        for zeros in Zeros:
            kept = [v for v in values if v or zeros is Zeros.PRATT]
            sizes = sorted(abs(v) for v in kept)
            ranks = {s: Fraction(2 * sizes.index(s) + sizes.count(s) + 1, 2) for s in sizes}
            scored = [(ranks[abs(v)], v > 0) for v in kept if v]
            compare(signed_rank_test(values, zeros=zeros), [r for r, _ in scored], [up for _, up in scored])


def compare(result, sizes: list[Fraction], positive: list[bool]) -> None:
    observed = sum(s for s, up in zip(sizes, positive, strict=True) if up)
    centre = Fraction(sum(sizes)) / 2
    sums = [sum(s for s, up in zip(sizes, signs, strict=True) if up) for signs in product((0, 1), repeat=len(sizes))]
    total = len(sums)
    assert result.tails.distance == Fraction(sum(abs(s - centre) >= abs(observed - centre) for s in sums), total)
    assert result.tails.greater == Fraction(sum(s >= observed for s in sums), total)
    assert result.tails.less == Fraction(sum(s <= observed for s in sums), total)


def test_both_sign_engines_agree() -> None:
    rng = random.Random(5)
    scores = [rng.randint(0, 40) for _ in range(18)]
    table, halves = _Table(*_table(scores), 1), _Halves(_sums(scores[::2]), _sums(scores[1::2]), 1)
    assert all(table.at_least(t) == halves.at_least(t) for t in range(-3, sum(scores) + 3, 7))


def test_sign_flip_limits_are_the_inverted_test() -> None:
    """At each limit the one-sided p exceeds 2.5 %; just outside it does not."""
    interval = sign_flip_interval(D)
    step = Fraction(1, 10**6)
    for limit, side, outside in ((interval.lower, "greater", -step), (interval.upper, "less", step)):
        assert getattr(sign_flip_test([d - limit for d in D]).tails, side) > Fraction(25, 1000)
        assert getattr(sign_flip_test([d - limit - outside for d in D]).tails, side) <= Fraction(25, 1000)
    assert close(interval.lower, "0.8")
