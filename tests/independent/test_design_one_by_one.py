"""Methods that are asked trial by trial, and covariance with covariates, against their twins and against each other."""

from pathlib import Path

import numpy as np
import pytest

from design_world import FixedSizes, view, world
from equipoise.allocation import BigStick, RandomisationDesign
from equipoise.allocation.many_lists import tabulate
from equipoise.analysis import (
    IncompleteData,
    TwoByTwo,
    ancova,
    big_stick,
    boschloo_test,
    imputation_randomisation_test,
    odds_randomisation_test,
)
from equipoise.analysis.many.examining import Examined, examine_design
from equipoise.analysis.many.moments import Ancova, CovariateAncova
from equipoise.analysis.many.one_by_one import Imputed, Odds, OneByOne, Risks, repeated_measures, sample_of
from equipoise.analysis.many.randomisation import RandomisationTest
from equipoise.analysis.missing.strategy import Strategy
from equipoise.analysis.models.proportional_odds import proportional_odds
from equipoise.design import Scenario, scenario_of_study
from equipoise.design.design_report import DesignReport
from equipoise.design.nature import stream
from equipoise.design.scenario import PresenceModel
from equipoise.design.simulation.drawing import draw_trials
from equipoise.design.simulation.trials import Comparison
from equipoise.design.simulation.workers import threads
from equipoise.protocol import StudyDefinition, load_definition, study_file
from equipoise.protocol.analysis_plan import Analysis

STUDY = study_file("NCT05921058")
RNG = np.random.default_rng


def compared(trials: int, n: int, covariates: int = 0, missing: float = 0.15) -> Comparison:
    """Tied whole numbers at baseline and at one visit; who did not come at it has no value there."""
    rng = RNG(3)
    baseline = np.rint(rng.normal(6, 3, (trials, n)))
    outcome = np.rint(0.6 * baseline + rng.normal(2, 2, (trials, n)))
    beside = np.rint(rng.normal(10, 4, (covariates, trials, n)))
    side = np.tile(np.arange(n) % 2, (trials, 1)).astype(np.int8)
    came = rng.random((trials, n)) >= missing
    course = np.where(came, outcome - baseline, np.nan)[None]
    return Comparison(baseline, outcome, outcome - baseline, np.where(came, side, -1), beside, course)


def everybody(data: Comparison) -> Comparison:
    """The same trials with those who did not come at the last visit."""
    side = np.tile(np.arange(data.side.shape[1]) % 2, (data.count, 1)).astype(np.int8)
    return Comparison(data.baseline, data.outcome, data.metric, side, data.covariates, data.course)


def whole(values: np.ndarray) -> list[int]:
    return [int(value) for value in values]


def test_covariance_with_covariates() -> None:
    data = compared(8, 18, covariates=2)
    found = CovariateAncova()(data, RNG(1))
    for trial, side in enumerate(data.side):
        used = side >= 0
        terms = {"baseline": whole(data.baseline[trial, used])}
        terms |= {f"x{place}": whole(each[trial, used]) for place, each in enumerate(data.covariates)}
        arms = ["a" if own == 1 else "b" for own in side[used]]
        wanted = ancova(whole(data.metric[trial, used]), arms, "b", terms).estimate("a - b")
        assert found.estimate[trial] == pytest.approx(float(wanted.value), abs=1e-11)
        assert found.p()[trial] == pytest.approx(float(wanted.p), abs=1e-11)


def test_covariance_without_covariates_is_covariance() -> None:
    data = compared(50, 18)
    wanted, found = Ancova()(data, RNG(1)), CovariateAncova()(data, RNG(1))
    assert found.estimate == pytest.approx(wanted.estimate, abs=1e-11)
    assert found.se == pytest.approx(wanted.se, abs=1e-11)


def test_a_covariate_that_says_nothing_new_has_no_answer() -> None:
    data = compared(4, 18)
    same = Comparison(data.baseline, data.outcome, data.metric, data.side, 2 * data.baseline[None] + 1)
    assert (CovariateAncova()(same, RNG(1)).p() == 1).all()


