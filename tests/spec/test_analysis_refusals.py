"""Wrong input gets a sentence that says what to do, never a wrong 'exact' and never a traceback."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise import analysis
from equipoise.analysis import (
    Budget,
    IncompleteData,
    LongData,
    Rerun,
    Resampling,
    Summary,
    TestResult,
    TwoByTwo,
    ancova,
    ancova_randomisation_test,
    baseline_balance,
    biased_coin,
    big_stick,
    block_urn,
    bonferroni,
    boschloo_test,
    chi_square_test,
    clopper_pearson,
    cochran_mantel_haenszel,
    complete,
    cox_model,
    debit,
    exact_log_rank_test,
    exact_stratified_test,
    feasible,
    fisher_test,
    fixed_sequence,
    fixed_sizes,
    graphical,
    grim,
    grimmer,
    hochberg,
    hodges_lehmann,
    holm,
    kaplan_meier,
    linear_model,
    log_rank_test,
    mantel_haenszel,
    max_t,
    maximal,
    minimisation,
    minimisation_again,
    mmrm,
    multiple_imputation,
    negative_binomial_model,
    odds_ratio,
    one_way_anova,
    paired_t_test,
    permuted_blocks,
    poisson_model,
    poisson_rate,
    printed,
    proportional_odds,
    pseudomedian,
    random_blocks,
    randomisation_interval,
    randomisation_test,
    rank_sum_test,
    rate_ratio_test,
    residual_randomisation_test,
    risk_difference,
    risk_ratio,
    sign_flip_interval,
    sign_flip_test,
    signed_rank_test,
    stratified,
    student_range,
    tipping_point,
    urn,
    welch_range,
    welch_t_test,
)
from equipoise.analysis.exact.integers import exact
from equipoise.vocabulary import Refusal

ARMS = [1, 0, 1, 0]
NAN, INF = float("nan"), float("inf")
SUMMARY = Summary(printed("1.2"), printed("0.4"), 12)
SEPARATED = {"arm": [0, 0, 0, 0, 1, 1, 1, 1]}


def long_data(**changes: object) -> LongData:
    fields = {
        "outcome": [1, 2, 3, 5, 2, 2, 4, 4],
        "participants": ["a", "a", "b", "b", "c", "c", "d", "d"],
        "visits": ["1", "2"] * 4,
        "arms": ["x"] * 4 + ["y"] * 4,
        "visit_order": ("1", "2"),
        "covariates": {},
    }
    return LongData(**{**fields, **changes})


WRONG: dict[str, Callable[[], object]] = {
    "not a number": lambda: randomisation_test([1, NAN, 2, 3], ARMS),
    "infinite": lambda: rank_sum_test([1, INF, 2, 3], ARMS),
    "missing": lambda: randomisation_test([1, None, 2, 3], ARMS),
    "text": lambda: randomisation_test([1, "<5", 2, 3], ARMS),
    "empty text": lambda: randomisation_test([1, "", 2, 3], ARMS),
    "truth value": lambda: randomisation_test([1, True, 2, 3], ARMS),
    "decimal not a number": lambda: sign_flip_test([Decimal("NaN"), 1]),
    "one arm empty": lambda: randomisation_test([1, 2, 3, 4], [1, 1, 1, 1]),
    "no data": lambda: randomisation_test([], []),
    "another code": lambda: randomisation_test([1, 2, 3, 4], [1, 2, 1, 2]),
    "another length": lambda: randomisation_test([1, 2, 3, 4], [1, 0]),
    "all tied": lambda: randomisation_test([3, 3, 3, 3], ARMS),
    "all tied, interval": lambda: randomisation_interval([3, 3, 3, 3], ARMS),
    "no differences": lambda: signed_rank_test([0, 0, 0]),
    "no difference at all": lambda: sign_flip_test([0]),
    "impossible under the procedure": lambda: randomisation_test([1, 2, 3, 4], [1, 1, 0, 0], permuted_blocks([2, 2])),
    "impossible imbalance": lambda: randomisation_test(range(6), [1, 1, 1, 0, 0, 0], big_stick(6, 2)),
    "procedure of another size": lambda: randomisation_test([1, 2, 3, 4], ARMS, big_stick(5)),
    "too much to do exactly": lambda: randomisation_test(
        [str(Fraction(i, 7))[:1] + f".{i**7 % 10**9:09d}" for i in range(80)], [1, 0] * 40
    ),
    "budget too small": lambda: randomisation_test([1, 2, 3, 4], ARMS, budget=Budget(0, 0)),
    "block of odd size": lambda: permuted_blocks([4, 3]),
    "strata overlap": lambda: stratified([([0, 1], big_stick(2)), ([1, 2], big_stick(2))]),
    "minimisation without a factor table": lambda: minimisation([["a"], ["a", "b"]], Fraction(3, 4)),
    "minimisation against itself": lambda: minimisation([["a"], ["b"]], Fraction(1, 4)),
    "re-run that gives too few": lambda: randomisation_test(range(4), ARMS, Rerun("x", 4, lambda _: [1, 0])),
    "re-run that gives other codes": lambda: randomisation_test(range(4), ARMS, Rerun("x", 4, lambda _: [1, 2, 1, 0])),
    "re-run with an empty arm": lambda: randomisation_test(range(4), ARMS, Rerun("x", 4, lambda _: [1, 1, 1, 1])),
    "re-run given the sizes": lambda: randomisation_test(
        range(4), ARMS, Rerun("x", 4, lambda _: ARMS), given_sizes=True
    ),
    "ratio with a zero": lambda: risk_ratio(TwoByTwo(0, 4, 1, 4)),
    "constant covariate": lambda: ancova_randomisation_test([1, 2, 3, 4], ARMS, [5, 5, 5, 5]),
    "covariate is the arm": lambda: ancova_randomisation_test([1, 2, 3, 4], ARMS, ARMS),
    "shift without an arm": lambda: hodges_lehmann([], [1]),
    "centre of nothing": lambda: pseudomedian([]),
    "count above its arm": lambda: TwoByTwo(5, 4, 1, 4),
    "arm of nobody": lambda: TwoByTwo(0, 0, 1, 4),
    "arms too large for exact limits": lambda: risk_difference(TwoByTwo(50, 400, 60, 400)),
    "proportion of nobody": lambda: clopper_pearson(0, 0),
    "odds ratio of nothing": lambda: mantel_haenszel([TwoByTwo(0, 3, 0, 3)]),
    "one value": lambda: paired_t_test([1]),
    "no spread": lambda: welch_t_test([1, 1], [1, 1]),
    "more parameters than participants": lambda: linear_model([1, 2], {"x": [1, 2]}),
    "redundant column": lambda: linear_model([1, 2, 3, 4], {"x": [1, 2, 3, 4], "y": [2, 4, 6, 8]}),
    "covariate of another length": lambda: linear_model([1, 2, 3, 4], {"x": [1, 2]}),
    "single arm": lambda: ancova([1, 2, 3], ["a", "a", "a"], "a", {}),
    "reference arm absent": lambda: ancova([1, 2, 3, 4], ["a", "b", "a", "b"], "c", {}),
    "one group": lambda: one_way_anova({"a": [1, 2]}),
    "groups without spread": lambda: one_way_anova({"a": [1, 1], "b": [2, 2]}),
    "negative time": lambda: kaplan_meier([-1, 2], [1, 1]),
    "event code": lambda: log_rank_test([1, 2, 3, 4], [1, 2, 0, 1], ARMS),
    "no event": lambda: exact_log_rank_test([1, 2, 3, 4], [0, 0, 0, 0], ARMS),
    "no event to compare": lambda: log_rank_test([1, 2, 3, 4], [0, 0, 0, 0], ARMS),
    "arm without events": lambda: cox_model([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 0, 0, 0, 0], SEPARATED),
    "complete separation": lambda: proportional_odds([0, 0, 0, 0, 1, 1, 1, 1], SEPARATED),
    "one score": lambda: proportional_odds([1, 1, 1, 1], {"arm": ARMS}),
    "fractional count": lambda: poisson_model([1, 1.5, 2, 3], {"arm": ARMS}),
    "no exposure": lambda: poisson_model([1, 2, 2, 3], {"arm": ARMS}, exposure=[1, 0, 1, 1]),
    "no events in an arm": lambda: poisson_model([0, 0, 0, 0, 1, 2, 1, 2], SEPARATED),
    "no overdispersion": lambda: negative_binomial_model([2, 2, 2, 2, 2, 3, 2, 2], SEPARATED),
    "negative events": lambda: poisson_rate(-1, 3),
    "no event in either arm": lambda: rate_ratio_test(0, 3, 0, 4),
    "two outcomes at one visit": lambda: mmrm(long_data(visits=["1", "1"] * 4), "x"),
    "visit without a place": lambda: mmrm(long_data(visit_order=("1",)), "x"),
    "arm never seen at a visit": lambda: mmrm(long_data(outcome=[1, None, 3, None, 2, 2, 4, 4]), "x"),
    "two outcomes at one place": lambda: mmrm(long_data(places=[[1], [1]] * 4), "x"),
    "places of different kinds": lambda: mmrm(long_data(places=[[1], [2, 3]] * 4), "x"),
    "day that is no number": lambda: mmrm(long_data(places=[[1], ["day 8"]] * 4), "x"),
    "days of some rows": lambda: mmrm(long_data(places=[[1], [2]]), "x"),
    "no inner maximum": lambda: mmrm(long_data(outcome=[1, 1, 3, 3, 2, 2, 4, 4]), "x"),
    "ragged visits": lambda: multiple_imputation(IncompleteData([[1], [1, 2]], ["a", "b"], {}), "a"),
    "nobody left in an arm": lambda: multiple_imputation(
        IncompleteData([[1], [2], [None], [None]], ["a", "a", "b", "b"], {}), "a"
    ),
    "too few complete to draw from": lambda: multiple_imputation(
        IncompleteData(
            [[1, 2], [2, 4], [4, None], [3, 5], [5, 4], [2, None]], ["a"] * 3 + ["b"] * 3, {"x": [1, 5, 2, 4, 3, 6]}
        ),
        "a",
    ),
    "no delta": lambda: tipping_point(IncompleteData([[1], [2]], ["a", "b"], {}), "a", []),
    "no p-values": lambda: bonferroni({}),
    "p above one": lambda: bonferroni({"a": 1.5}),
    "order that forgets": lambda: fixed_sequence({"a": 0.1, "b": 0.2}, ["a"]),
    "graph that gives more than it has": lambda: graphical(
        {"a": 0.1, "b": 0.2}, {"a": Fraction(2, 3), "b": Fraction(2, 3)}, {}
    ),
    "constant endpoint": lambda: max_t({"a": [1, 1, 1, 1]}, ARMS),
    "endpoint with a gap": lambda: max_t({"a": [1, 2, None, 3]}, ARMS),
    "no endpoint": lambda: max_t({}, ARMS),
    "more digits than a measurement has": lambda: randomisation_test(["1e400", 1, 2, 3], ARMS),
    "fewer digits than a measurement has": lambda: linear_model(["1e999", 1, 2, 3], {"x": [1, 2, 4, 3]}),
    "no difference to invert": lambda: sign_flip_interval([]),
    "level of one": lambda: randomisation_interval([1, 2, 3, 4], ARMS, level=Fraction(1)),
    "level in per cent": lambda: paired_t_test([1, 2, 4], level=Fraction(95)),
    "level that is not a number": lambda: clopper_pearson(1, 3, NAN),
    "half a participant": lambda: fisher_test(TwoByTwo(1.5, 4, 1, 4)),
    "count as text": lambda: risk_difference(TwoByTwo("1", 4, 1, 4)),
    "half an event": lambda: rate_ratio_test(1.5, 3, 1, 4),
    "more tables than can be listed": lambda: fisher_test(TwoByTwo(10**6, 10**7, 10**6, 10**7)),
    "arms too large for Boschloo": lambda: boschloo_test(TwoByTwo(50, 4000, 60, 4000)),
    "more events than can be convolved": lambda: exact_stratified_test([TwoByTwo(900, 2000, 800, 2000)]),
    "no stratum": lambda: exact_stratified_test([]),
    "nobody had the event": lambda: chi_square_test(TwoByTwo(0, 4, 0, 4)),
    "p-value as text": lambda: holm({"a": "0.01"}),
    "no draws": lambda: Resampling(0),
    "half a participant in the procedure": lambda: big_stick(2.5),
    "covariates that are no lists": lambda: residual_randomisation_test([1, 2, 4, 3], ARMS, [1, 2, 3, 4]),
    "numbers and words in one term": lambda: linear_model([1, 2, 4, 3], {"crp": ["0.4", "<0.3", "1.2", "0.9"]}),
    "summary of one participant": lambda: Summary(printed("1.0"), printed("0.5"), 1),
    "compared with one participant": lambda: student_range(SUMMARY, Summary(printed("1.0"), printed("0.5"), 1)),
    "compared with half a participant": lambda: welch_range(SUMMARY, Summary(printed("1.0"), printed("0.5"), 0)),
    "mean that is no number": lambda: printed("nan"),
    "mean of nobody": lambda: grim(printed("1.0"), 0),
    "SD of one participant": lambda: grimmer(printed("1.0"), printed("0.5"), 1),
    "share of one participant": lambda: debit(printed("1.0"), printed("0.5"), 1),
    "sample of one participant": lambda: feasible(printed("1.0"), printed("0.5"), 1, 0, 5),
    "group too large for every pair": lambda: feasible(printed("1.0"), printed("0.5"), 5000, 0, 500),
    "no baseline rows": lambda: baseline_balance([]),
    "odds of nothing": lambda: odds_ratio(TwoByTwo(0, 4, 1, 4)),
    "strata without events": lambda: cochran_mantel_haenszel([TwoByTwo(0, 4, 0, 4)]),
    "p-value that is no number": lambda: hochberg({"a": NAN}),
    "more treated than there are": lambda: fixed_sizes(4, 5),
    "nobody to allocate": lambda: complete(0),
    "coin against the balance": lambda: biased_coin(4, Fraction(1, 3)),
    "urn without balls": lambda: urn(4, -1, 1),
    "no balls in the block": lambda: block_urn(4, 0),
    "no imbalance allowed": lambda: maximal(4, 0),
    "random blocks of odd size": lambda: random_blocks(4, [3]),
    "re-run without a factor table": lambda: minimisation_again([["a"], ["a", "b"]], Fraction(3, 4)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_gets_a_sentence(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        WRONG[name]()
    assert refusal.value.rule
    assert refusal.value.sentence.endswith((".", "?"))
    assert refusal.value.remedy.endswith(".")


def test_a_refusal_names_the_place_and_not_the_value() -> None:
    with pytest.raises(Refusal, match="number 2") as refusal:
        randomisation_test([1, "secret", 2, 3], ARMS)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("0.1", Fraction(1, 10)),
        (" 5.20 ", Fraction(26, 5)),
        (0.1, Fraction(1, 10)),  # by its shortest decimal text, not by its binary value
        (Decimal("1.5"), Fraction(3, 2)),
        (7, Fraction(7)),
        (Fraction(1, 3), Fraction(1, 3)),
        ("1e-3", Fraction(1, 1000)),
    ],
)
def test_numbers_at_the_door(given: object, read: Fraction) -> None:
    assert exact(given) == read


def test_every_public_name_exists_and_says_what_it_does() -> None:
    for name in analysis.__all__:
        assert getattr(analysis, name).__doc__ or name == "Recorded" or name == "Procedure"


@pytest.mark.parametrize("test", [randomisation_test, rank_sum_test])
def test_computed_floats_are_warned_of_where_ties_may_be_broken(test: Callable[..., TestResult]) -> None:
    """7.1 - 5.3 is 1.7999999999999998 in binary: no longer tied with 1.8."""
    computed = test([7.1 - 5.3, 1.8, 2.5, 0.4], ARMS)
    assert any("round them first" in warning for warning in computed.warnings)
    for recorded in ([1.8, 1.8, 2.5, 0.4], ["1.8", "1.8", "2.5", "0.4"], [Fraction(1, 3), 1, 2, 3]):
        assert not any("round them first" in warning for warning in test(recorded, ARMS).warnings)


@pytest.mark.parametrize("test", [sign_flip_test, signed_rank_test])
def test_computed_differences_are_warned_of(test: Callable[..., TestResult]) -> None:
    assert any("round them first" in warning for warning in test([0.1 + 0.2, 0.3, -0.4]).warnings)
    assert not any("round them first" in warning for warning in test([0.3, 0.3, -0.4]).warnings)
