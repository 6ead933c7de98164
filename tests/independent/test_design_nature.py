"""What is drawn is what was assumed: moments, correlations, entry, limits, leaving, drift, response, effects."""

import numpy as np
import pytest
from scipy import stats

from design_world import FixedSizes, view, world
from equipoise.design import Scenario, scenario_of_study
from equipoise.design.nature import stream
from equipoise.design.planning import EntryRule, Leaving, Planning
from equipoise.design.scenario import QuantityModel
from equipoise.design.simulation.drawing import draw_latent, draw_trials
from equipoise.design.simulation.modelling import model_of_study
from equipoise.design.simulation.running import true_effects
from equipoise.protocol import load_definition, study_file

ONE_STRATUM = np.zeros((4_000, 50), dtype=np.int16)
ARM = FixedSizes(25)(ONE_STRATUM, stream(1))
STUDY = study_file("NCT05921058")


@pytest.fixture(scope="module")
def definition():
    return load_definition(STUDY)


def drawn(**changes):
    return draw_trials(world(**changes), ARM, stream(5))


def test_means_spreads_and_correlations() -> None:
    values = drawn(items=3, mean=5, sd=2, visits=0.6, between=0.3).values
    assert values.mean(axis=(2, 3)) == pytest.approx(np.full((2, 3), 5), abs=0.03)
    assert values.std(axis=(2, 3)) == pytest.approx(np.full((2, 3), 2), abs=0.02)
    flat = values.reshape(6, -1)
    found = np.corrcoef(flat)
    expected = np.kron([[1, 0.6], [0.6, 1]], np.full((3, 3), 0.3) + 0.7 * np.eye(3))
    assert found == pytest.approx(expected, abs=0.01)


def test_entry_takes_only_those_above_and_lets_them_fall_back() -> None:
    """Regression to the mean: E[change] = (rho - 1) phi(c) / (1 - Phi(c)) for entry above c."""
    values = drawn(visits=0.5, entry=0.4).values[:, 0]
    assert values[0].min() >= 0.4
    hazard = stats.norm.pdf(0.4) / stats.norm.sf(0.4)
    assert values[0].mean() == pytest.approx(hazard, abs=0.01)
    assert (values[1] - values[0]).mean() == pytest.approx(-0.5 * hazard, abs=0.01)
    assert stats.kstest(values[0].ravel(), stats.truncnorm(0.4, np.inf).cdf).pvalue > 1e-3


def test_rounding_floor_and_ceiling() -> None:
    values = drawn(mean=2, sd=3, decimals=0, least=0, most=6).values
    assert set(np.unique(values)) == set(range(7))


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("entry", [-np.inf, 0.4])
def test_leaving(kind: int, entry: float) -> None:
    """Each kind takes its share of the reference arm; what it depends on shows in who is left."""
    shares = tuple(0.2 if place == kind else 0.0 for place in range(3))
    trials = drawn(visits=0.5, leaving=shares, entry=entry)
    control = ARM == 1
    gone = ~trials.seen[1] & control
    assert gone.sum() / control.sum() == pytest.approx(0.2, abs=0.015)
    assert trials.seen[0].all()
    baseline, outcome = trials.values[0, 0], trials.values[1, 0]
    by_baseline = baseline[gone].mean() - baseline[control].mean()
    by_outcome = outcome[gone].mean() - outcome[control].mean()
    match kind:
        case 0:
            assert abs(by_baseline) < 0.05 and abs(by_outcome) < 0.05
        case 1:
            assert by_baseline > 0.4 and by_baseline > by_outcome
        case 2:
            assert by_outcome > 0.4 and by_outcome > by_baseline


def test_drift_and_effect_and_adherence() -> None:
    values = drawn(drift=2.0).values[0, 0]
    by_place = values.mean(axis=0)
    assert by_place[-1] - by_place[0] == pytest.approx(2.0, abs=0.1)
    outcome = drawn(effect=1.0, non_adherence=0.25).values[1, 0]
    gap = outcome[ARM == 0].mean() - outcome[ARM == 1].mean()
    assert gap == pytest.approx(-0.75, abs=0.02)