def test_proportional_odds() -> None:
    data = compared(5, 24, missing=0)
    found = Odds(3, RandomisationTest(tabulate(BigStick(4), (1, 1), 24), 1))(data, RNG(1))
    wald = Odds(3)(data, RNG(1)).p()
    assert len(found.estimate) == 3, "the first trials alone are asked"
    for trial in range(3):
        score, arms, terms = whole(data.metric[trial]), whole(data.side[trial]), {"x": whole(data.baseline[trial])}
        wanted = proportional_odds(score, {"arm": arms} | terms).estimate("arm")
        assert found.estimate[trial] == pytest.approx(float(wanted.value), abs=1e-12)
        assert wald[trial] == pytest.approx(float(wanted.p), abs=1e-12)
        exact = odds_randomisation_test(score, arms, terms, big_stick(24, 4)).p
        assert found.p()[trial] == pytest.approx(float(exact), abs=0.06)  # 999 lists: four standard errors


def test_repeated_measures_of_one_visit_is_covariance() -> None:
    data = compared(4, 24)
    wanted, found = Ancova()(data, RNG(1)), OneByOne(repeated_measures, 4)(everybody(data), RNG(1))
    assert found.estimate == pytest.approx(wanted.estimate, abs=1e-6)
    assert found.p() == pytest.approx(wanted.p(), abs=1e-5)


def test_imputation_of_nothing_is_covariance() -> None:
    data = compared(3, 24, missing=0)
    imputed = Imputed(Strategy.MISSING_AT_RANDOM, 3)(data, RNG(1))
    wanted = Ancova()(data, RNG(1))
    assert imputed.estimate == pytest.approx(wanted.estimate, abs=1e-9)
    assert imputed.se == pytest.approx(wanted.se, abs=1e-9)


def test_jumping_to_the_reference_is_less_than_missing_at_random() -> None:
    data = everybody(compared(3, 40, missing=0.3))
    shifted = np.where(data.side == 1, data.metric - 6, data.metric)
    data = Comparison(
        data.baseline, data.outcome, shifted, data.side, course=np.where(np.isnan(data.course), np.nan, shifted)
    )
    random, jump = (
        Imputed(each, 3)(data, RNG(1)).estimate for each in (Strategy.MISSING_AT_RANDOM, Strategy.JUMP_TO_REFERENCE)
    )
    assert (np.abs(jump) < np.abs(random)).all()


def test_imputation_under_a_procedure_has_the_p_value_of_one_trial() -> None:
    data = everybody(compared(3, 20, missing=0.2))
    table = tabulate(BigStick(4), (1, 1), 20)
    found = Imputed(Strategy.JUMP_TO_REFERENCE, 2, RandomisationTest(table, 1))(data, RNG(1))
    assert len(found.exact_p) == 2
    for trial, p in enumerate(found.exact_p):
        sample = sample_of(data, trial)
        one = IncompleteData(sample.course, sample.arms, sample.terms)
        wanted = float(imputation_randomisation_test(one, "reference", big_stick(20, 4), Strategy.JUMP_TO_REFERENCE).p)
        assert abs(p - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / 999) + 0.002


def test_risks() -> None:
    rng = RNG(2)
    side = np.array([[1] * 8 + [0] * 7] * 6, dtype=np.int8)
    outcome = (rng.random(side.shape) < np.where(side == 1, 0.8, 0.2)).astype(float)
    found = Risks()(Comparison(outcome, outcome, outcome, side), RNG(1))
    for trial, values in enumerate(outcome):
        a, b = int(values[:8].sum()), int(values[8:].sum())
        assert found.exact_p[trial] == float(boschloo_test(TwoByTwo(a, 8, b, 7)).p)
        assert found.estimate[trial] == pytest.approx(a / 8 - b / 7)


def test_an_item_with_a_cut_is_a_yes_or_no() -> None:
    model = world(effect=0.5)
    cut = model.__class__(**{**model.__dict__, "cut": np.array([0.3])})
    arm = FixedSizes(25)(np.zeros((4_000, 50)), stream(1))
    numbers, yes = (draw_trials(each, arm, stream(2)) for each in (model, cut))
    assert (yes.values == (numbers.values > 0.3)).all()
    data = view(is_change=False)(yes)
    assert (data.outcome[data.side == 1].mean(), data.outcome[data.side == 0].mean()) == pytest.approx(
        (0.2119, 0.3821), abs=0.005
    )


