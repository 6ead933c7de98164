"""A study's plan as steps of a simulation: each planned analysis with its method for many trials."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation.design import RandomisationDesign
from equipoise.allocation.many_lists import Places, ProcedureTable, tabulate
from equipoise.allocation.minimisation import Minimisation
from equipoise.analysis.execution.incomplete import STRATEGIES
from equipoise.analysis.execution.multiplicity import families
from equipoise.analysis.many.joint import MaxTest
from equipoise.analysis.many.minimised import Minimised
from equipoise.analysis.many.moments import Ancova, CovariateAncova, PairedT, WelchT
from equipoise.analysis.many.one_by_one import Imputed, Odds, OneByOne, Risks, repeated_measures
from equipoise.analysis.many.randomisation import ProcedureTest, RandomisationTest, complete_table
from equipoise.design.simulation.answers import JointAnalysis, ManyAnalysis
from equipoise.design.simulation.endpoint import view_of
from equipoise.design.simulation.modelling import Modelled
from equipoise.design.simulation.running import Allocator, JointStep, Step
from equipoise.design.simulation.trials import Sides, Strata
from equipoise.protocol import Analysis, StudyDefinition
from equipoise.protocol.model_faults import did_you_mean
from equipoise.vocabulary import Refusal

TREATED, CONTROL = "treated", "control"
ALL = "all"
"""The family of all confirmatory endpoints."""
ASKED_ODDS, ASKED_REPEATED, ASKED_IMPUTED = 100, 50, 10
"""Trials of each block of 1,000 in which a method without a fast version is asked: 4, 5 to 15, 100 to 300 ms each."""
YES_NO = frozenset({"risk_difference"})
NOT_DRAWN = "its endpoint is one of safety, or neither a number nor a yes or no in the scenario"


class Law(Allocator, Protocol):
    """A study's own procedure, and the tests that rest on it; `treated` is the design's experimental arm."""

    def test(self, treated: int, *, ranks: bool = False) -> ProcedureTest: ...

    def joint_test(self, treated: int) -> JointAnalysis: ...


@dataclass(frozen=True)
class Lists:
    """Draws allocation lists of a study's own procedure, one for each stratum; `arms` maps the design's arms to the
    definition's."""

    table: ProcedureTable
    arms: tuple[int, ...]

    def __call__(self, stratum: Strata, generator: np.random.Generator) -> Sides:
        places = Places.of(stratum)
        return np.array(self.arms, dtype=np.int8)[places.taken(places.draw(self.table, len(stratum), generator))]

    def test(self, treated: int, *, ranks: bool = False) -> RandomisationTest:
        return RandomisationTest(self.table, treated, ranks)

    def joint_test(self, treated: int) -> MaxTest:
        return MaxTest(self.table, treated)


@dataclass(frozen=True)
class PlannedSteps:
    """The plan as a simulation runs it; `left_out` says why an analysis is not among the steps.

    `differences` are the steps that estimate a difference of means or of shares.
    """

    steps: tuple[Step, ...]
    families: tuple[JointStep, ...]
    left_out: Mapping[str, str]
    differences: frozenset[str]


def law_of(definition: StudyDefinition, design: RandomisationDesign, participants: int) -> Law:
    """How a study allocates.  Raises `Refusal` where minimisation balances what is no factor of the definition."""
    ids = [arm.id for arm in definition.arms]
    arms = tuple(ids.index(arm) for arm in design.arms)
    if isinstance(design.procedure, Minimisation):
        return Minimised(design.procedure, _cells(definition, design.procedure), arms)
    return Lists(tabulate(design.procedure, design.shares, participants), arms)


def _cells(definition: StudyDefinition, procedure: Minimisation) -> NDArray[np.int64]:
    """(stratum, factor) -> a number for the level; strata in the order of `strata_shares`."""
    levels = {each.item: [(each.item, level) for level in each.levels] for each in definition.randomisation.strata}
    if unknown := [factor for factor in procedure.factors if factor not in levels]:
        raise Refusal(
            "DESIGN-FACTORS",
            f"Minimisation balances {unknown[0]}, which the definition does not name.",
            did_you_mean(unknown[0], levels, "Name it among the definition's strata, with its levels."),
        )
    number = {cell: place for place, cell in enumerate(cell for own in levels.values() for cell in own)}
    strata = [dict(combination) for combination in product(*levels.values())]
    return np.array([[number[factor, own[factor]] for factor in procedure.factors] for own in strata], dtype=np.int64)


