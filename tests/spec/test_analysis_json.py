"""Results as JSON in the shape of CDISC's Analysis Results Standard: complete, stable, nobody named in it."""

import json
from fractions import Fraction

import pytest

from equipoise.analysis import results_as_json
from plan_world import planned, recorded, run_on

ROWS = [("S", "8", "2"), ("P", "6", "6"), ("S", "9", "4"), ("P", "7", "5"), ("S", "4", "2.125"), ("P", "5", "4")]


@pytest.fixture(scope="module")
def run():
    study = planned({"method": "ancova"}, {"method": "randomisation_test"}, {"method": "paired_t_within_arm"})
    data, allocation = recorded(study, {"mex_total": ROWS})
    return study, run_on(study, data, allocation), run_on(study, data, allocation)


@pytest.fixture(scope="module")
def event(run):
    return json.loads(results_as_json(run[0], run[1]))


def test_the_same_results_give_the_same_bytes(run):
    study, one, other = run
    assert results_as_json(study, one) == results_as_json(study, other)


def test_every_number_names_an_operation_of_its_method_and_a_group_that_exists(event):
    operations = {operation["id"] for method in event["methods"] for operation in method["operations"]}
    groups = {(grouping["id"], group["id"]) for grouping in event["analysisGroupings"] for group in grouping["groups"]}
    ids = [analysis["id"] for analysis in event["analyses"]]
    assert len(ids) == len(set(ids))
    for analysis in event["analyses"]:
        assert analysis["methodId"] in {method["id"] for method in event["methods"]}
        assert analysis["results"] or analysis["id"].startswith("baseline.")
        for number in analysis["results"]:
            assert number["operationId"] in operations and isinstance(number["rawValue"], str)
            assert {(each["groupingId"], each["groupId"]) for each in number["resultGroups"]} <= groups


def test_an_exact_p_value_is_a_fraction(event, run):
    test = next(each for each in event["analyses"] if each["id"] == "a2")
    p = next(each for each in test["results"] if each["operationId"] == "randomisation_test.p")
    assert Fraction(p["rawValue"]) == run[1].results[1].p_exact


def test_a_result_carries_its_digest_entries_and_what_it_cannot_show(event, run):
    paired = next(each for each in event["analyses"] if each["id"] == "a3.secretome")
    assert paired["extension"]["comparesArms"] is False
    assert paired["extension"]["entries"] == list(run[1].results[2].entries)
    assert paired["extension"]["inputsDigest"] == run[1].results[2].inputs_digest
    assert paired["analysisSetId"] in {each["id"] for each in event["analysisSets"]}


def test_no_participant_is_named_in_it(run):
    text = results_as_json(run[0], run[1]).decode()
    assert not any(f'"P{number}"' in text for number in range(1, 7))
