"""The analysis plan is executed as written; what it does not foresee is a finding (ICH E9 5.2 and 5.3)."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from equipoise.analysis.execution.cases import logarithm
from equipoise.analysis.execution.executing import execute
from equipoise.closure import ReleasedAllocation
from equipoise.vocabulary import Refusal
from plan_world import in_blocks, planned, recorded, rules, run, run_on

FOUR = [("S", "8", "2"), ("P", "6", "6"), ("S", "9", "4"), ("P", "7", "5"), ("S", "4", "2"), ("P", "5", "4")]


def test_the_randomisation_test_follows_the_procedure_that_was_used():
    """Changes S -6 -5 -2, P 0 -2 -1, in the order of entry -6 0 -5 -2 -2 -1."""
    study = planned({"method": "randomisation_test"})
    data, allocation = recorded(study, {"mex_total": FOUR})
    coin = run_on(study, data, allocation).results[0]
    blocks = run_on(study, data, in_blocks(allocation, 2)).results[0]
    assert coin.estimate == pytest.approx(-13 / 3 + 1)
    # Blocks (-6, 0), (-5, -2), (-2, -1): D = (+-6 +-3 +-1) / 3; |D| >= 10/3 in the two sequences of equal signs.
    assert blocks.p_exact == Fraction(2, 8)
    assert coin.p_exact == Fraction(*_of_a_fair_coin([-6, 0, -5, -2, -2, -1], [1, 0, 1, 0, 1, 0]))
    assert "permuted-blocks" in " ".join(blocks.assumptions) and "complete" in " ".join(coin.assumptions)


def _of_a_fair_coin(changes: list[int], treated: list[int]) -> tuple[int, int]:
    """How many of the sequences with two arms differ at least as much as the observed one, by listing them all."""

    def gap(arms: tuple[int, ...] | list[int]) -> Fraction:
        first = [c for c, a in zip(changes, arms, strict=True) if a]
        second = [c for c, a in zip(changes, arms, strict=True) if not a]
        return abs(Fraction(sum(first), len(first)) - Fraction(sum(second), len(second)))

    rows = [arms for arms in product((0, 1), repeat=6) if 0 < sum(arms) < 6]
    return sum(gap(arms) >= gap(treated) for arms in rows), len(rows)


def test_its_distribution_is_the_law_behind_the_p_value():
    study = planned({"method": "randomisation_test"})
    data, allocation = recorded(study, {"mex_total": FOUR})
    results = run_on(study, data, in_blocks(allocation, 2))
    law = results.distributions["a1"]
    assert law.values == tuple(Fraction(sixths, 3) for sixths in (-10, -8, -4, -2, 2, 4, 8, 10))
    assert law.total == 8 and law.observed == Fraction(-10, 3) and law.centre == 0
    far = sum(w for v, w in zip(law.values, law.weights, strict=True) if abs(v) >= abs(law.observed))
    assert Fraction(far, law.total) == results.results[0].p_exact


@pytest.mark.parametrize(
    ("method", "role", "ids"),
    [
        ("ancova", "main", ["a1"]),
        ("welch_t", "main", ["a1"]),
        ("randomisation_test", "sensitivity", ["a1"]),
        ("rank_randomisation_test", "sensitivity", ["a1"]),
        ("mann_whitney", "sensitivity", ["a1"]),
        ("paired_t_within_arm", "as_registered", ["a1.secretome", "a1.placebo"]),
    ],
)
def test_every_method_gives_its_result_with_method_role_n_digest_and_entries(method, role, ids):
    results = run(planned({"method": method, "role": role}), FOUR)
    assert [each.id for each in results.results] == ids
    for each in results.results:
        assert (each.method, each.role, each.analysis_set) == (method, role, "full_analysis_set")
        assert set(each.n.values()) == {3}
        assert each.p is not None and len(each.inputs_digest) == 64
        assert each.entries and all(arm.n == 3 for arm in each.arms)


def test_the_registered_test_inside_an_arm_runs_and_says_that_it_compares_nothing():
    results = run(planned({"method": "paired_t_within_arm", "role": "as_registered"}, {"method": "ancova"}), FOUR)
    assert [each.compares_arms for each in results.results] == [False, False, True]
    assert [each.contrast for each in results.results] == ["secretome", "placebo", "secretome minus placebo"]
    assert results.results[0].estimate == pytest.approx(-13 / 3)
    assert rules(results).count("PLAN-WITHIN") == 1


@pytest.mark.parametrize(("rule", "value"), [("half_limit", Fraction(3, 20)), ("limit", Fraction(3, 10))])
def test_a_value_below_a_limit_enters_as_the_plan_says(rule, value):
    rows = [*FOUR, ("S", "1", "<0.3"), ("P", "1", "1")]
    results = run(planned({"method": "welch_t", "below_limit": rule}, metric="value"), rows)
    placed = [row if row[2] != "<0.3" else ("S", "1", str(float(value))) for row in rows]
    assert (
        results.results[0].estimate == run(planned({"method": "welch_t"}, metric="value"), placed).results[0].estimate
    )
    assert "PLAN-BELOW" in rules(results)


def test_a_limit_that_enters_by_order_alone_is_no_number_for_a_method_of_numbers():
    rows = [*FOUR, ("S", "1", "<0.3"), ("P", "1", "1")]
    results = run(planned({"method": "ancova", "below_limit": "ranks"}), rows)
    assert results.results == ()
    refused = next(each for each in results.findings if each.rule == "PLAN-NOT-RUN")
    assert "order alone" in refused.message and refused.evidence == ("PLAN-BELOW",)


@pytest.mark.parametrize("rule", ["half_limit", "limit", "ranks"])
def test_a_rank_method_uses_the_order_alone_whatever_number_stands_for_a_limit(rule):
    rows = [("S", "1", "<0.3"), ("S", "1", "<0.3"), ("S", "1", "0.7"), ("P", "1", "0.4"), ("P", "1", "0.9"),
            ("P", "1", "<0.3")]  # fmt: skip
    study = planned({"method": "mann_whitney", "below_limit": rule}, metric="value")
    # Three tied below, then 0.4 < 0.7 < 0.9; midranks S 2 2 5, P 4 6 2: rank sum of S is 9 with mean 10.5 and the
    # 20 subsets of {2, 2, 2, 4, 5, 6} at least 1.5 away from it are 14 (sums 6, 8 x3, 9 x3, and 12 x3, 13 x3, 15).
    found = run(study, rows).results[0]
    assert found.p_exact == Fraction(14, 20)
    assert found.estimate is None and "count as ties" in " ".join(found.warnings)


def test_a_value_above_a_limit_is_not_foreseen_by_the_plan():
    results = run(planned({"method": "welch_t"}, metric="value"), [*FOUR, ("S", "9", ">10"), ("P", "3", "3")])
    finding = next(each for each in results.findings if each.rule == "PLAN-ABOVE")
    assert "secretome 1, placebo 0" in finding.message and len(results.results) == 1


def test_a_missing_outcome_or_baseline_is_counted_by_arm_with_its_reason():
    results = run(planned({"method": "ancova"}), [*FOUR, ("S", "3", None), ("P", None, "3"), ("P", "3", None)])
    found = [each for each in results.findings if each.rule == "PLAN-MISSING"]
    assert [each.evidence for each in found] == [("P7", "P9"), ("P8",)]
    assert "secretome 1, placebo 1; not done 2" in found[0].message
    assert results.results[0].n == {"secretome": 3, "placebo": 3}


def test_an_exclusion_from_a_set_is_counted_by_planned_arm():
    study = planned({"method": "ancova", "analysis_set": "per_protocol_set"})
    data, allocation = recorded(study, {"mex_total": FOUR + FOUR})
    sets = {each.id: data.participants for each in study.analysis.sets} | {"per_protocol_set": data.participants[2:]}
    results = execute(study, data, sets, allocation, lock_digest="", synthetic=True)
    found = next(each for each in results.findings if each.rule == "PLAN-EXCLUDED")
    assert found.evidence == ("P1", "P2") and "secretome 1, placebo 1" in found.message
    assert results.results[0].n == {"secretome": 5, "placebo": 5}


def test_a_value_in_another_unit_enters_converted_and_is_told():
    study = planned({"method": "ancova"})
    data, allocation = recorded(study, {"mex_total": FOUR})
    key = ("P1", "baseline", "mex_total")
    other = replace(data, measurements={**data.measurements, key: replace(data.measurements[key], was_converted=True)})
    assert "PLAN-UNIT" in rules(run_on(study, other, allocation)) and "PLAN-UNIT" not in rules(run(study, FOUR))


def test_the_assumptions_of_the_covariance_model_are_looked_at():
    rows = [("SP"[n % 2], str(n), str(n if n % 2 else 3 * n + n % 3)) for n in range(1, 25)]
    steep = run(planned({"method": "ancova"}), rows).results[0]
    assert any("interaction p = 0.000" in line for line in steep.checks)
    assert "the arms differ in their slope on the baseline value" in steep.warnings
    plain = run(planned({"method": "ancova"}), FOUR * 3).results[0]
    assert len(plain.checks) == 4 and not any("slope" in line for line in plain.warnings)


@pytest.mark.parametrize("method", ["ancova", "randomisation_test", "mann_whitney", "welch_t"])
def test_an_empty_arm_is_a_sentence_and_not_a_crash(method):
    rows = [(arm, before, after if arm == "S" else None) for arm, before, after in FOUR]
    results = run(planned({"method": method}), rows)
    refused = next(each for each in results.findings if each.rule == "PLAN-NOT-RUN")
    assert results.results == () and refused.severity == "error" and refused.message.count(".") >= 2


def test_a_zero_has_no_logarithm():
    results = run(planned({"method": "ancova"}, scale="log10"), [*FOUR, ("S", "3", "0"), ("P", "3", "3")])
    assert results.results == () and "no logarithm" in results.findings[-1].message
    assert logarithm(Fraction(1, 1000)) == -3 and logarithm(Fraction(2)) == Fraction(30103, 100000)


def test_the_same_data_on_a_dummy_and_on_the_released_allocation_give_the_same_type_and_numbers():
    study = planned({"method": "ancova"}, {"method": "randomisation_test"})
    data, released = recorded(study, {"mex_total": FOUR})
    dummy = ReleasedAllocation(True, released.design, "", released.slots, released.places, released.received)
    one, other = run_on(study, data, dummy), run_on(study, data, released)
    assert one.allocation == "dummy" and other.allocation == "released"
    assert replace(one, allocation="", allocation_digest="") == replace(other, allocation="", allocation_digest="")


def test_the_safety_set_is_analysed_by_the_arm_that_was_received():
    study = planned({"method": "welch_t", "analysis_set": "safety_set"}, {"method": "welch_t"})
    data, allocation = recorded(study, {"mex_total": FOUR + FOUR})
    swapped = replace(allocation, received={**allocation.received, "P1": ("placebo",)})
    results = run_on(study, data, swapped)
    assert [each.n for each in results.results] == [{"secretome": 5, "placebo": 7}, {"secretome": 6, "placebo": 6}]
    assert next(each for each in results.findings if each.rule == "PLAN-RECEIVED").evidence == ("P1",)


def test_inputs_that_do_not_belong_together_are_refused():
    study = planned({"method": "ancova"})
    data, allocation = recorded(study, {"mex_total": FOUR})
    with pytest.raises(Refusal, match="another version"):
        run_on(study, replace(data, study_digest="0" * 64), allocation)
    with pytest.raises(Refusal, match="different participants"):
        run_on(study, data, replace(allocation, places={"P1": (0, 0)}))


def test_permuting_the_labels_of_participants_changes_no_number():
    study = planned({"method": "ancova"}, {"method": "randomisation_test"}, {"method": "rank_randomisation_test"})
    data, allocation = recorded(study, {"mex_total": FOUR})
    new = dict(zip(data.participants, reversed(data.participants), strict=True))
    renamed = replace(
        data,
        participants=tuple(new[one] for one in data.participants),
        places={new[one]: place for one, place in data.places.items()},
        measurements={(new[p], e, i): replace(m, participant=new[p]) for (p, e, i), m in data.measurements.items()},
    )
    moved = replace(
        allocation,
        places=renamed.places,
        received={new[one]: arms for one, arms in allocation.received.items()},
    )
    first, second = run_on(study, data, allocation), run_on(study, renamed, moved)
    plain = [[replace(each, inputs_digest="") for each in one.results] for one in (first, second)]
    assert plain[0] == plain[1] and first.distributions == second.distributions
    assert first.results[0].inputs_digest != second.results[0].inputs_digest
