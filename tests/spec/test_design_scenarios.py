"""A scenario that cannot be is refused, with the reason and the nearest that can be."""

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from equipoise.design.correlation import is_positive_definite, nearest_correlations
from equipoise.design.scenario import Scenario, load_scenario, scenario_of_study
from equipoise.design.sense import nonsense, refuse_nonsense
from equipoise.protocol import load_definition, study_file
from equipoise.protocol.arms import Stratum
from equipoise.vocabulary import Refusal

STUDY = study_file("NCT05921058")


@pytest.fixture(scope="module")
def definition():
    return load_definition(STUDY)


def written(folder: Path, document: dict) -> Path:
    path = folder / "scenario.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(document, file)
    return path


def quantity(**changes: object) -> dict:
    return {"esr": {"kind": "quantity", "typical": 38, "spread": 0.5, **changes}}


IN_THE_FILE = [
    ({"items": quantity(spread=-3)}, "standard deviation is never negative", "0."),
    ({"behaviour": {"withdraws": 1.4}}, "cannot be above 1", "1."),
    ({"planning": {"leaving": {"at_random": -0.1}}}, "cannot be below 0", "0."),
    ({"screened_per_week": 0}, "somebody has to be screened", "0.1."),
    ({"planning": {"sizes": [1]}}, "two arms need at least two participants", "2."),
    ({"planing": {}}, "has no `planing`", "spelling"),
    ({"items": quantity(typical=float("nan"))}, "`.nan`, which is no number", "a number"),
    ({"items": quantity(typical="40 mm")}, "`40 mm`, which is no number", "a number"),
    ({"items": {"esr": {"kind": "quantity", "typical": 3}}}, "spread is missing", "Add it"),
    ({"planning": {"strata": {"sex": {"female": 1, "male": 0}}}}, "male is 0, but it has to be above 0", "0.1."),
    ({"planning": {"strata": {"sex": {"female": 90, "male": 10}}}}, "female is 90, but it cannot be above 1", "1."),
]


@pytest.mark.parametrize(("part", "reason", "remedy"), IN_THE_FILE)
def test_refused_when_read(part: dict, reason: str, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        load_scenario(written(tmp_path, {"name": "x", **part}))
    assert reason in refused.value.sentence
    assert remedy in refused.value.remedy


IN_THE_STUDY = [
    ({"items": quantity(spread=0)}, "everybody is alike", "0.1"),
    ({"items": quantity(typical=-2)}, "has no logarithm", "identity"),
    ({"items": quantity(least=50, most=20)}, "Nothing lies between", "least 20, most 50"),
    ({"items": quantity(typical=5, least=10)}, "lies outside", "10"),
    ({"items": quantity(lowest=40, highest=20)}, "counts nothing", "lowest 20, highest 40"),
    ({"effect": {"secretom": 0.5}}, "no arm `secretom`", "secretome"),
    ({"planning": {"effect": {"mex_totl": {"secretome": 1}}}}, "no item `mex_totl`", "mex_total"),
    ({"planning": {"effect": {"esr": {"drug": 1}}}}, "no arm `drug`", ""),
    (
        {"planning": {"leaving": {"completely_at_random": 0.6, "at_random": 0.5, "not_at_random": 0.1}}},
        "more than there are participants",
        "0.47 + 0.39 + 0.07",
    ),
    ({"planning": {"leaving": {"completely_at_random": 0.97}}}, "nobody is left", "0.95"),
    ({"planning": {"visit_correlation": {"esr": 1}}}, "cannot all be correlated", "0.99"),
    ({"planning": {"endpoint_correlation": -0.5}}, "cannot all be correlated", "-0.16"),
    ({"visit_correlation": 1}, "never change", "0.99"),
    (
        {
            "planning": {
                "correlated_items": ["esr", "hs_crp", "il_6"],
                "correlation_matrix": [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]],
            }
        },
        "not positive definite",
        "[1, ",
    ),
    (
        {"planning": {"correlated_items": ["esr", "il_6"], "correlation_matrix": [[1, 0.9], [0.2, 1]]}},
        "not symmetric",
        "[1, 0.55]",
    ),
    (
        {"planning": {"correlated_items": ["esr"], "correlation_matrix": [[1, 0.9], [0.9, 1]]}},
        "1 items are named",
        "one name",
    ),
    (
        {"items": quantity(), "planning": {"entry": {"item": "esr", "least": 5000}}},
        "Hardly anybody reaches 5000",
        "86.5",
    ),
    ({"planning": {"strata": {"sex": {"female": 0.9, "male": 0.1}}}}, "not stratified", "left out"),
    ({"planning": {"prognosis": {"sex": {"male": 0.1}}}}, "not stratified", "left out"),
]


