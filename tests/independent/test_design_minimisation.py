"""Simulated trials under minimisation: each draw is the sealed procedure's, each test the plan's own."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from design_world import tied_numbers
from equipoise.allocation import Minimisation, RandomisationDesign
from equipoise.allocation.minimisation import arm_weights
from equipoise.allocation.minimised_lists import minimise, predictability_of
from equipoise.analysis import randomisation_test, rank_sum_test
from equipoise.analysis.many.examining import Examined, examine_design
from equipoise.analysis.many.minimised import ASKED, Minimised, MinimisedMax, MinimisedTest
from equipoise.analysis.many.one_by_one import Imputed, Odds
from equipoise.analysis.missing.strategy import Strategy
from equipoise.analysis.recorded_procedure import recorded_procedure
from equipoise.design import scenario_of_study
from equipoise.design.simulation.trials import Comparison
from equipoise.design.simulation.workers import threads
from equipoise.protocol import StudyDefinition, load_definition, study_file
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.arms import Stratum
from equipoise.vocabulary import Refusal

PROCEDURE = Minimisation(("sex", "age"), (2, 1), (4, 5))
CELLS = np.array(list(product((0, 1), (2, 3, 4))))
"""Six strata of sex (two levels) and age (three)."""
LAW = Minimised(PROCEDURE, CELLS, (0, 1))
RNG = np.random.default_rng


def levels_of(stratum: np.ndarray) -> list[tuple[str, ...]]:
    return [tuple(map(str, CELLS[own])) for own in stratum]


def chances_of(stratum: np.ndarray, arms: int = 2) -> dict[tuple[int, ...], float]:
    """Every sequence of arms with its chance, by the rule that the vault draws by."""
    levels, found = levels_of(stratum), {}
    for sequence in product(range(arms), repeat=len(stratum)):
        chance = 1.0
        for place, arm in enumerate(sequence):
            drawn = list(zip(sequence[:place], levels[:place], strict=True))
            weights = arm_weights(PROCEDURE, arms, drawn, levels[place])
            chance *= weights[arm] / sum(weights)
        found[sequence] = chance
    return found


def compared(trials: int, n: int, seed: int, missing: float = 0.15) -> Comparison:
    rng = RNG(seed)
    stratum = rng.integers(6, size=(trials, n)).astype(np.int16)
    arm = LAW(stratum, rng)
    return replace(tied_numbers(arm, rng, missing=missing, moved=stratum), stratum=stratum)


@pytest.mark.parametrize("kernels", ["numba", "numpy"])
@pytest.mark.parametrize("arms", [2, 3])
def test_every_arm_is_drawn_by_the_sealed_rule(kernels: str, arms: int, monkeypatch) -> None:
    """Trials with participants of their own, against `arm_weights` with the same tickets."""
    monkeypatch.setenv("EQUIPOISE_KERNELS", kernels)
    stratum = RNG(1).integers(6, size=(40, 25))
    found = minimise(PROCEDURE, arms, CELLS[stratum], RNG(2))
    tickets = RNG(2).random((25, 40))
    for run, own in enumerate(stratum):
        drawn: list[tuple[int, tuple[str, ...]]] = []
        for place, levels in enumerate(levels_of(own)):
            weights = arm_weights(PROCEDURE, arms, drawn, levels)
            bounds = np.cumsum(weights)
            drawn.append((int(np.searchsorted(bounds, int(tickets[place, run] * bounds[-1]), side="right")), levels))
        assert found[run].tolist() == [arm for arm, _ in drawn]


@pytest.mark.parametrize("ranks", [False, True])
def test_a_drawn_p_is_near_the_exact_one(ranks: bool) -> None:
    """With participants who have no outcome: the procedure saw them."""
    n, data = 13, compared(20, 13, 3)
    drawn = MinimisedTest(LAW, 0, ranks)(data, RNG(1)).exact_p
    design = RandomisationDesign(("a", "b"), PROCEDURE, n)
    places = [(0, slot) for slot in range(n)]
    for trial, side in enumerate(data.side):
        used, levels = side >= 0, dict(zip(places, levels_of(data.stratum[trial]), strict=True))
        law = recorded_procedure(design, places, "a", used.tolist(), levels)
        test = rank_sum_test if ranks else randomisation_test
        exact = float(test(data.metric[trial, used].astype(int).tolist(), side[used].tolist(), law).p)
        assert drawn[trial] == pytest.approx(exact, abs=4.5 * (exact * (1 - exact) / 499) ** 0.5 + 1 / 500)
    assert (np.abs(drawn - 0.5) > 0.3).any(), "some are far from the middle"


def test_max_t_by_every_sequence() -> None:
    n, stratum = 9, RNG(4).integers(6, size=9)
    chances = chances_of(stratum)
    lists, weights = np.array(list(chances)) == 0, np.array(list(chances.values()))
    treated = lists[np.flatnonzero(lists.sum(axis=1) == 4)[40]]
    values = [RNG(own).normal(0, 1, n) + 1.5 * treated for own in range(3)]
    both = lists.any(axis=1) & ~lists.all(axis=1)
    away = np.array([_scaled(each, lists[both]) for each in values])
    observed = np.array([_scaled(each, treated[None])[0] for each in values])
    order = np.argsort(-observed)
    p = [weights[both][away[order[k:]].max(axis=0) >= observed[order[k]] - 1e-9].sum() for k in range(3)]
    wanted = dict(zip(order, np.maximum.accumulate(p), strict=True))
    side, own = treated[None].astype(np.int8), stratum[None].astype(np.int16)
    data = tuple(Comparison(v[None], v[None], v[None], side, stratum=own) for v in values)
    drawn = [MinimisedMax(LAW, 0)(data, RNG(seed)) for seed in range(12)]
    for index in range(3):
        assert np.mean([answers[index].exact_p[0] for answers in drawn]) == pytest.approx(wanted[index], abs=0.02)


def _scaled(values: np.ndarray, lists: np.ndarray) -> np.ndarray:
    """The absolute standardised sum of the treated, over its standard deviation given the sizes."""
    z = (values - values.mean()) / values.std(ddof=1)
    sizes, n = lists.sum(axis=1), len(values)
    return np.abs(lists @ z) * (n / (sizes * (n - sizes))) ** 0.5


def test_scores_and_imputations_are_tested_by_it() -> None:
    data = compared(ASKED + 5, 16, 6, missing=0.0)
    test = MinimisedTest(LAW, 0)
    odds, by_wald = (Odds(ASKED, each)(data, RNG(1)).p() for each in (test, None))
    assert len(odds) == ASKED and np.corrcoef(odds, by_wald)[0, 1] > 0.95
    before = data.metric + np.rint(RNG(3).normal(0, 2, data.side.shape))
    course = np.stack([before, np.where(RNG(2).random(data.side.shape) < 0.1, np.nan, data.metric)])
    gaps = Comparison(data.baseline, data.outcome, data.metric, data.side, course=course, stratum=data.stratum)
    imputed, by_rubin = (Imputed(Strategy.MISSING_AT_RANDOM, 10, each)(gaps, RNG(1)).p() for each in (test, None))
    assert len(imputed) == 10 and np.corrcoef(imputed, by_rubin)[0, 1] > 0.9


def test_what_it_gives_away() -> None:
    """Guesses and imbalance over 20,000 runs, against every sequence of seven participants."""
    stratum = RNG(4).integers(6, size=7)
    levels, chances = levels_of(stratum), chances_of(stratum)
    guess = imbalance = 0.0
    for sequence, chance in chances.items():
        imbalance += chance * abs(7 - 2 * sum(sequence))
        for place in range(7):
            drawn = list(zip(sequence[:place], levels[:place], strict=True))
            weights = arm_weights(PROCEDURE, 2, drawn, levels[place])
            guess += chance * max(weights) / sum(weights) / 7
    found = predictability_of(PROCEDURE, 2, np.broadcast_to(CELLS[stratum], (20_000, 7, 2)), RNG(7))
    assert found.guess == pytest.approx(guess, abs=0.005)
    assert found.imbalance == pytest.approx(imbalance, abs=0.04)
    assert found.certain == 0


@pytest.fixture(scope="module")
def definition() -> StudyDefinition:
    """The shipped study with two factors to balance."""
    shipped = load_definition(study_file("NCT05921058"))
    strata = (Stratum(item="sex", levels=("female", "male")), Stratum(item="takes_steroid", levels=("yes", "no")))
    analyses = (
        Analysis(id="main", endpoint="activity_change", method="ancova"),
        Analysis(id="again", endpoint="activity_change", method="randomisation_test", role="sensitivity"),
    )
    return shipped.model_copy(
        update={
            "randomisation": shipped.randomisation.model_copy(update={"strata": strata}),
            "analysis": shipped.analysis.model_copy(update={"analyses": analyses, "multiplicity": "none"}),
        }
    )


def examined(definition: StudyDefinition, factors: tuple[str, ...], workers: int):
    procedure = Minimisation(factors, (1,) * len(factors), (3, 4))
    design = RandomisationDesign(("secretome", "placebo"), procedure, 64)
    scenario = scenario_of_study(study_file("NCT05921058"))
    return examine_design(Examined(definition, scenario, design, 30, 2_000, 1, "test"), threads(workers))


def test_a_minimised_study_is_examined_alike_on_one_core_and_two(definition) -> None:
    report = examined(definition, ("takes_steroid", "sex"), 2)
    assert report.digest == examined(definition, ("takes_steroid", "sex"), 1).digest
    rows = {row.id: row for row in report.rows}
    assert rows["main"].without_effect.trials == 2_000 and rows["again"].without_effect.trials == 2 * ASKED
    for row in rows.values():
        rate = row.without_effect
        assert rate.share - 0.05 < 3 * rate.se
    assert rows["again"].with_effect.share > 0.4
    assert 0.6 < report.predictability[0] < 0.75 and not report.left_out


def test_a_factor_that_nobody_named_is_refused(definition) -> None:
    with pytest.raises(Refusal, match="sexx") as refused:
        examined(definition, ("sexx",), 1)
    assert refused.value.rule == "DESIGN-FACTORS" and "sex" in refused.value.remedy
