"""From every real record: a draft that loads and asks what is open, or a refusal with the reason."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from equipoise.allocation.design import read_design
from equipoise.protocol import DefinitionReading, StudyDefinition, parse_definition
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.drafting import draft, draft_randomisation
from equipoise.protocol.record_gaps import compare_with_record
from equipoise.registration import RegistryRecord, each, judge, read_record
from equipoise.vocabulary import Finding, Refusal, Severity
from equipoise.vocabulary.yaml_source import parse_yaml
from shared_data import SHARED, needs_shared

RECORDS = sorted((SHARED / "records").glob("NCT*")) if SHARED.is_dir() else []
REFUSED = {
    "NCT01841593": "crossover",
    "NCT02028676": "factorial",
    "NCT03418623": "crossover",
    "NCT04207047": "does not randomise",
    "NCT05594173": "not a trial",
}
DRAFTED = [path for path in RECORDS if path.stem not in REFUSED]

pytestmark = needs_shared


@dataclass(frozen=True)
class Drafted:
    """One record with its findings, the draft made from both, and what came of reading that."""

    record: RegistryRecord
    findings: tuple[Finding, ...]
    text: str
    reading: DefinitionReading

    @property
    def definition(self) -> StudyDefinition:
        assert self.reading.definition is not None, self.reading.findings
        return self.reading.definition


@cache
def drafted_from(path: Path) -> Drafted:
    record = read_record(path)
    findings = judge(record)
    text = draft(record, findings)
    return Drafted(record, findings, text, parse_definition(text.encode()))


@pytest.fixture(params=DRAFTED, ids=lambda path: path.stem)
def drafted(request: pytest.FixtureRequest) -> Drafted:
    return drafted_from(request.param)


def test_all_records_are_drafted_or_refused() -> None:
    assert len(DRAFTED) == 8
    assert {path.stem for path in RECORDS} - {path.stem for path in DRAFTED} == set(REFUSED)


def test_a_draft_loads_and_holds_what_the_record_says(drafted: Drafted) -> None:
    record, definition = drafted.record, drafted.definition
    assert drafted.reading.errors == ()
    assert len(definition.arms) == len(each(record.arms))
    assert len(definition.interventions) == len(each(record.interventions))
    assert len(definition.endpoints) == len(each(record.outcomes))
    assert len(definition.sites) == max(1, len(each(record.sites)))
    assert len(definition.masking.masked) == len(each(record.design.masked_roles))
    assert definition.record == record.provenance.sha256
    count = record.design.enrolment.count.value
    assert definition.planned_participants == (count or UNDECIDED)


def test_what_is_open_is_said_to_be_open(drafted: Drafted) -> None:
    decisions = drafted.definition.decisions
    assert decisions
    assert all(decision.choice == UNDECIDED for decision in decisions)
    reported = [finding for finding in drafted.reading.findings if finding.rule == "DEC-OPEN"]
    assert len(reported) >= len(decisions)
    rules = {finding.rule for finding in drafted.reading.findings}
    assert "DEC-PLACE" not in rules, "every question leads to its part"


def test_a_draft_differs_from_its_record_in_nothing(drafted: Drafted) -> None:
    gaps = compare_with_record(drafted.definition, drafted.record)
    assert [gap.message for gap in gaps if gap.severity is not Severity.INFO] == []


def test_a_draft_is_the_same_text_each_time(drafted: Drafted) -> None:
    assert draft(drafted.record, drafted.findings) == drafted.text


@pytest.mark.parametrize("path", [path for path in RECORDS if path.stem in REFUSED], ids=lambda path: path.stem)
def test_another_design_is_refused_with_the_reason(path: Path) -> None:
    with pytest.raises(Refusal, match=REFUSED[path.stem]):
        draft(read_record(path))


def test_the_first_trial_is_drafted_as_its_record_has_it() -> None:
    definition = drafted_from(SHARED / "records" / "NCT05921058.txt").definition
    assert [encounter.day for encounter in definition.dose_encounters()] == [1, 2, 3, 4, 5, 6, 7, 14, 21, 28]
    assert [endpoint.item for endpoint in definition.endpoints] == ["mex_total"]
    assert definition.encounter(definition.endpoints[0].encounter).day == 31
    assert {one.route for one in definition.interventions} == {UNDECIDED}
    assert {str(one.dose_ml) for one in definition.interventions} == {"1.5"}
    asked = {decision.id for decision in definition.decisions}
    assert {"ENR-01", "ENR-03", "DES-04", "DES-05", "DES-12", "OUT-07", "OUT-08", "ANA-01", "ELI-01", "ADM-03"} <= asked
    assert "paired_t_within_arm" in {analysis.method for analysis in definition.analysis.analyses}


def test_the_randomisation_that_is_proposed_can_be_sealed(drafted: Drafted) -> None:
    definition = drafted.definition
    design = read_design(parse_yaml(draft_randomisation(definition).encode(), "randomisation.yaml").data)
    assert design.arms == tuple(arm.id for arm in definition.arms)
    assert design.slots >= 64
    assert (design.packs.doses if design.packs else 0) == len(definition.dose_encounters())
