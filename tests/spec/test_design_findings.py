"""What a design is told about itself: each finding with a plan that deserves it, and one that does not."""

import pytest

from equipoise.allocation import BigStick, Complete, PermutedBlocks, RandomisationDesign
from equipoise.analysis.many.examining import Examined, examine_design
from equipoise.design import scenario_of_study
from equipoise.design.design_report import Plan
from equipoise.design.simulation.workers import threads
from equipoise.protocol import StudyDefinition, load_definition, study_file
from equipoise.protocol.analysis_plan import Analysis
from equipoise.vocabulary import Severity

STUDY = study_file("NCT05921058")
MAIN = Analysis(id="main", endpoint="activity_change", method="ancova")


@pytest.fixture(scope="module")
def definition() -> StudyDefinition:
    return load_definition(STUDY)


def examined(definition, analyses, *, multiplicity="holm", procedure=None, participants=30, trials=400):
    plan = definition.analysis.model_copy(update={"analyses": tuple(analyses), "multiplicity": multiplicity})
    changed = definition.model_copy(update={"analysis": plan})
    design = RandomisationDesign(("secretome", "placebo"), procedure or Complete(), 64)
    given = Examined(changed, scenario_of_study(STUDY), design, participants, trials, 1, "test")
    return examine_design(given, threads(2))


def rules(report) -> dict[str, Severity]:
    return {each.rule: each.severity for each in report.findings if each.rule.startswith("DESIGN-")}


def test_a_sound_plan_has_no_finding(definition) -> None:
    assert not examined(definition, [MAIN]).findings


def test_a_primary_analysis_that_does_not_compare_arms(definition) -> None:
    paired = Analysis(id="paired", endpoint="activity_change", method="paired_t_within_arm")
    report = examined(definition, [paired])
    assert rules(report)["DESIGN-WITHIN"] is Severity.ERROR
    finding = next(each for each in report.findings if each.rule == "DESIGN-WITHIN")
    assert "positive in 7" in finding.message  # 77 %, as published
    registered = Analysis(**{**paired.model_dump(), "role": "as_registered"})
    assert rules(examined(definition, [MAIN, registered]))["DESIGN-WITHIN"] is Severity.WARNING


def test_an_analysis_that_ignores_the_blocks(definition) -> None:
    assert rules(examined(definition, [MAIN], procedure=PermutedBlocks((4,)))) == {
        "DESIGN-RESTRICTION": Severity.WARNING
    }
    beside = Analysis(id="beside", endpoint="activity_change", method="randomisation_test", role="sensitivity")
    found = rules(examined(definition, [MAIN, beside], procedure=PermutedBlocks((4,))))
    assert found == {"DESIGN-RESTRICTION": Severity.INFO}
    decides = Analysis(id="decides", endpoint="activity_change", method="rank_randomisation_test")
    assert not examined(definition, [decides], procedure=BigStick(3)).findings


def test_several_endpoints_at_the_full_alpha(definition) -> None:
    several = [
        MAIN,
        *(Analysis(id=f"{name}.ancova", endpoint=name, method="ancova") for name in ("c3_change", "c4_change")),
    ]
    assert rules(examined(definition, several, multiplicity="none")) == {"DESIGN-MULTIPLICITY": Severity.WARNING}
    for shared in ("holm", "hochberg", "fixed_sequence", "max_t"):
        report = examined(definition, several, multiplicity=shared)
        assert not report.findings
        row = next(row for row in report.rows if row.id == "plan.any")
        assert row.plan is Plan.AS_DEFINED and row.is_honest


def test_power_of_less_than_a_coin(definition) -> None:
    assert rules(examined(definition, [MAIN], participants=12)) == {"DESIGN-POWER": Severity.WARNING}


def test_an_interim_number_of_trials_says_how_many_more(definition) -> None:
    row = examined(definition, [MAIN]).rows[0]
    assert row.without_effect.more_to_halve == 3 * 400
    se = row.without_effect.se
    assert row.without_effect.__class__(row.without_effect.count * 4, 1600).se == pytest.approx(se / 2, rel=0.15)
