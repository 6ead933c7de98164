"""Simulated trials with a list for each stratum: drawn, tested and counted as the single-trial methods do."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from design_world import hold_against_single_trials, tied_numbers, view, world
from equipoise.allocation import BigStick, BlockUrn, Complete, PermutedBlocks, RandomisationDesign
from equipoise.allocation.many_lists import Places, ProcedureTable, tabulate
from equipoise.analysis import IncompleteData, ancova, imputation_randomisation_test, randomisation_test
from equipoise.analysis.many.examining import Examined, examine_design
from equipoise.analysis.many.joint import MaxTest
from equipoise.analysis.many.moments import CovariateAncova
from equipoise.analysis.many.one_by_one import Imputed, Odds, sample_of
from equipoise.analysis.many.planned import Lists
from equipoise.analysis.many.randomisation import RandomisationTest, whole_numbers
from equipoise.analysis.missing.strategy import Strategy
from equipoise.analysis.models.proportional_odds import odds_scores
from equipoise.analysis.recorded_procedure import recorded_procedure
from equipoise.design import ChoiceModel, Scenario, scenario_of_study
from equipoise.design.design_report import DesignReport
from equipoise.design.nature import stream
from equipoise.design.planning import Planning
from equipoise.design.simulation.criteria import Significant
from equipoise.design.simulation.drawing import draw_strata, draw_trials
from equipoise.design.simulation.modelling import model_of_study, strata_shares
from equipoise.design.simulation.running import Step, Work, simulate
from equipoise.design.simulation.trials import Comparison
from equipoise.design.simulation.workers import threads
from equipoise.protocol import StudyDefinition, load_definition, study_file
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.arms import Stratum
from equipoise.vocabulary import Refusal

PROCEDURES = (BigStick(2), PermutedBlocks((4,)), PermutedBlocks((2, 4)), BlockUrn(2), Complete())
SHARES = np.array([0.5, 0.3, 0.2])
ALPHA = 0.05
RNG = np.random.default_rng


def compared(procedure, trials: int, n: int, seed: int, missing: float = 0.15) -> Comparison:
    """Tied whole numbers that depend on the stratum, some of them missing; arm 0 is experimental."""
    rng = RNG(seed)
    stratum = draw_strata(SHARES, (trials, n), rng)
    arm = Lists(tabulate(procedure, (1, 1), n), (0, 1))(stratum, rng)
    return replace(tied_numbers(arm, rng, missing=missing, moved=2 * stratum), stratum=stratum)


def slots_of(stratum: np.ndarray) -> list[tuple[int, int]]:
    """(stratum, slot) of participants in order of entry, counted by hand."""
    return [(int(own), int((stratum[:place] == own).sum())) for place, own in enumerate(stratum)]


def reference_of(procedure, stratum: np.ndarray, used: np.ndarray):
    design = RandomisationDesign(("a", "b"), procedure, len(stratum), strata=("x", "y", "z"))
    return recorded_procedure(design, slots_of(stratum), "a", used.tolist())


@pytest.mark.parametrize("kernels", ["numba", "numpy"])
@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda each: type(each).__name__)
def test_randomisation_tests_follow_the_strata(procedure, kernels: str, monkeypatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", kernels)
    n = 13
    data = compared(procedure, 10, n, 11)
    table = tabulate(procedure, (1, 1), n)
    hold_against_single_trials(data, table, lambda trial, used: reference_of(procedure, data.stratum[trial], used))


def test_no_strata_and_one_stratum_are_the_same() -> None:
    data = compared(BigStick(2), 40, 12, 3)
    test = RandomisationTest(tabulate(BigStick(2), (1, 1), 12), 0)
    empty, one = (replace(data, stratum=each) for each in (np.empty((0, 0), np.int16), np.zeros_like(data.stratum)))
    for metric in (data.metric, data.metric + RNG(2).normal(size=data.metric.shape)):
        first, second = (test(replace(each, metric=metric), RNG(1)).exact_p for each in (empty, one))
        assert (first == second).all()
        assert (first != test(replace(data, metric=metric), RNG(1)).exact_p).any()


def enumerated(table: ProcedureTable, stratum: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every list of one trial with its chance, by walking the procedure anew for each stratum."""
    lists = np.array(list(product((0, 1), repeat=len(stratum))), dtype=np.int8)
    chances = np.array([np.prod([chance_of(table, row[stratum == own]) for own in set(stratum)]) for row in lists])
    assert chances.sum() == pytest.approx(1)
    return lists[chances > 0], chances[chances > 0]