@pytest.mark.parametrize(("part", "reason", "nearest"), IN_THE_STUDY)
def test_refused_for_the_study(part: dict, reason: str, nearest: str, definition, tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, {"name": "x", **part}))
    with pytest.raises(Refusal) as refused:
        refuse_nonsense(definition, scenario)
    assert reason in refused.value.sentence
    assert nearest in refused.value.remedy
    assert refused.value.rule == "SCENARIO-SENSE"


IN_THE_STRATA = [
    ({"strata": {"sexe": {"female": 0.9, "male": 0.1}}}, "no stratification factor `sexe`", "sex"),
    ({"strata": {"sex": {"femal": 0.9, "male": 0.1}}}, "no level `femal`", "female"),
    ({"strata": {"sexe": {"female": 0.9, "male": 0.3}}}, "no stratification factor `sexe`", "sex"),
    ({"strata": {"sex": {"female": 0.9, "male": 0.3}}}, "add up to 1.2", "female: 0.75, male: 0.25"),
    ({"strata": {"sex": {"female": 0.3, "male": 0.3}}}, "add up to 0.6", "female: 0.5, male: 0.5"),
    ({"strata": {"sex": {"female": 0.9}}}, "Nobody is in level `male`", "female: 0.9, male: 0.1"),
    ({"strata": {"sex": {"female": 1.0}}}, "Nobody is in level `male`", "female: 0.667, male: 0.333"),
    ({"prognosis": {"age": {"male": -0.5}}}, "no stratification factor `age`", "sex"),
    ({"prognosis": {"sex": {"mal": -0.5}}}, "no level `mal`", "male"),
    ({"prognosis": {"sex": {"male": float("inf")}}}, "inf is no number", "a number"),
]


@pytest.fixture(scope="module")
def stratified(definition):
    by_sex = Stratum(item="sex", levels=("female", "male"))
    randomisation = definition.randomisation.model_copy(update={"strata": (by_sex,)})
    return definition.model_copy(update={"randomisation": randomisation})


@pytest.mark.parametrize(("planning", "reason", "nearest"), IN_THE_STRATA)
def test_refused_for_the_strata(planning: dict, reason: str, nearest: str, stratified) -> None:
    found = list(nonsense(stratified, Scenario(name="x", planning=planning)))
    assert any(reason in each.reason and nearest in each.nearest for each in found), found


def test_sensible_strata(stratified) -> None:
    for shares in ({"female": 0.9, "male": 0.1}, {"female": 0.667, "male": 0.332}):
        planning = {"strata": {"sex": shares}, "prognosis": {"sex": {"male": -0.5}}}
        assert not list(nonsense(stratified, Scenario(name="x", planning=planning)))
    assert not list(nonsense(stratified, Scenario(name="nothing said")))


def test_the_shipped_scenario_makes_sense(definition) -> None:
    assert not list(nonsense(definition, scenario_of_study(STUDY)))
    assert not list(nonsense(definition, Scenario(name="nothing said")))


@pytest.mark.parametrize("size", [2, 3, 5, 8])
def test_the_nearest_correlations_can_hold_together(size: int) -> None:
    rng = np.random.default_rng(size)
    for _ in range(20):
        wild = rng.uniform(-1, 1, (size, size))
        near = nearest_correlations(wild)
        assert is_positive_definite(near)
        assert (near == near.T).all() and (np.diag(near) == 1).all()


def test_a_matrix_that_holds_is_its_own_nearest() -> None:
    sound = np.array([[1, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 1]])
    assert (nearest_correlations(sound) == sound).all()
