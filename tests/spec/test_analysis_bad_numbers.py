"""Every method that takes numbers, given a bad one, an empty arm, nothing, or values that are all the same."""

import re
import tomllib
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from equipoise.analysis import (
    IncompleteData,
    LongData,
    Resampling,
    ancova,
    ancova_randomisation_test,
    conditional_mean_imputation,
    cox_model,
    exact_log_rank_test,
    fixed_sizes,
    hodges_lehmann,
    imputation_randomisation_test,
    kaplan_meier,
    linear_model,
    log_rank_test,
    max_t,
    mmrm,
    multiple_imputation,
    negative_binomial_model,
    normal_scores_test,
    odds_randomisation_test,
    odds_scores,
    one_way_anova,
    paired_t_test,
    poisson_model,
    pooled_t_test,
    proportional_odds,
    pseudomedian,
    randomisation_interval,
    randomisation_test,
    rank_sum_test,
    residual_randomisation_test,
    sign_flip_interval,
    sign_flip_test,
    signed_rank_test,
    tipping_point,
    welch_t_test,
)
from equipoise.vocabulary import Refusal

Values = Sequence[object]
GOOD, COUNTS = ["3.1", "1.2", "4.4", "2.0", "5.3", "0.7", "2.9", "3.8"], [3, 1, 4, 2, 5, 0, 2, 3]
OTHER, EVENTS, ARMS = [2, 5, 1, 4, 3, 6, 8, 7], [1] * 8, [1, 1, 1, 1, 0, 0, 0, 0]


def words(arms: Values) -> list[str]:
    return ["a" if arm else "b" for arm in arms]


def split(values: Values, arms: Values) -> tuple[list[object], list[object]]:
    first, second = ([v for v, own in zip(values, arms, strict=False) if own == arm] for arm in (1, 0))
    return first, second


def long(outcome: Values, arms: Values, covariate: Values) -> LongData:
    """Two visits, the second measured by `OTHER`."""
    return LongData(
        [value for pair in zip(outcome, OTHER, strict=False) for value in pair],
        [name for name in "abcdefgh" for _ in "12"],
        ["1", "2"] * 8,
        [arm for arm in words(arms) for _ in "12"],
        ("1", "2"),
        {"x": [value for value in covariate for _ in "12"]},
    )


def incomplete(outcome: Values, arms: Values) -> IncompleteData:
    return IncompleteData([[value] for value in outcome], words(arms), {})