def chance_of(table: ProcedureTable, row: np.ndarray) -> float:
    state, chance = 0, 1.0
    for arm in row:
        branch = next((b for b, own in enumerate(table.arm[state]) if own == arm and table.chance[state, b]), None)
        if branch is None:
            return 0.0
        chance *= table.chance[state, branch]
        state = table.after[state, branch]
    return chance


def test_every_list_of_a_small_trial() -> None:
    """p is the chance, over every pair of lists, of a difference that is as far from its mean; hence exactly valid."""
    stratum = np.array([0, 1, 0, 0, 1, 1, 0, 1, 0])
    table = tabulate(BigStick(2), (1, 1), 9)
    lists, chances = enumerated(table, stratum)
    for trial in range(5):
        values = np.rint(RNG(trial).normal(4 + 2 * stratum, 2))
        repeated = np.broadcast_to(values, lists.shape)
        strata = np.broadcast_to(stratum, lists.shape).astype(np.int16)
        data = Comparison(repeated, repeated, repeated, np.where(lists == 0, 1, 0).astype(np.int8), stratum=strata)
        p = RandomisationTest(table, 0)(data, RNG(1)).exact_p
        difference = np.array([values[row == 0].mean() - values[row == 1].mean() for row in lists])
        away = np.abs(difference - (difference * chances).sum())
        assert p == pytest.approx([chances[away >= own - 1e-9].sum() for own in away], abs=1e-12)
        for alpha in (0.01, 0.05, 0.1, 0.3):
            assert chances[p <= alpha + 1e-12].sum() <= alpha + 1e-12