@pytest.fixture(scope="module")
def definition() -> StudyDefinition:
    return load_definition(STUDY)


def examined(definition: StudyDefinition, *analyses: Analysis, scenario: Scenario | None = None) -> DesignReport:
    plan = definition.analysis.model_copy(update={"analyses": analyses, "multiplicity": "none"})
    design = RandomisationDesign(("secretome", "placebo"), BigStick(3), 64)
    changed = definition.model_copy(update={"analysis": plan})
    given = Examined(changed, scenario or scenario_of_study(STUDY), design, 30, 1_000, 1, "test")
    return examine_design(given, threads(2))


def test_a_plan_of_slow_methods_is_simulated(definition) -> None:
    """Each with the number of trials that it was asked in; the odds ratio is no difference, so it has no bias here."""
    main = Analysis(id="main", endpoint="activity_change", method="ancova", covariates=("c3", "steroid_dose_mg"))
    others = (
        Analysis(id="odds", endpoint="activity_change", method="proportional_odds", role="sensitivity"),
        Analysis(id="visits", endpoint="activity_change", method="mmrm", role="sensitivity"),
        Analysis(
            id="imputed", endpoint="activity_change", method="ancova", missing="multiple_imputation", role="sensitivity"
        ),
    )
    report = examined(definition, main, *others)
    asked = {row.id: row.without_effect.trials for row in report.rows}
    assert asked == {"main": 1_000, "odds": 100, "visits": 50, "imputed": 10}
    assert not report.left_out
    assert set(report.estimates) == {"main", "visits", "imputed"}
    words = " ".join(row.claim for row in report.rows)
    assert "Mixed model for repeated measures" in words and "multiple imputation" in words


def test_what_cannot_be_simulated_is_a_finding(definition) -> None:
    main = Analysis(id="main", endpoint="activity_change", method="ancova")
    by_sex = Analysis(id="by_sex", endpoint="c3_change", method="ancova", covariates=("sex",), role="sensitivity")
    report = examined(definition, main, by_sex)
    finding = next(each for each in report.findings if each.rule == "DESIGN-NOT-SIMULATED")
    assert finding.place == "analysis.analyses.by_sex" and "sex" in finding.message
    assert set(report.left_out) == {"by_sex"}


REMISSION = """      - id: remission
        label: {en: In remission, id: Remisi}
        type: boolean
"""


def test_a_yes_or_no_endpoint_is_simulated(tmp_path: Path) -> None:
    """A yes-or-no item with an assumed share: Boschloo's test keeps its level, and finds the effect that is there."""
    text = STUDY.read_text(encoding="utf-8")
    text = text.replace("      - id: endpoint_sample_taken_at\n", REMISSION + "      - id: endpoint_sample_taken_at\n")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    definition = load_definition(tmp_path / "study.yaml")
    given = definition.endpoints[1]
    remission = given.model_copy(
        update={"id": "remission", "item": "remission", "metric": "value", "better": "higher", "unit": ""}
    )
    changed = definition.model_copy(update={"endpoints": (definition.endpoints[0], remission)})
    shipped = scenario_of_study(STUDY)
    assumed = PresenceModel(share=0.3, activity=0, present="true", absent="false")
    plan = shipped.planning.model_copy(update={"effect": {"remission": {"secretome": 1.2}}})
    scenario = shipped.model_copy(update={"items": {**shipped.items, "remission": assumed}, "planning": plan})
    main = Analysis(id="main", endpoint="activity_change", method="ancova")
    risks = Analysis(id="risks", endpoint="remission", method="risk_difference")
    report = examined(changed, main, risks, scenario=scenario)
    assert not report.left_out
    assert report.estimates["risks"].truth == pytest.approx(0.75 - 0.3, abs=0.02)
    assert abs(report.estimates["risks"].bias) <= 3 * report.estimates["risks"].bias_se + 0.005
    row = next(each for each in report.rows if each.id == "all.none")
    assert row.without_effect.share < 0.11 < 0.3 < row.with_effect.share
    wrong = Analysis(id="wrong", endpoint="remission", method="ancova", role="sensitivity")
    assert set(examined(changed, main, wrong, scenario=scenario).left_out) == {"wrong"}