COMPARING: dict[str, Callable[[Values, Values], object]] = {
    "randomisation_test": randomisation_test,
    "rank_sum_test": rank_sum_test,
    "normal_scores_test": normal_scores_test,
    "randomisation_interval": randomisation_interval,
    "ancova_randomisation_test": lambda v, z: ancova_randomisation_test(v, z, OTHER),
    "residual_randomisation_test": lambda v, z: residual_randomisation_test(v, z, [OTHER]),
    "max_t": lambda v, z: max_t({"a": v, "b": OTHER}, z, enumerate_all=True),
    "hodges_lehmann": lambda v, z: hodges_lehmann(*split(v, z)),
    "pooled_t_test": lambda v, z: pooled_t_test(*split(v, z)),
    "welch_t_test": lambda v, z: welch_t_test(*split(v, z)),
    "one_way_anova": lambda v, z: one_way_anova(dict(zip("ab", split(v, z), strict=True))),
    "ancova": lambda v, z: ancova(v, words(z), "b", {"x": OTHER}),
    "linear_model": lambda v, z: linear_model(v, {"arm": z}),
    "proportional_odds": lambda v, z: proportional_odds(v, {"arm": z}),
    "odds_randomisation_test": lambda v, z: odds_randomisation_test(v, z, {"x": OTHER}),
    "exact_log_rank_test": lambda v, z: exact_log_rank_test(v, EVENTS, z),
    "log_rank_test": lambda v, z: log_rank_test(v, EVENTS, z),
    "cox_model": lambda v, z: cox_model(v, EVENTS, {"arm": z}),
    "poisson_model": lambda v, z: poisson_model(v, {"arm": z}),
    "negative_binomial_model": lambda v, z: negative_binomial_model(v, {"arm": z}),
    "mmrm": lambda v, z: mmrm(long(v, z, OTHER), "b"),
    "multiple_imputation": lambda v, z: multiple_imputation(incomplete(v, z), "b"),
    "conditional_mean_imputation": lambda v, z: conditional_mean_imputation(incomplete(v, z), "b"),
    "imputation_randomisation_test": lambda v, z: imputation_randomisation_test(
        incomplete(v, z), "b", fixed_sizes(len(z), sum(z)), resampling=Resampling(99)
    ),
    "tipping_point": lambda v, z: tipping_point(incomplete(v, z), "b", [0, 1]),
}
OF_ONE_ARM: dict[str, Callable[[Values], object]] = {
    "sign_flip_test": sign_flip_test,
    "signed_rank_test": signed_rank_test,
    "sign_flip_interval": sign_flip_interval,
    "pseudomedian": pseudomedian,
    "paired_t_test": paired_t_test,
    "kaplan_meier": lambda v: kaplan_meier(v, EVENTS),
    "odds_scores": lambda v: odds_scores(v, {"x": OTHER}),
}
COVARIATES: dict[str, Callable[[Values], object]] = {
    "ancova_randomisation_test": lambda v: ancova_randomisation_test(OTHER, ARMS, v),
    "residual_randomisation_test": lambda v: residual_randomisation_test(OTHER, ARMS, [v]),
    "ancova": lambda v: ancova(OTHER, words(ARMS), "b", {"x": v}),
    "linear_model": lambda v: linear_model(OTHER, {"x": v}),
    "cox_model": lambda v: cox_model(OTHER, EVENTS, {"x": v}),
    "poisson_model, exposure": lambda v: poisson_model(OTHER, {"arm": ARMS}, exposure=v),
    "mmrm": lambda v: mmrm(long(GOOD, ARMS, v), "b"),
}
WHOLE = {"proportional_odds", "odds_scores", "odds_randomisation_test", "poisson_model", "negative_binomial_model"}
MAY_MISS = {
    "mmrm",
    "multiple_imputation",
    "conditional_mean_imputation",
    "imputation_randomisation_test",
    "tipping_point",
}
MAY_TIE = {
    "log_rank_test", "exact_log_rank_test", "cox_model", "kaplan_meier",  # everybody's event at one time
    "poisson_model", "poisson_model, exposure",  # equal rates
    "sign_flip_test", "signed_rank_test", "sign_flip_interval",  # the same change in everybody
}  # fmt: skip
BAD = {
    "not a number": float("nan"),
    "infinite": float("inf"),
    "minus infinity": float("-inf"),
    "missing": None,
    "below a limit": "<5",
    "truth value": True,
    "decimal not a number": Decimal("NaN"),
    "too many digits": "1e400",
}
CALLS: dict[str, Callable[[Values], object]] = {
    **{name: lambda v, call=call: call(v, ARMS) for name, call in COMPARING.items()},
    **OF_ONE_ARM,
    **{f"covariate of {name}": call for name, call in COVARIATES.items()},
}


def refused(call: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.sentence.endswith(".")
    assert refusal.value.remedy.endswith(".")
    return refusal.value


@pytest.mark.parametrize("name", CALLS)
def test_a_bad_number_gets_a_sentence(name: str) -> None:
    for kind, bad in BAD.items():
        if name in MAY_MISS and kind == "missing":
            continue
        values: list[object] = list(COUNTS if name in WHOLE else GOOD)
        values[2] = bad
        assert "5.3" not in refused(lambda v=values: CALLS[name](v)).sentence


@pytest.mark.parametrize("name", CALLS)
def test_no_data_and_no_spread_get_a_sentence(name: str) -> None:
    refused(lambda: CALLS[name]([]))
    if name.removeprefix("covariate of ") not in MAY_TIE:
        refused(lambda: CALLS[name]([2] * 8))


@pytest.mark.parametrize("name", COMPARING)
def test_an_empty_arm_gets_a_sentence(name: str) -> None:
    values = COUNTS if name in WHOLE else GOOD
    for arm in (1, 0):
        refused(lambda arm=arm: COMPARING[name](values, [arm] * 8))


def test_every_method_is_given_something_bad() -> None:
    """Here, or by name in the table of `test_analysis_refusals.py`."""
    here = Path(__file__).parent
    table = (here.parent / "independent" / "validation.toml").read_text(encoding="utf-8")
    methods = {name for entries in tomllib.loads(table).values() for name in entries}
    others = (here / "test_analysis_refusals.py").read_text(encoding="utf-8").partition("WRONG: dict")[2]
    by_name = {name for name in methods if re.search(rf"\b{name}\(", others)}
    nothing_to_refuse = {"grim_power", "stated_range"}  # two whole numbers; what `stated_tests` has read
    assert methods - by_name - set(COMPARING) - set(OF_ONE_ARM) == nothing_to_refuse