def test_lists_begin_anew_in_each_stratum() -> None:
    """Blocks of four: every four of a stratum, in order of entry, hold two of each arm."""
    stratum = draw_strata(SHARES, (300, 24), RNG(1))
    arm = Lists(tabulate(PermutedBlocks((4,)), (1, 1), 24), (0, 1))(stratum, RNG(2))
    for own, arms in zip(stratum, arm, strict=True):
        for number in range(3):
            taken = arms[own == number]
            whole = taken[: len(taken) // 4 * 4].reshape(-1, 4)
            assert (whole.sum(axis=1) == 2).all()
    assert stratum.mean(axis=0).std() < 0.1, "the strata come in any order"


def test_places_are_counted_by_hand() -> None:
    stratum = draw_strata(SHARES, (5, 9), RNG(3))
    places = Places.of(stratum)
    for own, at in zip(stratum, places.at, strict=True):
        assert at.tolist() == [number * places.length + slot for number, slot in slots_of(own)]
    laid = places.laid(stratum, -1)
    assert (np.sort(laid)[:, -9:] == np.sort(stratum)).all()


def test_values_with_many_decimals_are_tested_by_drawing_again() -> None:
    data = compared(PermutedBlocks((4,)), 400, 14, 6)
    test = RandomisationTest(tabulate(PermutedBlocks((4,)), (1, 1), 14), 0)
    finer = replace(data, metric=RNG(1).normal(size=data.metric.shape) + 2 * data.stratum)
    rounded = replace(data, metric=np.round(finer.metric, 1))
    assert whole_numbers(finer.metric) is None and whole_numbers(rounded.metric) is not None
    drawn, exact = test(finer, RNG(1)).exact_p, test(rounded, RNG(1)).exact_p
    assert np.corrcoef(drawn, exact)[0, 1] > 0.99
    one_list = test(replace(finer, stratum=np.zeros_like(data.stratum)), RNG(1)).exact_p
    assert np.abs(drawn - exact).mean() < 0.5 * np.abs(one_list - exact).mean()


@pytest.mark.parametrize("kernels", ["numba", "numpy"])
def test_max_t_by_every_list(kernels: str, monkeypatch) -> None:
    monkeypatch.setenv("EQUIPOISE_KERNELS", kernels)
    n, stratum = 12, np.array([0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1])
    table = tabulate(PermutedBlocks((6,)), (1, 1), n)
    lists, chances = enumerated(table, stratum)
    treated = lists[137] == 0
    values = [RNG(own).normal(0, 1, n) + 2 * stratum + 1.2 * treated for own in range(3)]
    side = treated[None].astype(np.int8)
    data = tuple(Comparison(v[None], v[None], v[None], side, stratum=stratum[None].astype(np.int16)) for v in values)
    away = np.array([[abs(v[row == 0].mean() - v[row == 1].mean()) / v.std(ddof=1) for row in lists] for v in values])
    observed = away[:, 137]
    order = np.argsort(-observed)
    p = [chances[away[order[k:]].max(axis=0) >= observed[order[k]] - 1e-9].sum() for k in range(3)]
    wanted = dict(zip(order, np.maximum.accumulate(p), strict=True))
    drawn = [MaxTest(table, 0)(data, RNG(seed)) for seed in range(12)]
    for index in range(3):
        assert np.mean([answers[index].exact_p[0] for answers in drawn]) == pytest.approx(wanted[index], abs=0.02)


def test_covariance_adjusts_for_the_levels_that_there_are() -> None:
    """Three levels, of which some small trials lack one or two; beside them a number."""
    data = compared(BigStick(2), 60, 9, 8)
    data = replace(data, covariates=RNG(9).normal(size=(1, *data.side.shape)), factors=data.stratum[None])
    found = CovariateAncova()(data, RNG(1))
    kinds = set()
    for trial in range(60):
        sample = sample_of(data, trial)
        kinds.add(len(set(sample.terms["factor 1"])))
        try:
            wanted = ancova(sample.metric, sample.arms, "reference", sample.terms).estimate("experimental - reference")
        except Refusal:
            assert np.isnan(found.se[trial])
            continue
        assert found.estimate[trial] == pytest.approx(float(wanted.value), abs=1e-7)
        assert found.p()[trial] == pytest.approx(float(wanted.p), abs=1e-7)
    assert kinds >= {2, 3} and np.isfinite(found.se).sum() > 40


def test_imputed_and_ordinal_comparisons_follow_the_strata() -> None:
    """Against the single-trial twins under the recorded lists: 999 drawn ones, four standard errors.

    The outcome is mostly that of the stratum, so that one list for all would give other p-values.
    """
    n, procedure = 20, PermutedBlocks((2,))
    data = compared(procedure, 4, n, 5, missing=0)
    data = replace(data, metric=data.metric + 3 * data.stratum)
    course = np.where(RNG(4).random(data.metric.shape) < 0.2, np.nan, data.metric)[None]
    data = replace(data, course=course)
    test = RandomisationTest(tabulate(procedure, (1, 1), n), 0)
    imputed, odds = Imputed(Strategy.JUMP_TO_REFERENCE, 4, test)(data, RNG(1)), Odds(4, test)(data, RNG(1))
    for trial in range(4):
        sample, everybody = sample_of(data, trial), np.ones(n, dtype=np.bool_)
        reference = reference_of(procedure, data.stratum[trial], everybody)
        one = IncompleteData(sample.course, sample.arms, sample.terms)
        scores = odds_scores(sample.metric, sample.terms)
        for found, wanted in (
            (imputed, imputation_randomisation_test(one, "reference", reference, Strategy.JUMP_TO_REFERENCE).p),
            (odds, randomisation_test(scores, sample.treated, reference).p),
        ):
            p = float(wanted)
            assert abs(found.exact_p[trial] - p) < 4 * np.sqrt(p * (1 - p) / 999) + 0.002


@pytest.mark.parametrize("n", [15, 30])
def test_exact_tests_are_never_above_nominal(n: int) -> None:
    """With strata that say much about the outcome, with ties and with missing outcomes."""
    table = tabulate(BigStick(2), (1, 1), n)
    steps = tuple(Step(str(ranks), view(), RandomisationTest(table, 0, ranks=ranks)) for ranks in (False, True))
    criteria = {step.id: Significant(step.id, ALPHA) for step in steps}
    values = {"mean": 5, "sd": 3.5, "decimals": 0, "least": 0, "most": 32, "leaving": (0.1, 0.0, 0.0)}
    model = world(visits=0.6, strata=(0.5, 0.3, 0.2), prognosis=(0.7, -0.3, -1.3), **values)
    found = simulate(Work(model, n, Lists(table, (0, 1)), steps, (), criteria, ALPHA, 11, {}), 20_000, threads(2))
    for name, rate in found.rates.items():
        assert rate.share <= ALPHA + 3 * rate.se, name
        assert rate.share > 0.03, f"{name} is exact, and not timid for all that"


def test_as_many_leave_as_the_scenario_says() -> None:
    """Whatever divides the strata: in the mean over them, for a tendency that follows baseline or outcome."""
    for entry in (-np.inf, 0.3):
        for leaving in ((0.0, 0.2, 0.0), (0.0, 0.0, 0.2)):
            model = world(visits=0.6, strata=(0.5, 0.5), prognosis=(0.8, -0.8), leaving=leaving, entry=entry)
            stratum = draw_strata(model.strata, (4_000, 50), stream(1))
            trials = draw_trials(model, np.ones(stratum.shape, dtype=np.int8), stream(2), stratum)
            left = ~trials.seen[-1]
            assert left.mean() == pytest.approx(0.2, abs=0.01)
            assert left[stratum == 0].mean() > left[stratum == 1].mean() + 0.1


def test_a_prognosis_moves_a_stratum_and_leaves_entry_and_time_alone() -> None:
    stratum = draw_strata(np.array([0.4, 0.6]), (4_000, 50), stream(1))
    arm = np.zeros(stratum.shape, dtype=np.int8)
    model = world(strata=(0.4, 0.6), prognosis=(0.6, -0.4), drift=1.0, sd=2.0)
    values = draw_trials(model, arm, stream(2), stratum).values[:, 0]
    first, second = (values[:, stratum == own].mean(axis=1) for own in (0, 1))
    assert first == pytest.approx([1.2, 1.2], abs=0.03) and second == pytest.approx([-0.8, -0.8], abs=0.03)
    assert (values[0, :, -1] - values[0, :, 0]).mean() == pytest.approx(2.0, abs=0.15)
    entered = draw_trials(replace(model, entry=0.5), arm, stream(2), stratum).values[0, 0]
    assert entered.min() >= 1.0 - 1e-9


STUDY = study_file("NCT05921058")
BY_SEX = Stratum(item="sex", levels=("female", "male"))


@pytest.fixture(scope="module")
def definition() -> StudyDefinition:
    """The shipped study, stratified by sex."""
    shipped = load_definition(STUDY)
    analyses = (
        Analysis(id="main", endpoint="activity_change", method="ancova"),
        Analysis(id="exact", endpoint="activity_change", method="randomisation_test", role="sensitivity"),
    )
    return shipped.model_copy(
        update={
            "randomisation": shipped.randomisation.model_copy(update={"strata": (BY_SEX,)}),
            "analysis": shipped.analysis.model_copy(update={"analyses": analyses, "multiplicity": "none"}),
        }
    )


def examined(definition: StudyDefinition, names: tuple[str, ...], **planning) -> DesignReport:
    shipped = scenario_of_study(STUDY)
    scenario = shipped.model_copy(update={"planning": shipped.planning.model_copy(update=planning)})
    design = RandomisationDesign(("secretome", "placebo"), BigStick(3), 64, strata=names)
    return examine_design(Examined(definition, scenario, design, 30, 1_000, 1, "test"), threads(2))


def test_a_stratified_study_is_examined(definition) -> None:
    usual = examined(definition, ("female", "male"))
    given = examined(definition, ("female", "male"), strata={"sex": {"female": 0.6, "male": 0.4}})
    said = {each.name: (each.value, each.source) for each in given.assumptions}
    assert said["Allocation"][0] == "by the study's own procedure, over the levels above"
    assert next(value for what, value in said.items() if what.startswith("Strata by ")) == ("female 0.6, male 0.4", "")
    assert any(each.value == "female 0.93, male 0.07" for each in usual.assumptions)
    assert usual.scenario != given.scenario and not usual.left_out
    for report in (usual, given):
        row = next(row for row in report.rows if row.id == "exact")
        assert row.without_effect.share <= ALPHA + 3 * row.without_effect.se
        assert row.with_effect.share > row.without_effect.share
    assert {row.with_effect for row in usual.rows} != {row.with_effect for row in given.rows}


def test_a_plan_that_adjusts_for_its_strata_is_simulated(definition) -> None:
    """It finds more than one that does not, where the stratum says much, and is refused nothing."""
    main = definition.analysis.analyses[0]
    adjusted = main.model_copy(update={"id": "adjusted", "covariates": ("sex",), "role": "sensitivity"})
    analysis = definition.analysis.model_copy(update={"analyses": (*definition.analysis.analyses, adjusted)})
    report = examined(
        definition.model_copy(update={"analysis": analysis}),
        ("female", "male"),
        strata={"sex": {"female": 0.5, "male": 0.5}},
        prognosis={"sex": {"male": -3.0}},
        visit_correlation={"mex_total": 0.0},
    )
    power = {row.id: row.with_effect.share for row in report.rows}
    assert power["adjusted"] > power["main"] + 0.1
    assert not report.left_out


def test_shares_that_a_rehearsal_has_are_those_of_the_design(definition) -> None:
    scenario = scenario_of_study(STUDY)
    assert strata_shares(definition, scenario) == pytest.approx([0.93, 0.07])
    planned = scenario.model_copy(update={"planning": Planning(strata={"sex": {"female": 0.6, "male": 0.4}})})
    assert strata_shares(definition, planned) == pytest.approx([0.6, 0.4])
    assert strata_shares(definition, Scenario(name="nothing said")) == pytest.approx([0.5, 0.5])
    nobody = Scenario(name="nobody", items={"sex": ChoiceModel(shares={"female": 1.0})})
    assert strata_shares(definition, nobody) == pytest.approx([1.0, 0.0])


def test_two_factors_make_the_strata_of_the_sealed_list(definition) -> None:
    both = definition.randomisation.model_copy(
        update={"strata": (BY_SEX, Stratum(item="takes_steroid", levels=("yes", "no", "unknown")))}
    )
    shipped = scenario_of_study(STUDY)
    planning = {"strata": {"sex": {"female": 0.9, "male": 0.1}}, "prognosis": {"sex": {"male": -0.5}}}
    scenario = shipped.model_copy(update={"planning": shipped.planning.model_copy(update=planning)})
    changed = definition.model_copy(update={"randomisation": both})
    assert strata_shares(changed, scenario) == pytest.approx([0.765, 0.135, 0, 0.085, 0.015, 0])
    modelled = model_of_study(changed, scenario, 0.5)
    assert modelled.factors == {"sex": (0, 0, 0, 1, 1, 1), "takes_steroid": (0, 1, 2, 0, 1, 2)}
    model = modelled.model
    activity = shipped.items["mex_total"].activity
    added = model.prognosis[:, model.items.index("mex_total")]
    assert added == pytest.approx([-0.05 * activity] * 3 + [0.45 * activity] * 3)


def test_a_list_with_other_strata_is_refused(definition) -> None:
    for names in ((), ("a", "b", "c")):
        with pytest.raises(Refusal, match="make 2 strata"):
            examined(definition, names)