def planned_steps(
    definition: StudyDefinition, design: RandomisationDesign, modelled: Modelled, participants: int
) -> PlannedSteps:
    """Every analysis of the plan that can be simulated, for each comparison with the reference arm.

    A step is called like the analysis; where there are several experimental arms, with the arm's id behind it; the
    paired test inside an arm with `treated` or `control` behind it.
    """
    law = law_of(definition, design, participants)
    endpoints = {each.id: each for each in definition.endpoints}
    steps: list[Step] = []
    left_out: dict[str, str] = {}
    for analysis in definition.analysis.analyses:
        reason = _why_not(analysis, modelled, len(definition.arms))
        if reason:
            left_out[analysis.id] = reason
            continue
        for arms in contrasts(definition):
            view = view_of(analysis, endpoints[analysis.endpoint], modelled, arms)
            treated = design.arms.index(definition.arms[arms[0]].id)
            methods = _methods(analysis, law, treated, two_arms=len(definition.arms) == 2)
            for suffix, method in methods.items():
                name = step_id(definition, analysis.id, arms[0])
                steps.append(Step(f"{name}.{suffix}" if suffix else name, view, method))
    differences = {each.id for each in steps if not isinstance(each.method, Odds)}
    return PlannedSteps(tuple(steps), _families(definition, design, law, steps), left_out, frozenset(differences))


def contrasts(definition: StudyDefinition) -> tuple[tuple[int, int], ...]:
    """(experimental arm, reference arm) as indices of the definition's arms."""
    ids = [arm.id for arm in definition.arms]
    reference = ids.index(definition.analysis.reference_arm)
    return tuple((index, reference) for index in range(len(ids)) if index != reference)


def step_id(definition: StudyDefinition, analysis: str, arm: int) -> str:
    """What the step of an analysis is called for one experimental arm."""
    return analysis if len(definition.arms) == 2 else f"{analysis}.{definition.arms[arm].id}"


def _methods(analysis: Analysis, law: Law, treated: int, *, two_arms: bool) -> Mapping[str, ManyAnalysis]:
    """The method for many trials by the suffix of its step; none where the method is not simulated."""
    means = law.test(treated)
    ranks = RandomisationTest(complete_table(), 1, ranks=True, given_sizes=True)
    if analysis.missing != "complete_cases":
        return {"": Imputed(STRATEGIES[analysis.missing], ASKED_IMPUTED, means if two_arms else None)}
    known: Mapping[str, Mapping[str, ManyAnalysis]] = {
        "ancova": {"": CovariateAncova() if analysis.covariates else Ancova()},
        "proportional_odds": {"": Odds(ASKED_ODDS, means if two_arms else None)},
        "mmrm": {"": OneByOne(repeated_measures, ASKED_REPEATED)},
        "risk_difference": {"": Risks()},
        "welch_t": {"": WelchT()},
        "randomisation_test": {"": means},
        "rank_randomisation_test": {"": law.test(treated, ranks=True)},
        "mann_whitney": {"": ranks},
        "paired_t_within_arm": {TREATED: PairedT(1), CONTROL: PairedT(0)},
    }
    return known.get(analysis.method, {})


def _why_not(analysis: Analysis, modelled: Modelled, arms: int) -> str:
    """Why an analysis cannot be simulated; empty if it can."""
    if analysis.endpoint in modelled.left_out:
        return NOT_DRAWN
    if np.isfinite(modelled.model.cut[modelled.places[analysis.endpoint].item]) != (analysis.method in YES_NO):
        return "its endpoint is a yes or no, or its method wants one"
    if analysis.missing != "complete_cases" and analysis.method != "ancova":
        return "rules for missing values go with analysis of covariance only"
    unknown = [name for name in analysis.covariates if name not in {*modelled.model.items, *modelled.factors}]
    if unknown:
        return f"its covariate {unknown[0]} is no number, no yes or no, and no stratification factor, in the scenario"
    if arms > 2 and analysis.method in ("randomisation_test", "rank_randomisation_test"):
        return "randomisation tests compare two arms"
    return ""


def joint_id(family: str) -> str:
    """What the joint analysis of a family is called."""
    return f"max_t.{family}"


def _families(
    definition: StudyDefinition, design: RandomisationDesign, law: Law, steps: list[Step]
) -> tuple[JointStep, ...]:
    """Max-T over all confirmatory endpoints together, and over the plan's families where it asks for that; two arms."""
    if len(definition.arms) > 2:
        return ()
    views = {step.id: replace(step.view, covariates=(), visits=(), factors=()) for step in steps}
    planned = {
        name: [each.id for each in members if each.id in views] for name, members in families(definition).items()
    }
    wanted = {ALL: [each for members in planned.values() for each in members]}
    if definition.analysis.multiplicity == "max_t":
        wanted |= planned
    experimental = definition.arms[contrasts(definition)[0][0]].id
    method = law.joint_test(design.arms.index(experimental))
    return tuple(
        JointStep(joint_id(name), tuple(members), tuple(views[each] for each in members), method)
        for name, members in wanted.items()
        if len(members) > 1
    )