def test_truth_is_what_the_arm_does_through_floor_and_adherence() -> None:
    model = world(mean=2, sd=3, effect=2, decimals=0, least=0, most=32, non_adherence=0.2)
    truth = true_effects(model, {"change": view()}, 3)["change"]
    outcome = draw_trials(model, ARM, stream(8)).values[1, 0]
    assert truth == pytest.approx(outcome[ARM == 0].mean() - outcome[ARM == 1].mean(), abs=0.04)
    assert -2 * 0.8 < truth < -0.9
    assert true_effects(world(), {"change": view()}, 3)["change"] == 0


def test_lists_of_other_trials_do_not_change_nature() -> None:
    """The same stream gives the same people, whichever arm they will be in."""
    first = draw_trials(world(effect=0.0), ARM, stream(5)).values
    second = draw_trials(world(effect=0.0), 1 - ARM, stream(5)).values
    assert (first == second).all()


def planned(definition, **changes):
    scenario = Scenario(
        name="x",
        visit_correlation=0.5,
        items={
            "mex_total": QuantityModel(
                typical=5, spread=3.5, scale="identity", activity=1, decimals=0, least=0, most=32
            ),
            "c3": QuantityModel(typical=84, spread=0.26, activity=-0.45, decimals=0),
            "hs_crp": QuantityModel(typical=3, spread=1.0, activity=0.3, decimals=1, lowest=0.3),
        },
        **changes,
    )
    return model_of_study(definition, scenario, 0.8)


def test_a_scenario_becomes_arrays(definition) -> None:
    plan = Planning(improvement={"mex_total": 1}, entry=EntryRule(item="mex_total", least=6), placebo_spread=0.5)
    found = planned(definition, planning=plan, shared_improvement=0.5)
    model, places = found.model, found.places
    score, c3 = places["activity_change"].item, places["c3_change"].item
    assert model.items[0] == "mex_total" and model.entry == pytest.approx(0.5 / 3.5)
    assert model.shared[-1, score] == -1 and model.shared[0, score] == 0
    assert model.shared[-1, c3] == pytest.approx(0.26 * 0.45 * 0.5)  # C3 rises as activity falls
    secretome = model.arms.index("secretome")
    assert model.effect[secretome, -1, score] == pytest.approx(-0.8 * 3.5)
    assert model.effect[secretome, -1, c3] == pytest.approx(0.26 * 0.45 * 0.8)
    assert not model.effect[1 - secretome].any()
    assert model.response[c3] == pytest.approx(-0.225)
    assert set(found.left_out) == {"any_adverse_event", "injection_site_reaction"}
    latent = draw_latent(model, ONE_STRATUM, stream(2))
    correlation = np.corrcoef(latent[0, score].ravel(), latent[0, c3].ravel())[0, 1]
    assert correlation < -0.2


def test_named_effects_come_before_the_planned_one(definition) -> None:
    plan = Planning(effect={"c3": {"secretome": 0.1}})
    model = planned(definition, planning=plan).model
    secretome = model.arms.index("secretome")
    assert model.effect[secretome, -1, model.items.index("c3")] == pytest.approx(0.1)  # higher is better
    assert model.effect[secretome, -1, 0] == 0
    by_activity = planned(definition, effect={"placebo": 0.5}).model
    assert by_activity.effect[1 - secretome, -1, 0] == pytest.approx(-0.5 * 3.5)


def test_detection_limits_are_flagged(definition) -> None:
    model = planned(definition, planning=Planning(leaving=Leaving(completely_at_random=0.1))).model
    arm = FixedSizes(25)(ONE_STRATUM, stream(1))
    trials = draw_trials(model, arm, stream(2))
    crp = model.items.index("hs_crp")
    below, values = trials.below[0, crp], trials.values[0, crp]
    assert 0.005 < below.mean() < 0.05
    assert (values[below] == 0.3).all() and (values[~below] >= 0.3).all()


def test_the_shipped_scenario_can_be_drawn(definition) -> None:
    model = model_of_study(definition, scenario_of_study(STUDY), 0.78).model
    trials = draw_trials(model, FixedSizes(15)(np.zeros((100, 30)), stream(1)), stream(2))
    assert np.isfinite(trials.values).all()
    assert trials.values[0, 0].min() >= 6
