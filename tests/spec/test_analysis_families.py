"""How planned tests share the error rate (ICH E9 2.2.5), and what the baseline table shows (CONSORT item 25)."""

from dataclasses import replace
from fractions import Fraction

import pytest

from equipoise.analysis.analysis_results import Result
from equipoise.analysis.execution.baseline import characteristics
from equipoise.analysis.execution.multiplicity import adjusted
from plan_world import planned, recorded, rules, run_on, shipped

SECONDARY = ("esr_change", "hs_crp_change", "c3_change")


def family(multiplicity, *p, primary=0.04):
    """The primary endpoint with p = `primary`, and a secondary one for each of `p`; None was not run."""
    analyses = [{"id": "main", "method": "ancova"}]
    analyses += [{"id": name, "endpoint": name, "method": "ancova"} for name, _ in zip(SECONDARY, p, strict=False)]
    study = planned(*analyses, {"id": "other", "method": "welch_t", "role": "sensitivity"}, multiplicity=multiplicity)
    given = {"main": primary, **dict(zip(SECONDARY, p, strict=False)), "other": 0.001}
    results = [_result(name, value) for name, value in given.items() if value is not None]
    found, families = adjusted(study, results, {})
    return {each.id: each.p_adjusted for each in found}, families


def _result(name, p):
    return Result(name, name, "ancova", "main", "full_analysis_set", "", {}, "", p=p)


@pytest.mark.parametrize(
    ("method", "p", "expected"),
    [
        ("none", (0.01, 0.02, 0.03), (None, None, None)),
        ("holm", (0.03, 0.01, 0.02), (0.04, 0.03, 0.04)),  # 3 x 0.01, then 2 x 0.02, then at least that
        ("hochberg", (0.03, 0.01, 0.02), (0.03, 0.03, 0.03)),  # 0.03 already holds all of them
        ("fixed_sequence", (0.03, 0.05, 0.02), (0.04, 0.05, 0.05)),  # after the primary's 0.04, the largest so far
    ],
)
def test_adjusted_p_values_by_hand(method, p, expected):
    found, _ = family(method, *p)
    assert [found[name] for name in SECONDARY] == [pytest.approx(each) if each else None for each in expected]


def test_the_primary_endpoint_stands_alone_and_only_main_analyses_share():
    found, families = family("holm", 0.03, 0.01, 0.02)
    assert found["main"] is None and found["other"] is None
    assert [(each.rank, each.method, each.members) for each in families] == [
        ("primary", "none", ("main",)),
        ("secondary", "holm", SECONDARY),
    ]


def test_a_planned_test_that_was_not_run_still_costs_its_share():
    found, families = family("holm", 0.01, None, 0.02)
    assert found["esr_change"] == pytest.approx(0.03) and families[1].not_run == ("hs_crp_change",)


def test_a_fixed_sequence_stops_at_a_test_that_was_not_run():
    found, _ = family("fixed_sequence", 0.01, None, 0.001)
    assert found["esr_change"] == pytest.approx(0.04) and found["c3_change"] == 1


def test_max_t_adjusts_by_the_joint_distribution_of_the_complete_cases():
    analyses = [{"id": "main", "method": "ancova"}]
    analyses += [{"id": name, "endpoint": name, "method": "welch_t"} for name in SECONDARY[:2]]
    study = planned(*analyses, multiplicity="max_t")
    esr = [("SP"[n % 2], "50", str(50 - 3 * n % 17 - 9 * (n % 2 == 0))) for n in range(12)]
    crp = [("SP"[n % 2], "8", str(1 + 5 * n % 7)) for n in range(12)]
    data, allocation = recorded(study, {"esr": esr, "hs_crp": crp})
    found = {each.id: each for each in run_on(study, data, allocation).results}
    for name in SECONDARY[:2]:
        assert found[name].p_adjusted is not None and 0 < found[name].p_adjusted <= 1
    gone = {key: value for key, value in data.measurements.items() if key[2] != "hs_crp"}
    without = run_on(study, replace(data, measurements=gone), allocation)
    assert "PLAN-NOT-RUN" in rules(without) and all(each.p_adjusted is None for each in without.results)


# --- baseline ---------------------------------------------------------------------------------------------------------


def test_the_baseline_table_is_chosen_from_the_definition():
    chosen = {item.id: encounter for encounter, item in characteristics(shipped())}
    assert {"birth_year", "sex", "diagnosis_year", "takes_steroid"} <= chosen.keys()
    assert chosen["mex_total"] == chosen["esr"] == "baseline"
    assert not {"systolic", "isr_pain", "mex_alopecia", "platelets"} & chosen.keys()


def test_baseline_summaries_are_of_everybody_randomised_in_their_own_unit_without_a_test():
    study = planned({"method": "ancova", "endpoint": "hs_crp_change"})
    rows = [("S", "2", None), ("P", "4", "1"), ("S", "<1", "1"), ("P", "6", "3")]
    data, allocation = recorded(study, {"hs_crp": rows})
    results = run_on(study, replace(data, randomised_in=dict.fromkeys(data.participants, 2026)), allocation)
    treated, control = results.baseline["High-sensitivity C-reactive protein (hs-CRP) (mg/L)"]
    assert (treated.n, treated.mean, control.mean, control.median) == (2, (2 + 0.5) / 2, 5.0, 5.0)
    assert (treated.lower_quartile, treated.upper_quartile) == (0.875, 1.625)
    assert results.baseline_entries["High-sensitivity C-reactive protein (hs-CRP) (mg/L)"] == (1, 11, 21, 31)


def test_a_year_of_birth_is_shown_as_age():
    study = planned({"method": "ancova"})
    data, allocation = recorded(study, {"mex_total": [("S", "2", "1"), ("P", "4", "1")]})
    year = next(iter(data.measurements.values()))
    births = {
        ("P1", "screening", "birth_year"): replace(year, participant="P1", value=Fraction(1990)),
        ("P2", "screening", "birth_year"): replace(year, participant="P2", value=Fraction(1980)),
    }
    fuller = replace(data, measurements={**data.measurements, **births}, randomised_in={"P1": 2026, "P2": 2027})
    assert [each.mean for each in run_on(study, fuller, allocation).baseline["Age (years)"]] == [36.0, 47.0]
